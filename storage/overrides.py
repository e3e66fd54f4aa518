"""Overrides of schedules: who is on call instead, for a time. One that is cancelled counts until then."""

from collections.abc import Collection
from datetime import datetime, timedelta
from operator import itemgetter

from bot.domain.oncall.cover import Made
from bot.domain.oncall.overrides import Override, Overrides
from storage.rows import value_of
from storage.transaction import Row, Tx, any_of, instant

MOMENT = timedelta(microseconds=1)
"""The least time that a moment can be apart from the next one."""


def add(tx: Tx, schedule: str, override: Override, by: str, request: int | None = None) -> int:
    """Write an override of a schedule, made by a request for cover or not. Its people are Slack user ids."""
    tx.known.on_call = None
    return tx.insert(
        """INSERT INTO overrides (schedule, person, replaces, starts_at, ends_at, made_by, made_at, request)
        VALUES (:schedule, :person, :replaces, :start, :end, :by, :now, :request) RETURNING id""",
        {
            "schedule": schedule,
            "person": override.person,
            "replaces": override.replaces,
            "start": override.start,
            "end": override.end,
            "by": by,
            "now": tx.now,
            "request": request,
        },
    )


def cancel(tx: Tx, override_id: int, by: str) -> bool:
    """Let an override that is not over count no longer. Say whether it did until now."""
    tx.known.on_call = None
    return (
        tx.execute(
            """UPDATE overrides SET cancelled_by = :by, cancelled_at = :now
            WHERE id = :id AND cancelled_at IS NULL AND ends_at > :now""",
            {"id": override_id, "by": by, "now": tx.now},
        )
        == 1
    )


def between(
    tx: Tx, schedules: Collection[str], start: datetime, end: datetime | None = None
) -> dict[str, Overrides]:
    """Return the overrides of each schedule that hold any moment from `start` until `end`, or `start`."""
    these, named = any_of(schedules)
    rows = tx.all(
        f"""SELECT * FROM overrides WHERE ends_at > :start AND starts_at < :end AND schedule IN ({these})
        AND (cancelled_at IS NULL OR (cancelled_at > starts_at AND cancelled_at > :start))""",  # noqa: S608 - names of our own making
        {"start": start, "end": end or start + MOMENT, **named},
    )
    found: dict[str, list[Override]] = {name: [] for name in schedules}
    for row in sorted(rows, key=itemgetter("id")):  # asked to sort, SQLite would read all there ever were
        found[row["schedule"]].append(_override(row))
    return {name: Overrides(them) for name, them in found.items()}


def _override(row: Row) -> Override:
    end = min(row["ends_at"], row["cancelled_at"] or row["ends_at"])
    return Override(instant(row["starts_at"]), instant(end), row["person"], row["replaces"], row["id"])


def get(tx: Tx, override_id: int) -> Made:
    """Return an override, also one that is over. Raises NotFound."""
    row = tx.one("SELECT * FROM overrides WHERE id = :id", {"id": override_id})
    if not row:
        raise tx.unknown("overrides", override_id, "override", override_id)
    return value_of(Made, row)


def of_request(tx: Tx, request: int) -> list[int]:
    """Return the overrides that a request for cover made, of a swap both halves, unless they are over."""
    rows = tx.all(
        """SELECT id FROM overrides WHERE request = :request AND cancelled_at IS NULL AND ends_at > :now
        ORDER BY id""",
        {"request": request, "now": tx.now},
    )
    return [row["id"] for row in rows]


def stood(tx: Tx, schedule: str, person: str, at: datetime) -> Made | None:
    """Return the override by which a person was on call at a moment: of several, the last that was made."""
    row = tx.one(
        """SELECT * FROM overrides WHERE schedule = :schedule AND person = :person AND starts_at <= :at
        AND ends_at > :at AND (cancelled_at IS NULL OR cancelled_at > :at) ORDER BY id DESC LIMIT 1""",
        {"schedule": schedule, "person": person, "at": at},
    )
    return value_of(Made, row) if row else None


def coming(tx: Tx, limit: int) -> list[Made]:
    """Return the overrides that are not over, the next ones first."""
    rows = tx.all(
        """SELECT * FROM overrides WHERE ends_at > :now AND cancelled_at IS NULL
        ORDER BY starts_at, id LIMIT :limit""",
        {"now": tx.now, "limit": limit},
    )
    return [value_of(Made, row) for row in rows]
