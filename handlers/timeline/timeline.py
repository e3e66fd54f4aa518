"""The timeline, read in private."""

from bot.domain.incidents.incident import Incident
from bot.views.blocks import Message
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens
from bot.views.timeline import timeline as view_of
from bot.views.timeline.timeline import LAST, PER_PAGE, Place, pages_of
from handlers import words
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request
from storage import timeline
from storage.transaction import Tx

ALL = "all"
TAKES = "nothing, `all`, or an incident's number"


async def show(request: Request) -> None:
    """Show the end of the timeline: the highlights, or with "all" everything."""
    everything = request.plain.lower() == ALL
    incident = request.here if everything else await words.incident(request, takes=TAKES)
    place = Place(incident.id, highlights=not everything, page=LAST)
    await request.answer(await request.uow.read(_page, incident, place))


@of_incident
async def turned(request: Request) -> None:
    """Show the page that a button leads to, in the place of the one before."""
    await request.answer(await request.uow.read(_page, request.here, Place.of(request.value)))


def _page(tx: Tx, incident: Incident, place: Place) -> Message:
    pages = pages_of(timeline.count(tx, incident.id, place.highlights))
    page = pages if place.page == LAST else min(place.page, pages)
    found = timeline.of(tx, incident.id, place.highlights, (page - 1) * PER_PAGE, PER_PAGE)
    more = timeline.count(tx, incident.id) - timeline.count(tx, incident.id, highlights=True)
    return view_of.listing(found, incident, highlights=place.highlights, page=page, pages=pages, more=more)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            show,
            usage="timeline [all]",
            brief="what happened",
            help="Read what happened: the highlights, or everything. Only you see it.",
            example="/inc timeline",
            place=(Group.INFORM, 20),
        ),
    ),
    listeners=tuple(
        Listener("action", action_id, turned)
        for action_id in (view_of.OPEN, view_of.HIGHLIGHTS, view_of.EVERYTHING, view_of.OLDER, view_of.NEWER)
    ),
    buttons=(PanelButton((Row.FACTS, 40), opens("Timeline", view_of.OPEN), lambda incident, viewer: True),),
)
