"""Alerts, each as its source told it last. One that is over stays so: when it fires again it is another."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from bot.domain.actors import Actor, Machine
from bot.domain.alerts.alert import QUIET, UNREAD_QUIET, Alert
from bot.domain.alerts.listing import Sought
from bot.domain.alerts.signals import AlertLink, Signal
from bot.domain.errors import NotFound
from storage.incidents import VISIBLE
from storage.rows import value_of
from storage.sought_alerts import limited
from storage.transaction import Params, Row, Tx, any_of

_FIRED = {
    **dict.fromkeys(
        (
            "source",
            "key",
            "title",
            "text",
            "severity",
            "labels",
            "links",
            "image",
            "grouped",
            "raw",
            "at",
            "trace",
        ),
        "TEXT",
    ),
    **dict.fromkeys(("readable", "test", "times"), "INTEGER"),
}
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
_ENDED = dict.fromkeys(("source", "key", "state", "at", "trace"), "TEXT")
_ROUTED = {
    **dict.fromkeys(("id", "incident", "page"), "INTEGER"),
    **dict.fromkeys(("grouped", "outcome", "rule"), "TEXT"),
}


_NAMES = ", ".join("grouped" if one.name == "group" else one.name for one in fields(Alert))
_SHOWN = f"SELECT {_NAMES} FROM alerts"  # noqa: S608 - names of ours
"""What an alert is made of: the body it came in may be long, and stays where it is."""
_FORGOTTEN = """(alerts.last_at < CASE WHEN alerts.readable = 1 THEN :quiet ELSE :unread END
                AND EXISTS (SELECT 1 FROM incidents WHERE incidents.id = alerts.incident
                    AND incidents.status IN ('Declined', 'Cancelled')))"""
_LONG_PAGED = "(alerts.page IS NOT NULL AND alerts.last_at < :quiet)"


@dataclass(frozen=True, slots=True)
class Taken:
    """A signal as it came in: from whom, the body it was in, the trace of its request, and how often it was
    told at once; `earlier` are the traces of further requests that told it.
    """

    source: str
    signal: Signal
    raw: str
    times: int = 1
    trace: str = ""
    earlier: tuple[str, ...] = ()


def fire(tx: Tx, taken: Sequence[Taken]) -> dict[tuple[str, str], tuple[int, int]]:
    """Keep alerts that fire, of each key one: it is new, or an open one has fired again. Return their numbers
    and how often each has fired, by source and key.

    What its source says of it now counts; only the worst severity stays, until it is over. What fires for
    the tenth time and more is shown with its count when something else changes: a message is not edited for
    each of thousands. What was declined, or paged for, and was quiet since is decided about anew.
    """
    rows = tx.each(
        f"""INSERT INTO alerts (source, key, title, text, severity, state, labels, links, image, grouped,
            readable, test, raw, fired, first_at, last_at, outcome, rule, waits, trace)
        SELECT new.source, new.key, new.title, new.text, new.severity, 'firing', new.labels, new.links,
            new.image, new.grouped, new.readable, new.test, new.raw, new.times, new.at, new.at, '', '', 1,
            new.trace
        FROM {{new}} WHERE true
        ON CONFLICT (source, key) WHERE resolved_at IS NULL DO UPDATE SET
            title = excluded.title, text = excluded.text, labels = excluded.labels, links = excluded.links,
            image = excluded.image, raw = excluded.raw, last_at = excluded.last_at,
            fired = alerts.fired + excluded.fired, trace = excluded.trace,
            waits = CASE WHEN alerts.fired < 10 OR excluded.severity < COALESCE(alerts.severity, 'S5')
                OR EXISTS (SELECT 1 FROM incidents WHERE incidents.id = alerts.incident
                    AND incidents.status IN ('Resolved', 'Post-incident', 'Closed'))
                OR {_FORGOTTEN} OR {_LONG_PAGED} THEN 1 ELSE alerts.waits END,
            incident = CASE WHEN {_FORGOTTEN} THEN NULL ELSE alerts.incident END,
            page = CASE WHEN {_LONG_PAGED} THEN NULL ELSE alerts.page END,
            severity = CASE WHEN excluded.severity < COALESCE(alerts.severity, 'S5') THEN excluded.severity
                ELSE alerts.severity END
        RETURNING id, source, key, fired""",  # noqa: S608 - ours
        _FIRED,
        [_fired(tx, one) for one in taken],
        {"quiet": tx.now - QUIET, "unread": tx.now - UNREAD_QUIET},
    )
    return {(row["source"], row["key"]): (row["id"], row["fired"]) for row in rows}


def tell(tx: Tx, taken: Sequence[Taken]) -> dict[tuple[str, str], int]:
    """Note what sources say of open alerts: they are acknowledged, or over. Return those that there were, by
    source and key.
    """
    rows = [
        {
            "source": one.source,
            "key": one.signal.key,
            "state": one.signal.state.value,
            "at": tx.now,
            "trace": one.trace,
        }
        for one in taken
    ]
    changed = tx.each(
        """UPDATE alerts SET state = new.state, last_at = new.at, waits = 1, trace = new.trace,
            resolved_at = CASE WHEN new.state = 'resolved' THEN new.at END
        FROM {new}
        WHERE alerts.source = new.source AND alerts.key = new.key AND alerts.resolved_at IS NULL
        RETURNING alerts.id, alerts.source, alerts.key""",
        _ENDED,
        rows,
    )
    return {(row["source"], row["key"]): row["id"] for row in changed}


def reword(tx: Tx, alert_id: int, title: str, text: str) -> str:
    """Have an open alert say something else, and return its source; nothing if it is over."""
    rows = tx.returned(
        """UPDATE alerts SET title = :title, text = :text, waits = 1
        WHERE id = :id AND resolved_at IS NULL RETURNING source""",
        {"id": alert_id, "title": title, "text": text},
    )
    return rows[0]["source"] if rows else ""


def waiting(tx: Tx, source: str, limit: int) -> list[Alert]:
    """Return alerts of which it is to be decided what becomes of them, the first first."""
    rows = tx.all(
        f"{_SHOWN} WHERE source = :source AND waits = 1 ORDER BY id LIMIT :limit",
        {"source": source, "limit": limit},
    )
    return [from_row(row) for row in rows]


def decided(tx: Tx, alerts: Sequence[Alert]) -> None:
    """Write what was made of alerts: their incident, group, outcome and rule."""
    rows = [
        {
            "id": one.id,
            "incident": one.incident,
            "page": one.page,
            "grouped": one.group,
            "outcome": one.outcome,
            "rule": one.rule,
        }
        for one in alerts
    ]
    change = """incident = new.incident, page = new.page, grouped = new.grouped, outcome = new.outcome,
        rule = new.rule, waits = 0"""
    tx.change_each("alerts", _ROUTED, rows, change, "alerts.waits = 1")


def held_by(maintenance: int) -> str:
    """Return how the outcome begins of an alert that a maintenance holds."""
    return f"held by MNT-{maintenance}:"


def release(tx: Tx, outcome: str) -> list[str]:
    """Have it decided anew about alerts that fire, with an outcome that begins so. Return their sources."""
    rows = tx.returned(
        """UPDATE alerts SET waits = 1 WHERE resolved_at IS NULL AND incident IS NULL
            AND outcome LIKE :outcome RETURNING source""",
        {"outcome": f"{outcome}%"},
    )
    return sorted({row["source"] for row in rows})


def incident_of_group(tx: Tx, source: str, group: str, since: datetime | None = None) -> int | None:
    """Return the incident of the newest alert of a group, of those that were told of `since` then."""
    late = " AND last_at >= :since" if since else ""
    row = tx.one(
        f"""SELECT incident FROM alerts WHERE source = :source AND grouped = :grouped AND incident IS NOT NULL
        {late} ORDER BY id DESC LIMIT 1""",  # noqa: S608 - ours
        {"source": source, "grouped": group, "since": since},
    )
    return row["incident"] if row else None


def flap(tx: Tx, source: str, keys: Collection[str], since: datetime, times: int) -> bool:
    """Say whether one of these alerts has fired anew so often since then."""
    these, named = any_of(keys)
    rows = tx.all(
        f"""SELECT key FROM alerts WHERE source = :source AND key IN ({these}) AND first_at >= :since
        GROUP BY key HAVING COUNT(*) >= :times LIMIT 1""",  # noqa: S608 - ours
        {"source": source, "since": since, "times": times, **named},
    )
    return bool(rows)


def again(tx: Tx, source: str, key: str) -> bool:
    """Have it decided anew about an open alert that no open incident has, and say whether there is one."""
    rows = tx.returned(
        """UPDATE alerts SET waits = 1, incident = NULL, outcome = ''
        WHERE source = :source AND key = :key AND resolved_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM incidents WHERE incidents.id = alerts.incident
                AND incidents.status IN ('Triage', 'Investigating', 'Fixing', 'Monitoring'))
        RETURNING id""",
        {"source": source, "key": key},
    )
    return bool(rows)


def of_incident(tx: Tx, incident_id: int, limit: int = 3) -> list[Alert]:
    """Return the alerts of an incident, those that are not over and the newest of them first."""
    # by two parts: each finds the few that are wanted by the index, among however many
    rows = tx.all(
        f"""{_SHOWN} WHERE id IN (SELECT id FROM alerts
            WHERE incident = :id AND resolved_at IS NULL ORDER BY id DESC LIMIT :limit)
        UNION ALL {_SHOWN} WHERE id IN (SELECT id FROM alerts
            WHERE incident = :id AND resolved_at IS NOT NULL
            ORDER BY resolved_at DESC, id DESC LIMIT :limit)""",  # noqa: S608 - ours
        {"id": incident_id, "limit": limit},
    )
    rows.sort(key=lambda row: (row["resolved_at"] or "~", row["id"]), reverse=True)
    rows = rows[:limit]
    return [from_row(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Count:
    """How many alerts an incident has, and how many of them are not over."""

    total: int
    open: int


def has_more(tx: Tx, incident_id: int, than: int, *, only_open: bool = False) -> bool:
    """Say whether an incident has more alerts than that; they are not all counted for it."""
    which = " AND resolved_at IS NULL" if only_open else ""
    rows = tx.all(
        f"SELECT 1 AS yes FROM alerts WHERE incident = :id{which} LIMIT 1 OFFSET :than",  # noqa: S608 - ours
        {"id": incident_id, "than": than},
    )
    return bool(rows)


def count(tx: Tx, incident_id: int) -> Count:
    row = tx.one(
        """SELECT COUNT(*) AS total, COALESCE(SUM(CASE WHEN resolved_at IS NULL THEN 1 ELSE 0 END), 0) AS open
        FROM alerts WHERE incident = :id""",
        {"id": incident_id},
    )
    return Count(int(row["total"]), int(row["open"])) if row else Count(0, 0)


_INCIDENT = f"SELECT 1 FROM incidents WHERE incidents.id = alerts.incident AND {VISIBLE}"  # noqa: S608 - ours
_KNOWN = f"(alerts.incident IS NULL OR EXISTS ({_INCIDENT}))"


def newest(
    tx: Tx,
    viewer: str,
    *,
    only_open: bool,
    limit: int,
    before: int | None = None,
    sought: Sought = Sought(),  # noqa: B008 - a value
) -> list[Alert]:
    """Return alerts, the newest first, from older than the one `before`; none of a hidden incident."""
    only = ["alerts.resolved_at IS NULL"] * only_open + ["alerts.id < :before"] * (before is not None)
    conditions, named = limited(sought)
    rows = tx.all(
        f"""{_SHOWN} WHERE {_KNOWN}
        {"".join(f" AND {one}" for one in (*only, *conditions))} ORDER BY id DESC LIMIT :limit""",
        {"before": before, "limit": limit, "viewer": viewer, **named},
    )
    return [from_row(row) for row in rows]


def get(tx: Tx, alert_id: int) -> Alert | None:
    row = tx.one("SELECT * FROM alerts WHERE id = :id", {"id": alert_id})
    return from_row(row) if row else None


def visible(tx: Tx, alert_id: int, viewer: Actor) -> Alert:
    """Return an alert to whoever may know of its incident, if it has one; else raise NotFound."""
    row = tx.one(
        f"SELECT * FROM alerts WHERE id = :id AND {_KNOWN}",  # noqa: S608 - ours
        {"id": alert_id, "viewer": str(viewer)},
    )
    if not row:
        raise NotFound("alert", f"A-{alert_id}")  # numbers are passed over, and old ones forgotten
    return from_row(row)


def place(tx: Tx, alert_id: int, incident_id: int | None, outcome: str) -> None:
    """Have an alert be of an incident, or of none, because somebody says so."""
    tx.write(
        "UPDATE alerts SET incident = :incident, outcome = :outcome, waits = 0 WHERE id = :id",
        {"id": alert_id, "incident": incident_id, "outcome": outcome},
    )


def mark(tx: Tx, alert_id: int, outcome: str) -> None:
    """Say what is becoming of an alert that waits still."""
    tx.write(
        "UPDATE alerts SET outcome = :outcome WHERE id = :id AND waits = 1",
        {"id": alert_id, "outcome": outcome},
    )


def move(tx: Tx, source: int, target: int) -> list[Alert]:
    """Have the alerts of a duplicate be the target's, and return them."""
    rows = tx.returned(
        f"UPDATE alerts SET incident = :target WHERE incident = :source RETURNING {_NAMES}",  # noqa: S608 - ours
        {"source": source, "target": target},
    )
    return [from_row(row) for row in sorted(rows, key=lambda row: int(row["id"]))]


def is_open(tx: Tx, source: str, key: str) -> bool:
    """Say whether an alert of this key is not over."""
    return bool(
        tx.all(
            "SELECT 1 AS yes FROM alerts WHERE source = :source AND key = :key AND resolved_at IS NULL",
            {"source": source, "key": key},
        )
    )


def opened_since(tx: Tx, source: Machine, since: datetime) -> list[int]:
    """Return the incidents that alerts of a source have opened since then, the newest first."""
    rows = tx.all(
        "SELECT id FROM incidents WHERE reporter = :reporter AND declared_at >= :since ORDER BY id DESC",
        {"reporter": source, "since": since},
    )
    return [row["id"] for row in rows]


def prune(tx: Tx, keep: timedelta) -> None:
    """Forget alerts of no incident that have been over for so long."""
    tx.write(
        "DELETE FROM alerts WHERE incident IS NULL AND resolved_at IS NOT NULL AND last_at < :before",
        {"before": tx.now - keep},
    )


def _fired(tx: Tx, one: Taken) -> Params:
    signal = one.signal
    return {
        "source": one.source,
        "key": signal.key,
        "title": signal.title,
        "text": signal.text,
        "severity": signal.severity.value if signal.severity else None,
        "labels": _AS_JSON(dict(signal.labels)),
        "links": _AS_JSON([(link.name, link.url) for link in signal.links]) if signal.links else "[]",
        "image": signal.image,
        "grouped": signal.group,
        "readable": int(signal.readable),
        "test": int(signal.test),
        "raw": one.raw,
        "times": one.times,
        "at": tx.now,
        "trace": one.trace,
    }


def from_row(row: Row) -> Alert:
    links = tuple(AlertLink(name, url) for name, url in json.loads(row["links"]))
    return value_of(Alert, row, labels=json.loads(row["labels"]), links=links, group=row["grouped"])
