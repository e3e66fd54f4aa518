"""`/inc test-page`: somebody tests how they are paged."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.desk import Desk
from bot.operations.paging.trials import begin_trial, confirm_trial
from bot.views.incidents.state import number
from bot.views.paging import trial as view_of
from handlers import words
from handlers.pressed import value_of
from handlers.refusals import answers_refusals
from handlers.request import Feature, Listener, Request, Subcommand, answer


async def try_out(request: Request) -> None:
    """Send a test through every door of the person who asks."""
    words.none(request, "test-page")
    trial = await request.desk.perform(begin_trial, by=request.user)
    await request.answer(view_of.begun(trial))


@answers_refusals
async def asked(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, desk: Desk) -> None:
    """Do the same for a button."""
    await ack()
    trial = await desk.perform(begin_trial, by=body["user"]["id"])
    await answer(respond, view_of.begun(trial))


@answers_refusals
async def arrived(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, desk: Desk) -> None:
    """Note that the test arrived; the message itself is redrawn."""
    await ack()
    trial, _, door = value_of(body).partition(":")
    await desk.perform(confirm_trial, number(trial), door, by=body["user"]["id"])


_SUBCOMMANDS = {
    "test-page": Subcommand(
        try_out,
        usage="test-page",
        help="Test how you are paged: in Slack and by each of your second doors.",
        example="/inc test-page",
        aliases=("testpage",),
    ),
}

_LISTENERS = (
    Listener("action", view_of.BEGIN, asked),
    Listener("action", view_of.ARRIVED, arrived),
)

FEATURE = Feature(subcommands=_SUBCOMMANDS, listeners=_LISTENERS)
