"""Notifications: pages that leave by a contact method. Their `due_at` column is the timer."""

from datetime import datetime, timedelta

from bot.domain.errors import NotFound
from bot.domain.paging.notifications import Notification, NotificationState
from bot.domain.paging.pages import Page
from storage import escalations
from storage.transaction import Row, Tx, instant, moment


def plan(tx: Tx, notification: Notification) -> None:
    """Write a notification; one of the same page and contact method that is not under way begins anew."""
    tx.write(
        """INSERT INTO notifications (page, contact_method, state, due_at, planned_at)
        VALUES (:page, :contact_method, 'waiting', :due_at, :planned_at)
        ON CONFLICT (page, contact_method) DO UPDATE
            SET state = 'waiting', due_at = excluded.due_at, planned_at = excluded.planned_at
            WHERE notifications.state IN ('waiting', 'cancelled')""",
        {
            "page": notification.page,
            "contact_method": notification.contact_method,
            "due_at": notification.due_at,
            "planned_at": notification.planned_at,
        },
    )


def advance(tx: Tx, seen: Notification, now: Notification) -> bool:
    """Write what became of a notification, unless somebody else decided first."""
    changed = tx.execute(
        """UPDATE notifications SET state = :state, due_at = :due_at
        WHERE id = :id AND state = :seen AND due_at = :seen_due_at""",
        {
            "id": seen.id,
            "seen": seen.state.value,
            "seen_due_at": seen.due_at,
            "state": now.state.value,
            "due_at": now.due_at,
        },
    )
    return changed == 1


def finish(tx: Tx, notification_id: int, state: NotificationState, error: str = "") -> bool:
    """Write how one that was under way ended. Say whether it was."""
    changed = tx.execute(
        """UPDATE notifications SET state = :state, error = :error, finished_at = :now
        WHERE id = :id AND state = 'due'""",
        {"id": notification_id, "state": state.value, "error": error, "now": tx.now},
    )
    return changed == 1


def cancel(tx: Tx, page_id: int) -> None:
    """Cancel what still waits of a page that is over."""
    tx.write(
        "UPDATE notifications SET state = 'cancelled' WHERE page = :page AND state = 'waiting'",
        {"page": page_id},
    )


def hurry(tx: Tx, page_id: int) -> int:
    """Have every notification of a page leave now that has not yet. Return how many may reach somebody."""
    tx.write(
        """UPDATE notifications SET state = 'waiting', due_at = :now, planned_at = :now
        WHERE page = :page AND state IN ('waiting', 'cancelled')""",
        {"page": page_id, "now": tx.now},
    )
    return left(tx, page_id)


def hurry_next(tx: Tx, page_id: int) -> None:
    """Have the notification that a page would leave by next leave now: the one before it reached nobody.

    One that reached nobody itself waits for its own time: two of them would hurry each other for ever.
    """
    tx.write(
        """UPDATE notifications SET due_at = :now, planned_at = :now WHERE id = (
            SELECT id FROM notifications WHERE page = :page AND state = 'waiting' AND planned_at > :now
                AND COALESCE(error, '') = '' ORDER BY planned_at, id LIMIT 1)""",
        {"page": page_id, "now": tx.now},
    )


def again(tx: Tx, notification_id: int, at: datetime, error: str) -> bool:
    """Have one that its service took, and that reached nobody, leave again. Say whether it was taken."""
    changed = tx.execute(
        """UPDATE notifications SET state = 'waiting', due_at = :at, planned_at = :at, error = :error
        WHERE id = :id AND state IN ('due', 'sent')""",
        {"id": notification_id, "at": at, "error": error},
    )
    return changed == 1


def ring_again(tx: Tx, page_id: int) -> int:
    """Have a page leave again by each contact method that is not at it yet. Return how many."""
    return tx.execute(
        """UPDATE notifications SET state = 'waiting', due_at = :now, planned_at = :now
        WHERE page = :page AND state IN ('waiting', 'cancelled', 'sent')""",
        {"page": page_id, "now": tx.now},
    )


def rang(tx: Tx, page_id: int) -> bool:
    """Say whether a contact method took the latest call of a page."""
    return any(one.state is NotificationState.SENT for one in of_page(tx, page_id))


def left(tx: Tx, page_id: int) -> int:
    """Return how many notifications of a page have reached its person, or still may."""
    rows = tx.all(
        "SELECT id FROM notifications WHERE page = :page AND state IN ('waiting', 'due', 'sent')",
        {"page": page_id},
    )
    return len(rows)


def set_aside(tx: Tx, notification_id: int, by: timedelta) -> None:
    """Push one that cannot be handled out of the way of the others, for a while."""
    tx.write(
        "UPDATE notifications SET due_at = :later WHERE id = :id AND state = 'waiting'",
        {"id": notification_id, "later": tx.now + by},
    )


def due(tx: Tx, limit: int) -> list[int]:
    """Return the notifications whose time has come, oldest first."""
    rows = tx.all(
        """SELECT id FROM notifications WHERE state = 'waiting' AND due_at <= :now
        ORDER BY due_at, id LIMIT :limit""",
        {"now": tx.now, "limit": limit},
    )
    return [row["id"] for row in rows]


def get(tx: Tx, notification_id: int) -> Notification:
    """Return a notification. Raises NotFound."""
    row = tx.one("SELECT * FROM notifications WHERE id = :id", {"id": notification_id})
    if not row:
        raise NotFound("notification", notification_id)
    return _notification(row)


def of_page(tx: Tx, page_id: int) -> list[Notification]:
    """Return all notifications of a page, in the order of its person's contact methods."""
    rows = tx.all("SELECT * FROM notifications WHERE page = :page ORDER BY id", {"page": page_id})
    return [_notification(row) for row in rows]


def told(tx: Tx, page: Page, contact_method: str) -> bool:
    """Say whether another waiting page of the incident tells the same person through this method already."""
    row = tx.one(
        """SELECT 1 AS yes FROM pages JOIN notifications ON notifications.page = pages.id
            JOIN escalations ON escalations.id = pages.escalation
        WHERE pages.responder = :responder AND pages.state = 'pending' AND escalations.incident = :incident
            AND pages.id <> :page AND notifications.contact_method = :contact_method
            AND notifications.state IN ('due', 'sent') LIMIT 1""",
        {
            "responder": page.responder,
            "incident": page.incident,
            "page": page.id,
            "contact_method": contact_method,
        },
    )
    return row is not None


def carrier(tx: Tx, page: Page, contact_method: str, since: datetime) -> NotificationState | None:
    """Return how far a text is that tells the same person by this method of all that waits, also of this."""
    row = tx.one(
        """SELECT notifications.state FROM pages JOIN notifications ON notifications.page = pages.id
        WHERE pages.responder = :responder AND pages.state = 'pending' AND pages.id <> :page
            AND notifications.contact_method = :contact_method
            AND (notifications.state = 'due' OR (notifications.state = 'sent'
                AND notifications.due_at >= :raised_at AND notifications.due_at >= :since)) LIMIT 1""",
        {
            "responder": page.responder,
            "page": page.id,
            "contact_method": contact_method,
            "raised_at": page.raised_at,
            "since": since,
        },
    )
    return NotificationState(row["state"]) if row else None


def taken(tx: Tx, page: Page) -> bool:
    """Say whether a message called the page's responder while it waited: its own, or a companion's."""
    rows = tx.all(
        """SELECT pages.raised_at, pages.level, escalations.path FROM escalations
            JOIN pages ON pages.escalation = escalations.id LEFT JOIN notifications
            ON notifications.page = pages.id AND notifications.state = 'sent'
        WHERE (escalations.id = :escalation OR escalations.incident = :incident)
            AND pages.responder = :responder AND (pages.dm_ts IS NOT NULL OR notifications.id IS NOT NULL)""",
        {"escalation": page.escalation.id, "incident": page.incident, "responder": page.responder},
    )
    return any(
        instant(row["raised_at"]) + escalations.timeout(row["path"], row["level"]) > page.raised_at
        for row in rows
    )


def _notification(row: Row) -> Notification:
    return Notification(
        id=row["id"],
        page=row["page"],
        contact_method=row["contact_method"],
        state=NotificationState(row["state"]),
        due_at=instant(row["due_at"]),
        planned_at=moment(row["planned_at"]),
    )
