"""Test notifications: tests of a person's contact methods, and what became of each."""

from datetime import timedelta

from bot.domain.errors import NotFound
from bot.domain.paging.notification_tests import MethodTest, NotificationTest
from storage.rows import value_of
from storage.transaction import Row, Tx


def add(tx: Tx, person: str, ways: tuple[MethodTest, ...]) -> int:
    test = tx.insert(
        "INSERT INTO notification_tests (person, begun_at) VALUES (:person, :now) RETURNING id",
        {"person": person, "now": tx.now},
    )
    for way in ways:
        tx.write(
            "INSERT INTO notification_test_methods (test, contact_method) VALUES (:test, :contact_method)",
            {"test": test, "contact_method": way.contact_method},
        )
    return test


def get(tx: Tx, test_id: int) -> NotificationTest:
    """Return a test notification. Raises NotFound."""
    row = tx.one("SELECT * FROM notification_tests WHERE id = :id", {"id": test_id})
    if not row:
        raise NotFound("test page", test_id)
    return _notification_test(tx, row)


def latest(tx: Tx, person: str) -> NotificationTest | None:
    row = tx.one(
        "SELECT * FROM notification_tests WHERE person = :person ORDER BY id DESC LIMIT 1", {"person": person}
    )
    return _notification_test(tx, row) if row else None


def record_dm(tx: Tx, test_id: int, channel: str, ts: str) -> None:
    """Remember where the test notification's message is, so that it can be redrawn."""
    tx.write(
        "UPDATE notification_tests SET dm_channel = :channel, dm_ts = :ts WHERE id = :id",
        {"id": test_id, "channel": channel, "ts": ts},
    )


def handed_over(tx: Tx, test_id: int, contact_method: str) -> None:
    """Note that a contact method's service took the message."""
    _write(tx, test_id, contact_method, "handed_at = COALESCE(handed_at, :now), error = NULL")


def failed(tx: Tx, test_id: int, contact_method: str, error: str) -> None:
    """Note why a contact method's service did not."""
    _write(tx, test_id, contact_method, "error = :error", error=error)


def confirm(tx: Tx, test_id: int, contact_method: str) -> bool:
    """Note that the message arrived, once. Say whether it is news."""
    confirmed = "confirmed_at = COALESCE(confirmed_at, :now), error = NULL"
    way = get(tx, test_id).way(contact_method)
    return way is not None and not way.confirmed_at and _write(tx, test_id, contact_method, confirmed)


def prune(tx: Tx, older_than: timedelta) -> None:
    """Forget test notifications that are long over."""
    old = "SELECT id FROM notification_tests WHERE begun_at <= :before"
    before = {"before": tx.now - older_than}
    tx.write(f"DELETE FROM notification_test_methods WHERE test IN ({old})", before)  # noqa: S608 - the words above
    tx.write("DELETE FROM notification_tests WHERE begun_at <= :before", before)


def _write(tx: Tx, test_id: int, contact_method: str, what: str, **values: str) -> bool:
    changed = tx.execute(
        f"""UPDATE notification_test_methods SET {what}
        WHERE test = :test AND contact_method = :contact_method""",  # noqa: S608 - the callers are above
        {
            "test": test_id,
            "contact_method": contact_method,
            "now": tx.now,
            **values,
        },
    )
    return changed == 1


def _notification_test(tx: Tx, row: Row) -> NotificationTest:
    ways = tx.all("SELECT * FROM notification_test_methods WHERE test = :id ORDER BY id", {"id": row["id"]})
    return value_of(NotificationTest, row, ways=ways)
