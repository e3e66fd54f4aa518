"""The direct message with which somebody tests how they are paged."""

from bot.domain.paging.notification_tests import FIRST_CONTACT_METHOD, MethodTest, NotificationTest
from bot.views.blocks import Element, Message, button, context, message, section
from bot.views.mrkdwn import escape, time_of_day

ARRIVED = "notification_test_arrived"
BEGIN = "notification_test_begin"


def dm(test: NotificationTest) -> Message:
    """Return the message, with what is known of each contact method."""
    heading = "*This is a test of how you are paged.* Nothing has happened."
    lines = [_line(way) for way in test.ways]
    blocks = [section(heading)]
    for way, line in zip(test.ways, lines, strict=True):
        blocks.append(section(line, None if way.confirmed_at else _arrived(test, way.contact_method)))
    blocks += [context(hint) for hint in _hints(test)]
    return message("\n".join([heading, *lines]), *blocks)


def begun(test: NotificationTest) -> Message:
    methods = [way.contact_method for way in test.ways if way.contact_method != FIRST_CONTACT_METHOD]
    also = f" and by {', '.join(map(escape, methods))}" if methods else ""
    return message(f"I am testing how you are paged: look at my direct message to you{also}.")


def _arrived(test: NotificationTest, contact_method: str) -> Element:
    label = "It arrived" if contact_method == FIRST_CONTACT_METHOD else f"{contact_method} arrived"
    return button(label, ARRIVED, f"{test.id}:{contact_method}")


def _line(way: MethodTest) -> str:
    name = "Slack" if way.contact_method == FIRST_CONTACT_METHOD else escape(way.contact_method)
    if way.error:
        return f"{name}: *failed*: {escape(way.error)}; check `contact_methods.{name}`"
    handed = f"handed over {time_of_day(way.handed_at)}" if way.handed_at else "on its way"
    confirmed = f", confirmed {time_of_day(way.confirmed_at)}" if way.confirmed_at else ""
    return f"{name}: {handed}{confirmed}"


def _hints(test: NotificationTest) -> list[str]:
    if len(test.ways) > 1:
        return []
    return [
        "You have no contact method: while Slack is away, no page reaches you. Add your phone on my Home tab."
    ]
