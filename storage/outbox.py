"""The outbox: every side effect is written here before it is made, and says afterwards what became of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from storage.transaction import Row, Tx, any_of, instant

LEASE = timedelta(seconds=30)
"""How long a lease holds: three times as long as a call to Slack may take."""

RECONCILE = "reconcile"
"""The job that looks whether a message still shows what was drawn last."""

MANY = 10
"""So many pages of one person that wait are a storm."""

UNSHOWN = """notification_pages AS covers JOIN pages ON pages.id = covers.page
        JOIN notifications ON notifications.id = covers.notification
    WHERE covers.shown = 0 AND notifications.state <> 'dead' AND pages.state = 'pending'"""
"""The unanswered pages that are to be shown in a direct message, and are not."""

_LEASED = {"id": "INTEGER", "attempt": "INTEGER", "until": "TEXT"}

_FOREVER = datetime.max.replace(tzinfo=UTC)


LeaseKey: TypeAlias = tuple[int, int]
"""A delivery's id and the number of the attempt that holds it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One side effect under way. `uncertain` says that an earlier attempt may have arrived.

    `held` counts the attempts that came to nothing since the other side had asked to wait,
    `faults` those that hit a bug.
    """

    id: int
    event: str
    job: str
    subject: Mapping[str, Any]
    attempt: int
    uncertain: bool
    urgent: bool
    created_at: datetime
    held: int = 0
    faults: int = 0
    lane: str = ""

    @property
    def tries(self) -> int:
        """How often it was really tried, this time included."""
        return self.attempt - self.held

    @property
    def about(self) -> Mapping[str, int]:
        """Return the incident and the page that it is about, as far as it says so, for the log."""
        return {name: self.subject[name] for name in ("incident", "page") if self.subject.get(name)}

    @property
    def lease_key(self) -> LeaseKey:
        """Of two drawings of one message, the one with the greater key was made later."""
        return self.id, self.attempt


@dataclass(frozen=True, slots=True)
class Waiting:
    """A side effect that waits behind another."""

    job: str
    subject: Mapping[str, Any]


_FREE = "state IN ('pending', 'retry', 'ambiguous')"
_LEFT = "(state = 'sending' AND lease_until <= :now)"
_DUE = """SELECT * FROM outbox WHERE finished_at IS NULL AND {state}
        AND due_at <= :now AND urgent = {urgent}
        AND id = (SELECT MIN(first.id) FROM outbox AS first
            WHERE first.lane = outbox.lane AND first.finished_at IS NULL)
    ORDER BY {turn} due_at, id LIMIT :limit"""
_TURN = "grave, behind,"


def lease(tx: Tx, *, urgent: bool, limit: int, lease: timedelta = LEASE) -> list[Delivery]:
    """Take the next deliveries that are due: of each lane only the first, since order is kept within it."""
    rows = tx.all(
        f"{_DUE.format(state=_FREE, urgent=int(urgent), turn=_TURN if urgent else '')} {tx.for_update}",
        {"now": tx.now, "limit": limit},
    )
    if rows:
        these, named = any_of([row["id"] for row in rows])
        tx.write(
            f"""UPDATE outbox SET state = 'sending', attempt = attempt + 1, lease_until = :until
            WHERE id IN ({these})""",  # noqa: S608 - names of our own making
            {**named, "until": tx.now + lease},
        )
    return [_leased(row) for row in rows]


def unleased(tx: Tx, limit: int) -> list[Delivery]:
    """Return the pages that are due, for when no lease can be written.

    One that was being sent when writing stopped is of unknown fate, as is each where others look too.
    """
    where = _DUE.format(state=f"({_FREE} OR {_LEFT})", urgent=1, turn=_TURN)
    rows = tx.all(where, {"now": tx.now, "limit": limit})
    return [replace(_leased(row), uncertain=row["state"] in {"ambiguous", "sending"}) for row in rows]


def lease_late(tx: Tx, deliveries: Sequence[Delivery], lease: timedelta = LEASE) -> None:
    """Lease what was sent while no lease could be written, unless somebody else has finished it."""
    tx.change_each(
        "outbox",
        _LEASED,
        [{"id": one.id, "attempt": one.attempt, "until": tx.now + lease} for one in deliveries],
        "state = 'sending', attempt = new.attempt, lease_until = new.until",
        "finished_at IS NULL AND outbox.attempt <= new.attempt",
    )


def sent(tx: Tx, deliveries: Sequence[Delivery]) -> list[bool]:
    """Finish deliveries that arrived. Say of each whether it was still this attempt's to finish."""
    return _finish(tx, deliveries, "sent", "")


def dead(tx: Tx, delivery: Delivery, reason: str) -> bool:
    """Give a delivery up for good."""
    return all(_finish(tx, [delivery], "dead", reason))


def postpone(
    tx: Tx, delivery: Delivery, state: str, reason: str, after: timedelta, *, fault: bool = False
) -> bool:
    """Try a delivery again later; `ambiguous` when the last attempt may have arrived, `fault` after a bug.

    Say whether it was still this attempt's to put off.
    """
    changed = tx.execute(
        """UPDATE outbox SET state = :state, error = :reason, due_at = :due_at, lease_until = NULL,
            faults = faults + :fault
        WHERE id = :id AND state = 'sending' AND attempt = :attempt""",
        {
            "id": delivery.id,
            "attempt": delivery.attempt,
            "state": state,
            "reason": reason,
            "fault": fault,
            "due_at": tx.now + after,
        },
    )
    return changed == 1


def hold(tx: Tx, delivery: Delivery, after: timedelta) -> None:
    """Leave a delivery for later that was not even tried; it stays as it was before."""
    state = "ambiguous" if delivery.uncertain else "retry"
    tx.write(
        """UPDATE outbox SET state = :state, held = held + 1, due_at = :due_at, lease_until = NULL
        WHERE id = :id AND state = 'sending' AND attempt = :attempt""",
        {"id": delivery.id, "attempt": delivery.attempt, "state": state, "due_at": tx.now + after},
    )


def fold(tx: Tx, head: Delivery, *, but_last: str | None = None) -> None:
    """Have what waits behind a delivery in its lane told with it, but for the last one of that job."""
    tx.write(
        """UPDATE outbox SET folded = :head
        WHERE finished_at IS NULL AND id > :head
            AND lane = (SELECT lane FROM outbox WHERE id = :head AND state = 'sending' AND attempt = :attempt)
            AND id <> COALESCE((SELECT MAX(last.id) FROM outbox AS last
                WHERE last.lane = outbox.lane AND last.finished_at IS NULL AND last.job = :but_last), 0)""",
        {"head": head.id, "attempt": head.attempt, "but_last": but_last or ""},
    )


def folded(tx: Tx, head: Delivery) -> list[Waiting]:
    """Return what is told with a delivery, in order."""
    rows = tx.all(
        "SELECT * FROM outbox WHERE folded = :head AND finished_at IS NULL ORDER BY id", {"head": head.id}
    )
    return [Waiting(row["job"], json.loads(row["subject"])) for row in rows]


def reconcile(tx: Tx, redraw: Delivery, after: timedelta, *, last: LeaseKey) -> None:
    """Have it looked, later, whether a message shows what `last` drew or something newer.

    Each look of a message is in a lane of its own, so that it holds up nothing; what was to be looked for in
    it before is older, and need not be any more.
    """
    look = {
        "lane": f"{RECONCILE}:{after.total_seconds():.0f}:{redraw.lane}",
        "subject": {"job": redraw.job, "of": dict(redraw.subject), "last": list(last)},
        "due_at": tx.now + after,
    }
    if tx.execute(
        """UPDATE outbox SET subject = :subject, due_at = :due_at
        WHERE lane = :lane AND state = 'pending' AND finished_at IS NULL""",
        look,
    ):
        return
    tx.write(
        """INSERT INTO outbox (event, job, lane, urgent, subject, state, due_at, created_at, attempt)
        VALUES (:event, :job, :lane, 0, :subject, 'pending', :due_at, :now, 0)""",
        {**look, "event": redraw.event, "job": RECONCILE, "now": tx.now},
    )


def followed(tx: Tx, delivery: Delivery) -> bool:
    """Say whether another one waits behind a delivery in its lane."""
    row = tx.one(
        "SELECT 1 AS yes FROM outbox WHERE lane = :lane AND id > :id AND finished_at IS NULL LIMIT 1",
        {"lane": delivery.lane, "id": delivery.id},
    )
    return row is not None


def unsent(tx: Tx, job: str, lane: str) -> bool:
    """Say whether a delivery of this job is still to be made in a lane."""
    return bool(
        tx.one(
            "SELECT id FROM outbox WHERE lane = :lane AND job = :job AND finished_at IS NULL",
            {"lane": lane, "job": job},
        )
    )


def finish_folded(tx: Tx, head: Delivery) -> None:
    """Finish what was told with a delivery."""
    tx.write(
        """UPDATE outbox SET state = 'sent', finished_at = :now, error = 'told together with an earlier one'
        WHERE folded = :head AND finished_at IS NULL""",
        {"head": head.id, "now": tx.now},
    )


def renew(tx: Tx, lease_keys: Sequence[LeaseKey], lease: timedelta = LEASE) -> None:
    """Keep the leases on deliveries that are still being sent, unless somebody else took them over."""
    tx.change_each(
        "outbox",
        _LEASED,
        [{"id": number, "attempt": attempt, "until": tx.now + lease} for number, attempt in lease_keys],
        "lease_until = new.until",
        "state = 'sending' AND outbox.attempt = new.attempt",
    )


def release(tx: Tx, *, all_of_them: bool) -> int:
    """Free what a process that died was sending: nobody knows whether it arrived. Return how many."""
    return tx.execute(
        """UPDATE outbox SET state = 'ambiguous', due_at = :now, lease_until = NULL,
            error = 'the process ended while it was being sent'
        WHERE state = 'sending' AND finished_at IS NULL AND lease_until <= :until""",
        {"now": tx.now, "until": _FOREVER if all_of_them else tx.now},
    )


def doubt(tx: Tx) -> int:
    """Take nothing that is open for unsent: an older state of the database does not know what was sent since.

    The edit of a page leaves its lane: the page is sent once more, and Slack may want the edit minutes later.
    Return how many.
    """
    tx.write(
        """UPDATE outbox SET lane = 'restored:' || lane
        WHERE finished_at IS NULL AND urgent = 0 AND lane LIKE 'notification:%'"""
    )
    return tx.execute(
        """UPDATE outbox SET state = 'ambiguous', due_at = :now, lease_until = NULL,
            attempt = CASE WHEN attempt = 0 THEN 1 ELSE attempt END,
            error = 'restored from a backup'
        WHERE finished_at IS NULL""",
        {"now": tx.now},
    )


def given_up(tx: Tx, lanes: str) -> list[Mapping[str, Any]]:
    """Return what the deliveries were about that were given up in lanes like these (a LIKE pattern)."""
    rows = tx.all(
        "SELECT subject FROM outbox WHERE state = 'dead' AND lane LIKE :lanes ORDER BY id", {"lanes": lanes}
    )
    return [json.loads(row["subject"]) for row in rows]


def without_a_channel(tx: Tx) -> list[str]:
    """Return the lanes in which something was given up as the channel was away, closed or not ours."""
    rows = tx.all(
        """SELECT DISTINCT lane FROM outbox WHERE state = 'dead' AND (error LIKE '%not_in_channel%'
        OR error LIKE '%is_archived%' OR error LIKE '%channel_not_found%') ORDER BY lane"""
    )
    return [row["lane"] for row in rows]


def revive(tx: Tx, lanes: str) -> int:
    """Try anew what was given up in lanes like these (a LIKE pattern); return how many deliveries."""
    revived = tx.execute(
        """UPDATE outbox SET state = 'pending', due_at = :now, finished_at = NULL, error = NULL
        WHERE state = 'dead' AND lane LIKE :lanes""",
        {"now": tx.now, "lanes": lanes},
    )
    tx.emitted += revived
    return revived


def open_in(tx: Tx, lane: str, event: str) -> bool:
    """Say whether a delivery of an event waits in a lane."""
    row = tx.one(
        "SELECT 1 AS yes FROM outbox WHERE lane = :lane AND event = :event AND finished_at IS NULL LIMIT 1",
        {"lane": lane, "event": event},
    )
    return row is not None


def overdue_pages(tx: Tx, by: timedelta) -> int:
    """Return how many pages have been waiting to be sent by Slack for longer than `by`.

    Those that wait for many others of the same person do not count: one person's storm is no fault of ours.
    A page that only waits to be added to a digest counts too: no delivery of its own says so.
    """
    rows = tx.all(
        f"""SELECT COUNT(*) AS n FROM outbox
        WHERE finished_at IS NULL AND urgent = 1 AND created_at <= :since
            AND event <> 'NotificationDue' AND behind < :many
        UNION ALL SELECT COUNT(*) AS n FROM {UNSHOWN} AND notifications.digest = 1
            AND pages.raised_at <= :since AND NOT EXISTS (SELECT 1 FROM outbox
                WHERE lane = 'notification:' || notifications.id AND finished_at IS NULL)""",  # noqa: S608 - ours
        {"since": tx.now - by, "many": MANY},
    )
    return sum(int(row["n"]) for row in rows)


def prune(tx: Tx, older_than: timedelta) -> int:
    """Forget deliveries that finished long ago."""
    return tx.execute(
        "DELETE FROM outbox WHERE finished_at IS NOT NULL AND finished_at <= :before",
        {"before": tx.now - older_than},
    )


def _leased(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        event=row["event"],
        job=row["job"],
        subject=json.loads(row["subject"]),
        attempt=row["attempt"] + 1,
        uncertain=row["state"] == "ambiguous",
        urgent=bool(row["urgent"]),
        created_at=instant(row["created_at"]),
        held=row["held"],
        faults=row["faults"],
        lane=row["lane"],
    )


def _finish(tx: Tx, deliveries: Sequence[Delivery], state: str, reason: str) -> list[bool]:
    latest = dict(sorted(one.lease_key for one in deliveries))  # an earlier attempt has been taken over
    ended = {"until": tx.now, "state": state, "reason": reason}
    ours = tx.change_each(
        "outbox",
        {**_LEASED, "state": "TEXT", "reason": "TEXT"},
        [{"id": number, "attempt": attempt, **ended} for number, attempt in latest.items()],
        "state = new.state, error = new.reason, finished_at = new.until, lease_until = NULL",
        "outbox.state = 'sending' AND outbox.attempt = new.attempt",
    )
    return [one.id in ours and one.attempt == latest[one.id] for one in deliveries]
