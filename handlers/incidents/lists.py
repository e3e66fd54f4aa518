"""Lists of incidents, and who is on call: read in private."""

from bot.domain.incidents.listing import Listed, listed
from bot.domain.oncall.findings import STALE
from bot.domain.paging.escalations import OnCall
from bot.operations.paging.notify import contact_of
from bot.operations.rights import on_paths
from bot.views.blocks import Message
from bot.views.commands import Group, Subcommand
from bot.views.incidents import listing as view_of
from bot.views.paging import oncall
from handlers import words
from handlers.pressed import pressed
from handlers.request import Feature, Listener, Request
from storage import calendars, schedules
from storage import listing as stored
from storage.transaction import Tx


async def list_incidents(request: Request) -> None:
    """List incidents that this person may know of: the open ones, or those that the words ask for."""
    await _show(request, request.plain)


@pressed
async def turned(request: Request) -> None:
    """Show the page or list that a button leads to, in the place of the one before."""
    await _show(request, request.value)


async def _show(request: Request, asked: str) -> None:
    wanted = listed(asked, request.uow.process.types)
    await request.answer(await request.uow.read(_listed, wanted, request.user))


def _listed(tx: Tx, wanted: Listed, viewer: str) -> Message:
    """Return a page of the list: the last one where it has become shorter."""
    count = stored.count(tx, wanted, viewer)
    wanted = wanted.turned(min(wanted.page, view_of.pages_of(count)))
    return view_of.listing(stored.of(tx, wanted, viewer, view_of.PER_PAGE), wanted, count)


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
            usage="list [open, mine, triage, recent or all] [S1..S4] [type] [text]",
            brief="list or find incidents",
            help="See the open incidents, worst first; yours, those in triage, the recent ones or all. Words "
            "are looked for in names, summaries, updates and pins.",
            example="/inc list all S1 database",
            place=(Group.CALL, 50),
            aliases=("ls",),
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
    listeners=tuple(Listener("action", action_id, turned) for action_id in view_of.BUTTONS),
)
