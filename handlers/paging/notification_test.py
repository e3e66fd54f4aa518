"""`/inc test-page`: somebody tests how they are paged."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.operations.paging.notification_tests import begin_notification_test, confirm_notification_test
from bot.unit_of_work import UnitOfWork
from bot.views.commands import Group, Subcommand
from bot.views.incidents.state import number
from bot.views.paging import notification_test as view_of
from handlers import words
from handlers.pressed import value_of
from handlers.refusals import answers_refusals
from handlers.request import Feature, Listener, Request, answer


async def try_out(request: Request) -> None:
    """Send a test through every contact method of the person who asks."""
    words.none(request, "test-page")
    notification_test = await request.uow.perform(begin_notification_test, by=request.user)
    await request.answer(view_of.begun(notification_test))


@answers_refusals
async def asked(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Do the same for a button."""
    await ack()
    notification_test = await uow.perform(begin_notification_test, by=body["user"]["id"])
    await answer(respond, view_of.begun(notification_test))


@answers_refusals
async def arrived(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Note that the test arrived; the message itself is redrawn."""
    await ack()
    notification_test, _, contact_method = value_of(body).partition(":")
    await uow.perform(
        confirm_notification_test, number(notification_test), contact_method, by=body["user"]["id"]
    )


FEATURE = Feature(
    subcommands=(
        Subcommand(
            try_out,
            usage="test-page",
            brief="test how you are paged",
            help="Test how you are paged: in Slack and by each of your contact methods.",
            example="/inc test-page",
            place=(Group.PEOPLE, 50),
            aliases=("testpage",),
        ),
    ),
    listeners=(
        Listener("action", view_of.BEGIN, asked),
        Listener("action", view_of.ARRIVED, arrived),
    ),
)
