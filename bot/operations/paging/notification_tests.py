"""Testing one's own contact methods."""

from bot.domain.errors import Refused, Step
from bot.domain.facts import NotificationTestBegun, NotificationTestChanged
from bot.domain.paging.notification_tests import FIRST_CONTACT_METHOD, NotificationTest, runs, ways_of
from bot.domain.rights import Right
from bot.operations.paging.notify import contact_of
from bot.operations.rights import allow
from storage import notification_tests
from storage.transaction import Tx


def begin_notification_test(tx: Tx, *, by: str) -> NotificationTest:
    """Test every contact method of a person. Refuses while an earlier test of theirs is under way."""
    allow(tx, by, Right.ACKNOWLEDGE)
    before = notification_tests.latest(tx, by)
    if before and runs(before, tx.now):
        raise Refused(
            "A test of yours is under way: look at my direct message to you. "
            "Confirm what arrived, or wait two minutes and begin another."
        )
    notification_test = notification_tests.get(
        tx, notification_tests.add(tx, by, ways_of(contact_of(tx, by)))
    )
    contact_methods = [
        way.contact_method for way in notification_test.ways if way.contact_method != FIRST_CONTACT_METHOD
    ]
    tx.record(NotificationTestBegun(notification_test=notification_test.id, contact_methods=contact_methods))
    return notification_test


def notification_test_shown(tx: Tx, notification_test_id: int, channel: str, ts: str) -> None:
    """Note that the direct message arrived at Slack, and have it say what is known by now."""
    notification_tests.record_dm(tx, notification_test_id, channel, ts)
    notification_tests.handed_over(tx, notification_test_id, FIRST_CONTACT_METHOD)
    tx.record(NotificationTestChanged(notification_test=notification_test_id))


def contact_method_tried(tx: Tx, notification_test_id: int, contact_method: str, error: str | None) -> None:
    """Note what a contact method did with the test."""
    if error:
        notification_tests.failed(tx, notification_test_id, contact_method, error)
    else:
        notification_tests.handed_over(tx, notification_test_id, contact_method)
    tx.record(NotificationTestChanged(notification_test=notification_test_id))


def confirm_notification_test(
    tx: Tx, notification_test_id: int, contact_method: str, *, by: str
) -> NotificationTest:
    """Note that the test arrived through a contact method. Refuses what is somebody else's."""
    notification_test = notification_tests.get(tx, notification_test_id)
    if notification_test.person != by:
        said = "This test is somebody else's. `/inc test-page` begins one of your own."
        raise Refused(said, Step("Test how I am paged", "test-page"))
    if notification_tests.confirm(tx, notification_test_id, contact_method):
        tx.record(NotificationTestChanged(notification_test=notification_test_id))
    return notification_tests.get(tx, notification_test_id)
