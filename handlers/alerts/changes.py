"""What changed lately, for whoever looks for a cause."""

from datetime import timedelta

from bot.domain import durations
from bot.domain.alerts.changes import KEPT, LATELY
from bot.domain.errors import Refused
from bot.domain.rights import Right
from bot.operations.rights import allow
from bot.views.alerts import changes as view_of
from bot.views.blocks import Message
from bot.views.commands import Group, Subcommand
from handlers.pressed import pressed
from handlers.request import Feature, Listener, Request
from storage import change_events
from storage.transaction import Tx


async def show(request: Request) -> None:
    """Show what changed in the last hour, or in the time that is typed."""
    await request.answer(await request.uow.read(_listed, request.user, _within(request.plain)))


@pressed
async def opened(request: Request) -> None:
    await request.answer(await request.uow.read(_listed, request.user, LATELY))


def _within(text: str) -> timedelta:
    if not text:
        return LATELY
    span = durations.read(text.lower().removeprefix("last "), minutes=True) or timedelta()
    if not timedelta() < span <= KEPT:
        raise Refused(
            f"I do not understand how far back: `{text.replace('`', '')[:60]}`. Write `30m`, `2h` or `1d`, "
            "30 days at most: `/inc changes 2h`."
        )
    return span


def _listed(tx: Tx, by: str, within: timedelta) -> Message:
    allow(tx, by, Right.WORK)
    found = change_events.since(tx, tx.now - within, view_of.MOST + 1)
    known = bool(found or change_events.since(tx, tx.now - KEPT, 1))
    return view_of.listing(found, within, known=known)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            show,
            usage="changes [30m, 2h or 1d]",
            brief="what changed lately",
            help="See what was deployed or altered in the last hour, or in the time that you write, as your "
            "tools told it.",
            example="/inc changes 2h",
            place=(Group.CALL, 56),
            of_incident=False,
        ),
    ),
    listeners=(Listener("action", view_of.OPEN, opened),),
)
