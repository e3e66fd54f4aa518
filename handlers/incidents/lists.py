"""Lists of incidents, and who is on call: read in private."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.listing import Listed, Which, listed
from bot.domain.oncall.findings import STALE
from bot.domain.paging.escalations import OnCall
from bot.operations.maintenance.relating import running_for
from bot.operations.paging.notify import contact_of
from bot.operations.rights import on_paths
from bot.unit_of_work import UnitOfWork
from bot.views.commands import Group, Subcommand
from bot.views.incidents import listing as view_of
from bot.views.paging import oncall
from handlers import words
from handlers.pressed import pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from storage import calendars, schedules
from storage import listing as stored
from storage.transaction import Tx


async def list_incidents(request: Request) -> None:
    """List incidents that this person may know of: the open ones, or those that the words ask for."""
    await _show(request, request.plain)


async def search(request: Request) -> None:
    """List all incidents that the words find; without words, open the form to search by."""
    if request.plain:
        await _show(request, _of_all(request.plain))
    else:
        await request.open(await _sheet(Which.ALL, request.user, request.uow))


def _of_all(text: str) -> str:
    """Return what is asked for in a search, which is among all incidents unless it names a list itself."""
    first = text.partition(" ")[0].lower()
    return text if first in set(Which) else f"{Which.ALL} {text}"


@pressed
async def turned(request: Request) -> None:
    """Show the page or list that a button leads to, in the place of the one before."""
    view = request.body.get("view") or {}
    if view.get("callback_id") == view_of.FORM:
        sheet = await _sheet(request.value, request.user, request.uow)
        await request.client.views_update(view_id=view["id"], view=sheet)
    elif view.get("type") == "home":
        await searching(request)
    else:
        await _show(request, request.value)


async def searching(request: Request) -> None:
    """Open the form to search by, with the list that the button carries."""
    await request.open(await _sheet(request.value, request.user, request.uow))


@answers_in_form(view_of.WORDS)
async def searched(form: Submission) -> None:
    """Show what the words find, in the form itself."""
    asked = view_of.entered(form.entered, form.metadata)
    await form.turn_into(await _sheet(asked, form.user, form.uow))


async def _show(request: Request, asked: str) -> None:
    found = await request.uow.read(_found, listed(asked, request.uow.process.types), request.user)
    running = await request.uow.read(running_for, request.user)
    shown = view_of.listing(found.page, found.wanted, found.count, all_of=found.all_of, running=running)
    await request.answer(shown)


async def _sheet(asked: str, user: str, uow: UnitOfWork) -> dict[str, Any]:
    found = await uow.read(_found, listed(asked, uow.process.types), user)
    return view_of.sheet(found.page, found.wanted, found.count, all_of=found.all_of)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list, how many incidents that has, and if none, how many of all are as it wants them."""

    page: Sequence[Incident]
    wanted: Listed
    count: int
    all_of: int


def _found(tx: Tx, wanted: Listed, viewer: str) -> Found:
    """Return a page of the list: the last one where it has become shorter."""
    count = stored.count(tx, wanted, viewer)
    wanted = wanted.turned(min(wanted.page, view_of.pages_of(count)))
    limited = wanted.typed and wanted.which is not Which.ALL
    all_of = stored.count(tx, wanted.of(Which.ALL), viewer) if limited and not count else 0
    return Found(stored.of(tx, wanted, viewer, view_of.PER_PAGE), wanted, count, all_of)


async def on_call(request: Request) -> None:
    """Say who would be paged now and next, with the numbers to call, to somebody who may page them."""
    process = request.uow.process
    teams = [words.team(request.plain, process)] if request.plain else list(process.teams)
    found = await request.uow.read(on_paths, request.user)
    phones = await request.uow.read(_phones, found)
    following = await request.uow.read(schedules.following)
    stale = await request.uow.read(calendars.stale, STALE)
    await request.answer(oncall.listing(process, teams, found, phones, following, stale=stale))


def _phones(tx: Tx, on_call: OnCall) -> dict[str, str]:
    return {who: contact_of(tx, who).phone for them in on_call.values() for who in them}


FEATURE = Feature(
    subcommands=(
        Subcommand(
            list_incidents,
            usage="list [open, mine, triage, recent, all or drills] [S1..S4] [type] [text]",
            brief="list or find incidents",
            help="See the open incidents, worst first; yours, those in triage, recent ones, all or drills. "
            "Words are looked for in names, summaries, updates, pins and notes. *Search* is at Home too.",
            example="/inc list all S1 database",
            place=(Group.CALL, 50),
            aliases=("ls",),
            of_incident=False,
        ),
        Subcommand(
            search,
            usage="search [words]",
            brief="search all incidents",
            help="Find incidents, also those that are over, by words in names, summaries, updates, pins and "
            "notes; S1 to S4 or a type before them limits what is found. Alone it opens the form.",
            example="/inc search S1 database",
            place=(Group.CALL, 52),
            aliases=("find",),
            of_incident=False,
        ),
        Subcommand(
            on_call,
            usage="oncall [team]",
            brief="who is paged now",
            help="See who is on call now and next for each team, or for one, level by level.",
            example="/inc oncall",
            place=(Group.CALL, 40),
            aliases=("on-call",),
            of_incident=False,
        ),
    ),
    listeners=(
        *(Listener("action", action_id, turned) for action_id in view_of.BUTTONS),
        Listener("action", view_of.SEARCH, pressed(searching)),
        Listener("view", view_of.FORM, searched),
    ),
)
