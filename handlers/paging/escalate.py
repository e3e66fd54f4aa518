"""Asking for help: a team or a person is paged, by the form or as typed."""

from collections.abc import Sequence

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import pageable
from bot.domain.paging.pages import Page
from bot.domain.work.held import kinds
from bot.operations.paging.by_name import request_person, stop
from bot.operations.paging.paging import request_page
from bot.operations.rights import on_call as on_call_for
from bot.secret_scan import hidden
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_active
from bot.views.paging import escalate as view_of
from bot.views.paging import page as page_view
from bot.views.paging import vacancy
from handlers import words
from handlers.pressed import of_incident, pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from storage import incidents, people
from storage.transaction import Tx


async def escalate(request: Request) -> None:
    """Open the form; outside an incident's channel it asks which incident, if any.

    In one's channel a person is paged at once when it is typed what for.
    """
    person, why = await _person(request)
    team = None
    if request.plain and not person:
        team, why = words.team_first(request.plain, request.uow.process)
    incident = request.incident
    if incident:
        pageable(incident)
    if incident and person and why:
        by = request.user
        page = await request.once(request_person, person, why, by=by, incident_id=incident.id)
        if page:
            await request.answer(page_view.asked_by_name(page, kinds(hidden(why)[1])))
        return
    on_call = await request.uow.read(on_call_for, request.user)
    others = [] if incident else await request.uow.read(incidents.open_ones, request.user)
    form = view_of.form(
        request.uow.process, on_call, others, incident=incident, team=team, person=person, message=why
    )
    await request.open(form)


@answers_in_form(view_of.TEAMS, view_of.PERSON, own=True)
async def submitted(form: Submission) -> None:
    """Page the teams and the person, all or none, once."""
    asked = view_of.asked(form.entered, form.metadata)
    if isinstance(asked, dict):
        await form.wrong(asked)
        return
    pages = await form.once(_request_all, asked, form.user)
    masked = kinds(hidden(asked.message)[1])
    quiet = not pages or (asked.in_channel and not masked)
    await (form.close() if quiet else form.turn_into(view_of.paged(pages or [], masked)))


@of_incident
async def team_asked(request: Request) -> None:
    """Page a team that somebody else answered for, or whom its path would have called last."""
    page = await request.uow.perform(
        request_page, request.rest, "", by=request.user, incident_id=request.number
    )
    await request.answer(page_view.moved(page))


@pressed
async def stopped(request: Request) -> None:
    """Page somebody by name no longer."""
    await request.answer(page_view.stopped(await request.uow.perform(stop, request.number, by=request.user)))


async def _person(request: Request) -> tuple[str | None, str]:
    """Return the person who was named instead of a team, and what for."""
    why, person, _ = await words.for_whom(request)
    if person or not request.plain or request.uow.process.team_meant(request.plain):
        return person, why if person else ""
    known = await words.near(request)
    found = await request.uow.read(people.meant, request.plain, known)
    if len(found) == 1:
        return found[0], ""
    if found:
        raise await _ask_whom(request, found, "")
    first, _, rest = request.plain.partition(" ")
    if rest and (found := await request.uow.read(people.meant, first.rstrip(":,"), known)):
        raise await _ask_whom(request, found, rest)
    return None, ""


async def _ask_whom(request: Request, found: Sequence[str], why: str) -> Refused:
    """Ask which of these people is meant: a page wakes somebody."""
    names = await request.uow.read(people.names, found[: words.MOST_OFFERED])
    steps = (
        Step(f"Page {name[: words.LONGEST_LABEL]}", f"escalate <@{who}> {why}".strip())
        for who, name in names.items()
    )
    return Refused(
        f"Whom do you want to page by `{words.quoted(request.plain)}`? Or name a team: "
        f"{', '.join(request.uow.process.teams)}.",
        *steps,
        Step("Choose in the form", "escalate"),
    )


def _request_all(tx: Tx, asked: view_of.Asked, by: str) -> list[Page]:
    what, of = asked.message, asked.incident
    paged = [request_page(tx, team, what, by=by, incident_id=of) for team in asked.teams]
    return [*paged, *(request_person(tx, one, what, by=by, incident_id=of) for one in asked.people)]


FEATURE = Feature(
    subcommands=(
        Subcommand(
            escalate,
            usage="escalate [team or @person]",
            brief="page a team or person",
            help="Page a team or a person that you need, for this incident or without one. A person is paged "
            "alone: if they do not answer, you are told.",
            example="/inc escalate dotcom IMOC",
            place=(Group.CALL, 20),
            own_way_with_secrets=True,
            aliases=("page",),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(escalate)),
        Listener("action", page_view.STOP, stopped),
        Listener("action", vacancy.PAGE_TEAM, team_asked),
        Listener("action", vacancy.PAGE_TEAM_ABOVE, team_asked),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(PanelButton((Row.WORK, 20), opens("Escalate", view_of.OPEN), while_active),),
)
