"""Change events: what was deployed or altered, as tools told it."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.alerts.changes import Changed, ChangeEvent
from bot.domain.alerts.signals import AlertLink
from storage.rows import value_of
from storage.transaction import Row, Tx

_COLUMNS = dict.fromkeys(("source", "summary", "place", "labels", "links", "at", "taken_at"), "TEXT")


def keep(tx: Tx, taken: Sequence[tuple[str, ChangeEvent]]) -> None:
    """Keep change events of these sources."""
    rows = [
        {
            "source": source,
            "summary": one.summary,
            "place": one.where,
            "labels": json.dumps(dict(one.labels), ensure_ascii=False),
            "links": json.dumps([(link.name, link.url) for link in one.links], ensure_ascii=False),
            "at": one.at or tx.now,
            "taken_at": tx.now,
        }
        for source, one in taken
    ]
    tx.insert_each("change_events", _COLUMNS, rows, asked=False)


def since(tx: Tx, when: datetime, limit: int) -> list[Changed]:
    """Return what came since then, the newest first."""
    rows = tx.all(
        "SELECT * FROM change_events WHERE taken_at >= :when ORDER BY taken_at DESC, id DESC LIMIT :limit",
        {"when": when, "limit": limit},
    )
    return [_changed(row) for row in rows]


def between(tx: Tx, start: datetime, end: datetime, limit: int) -> list[Changed]:
    """Return what came in a time, the newest first."""
    rows = tx.all(
        """SELECT * FROM change_events WHERE taken_at >= :start AND taken_at <= :end
        ORDER BY taken_at DESC, id DESC LIMIT :limit""",
        {"start": start, "end": end, "limit": limit},
    )
    return [_changed(row) for row in rows]


def count(tx: Tx, start: datetime, end: datetime) -> int:
    row = tx.one(
        "SELECT COUNT(*) AS many FROM change_events WHERE taken_at >= :start AND taken_at < :end",
        {"start": start, "end": end},
    )
    return int(row["many"]) if row else 0


def prune(tx: Tx, kept: timedelta) -> None:
    tx.write("DELETE FROM change_events WHERE taken_at < :before", {"before": tx.now - kept})


def _changed(row: Row) -> Changed:
    links = tuple(AlertLink(name, url) for name, url in json.loads(row["links"]))
    return value_of(Changed, row, labels=json.loads(row["labels"]), links=links)
