"""What the audit asks of the database, and the repairs that write only what is still as it was seen."""

from datetime import datetime, timedelta

from storage.outbox import LEASE, UNSHOWN, overdue_pages
from storage.timers import AT
from storage.transaction import Row, Tx

AT_MOST = 500
"""How many faults of a kind are looked at together: the next audit finds the rest."""

_CALLS = """pages.state = 'pending' AND pages.responder IS NOT NULL"""


def odd_deadlines(tx: Tx, *, oldest: datetime, latest: datetime) -> list[Row]:
    """Return the escalations that may not be in order, with their times as they are written.

    In order is certainly what was called since `oldest` and is due from now on until `latest`. What is no
    time sorts before or behind: the other thousands need not be read.
    """
    return tx.all(
        """SELECT id, path, level, called_at, due_at FROM escalations WHERE state = 'running'
            AND (due_at <= :now OR due_at > :latest OR called_at < :oldest OR called_at > :now)""",
        {"now": tx.now, "oldest": oldest, "latest": latest},
    )


def left_behind(tx: Tx) -> list[int]:
    """Return the unanswered pages whose escalation has ended: no deadline calls anybody after them."""
    return _ids(
        tx,
        """SELECT id FROM pages WHERE state = 'pending' AND NOT EXISTS (SELECT 1 FROM escalations
            WHERE escalations.id = pages.escalation AND escalations.state = 'running') LIMIT :limit""",
    )


def unsent(tx: Tx, by: timedelta) -> list[int]:
    """Return the unanswered pages whose message has been waiting to be sent for longer than `by`."""
    if not overdue_pages(tx, by):
        return []
    return _ids(
        tx,
        f"SELECT pages.id FROM {UNSHOWN} AND pages.raised_at <= :since LIMIT :limit",  # noqa: S608 - ours
        since=tx.now - by,
    )


def not_queued(tx: Tx, page_id: int = 0) -> list[int]:
    """Return the unanswered pages that call somebody with no message, and with none on its way."""
    found = _ids(
        tx,
        f"""SELECT pages.id FROM pages LEFT JOIN notification_pages AS covers
            ON covers.page = pages.id AND covers.contact_method = 'slack'
        WHERE {_CALLS} AND :page IN (0, pages.id) AND covers.page IS NULL
        UNION ALL SELECT pages.id FROM {UNSHOWN} AND :page IN (0, pages.id)
            AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.finished_at IS NULL
                AND outbox.lane IN ('notification:' || covers.notification, 'list:' || covers.notification))
        LIMIT :limit""",  # noqa: S608 - ours
        page=page_id,
    )
    return sorted(found)


def stuck(tx: Tx, by: timedelta) -> list[Row]:
    """Return the deliveries that somebody leased and neither keeps nor gave back."""
    return tx.all(
        """SELECT id, attempt FROM outbox WHERE state = 'sending'
            AND (lease_until IS NULL OR lease_until <= :before) LIMIT :limit""",
        {"before": tx.now - by, "limit": AT_MOST},
    )


def leases_too_far(tx: Tx, by: timedelta) -> list[Row]:
    """Return the leases that hold for longer than a lease may."""
    return tx.all(
        "SELECT id, lease_until FROM outbox WHERE state = 'sending' AND lease_until > :until LIMIT :limit",
        {"until": tx.now + LEASE + by, "limit": AT_MOST},
    )


def deliveries_too_far(tx: Tx, by: timedelta) -> list[Row]:
    """Return the pages and reminders that are to be sent, but not for long."""
    return tx.all(
        """SELECT id, due_at FROM outbox WHERE finished_at IS NULL AND urgent = 1
            AND state <> 'sending' AND due_at > :until LIMIT :limit""",
        {"until": tx.now + by, "limit": AT_MOST},
    )


def contact_methods_overdue(tx: Tx, by: timedelta) -> list[int]:
    """Return the notifications by a contact method that nobody acted on when they were due."""
    return _ids(
        tx,
        "SELECT id FROM notifications WHERE state = 'waiting' AND due_at <= :before LIMIT :limit",
        before=tx.now - by,
    )


_TIMERS = f"SELECT id FROM timers WHERE stopped = 0 AND {AT} {{}} :than LIMIT :limit"  # noqa: S608 - ours


def timers_overdue(tx: Tx, by: timedelta) -> list[int]:
    """Return the timers that nobody acted on when they were due."""
    return _ids(tx, _TIMERS.format("<="), than=tx.now - by)


def timers_too_far(tx: Tx, by: timedelta, dated: timedelta, run: timedelta) -> list[int]:
    """Return the timers that are due much later than any is set for; so is what is no time.

    Those that wait for a date may be due later, by `dated` at most, and those of what runs rarely by `run`.
    """
    waits = "kind IN ('weekend', 'still_open', 'archive', 'office_hours', 'insights', 'review')"
    return _ids(
        tx,
        f"""SELECT id FROM timers WHERE stopped = 0 AND {AT} > :than
        AND (NOT {waits} OR {AT} > :dated) AND (kind <> 'heartbeat' OR {AT} > :run) LIMIT :limit""",  # noqa: S608 - ours
        than=tx.now + by,
        dated=tx.now + dated,
        run=tx.now + run,
    )


def without_lead(tx: Tx) -> list[int]:
    """Return the open incidents that nobody leads, but for what a machine declared and nobody answered."""
    return _ids(
        tx,
        """SELECT id FROM incidents WHERE lead = ''
            AND NOT (engaged_at IS NULL AND (reporter = 'bot' OR reporter LIKE '%:%'))
            AND status IN ('Triage', 'Investigating', 'Fixing', 'Monitoring') LIMIT :limit""",
    )


def bring_back(tx: Tx, escalation_id: int, seen: str, to: datetime) -> bool:
    """Give an escalation the deadline that it should have."""
    sql = """UPDATE escalations SET due_at = :to, version = version + 1
        WHERE id = :id AND state = 'running' AND due_at = :seen"""
    return tx.execute(sql, {"id": escalation_id, "seen": seen, "to": to}) == 1


def free(tx: Tx, delivery: int, attempt: int) -> bool:
    """Take a lease back that nobody keeps: nobody knows whether it arrived."""
    sql = """UPDATE outbox SET state = 'ambiguous', due_at = :now, lease_until = NULL,
            error = 'nobody renewed the lease on it'
        WHERE id = :id AND attempt = :seen AND state = 'sending'
            AND (lease_until IS NULL OR lease_until <= :now)"""
    return tx.execute(sql, {"id": delivery, "seen": attempt, "now": tx.now}) == 1


def shorten_lease(tx: Tx, delivery: int, seen: str) -> bool:
    """Let a lease hold as long as a new one: whoever keeps it renews it, and nobody else is waited for."""
    sql = (
        "UPDATE outbox SET lease_until = :until WHERE id = :id AND lease_until = :seen AND state = 'sending'"
    )
    return tx.execute(sql, {"id": delivery, "seen": seen, "until": tx.now + LEASE}) == 1


def send_now(tx: Tx, delivery: int, seen: str) -> bool:
    """Have a delivery sent now that would have waited for a time far away."""
    sql = """UPDATE outbox SET due_at = :now
        WHERE id = :id AND due_at = :seen AND finished_at IS NULL AND state <> 'sending'"""
    return tx.execute(sql, {"id": delivery, "seen": seen, "now": tx.now}) == 1


def _ids(tx: Tx, sql: str, **params: object) -> list[int]:
    return [row["id"] for row in tx.all(sql, {"limit": AT_MOST, **params})]
