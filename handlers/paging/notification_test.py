"""`/inc test-page`: somebody tests how they are paged."""

from bot.operations.paging.notification_tests import begin_notification_test, confirm_notification_test
from bot.views.commands import Group, Subcommand
from bot.views.paging import notification_test as view_of
from handlers import words
from handlers.pressed import pressed
from handlers.request import Feature, Listener, Request, answer


async def try_out(request: Request) -> None:
    """Send a test through every contact method of the person who asks."""
    words.none(request, "test-page")
    notification_test = await request.uow.perform(begin_notification_test, by=request.user)
    await request.answer(view_of.begun(notification_test))


@pressed
async def asked(request: Request) -> None:
    """Do the same for a button, beside the list that it stands below."""
    notification_test = await request.uow.perform(begin_notification_test, by=request.user)
    await answer(request.respond, view_of.begun(notification_test))


@pressed
async def arrived(request: Request) -> None:
    """Note that the test arrived; the message itself is redrawn."""
    await request.uow.perform(confirm_notification_test, request.number, request.rest, by=request.user)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            try_out,
            usage="test-page",
            brief="test how you are paged",
            help="Test how you are paged: in Slack and by each of your contact methods. Add a phone, and "
            "choose when it rings, on my Home tab.",
            example="/inc test-page",
            place=(Group.PEOPLE, 50),
            aliases=("testpage",),
            of_incident=False,
        ),
    ),
    listeners=(
        Listener("action", view_of.BEGIN, asked),
        Listener("action", view_of.ARRIVED, arrived),
    ),
)
