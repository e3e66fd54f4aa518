"""Asking for help: the form that pages a team."""

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import pageable
from bot.domain.paging.pages import Page
from bot.operations.paging.paging import request_page
from bot.operations.rights import on_call as on_call_for
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_active
from bot.views.paging import escalate as view_of
from bot.views.paging import page as page_view
from handlers import words
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from storage import incidents, people
from storage.transaction import Tx

MOST_TEAMS = 5
"""How many teams of one person are offered."""


async def escalate(request: Request) -> None:
    """Open the form; outside an incident's channel it asks which incident, if any."""
    if person := await _person(request):
        raise await _teams_of(request, person)
    team = words.team(request.plain, request.uow.process) if request.plain else None
    incident = request.incident
    if incident:
        pageable(incident)
    on_call = await request.uow.read(on_call_for, request.user)
    others = [] if incident else await request.uow.read(incidents.open_ones, request.user)
    await request.open(view_of.form(request.uow.process, on_call, others, incident=incident, team=team))


@answers_in_form(view_of.TEAMS)
async def submitted(form: Submission) -> None:
    """Page the teams, all or none, once."""
    asked = view_of.asked(form.entered, form.metadata)
    if isinstance(asked, dict):
        await form.wrong(asked)
        return
    pages = await form.once(_request_all, asked, form.user)
    await (form.close() if asked.in_channel or not pages else form.turn_into(view_of.paged(pages)))


@of_incident
async def team_asked(request: Request) -> None:
    """Page a team that somebody else answered for, or whom its path would have called last."""
    page = await request.uow.perform(
        request_page, request.rest, "", by=request.user, incident_id=request.number
    )
    await request.answer(page_view.moved(page))


async def _person(request: Request) -> str | None:
    """Return the person who was named instead of a team."""
    named = not request.plain or words.team_meant(request.plain, request.uow.process)
    if request.mentioned or (named and not request.plain.startswith("@")):
        return request.mentioned
    found = await request.uow.read(people.called, request.plain.removeprefix("@"))
    return found[0] if len(found) == 1 else None


async def _teams_of(request: Request, person: str) -> Refused:
    """Return the refusal of a person in a team's place, with the teams that reach them."""
    found = await request.uow.read(on_call_for, request.user)
    teams = [name for name, called in found.items() if person in called][:MOST_TEAMS]
    start = f"People cannot be paged by name yet, only teams. <@{person}> is on call for"
    if not teams:
        then = "no team now. Page a team, or mention them in the incident's channel."
        return Refused(f"{start} {then}", Step("Choose a team", "escalate"))
    steps = [Step(f"Page {name}", f"escalate {name}") for name in teams]
    return Refused(f"{start} {' and '.join(teams)}: page that team.", *steps)


def _request_all(tx: Tx, asked: view_of.Asked, by: str) -> list[Page]:
    return [request_page(tx, team, asked.message, by=by, incident_id=asked.incident) for team in asked.teams]


FEATURE = Feature(
    subcommands=(
        Subcommand(
            escalate,
            usage="escalate [team]",
            brief="page a team",
            help="Page a team that you need, for this incident or without one.",
            example="/inc escalate dotcom IMOC",
            place=(Group.CALL, 20),
            aliases=("page",),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(escalate)),
        Listener("action", page_view.PAGE_TEAM, team_asked),
        Listener("action", page_view.PAGE_TEAM_ABOVE, team_asked),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(PanelButton((Row.WORK, 20), opens("Escalate", view_of.OPEN), while_active),),
)
