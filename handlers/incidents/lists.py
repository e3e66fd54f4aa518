"""What is open, and who is on call: read in private."""

from bot.domain.oncall.findings import STALE
from bot.domain.paging.escalations import OnCall
from bot.operations.paging.notify import contact_of
from bot.operations.rights import on_paths
from bot.views.commands import Group, Subcommand
from bot.views.incidents import listing
from bot.views.paging import oncall
from handlers import words
from handlers.request import Feature, Request
from storage import calendars, incidents, schedules
from storage.transaction import Tx


async def open_ones(request: Request) -> None:
    """List the open incidents that this person may know of."""
    words.none(request, "list")
    await request.answer(listing.listing(await request.uow.read(incidents.open_ones, request.user)))


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
            open_ones,
            usage="list",
            brief="the open incidents",
            help="See the open incidents, worst first.",
            example="/inc list",
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
)
