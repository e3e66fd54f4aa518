"""Leaving an incident: in one line, or by the button that asks who is paged instead."""

from bot.operations.incidents import stepping_back
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_open
from bot.views.incidents import leave as view_of
from handlers import words
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request

_PAGE, _QUIET = {"page", "and page"}, {"quiet", "quietly", "now"}


async def leave(request: Request) -> None:
    """Give up what this person holds; a role is asked about first. A person who is named gets it all."""
    incident, said = request.here, request.plain.lower()
    if said in _PAGE | _QUIET:
        await _leave(request, page=said in _PAGE)
        return
    if said:
        to = await words.lead(request)
        left, _ = await request.uow.perform(stepping_back.step_back_to, incident.id, to, by=request.user)
        await request.answer(view_of.handed(left, to))
        return
    held = await request.uow.read(stepping_back.held_by, incident.id, by=request.user)
    if held and incident.watched:
        await request.answer(view_of.asked(incident, held))
    else:
        await _leave(request, page=False)


async def _leave(request: Request, *, page: bool) -> None:
    left, held = await request.uow.perform(
        stepping_back.step_back, request.here.id, page=page, by=request.user
    )
    await request.answer(view_of.left(left, held, paged=page))


@of_incident
async def paging(request: Request) -> None:
    """Leave, and have others paged."""
    await _leave(request, page=True)


@of_incident
async def quietly(request: Request) -> None:
    """Leave, and page nobody."""
    await _leave(request, page=False)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            leave,
            usage="leave [@person, page or quiet]",
            brief="give up what you hold",
            help="Give up your roles and actions: to the person named, or nobody, with or without others "
            "being paged. Whoever leads hands the lead over.",
            example="/inc leave @ana",
            place=(Group.PEOPLE, 33),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(leave)),
        Listener("action", view_of.PAGE, paging),
        Listener("action", view_of.QUIET, quietly),
    ),
    buttons=(PanelButton((Row.PEOPLE, 25), opens("Step back", view_of.OPEN), while_open),),
)
