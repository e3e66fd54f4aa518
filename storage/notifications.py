"""Notifications, and which pages each covers. `due_at` is the timer of those that wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.errors import NotFound
from bot.domain.paging.notifications import SLACK, Notification, NotificationState
from bot.domain.process import CHANNEL
from storage.transaction import Row, Tx, any_of, instant, moment

COLUMNS = (
    *("id", "person", "contact_method", "state", "due_at", "planned_at"),
    *("digest", "channel", "ts", "calls", "sent_at", "resent"),
)
_COVERED_BY = "SELECT notification FROM notification_pages WHERE page IN ({}) AND contact_method <> 'slack'"
_COVERED = _COVERED_BY.format(":page")
"""The notifications of a page by other methods than Slack."""
_LEFT = "('waiting', 'due', 'sent')"
"""States in which a notification has reached its person, or still may."""

_NEW = {
    **dict.fromkeys(("person", "contact_method", "state", "due_at", "planned_at"), "TEXT"),
    "digest": "INTEGER",
}
_ADDED = f"""INSERT INTO notifications ({", ".join(_NEW)})
    SELECT {", ".join(f"new.{name}" for name in _NEW)} FROM {{new}} WHERE true ORDER BY new.n
    ON CONFLICT (person) WHERE digest = 1 DO UPDATE SET state = excluded.state RETURNING *"""  # noqa: S608 - names of ours
_CALLING = """SELECT COUNT(*) AS n FROM (
        SELECT DISTINCT number FROM (SELECT COALESCE(escalations.incident, -pages.id) AS number FROM pages
            JOIN escalations ON escalations.id = pages.escalation
            WHERE pages.responder = :person AND pages.state = 'pending' LIMIT 4 * :most) AS waiting
        UNION ALL SELECT id FROM notifications AS begun
        WHERE person = :person AND contact_method = 'slack' AND state = 'due' AND calls = 0
            AND NOT EXISTS (SELECT 1 FROM notification_pages WHERE notification = begun.id)
        LIMIT :most) AS calling"""
"""How many incidents call a person already, `most` at most; those just begun count too."""


def call_each(tx: Tx, people: Sequence[str]) -> list[Notification]:
    """Begin a direct message to each of these persons: their digest, where so many calls wait already."""
    listed = _listed(tx, people)
    each = list(zip(people, listed, strict=True))
    alone = [one for one in each if not one[1]]
    rows = tx.each(
        _ADDED,
        _NEW,
        [
            {
                "person": person,
                "contact_method": SLACK,
                "digest": int(digest),
                "state": NotificationState.DUE.value,
                "due_at": tx.now,
                "planned_at": None,
            }
            for person, digest in (*alone, *sorted(set(each).difference(alone)))
        ],
    )
    found = sorted(map(of_row, rows), key=lambda one: one.id)
    begun = iter([one for one in found if not one.digest])
    digests = {one.person: one for one in found if one.digest}
    return [digests[person] if digest else next(begun) for person, digest in each]


def _listed(tx: Tx, people: Sequence[str]) -> list[bool]:
    """Say of each call whether its person's digest lists it: of one person as many begin as have room."""
    most = tx.process.pages_before_digest
    calling: dict[str, int] = {}
    found = []
    for person in people:
        if not most or person.startswith(CHANNEL):  # nobody whose pages could be listed together
            found.append(False)
            continue
        if person not in calling:
            (row,) = tx.all(_CALLING, {"person": person, "most": most})
            calling[person] = row["n"]
        found.append(calling[person] >= most)
        calling[person] += 1
    return found


def plan(tx: Tx, plan: Notification) -> Notification:
    """Write a notification that is to leave by another method."""
    values = {name: getattr(plan, name) for name in ("person", "contact_method", "due_at", "planned_at")}
    (row,) = tx.each(_ADDED, _NEW, [{**values, "state": plan.state.value, "digest": 0}])
    return of_row(row)


def cover(tx: Tx, covered: Sequence[tuple[int, Notification, bool]]) -> None:
    """Have a notification cover a page, too: each page with its own, and whether its person has that with
    the page in it already.
    """
    tx.each(
        """INSERT INTO notification_pages (page, contact_method, notification, shown)
        SELECT new.page, new.contact_method, new.notification, new.shown FROM {new} WHERE true
        ON CONFLICT (page, contact_method) DO UPDATE
            SET notification = excluded.notification, shown = excluded.shown""",
        {
            **dict.fromkeys(("page", "notification", "shown"), "INTEGER"),
            "contact_method": "TEXT",
        },
        [
            {"page": page, "contact_method": by.contact_method, "notification": by.id, "shown": int(shown)}
            for page, by, shown in covered
        ],
    )


def carry(tx: Tx, seen: Notification, carrier: Notification) -> None:
    """Have another notification cover what one was to cover."""
    tx.write(
        "UPDATE notification_pages SET notification = :carrier WHERE notification = :id",
        {"id": seen.id, "carrier": carrier.id},
    )


def call_anew(tx: Tx, notification_id: int) -> None:
    """Let the calls of a direct message begin anew: what it called for before is over."""
    _change(tx, notification_id, "state = 'due', calls = 0, due_at = :now", now=tx.now)


def posted(
    tx: Tx, notification_id: int, channel: str, ts: str, shown: Sequence[int], *, resent: bool, calls: int = 1
) -> None:
    """Note where a direct message called its person just now, by `calls` calls, and what it shows."""
    _change(
        tx,
        notification_id,
        """channel = :channel, ts = :ts, resent = :resent, sent_at = :now, calls = calls + :calls,
            state = 'sent'""",
        channel=channel,
        ts=ts,
        resent=resent,
        calls=calls,
        now=tx.now,
    )
    show(tx, notification_id, shown)


def show(tx: Tx, notification_id: int, pages: Sequence[int], *, shown: bool = True) -> None:
    """Note which pages a direct message shows by now, or has to show yet."""
    for page_id in pages:
        tx.known.pages.pop(page_id, None)
        tx.write(
            """UPDATE notification_pages SET shown = :shown
            WHERE page = :page AND contact_method = 'slack' AND notification = :id""",
            {"id": notification_id, "page": page_id, "shown": shown},
        )


def place(tx: Tx, notification_id: int, channel: str | None, ts: str | None) -> None:
    """Note where a direct message turned out to be, or that it is nowhere any more."""
    _change(tx, notification_id, "channel = :channel, ts = :ts", channel=channel, ts=ts)


def refuse(tx: Tx, notification_id: int, why: str) -> None:
    """Note that Slack will not take a direct message."""
    _change(tx, notification_id, "state = 'dead', error = :why", why=why)


def _change(tx: Tx, notification_id: int, what: str, **values: object) -> None:
    tx.write(f"UPDATE notifications SET {what} WHERE id = :id", {"id": notification_id, **values})  # noqa: S608 - ours
    for page in [*tx.known.pages.values()]:
        if page.notification and page.notification.id == notification_id:
            del tx.known.pages[page.id]  # to be read anew


def advance(tx: Tx, seen: Notification, now: Notification) -> bool:
    """Write what became of a notification, unless somebody else decided first."""
    changed = tx.execute(
        """UPDATE notifications SET state = :state, due_at = :due_at, planned_at = :planned_at
        WHERE id = :id AND state = :seen AND due_at = :seen_due_at""",
        {
            "id": seen.id,
            "seen": seen.state.value,
            "seen_due_at": seen.due_at,
            "state": now.state.value,
            "due_at": now.due_at,
            "planned_at": now.planned_at,
        },
    )
    return changed == 1


def finish(tx: Tx, notification_id: int, state: NotificationState, error: str = "") -> bool:
    """Write how one that was under way ended. Say whether it was."""
    changed = tx.execute(
        """UPDATE notifications SET state = :state, error = :error, sent_at = :now
        WHERE id = :id AND state = 'due'""",
        {"id": notification_id, "state": state.value, "error": error, "now": tx.now},
    )
    return changed == 1


def try_again(tx: Tx, notification_id: int) -> None:
    """Have one leave after all that was given up."""
    tx.write(
        """UPDATE notifications SET state = 'due', error = NULL, sent_at = NULL
        WHERE id = :id AND state = 'dead'""",
        {"id": notification_id},
    )


def cancel(tx: Tx, page_ids: Sequence[int]) -> None:
    """Cancel what waits of pages that are over, unless it covers another one that is not."""
    if not page_ids:
        return
    these, named = any_of(page_ids)
    tx.write(
        f"""UPDATE notifications SET state = 'cancelled'
        WHERE state = 'waiting' AND id IN ({_COVERED_BY.format(these)})
            AND NOT EXISTS (SELECT 1 FROM notification_pages JOIN pages ON pages.id = notification_pages.page
                WHERE notification_pages.notification = notifications.id AND pages.state = 'pending')""",  # noqa: S608 - ours
        named,
    )


def hurry(tx: Tx, page_id: int) -> int:
    """Have every notification of a page leave now that has not yet. Return how many may reach somebody."""
    _ring(tx, page_id, "('waiting', 'cancelled')")
    return left(tx, page_id)


def hurry_next(tx: Tx, seen: Notification) -> None:
    """Have each page that waits for one that reached nobody leave now by what it would leave by next.

    One that reached nobody itself waits for its own time: two of them would hurry each other for ever.
    Whoever is on the way is called when they wanted to be there.
    """
    tx.write(
        """UPDATE notifications SET due_at = :now, planned_at = :now, hurried_by = :method WHERE id IN (
            SELECT (SELECT next.id FROM notifications AS next
                    JOIN notification_pages AS by ON by.notification = next.id
                WHERE by.page = pages.id AND next.contact_method <> 'slack'
                    AND next.state = 'waiting' AND next.planned_at > :now
                    AND COALESCE(next.error, '') = '' ORDER BY next.planned_at, next.id LIMIT 1)
            FROM pages JOIN notification_pages AS covers ON covers.page = pages.id
            WHERE covers.notification = :id AND pages.state = 'pending'
                AND (pages.there_by IS NULL OR pages.there_by <= :now))""",
        {"id": seen.id, "method": seen.contact_method, "now": tx.now},
    )


def fail(tx: Tx, notification_id: int, error: str) -> bool:
    """Note that an attempt of one under way failed. Say whether it is the first that did."""
    changed = tx.execute(
        """UPDATE notifications SET error = :error
        WHERE id = :id AND state = 'due' AND COALESCE(error, '') = ''""",
        {"id": notification_id, "error": error},
    )
    return changed == 1


def put_off(tx: Tx, page_id: int, until: datetime) -> None:
    """Have what a page would leave by wait for its person, unless it calls for another page too."""
    tx.write(
        f"""UPDATE notifications SET due_at = :until
        WHERE state = 'waiting' AND due_at < :until AND id IN ({_COVERED})
            AND NOT EXISTS (SELECT 1 FROM notification_pages JOIN pages ON pages.id = notification_pages.page
                WHERE notification_pages.notification = notifications.id
                    AND pages.state = 'pending' AND pages.there_by IS NULL)""",  # noqa: S608 - ours
        {"page": page_id, "until": until},
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
    return _ring(tx, page_id, "('waiting', 'cancelled', 'sent')")


def _ring(tx: Tx, page_id: int, states: str) -> int:
    return tx.execute(
        f"""UPDATE notifications SET state = 'waiting', due_at = :now, planned_at = :now
        WHERE id IN ({_COVERED}) AND state IN {states}""",  # noqa: S608 - constants of ours
        {"page": page_id, "now": tx.now},
    )


def rang(tx: Tx, page_id: int) -> bool:
    """Say whether a contact method took the latest call of a page."""
    return any(one.state is NotificationState.SENT for one in of_page(tx, page_id))


def left(tx: Tx, page_id: int) -> int:
    """Return how many notifications of a page have reached its person, or still may."""
    rows = tx.all(
        f"SELECT id FROM notifications WHERE id IN ({_COVERED}) AND state IN {_LEFT}",  # noqa: S608 - ours
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
    return of_row(row)


def of_page(tx: Tx, *page_ids: int) -> list[Notification]:
    """Return what covers these pages beside Slack, in the order of their person's contact methods."""
    these, named = any_of(page_ids)
    rows = tx.all(
        f"SELECT * FROM notifications WHERE id IN ({_COVERED_BY.format(these)}) ORDER BY id",  # noqa: S608 - ours
        named,
    )
    return [of_row(row) for row in rows]


def by_page(tx: Tx, page_ids: Sequence[int]) -> dict[int, list[Notification]]:
    """Return for each of these pages what covers it beside Slack."""
    if not page_ids:
        return {}
    these, named = any_of(page_ids)
    rows = tx.all(
        f"""SELECT notifications.*, notification_pages.page AS covers FROM notification_pages
        JOIN notifications ON notifications.id = notification_pages.notification
        WHERE notification_pages.page IN ({these}) AND notification_pages.contact_method <> 'slack'
        ORDER BY notifications.id""",  # noqa: S608 - ours
        named,
    )
    found: dict[int, list[Notification]] = {}
    for row in rows:
        found.setdefault(row["covers"], []).append(of_row(row))
    return found


def carrier(tx: Tx, seen: Notification, since: datetime) -> Notification | None:
    """Return a text that tells the same person by the same method of all that waits, also of this."""
    row = tx.one(
        """SELECT carrier.* FROM pages
            JOIN notification_pages AS covers ON covers.page = pages.id AND covers.contact_method = :method
            JOIN notifications AS carrier ON carrier.id = covers.notification
        WHERE pages.responder = :person AND pages.state = 'pending' AND carrier.id <> :id
            AND (carrier.state = 'due' OR (carrier.state = 'sent' AND carrier.due_at >= :since)) LIMIT 1""",
        {"id": seen.id, "person": seen.person, "method": seen.contact_method, "since": since},
    )
    return of_row(row) if row else None


def of_row(row: Row, prefix: str = "") -> Notification:
    """Return the notification that was read, also with a page."""
    values = {name: row[prefix + name] for name in COLUMNS}
    return Notification(
        **{
            **values,
            "state": NotificationState(values["state"]),
            "due_at": instant(values["due_at"]),
            "planned_at": moment(values["planned_at"]),
            "sent_at": moment(values["sent_at"]),
            "digest": bool(values["digest"]),
            "resent": bool(values["resent"]),
        }
    )
