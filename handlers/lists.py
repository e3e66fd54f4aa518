"""What is open, and who is on call: read in private."""

from collections.abc import Mapping

from bot.operations.notify import contact_of
from bot.operations.rights import on_call as on_call_for
from bot.views import listing, oncall
from handlers.request import Request, Subcommand
from storage import incidents
from storage.transaction import Tx


async def open_ones(request: Request) -> None:
    """List the open incidents that this person may know of."""
    await request.answer(listing.listing(await request.desk.read(incidents.open_ones, request.user)))


async def on_call(request: Request) -> None:
    """Say who would be paged now, with the numbers to call, to somebody who may page them."""
    found = await request.desk.read(on_call_for, request.user)
    await request.answer(oncall.listing(request.desk.process, found, await request.desk.read(_phones, found)))


def _phones(tx: Tx, on_call: Mapping[str, str | None]) -> dict[str, str]:
    return {who: contact_of(tx, who).phone for who in on_call.values() if who}


SUBCOMMANDS = {
    "list": Subcommand(
        open_ones,
        usage="list",
        help="See the open incidents, worst first.",
        example="/inc list",
        aliases=("ls",),
    ),
    "oncall": Subcommand(
        on_call,
        usage="oncall",
        help="See who would be paged now for each team, level by level.",
        example="/inc oncall",
        aliases=("on-call",),
    ),
}
