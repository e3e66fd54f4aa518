"""Escalations. Their `due_at` column is the timer; there is no other."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from bot.domain.paging.escalations import Escalation, EscalationState, Reason
from bot.domain.process import Level, Notice, Only
from storage.transaction import Row, Tx, any_of, instant, moment

ASIDE = timedelta(seconds=30)
"""How long one that could not be handled stays out of the way of the others."""

_COLUMNS = (
    *("id", "incident", "team", "role", "reason", "message", "asked_by", "path", "level", "round"),
    *("started_at", "called_at", "due_at", "waits_for", "state", "version", "restored_from"),
)
_TYPES = {
    **dict.fromkeys(_COLUMNS, "TEXT"),
    **dict.fromkeys(("id", "incident", "level", "round", "version", "seen"), "INTEGER"),
}
_BEGUN = {name: _TYPES[name] for name in _COLUMNS[1:]}
_GOES_ON = ("level", "round", "called_at", "due_at", "waits_for", "state", "version", "restored_from")
_ADVANCED = {name: _TYPES[name] for name in ("id", "seen", *_GOES_ON)}
OF_PAGES = ", ".join(f"escalations.{name} AS of_{name}" for name in _COLUMNS)
"""The columns with which a page is read; `of_page` understands them."""


def add_each(tx: Tx, begun: Sequence[Escalation]) -> list[Escalation]:
    """Write new escalations and return them with their ids."""
    tx.promise()
    new = [{name: _column(one, name) for name in _BEGUN} for one in begun]
    ids = tx.insert_each("escalations", _BEGUN, new)
    return [replace(one, id=number) for one, number in zip(begun, ids, strict=True)]


def take(tx: Tx, ids: Sequence[int]) -> list[Escalation]:
    """Return those of these escalations that are due, and that nobody else is just deciding about.

    They are ours until the end of the transaction.
    """
    these, named = any_of(ids)
    rows = tx.all(
        f"""SELECT * FROM escalations WHERE id IN ({these}) AND state = 'running' AND due_at <= :now
        {tx.for_update}""",  # noqa: S608 - names of our own making
        {**named, "now": tx.now},
    )
    found = {row["id"]: _escalation(row) for row in rows}
    return [found[one] for one in ids if one in found]


def advance(tx: Tx, seen: Escalation, now: Escalation) -> Escalation | None:
    """Write and return how an escalation goes on, unless somebody decided before: who commits first wins."""
    return advance_each(tx, [(seen, now)])[0]


def advance_each(tx: Tx, changes: Sequence[tuple[Escalation, Escalation]]) -> list[Escalation | None]:
    """Do that with many, each as it was seen and as it becomes."""
    if any(now.running for _, now in changes):
        tx.promise()
    ours = tx.change_each(
        "escalations",
        _ADVANCED,
        [
            {
                "id": seen.id,
                "seen": seen.version,
                **{name: _column(now, name) for name in _GOES_ON},
                "version": seen.version + 1,
            }
            for seen, now in changes
        ],
        ", ".join(f"{name} = new.{name}" for name in _GOES_ON),
        "escalations.state = 'running' AND escalations.version = new.seen",
    )
    written = [replace(now, version=seen.version + 1) if seen.id in ours else None for seen, now in changes]
    for (seen, _), now in zip(changes, written, strict=True):
        tx.known.went_on(seen, now)
    return written


def set_aside(tx: Tx, escalation_id: int) -> None:
    """Push an escalation that cannot be handled out of the way of the others, for a while."""
    tx.write(
        """UPDATE escalations SET due_at = :later, version = version + 1
        WHERE id = :id AND state = 'running' AND due_at <= :now""",
        {"id": escalation_id, "now": tx.now, "later": tx.now + ASIDE},
    )


def overdue(tx: Tx, limit: int) -> list[int]:
    """Return the escalations past their deadline: the worst severity first, then the oldest."""
    rows = tx.all(
        """SELECT escalations.id FROM escalations LEFT JOIN incidents ON incidents.id = escalations.incident
        WHERE escalations.state = 'running' AND escalations.due_at <= :now
        ORDER BY COALESCE(incidents.severity, 'S2'), escalations.due_at, escalations.id LIMIT :limit""",
        {"now": tx.now, "limit": limit},
    )
    return [row["id"] for row in rows]


def next_due(tx: Tx) -> datetime | None:
    """Return when the next escalation falls due."""
    row = tx.one("SELECT MIN(due_at) AS due_at FROM escalations WHERE state = 'running'")
    return moment(row["due_at"]) if row else None


def asked_outside(tx: Tx, by: str, since: datetime) -> int:
    """Return how often a person asked for somebody outside any incident since then."""
    row = tx.one(
        """SELECT COUNT(*) AS n FROM escalations
        WHERE asked_by = :by AND incident IS NULL AND started_at > :since""",
        {"by": by, "since": since},
    )
    return int(row["n"]) if row else 0


def timeout(path: str, level: int) -> timedelta:
    """Return how long a level of a path has to answer, as both are written."""
    return _path(path)[level].timeout


def of_page(row: Row) -> Escalation:
    """Return the escalation that was read with a page."""
    return _escalation({name: row[f"of_{name}"] for name in _COLUMNS})


def _column(escalation: Escalation, name: str) -> Any:
    value = getattr(escalation, name)
    return str(value) if isinstance(value, StrEnum) else _written(value) if name == "path" else value


def _written(path: Sequence[Level]) -> list[dict[str, Any]]:
    return [
        {
            "team": level.team,
            "role": level.role,
            "timeout": level.timeout.total_seconds(),
            "notify": {one.contact_method: one.after.total_seconds() for one in level.notify},
            "reminders": [after.total_seconds() for after in level.reminders],
            "needs_all": level.needs_all,
            "call": level.call,
            "only": {
                "severities": level.only.severities,
                "types": level.only.types,
                "working": level.only.working,
            },
        }
        for level in path
    ]


@lru_cache(maxsize=256)
def _path(text: str) -> tuple[Level, ...]:
    """Return the path that a text describes. Most rows hold one of a few."""
    return tuple(
        Level(
            team=level["team"],
            role=level["role"],
            timeout=timedelta(seconds=level["timeout"]),
            notify=tuple(Notice(name, timedelta(seconds=after)) for name, after in level["notify"].items()),
            reminders=tuple(timedelta(seconds=after) for after in level["reminders"]),
            needs_all=level["needs_all"],
            call=level.get("call", ""),
            only=_only(level.get("only", {})),
        )
        for level in json.loads(text)
    )


def _only(written: Mapping[str, Any]) -> Only:
    lists = {name: tuple(written.get(name, ())) for name in ("severities", "types")}
    return Only(**lists, working=written.get("working", False))


def _escalation(row: Mapping[str, Any]) -> Escalation:
    return Escalation(
        **{
            name: row[name]
            for name in ("id", "incident", "team", "role", "message", "asked_by", "level", "round")
        },
        reason=Reason(row["reason"]),
        path=_path(row["path"]),
        started_at=instant(row["started_at"]),
        called_at=instant(row["called_at"]),
        due_at=instant(row["due_at"]),
        waits_for=tuple(json.loads(row["waits_for"])),
        state=EscalationState(row["state"]),
        version=row["version"],
        restored_from=moment(row["restored_from"]),
    )
