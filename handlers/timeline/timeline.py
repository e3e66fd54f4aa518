"""The timeline: read in private, and what people write on it."""

from bot.domain.incidents.incident import Incident
from bot.domain.timeline.notes import taking_notes
from bot.operations.timeline import notes
from bot.views.blocks import Message
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.incidents.state import typed
from bot.views.timeline import note as note_view
from bot.views.timeline import timeline as view_of
from bot.views.timeline.timeline import LAST, PER_PAGE, Place, pages_of
from handlers import words
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, as_read, with_names
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


async def note(request: Request) -> None:
    """Write what was typed on the timeline, or open the form."""
    incident = taking_notes(request.here)
    text = as_read(await with_names(request.text, request.uow))
    if not text:
        await request.open(note_view.form(incident))
        return
    await request.once(notes.note, incident.id, text, by=request.user)
    await request.answer(note_view.noted(incident))


@answers_in_form(note_view.TEXT)
async def noted(form: Submission) -> None:
    """Write it on the timeline, once."""
    await form.once(notes.note, form.number, typed(form.entered, note_view.TEXT), by=form.user)
    await form.close()


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
        Subcommand(
            note,
            usage="note [text]",
            brief="write on the timeline",
            help="Write something on the timeline, with the time and your name. The channel is not told.",
            example="/inc note The provider confirms the outage",
            place=(Group.INFORM, 25),
        ),
    ),
    listeners=(
        *(
            Listener("action", action_id, turned)
            for action_id in (
                view_of.OPEN,
                view_of.HIGHLIGHTS,
                view_of.EVERYTHING,
                view_of.OLDER,
                view_of.NEWER,
            )
        ),
        Listener("action", note_view.OPEN, of_incident(note)),
        Listener("view", note_view.FORM, noted),
    ),
    buttons=(
        PanelButton((Row.FACTS, 40), opens("Timeline", view_of.OPEN), lambda incident, viewer: True),
        PanelButton((Row.FACTS, 50), opens("Add note", note_view.OPEN), unless_gone),
    ),
)
