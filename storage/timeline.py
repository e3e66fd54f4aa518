"""Timeline entries, in the order in which things happened."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.actors import Actor, parsed
from bot.domain.facts import OfIncident, data_of
from bot.domain.incidents.incident import Status
from bot.domain.timeline.entries import HIGHLIGHTS, TOLD, Entry, Kind
from storage.incidents import has_channel
from storage.rows import value_of
from storage.transaction import Row, Tx

_NEW = {
    **dict.fromkeys(("incident", "quiet"), "INTEGER"),
    **dict.fromkeys(("kind", "at", "by_whom", "text", "data"), "TEXT"),
}

STORY = """incident IN (SELECT id FROM incidents WHERE id = :incident
    UNION ALL SELECT id FROM incidents WHERE merged_into = :incident) AND hidden = 0"""
"""An incident's entries, and those of its duplicates."""

_LOGGED = (
    *("page", "from_page", "team", "role", "person", "severity", "round", "late", "because"),
    *("contact_method", "action", "update"),
)
_LOGGED_CHANGES = {Kind.STATUS, Kind.SEVERITY, Kind.LEAD}
"""Kinds whose `before` and `after` are words of ours or ids; the others hold names."""


def add(tx: Tx, facts: Sequence[tuple[OfIncident, Kind]]) -> None:
    """Write the entries of facts; their kinds say whether the channel is told of them too."""
    entries = [_entry_of(tx, fact, kind) for fact, kind in facts]
    told = [fact.told and kind in TOLD and has_channel(tx, fact.incident) for fact, kind in facts]
    ids = tx.insert_each("entries", _NEW, entries, asked=any(told))
    for number, entry, tell in zip(ids, entries, told, strict=False):
        if tell:
            tx.tell(entry["incident"], number)


def _entry_of(tx: Tx, fact: OfIncident, kind: Kind) -> Row:
    data = data_of(fact)
    _decided(tx, fact, kind, data)
    return {
        "incident": fact.incident,
        "kind": kind.value,
        "at": datetime.fromisoformat(earlier) if (earlier := getattr(fact, "at", "")) else tx.now,
        "by_whom": fact.by,
        "text": fact.text,
        "data": data,
        "quiet": int(not fact.told),
    }


def _decided(tx: Tx, fact: OfIncident, kind: Kind, data: Mapping[str, Any]) -> None:
    """Have it in the log, without the texts and the names that may be private."""
    shown = {key: data[key] for key in _LOGGED if data.get(key)}
    if called := data.get("people"):
        shown["person"] = ",".join(called)
    if kind in _LOGGED_CHANGES:
        shown |= {key: str(data[key]) for key in ("before", "after")}
    tx.decide(kind.value, incident=fact.incident, actor=fact.by, **shown)
    if kind is Kind.STATUS and not Status(data["after"]).open:
        tx.decide("ended", incident=fact.incident, actor=fact.by)


def hush(tx: Tx, incident_id: int) -> None:
    """Take it that the channel was told of everything so far."""
    tx.write("UPDATE entries SET quiet = 1 WHERE incident = :incident", {"incident": incident_id})


def pin(tx: Tx, incident_id: int, ts: str, at: datetime, by: str, *, stream: str = "") -> int:
    """Write the entry of a pinned message, or show again the one that was taken off. Return its id.

    Until the message is read, the entry says who pinned it. `stream` names the stream in whose channel it is.
    """
    tx.reworded.add(incident_id)
    return tx.insert(
        """INSERT INTO entries (incident, kind, at, by_whom, text, data, ts)
        VALUES (:incident, 'pin', :at, NULL, '', :data, :ts)
        ON CONFLICT (incident, ts) WHERE ts IS NOT NULL DO UPDATE SET hidden = 0
        RETURNING id""",
        {
            "incident": incident_id,
            "at": at,
            "ts": ts,
            "data": {"marked_by": by} | ({"stream": stream} if stream else {}),
        },
    )


def pinned(tx: Tx, incident_id: int, ts: str) -> Entry | None:
    """Return the entry of a pinned message, shown or taken off."""
    row = tx.one(
        "SELECT * FROM entries WHERE incident = :incident AND ts = :ts", {"incident": incident_id, "ts": ts}
    )
    return from_row(row) if row else None


def rewrite(tx: Tx, entry_id: int, *, by: Actor | None, text: str, data: Mapping[str, Any]) -> None:
    """Replace what an entry says."""
    changed = tx.returned(
        "UPDATE entries SET by_whom = :by, text = :text, data = :data WHERE id = :id RETURNING incident",
        {"id": entry_id, "by": by, "text": text, "data": dict(data)},
    )
    tx.reworded |= {row["incident"] for row in changed}


def note(tx: Tx, incident_id: int, note_id: int) -> tuple[Entry, bool] | None:
    """Return a note of an incident, and whether it is hidden."""
    return next((one for one in notes(tx, incident_id) if one[0].id == note_id), None)


def notes(tx: Tx, incident_id: int) -> list[tuple[Entry, bool]]:
    """Return the notes of an incident, the latest first, each with whether it is hidden."""
    rows = tx.all(
        "SELECT * FROM entries WHERE incident = :incident AND kind = 'note' ORDER BY at DESC, id DESC",
        {"incident": incident_id},
    )
    return [(from_row(row), bool(row["hidden"])) for row in rows]


def change_note(tx: Tx, note_id: int, text: str, at: datetime, *, hidden: bool) -> None:
    changed = tx.returned(
        "UPDATE entries SET text = :text, at = :at, hidden = :hidden WHERE id = :id RETURNING incident",
        {"id": note_id, "text": text, "at": at, "hidden": hidden},
    )
    tx.reworded |= {row["incident"] for row in changed}


def hide(tx: Tx, entry_id: int) -> None:
    """Take an entry off the timeline; what it said is kept."""
    changed = tx.returned("UPDATE entries SET hidden = 1 WHERE id = :id RETURNING incident", {"id": entry_id})
    tx.reworded |= {row["incident"] for row in changed}


def get(tx: Tx, entry_id: int) -> Entry | None:
    row = tx.one("SELECT * FROM entries WHERE id = :id", {"id": entry_id})
    return from_row(row) if row else None


def of(tx: Tx, incident_id: int, highlights: bool = False, offset: int = 0, limit: int = 20) -> list[Entry]:
    """Return a stretch of the timeline, with what happened in its duplicates, the oldest entry first."""
    rows = tx.all(
        f"""SELECT * FROM entries WHERE {STORY} AND {_kinds(highlights)}
        ORDER BY at, id LIMIT :limit OFFSET :offset""",  # noqa: S608 - names of our own enum
        {"incident": incident_id, "limit": limit, "offset": offset},
    )
    return [from_row(row) for row in rows]


def authors(tx: Tx, incident_id: int) -> list[str]:
    """Return the people who did something for an incident. Whose message is pinned did nothing by that, nor
    who wants its updates.
    """
    rows = tx.all(
        """SELECT by_whom, MIN(id) AS first FROM entries WHERE incident = :incident AND by_whom IS NOT NULL
            AND kind NOT IN ('pin', 'subscribed', 'unsubscribed') GROUP BY by_whom ORDER BY first""",
        {"incident": incident_id},
    )
    return [who for row in rows if isinstance(who := parsed(row["by_whom"]), str)]


def latest(tx: Tx, incident_id: int, *kinds: Kind) -> Entry | None:
    wanted = ", ".join(f"'{kind.value}'" for kind in kinds)
    row = tx.one(
        f"SELECT * FROM entries WHERE incident = :incident AND kind IN ({wanted}) ORDER BY id DESC LIMIT 1",  # noqa: S608 - names of our own enum
        {"incident": incident_id},
    )
    return from_row(row) if row else None


def of_kinds(tx: Tx, incident_id: int, *kinds: Kind) -> list[Entry]:
    wanted = ", ".join(f"'{kind.value}'" for kind in kinds)
    rows = tx.all(
        f"SELECT * FROM entries WHERE incident = :incident AND kind IN ({wanted}) ORDER BY id",  # noqa: S608 - names of our own enum
        {"incident": incident_id},
    )
    return [from_row(row) for row in rows]


def count(tx: Tx, incident_id: int, highlights: bool = False) -> int:
    row = tx.one(
        f"SELECT COUNT(*) AS n FROM entries WHERE {STORY} AND {_kinds(highlights)}",  # noqa: S608 - our own enum
        {"incident": incident_id},
    )
    return int(row["n"]) if row else 0


def problem_since(tx: Tx, incident_id: int, what: str, since: datetime) -> bool:
    """Say whether this problem is in the timeline already, since a time."""
    rows = tx.all(
        "SELECT data FROM entries WHERE incident = :incident AND kind = 'problem' AND at >= :since",
        {"incident": incident_id, "since": since},
    )
    return any(json.loads(row["data"]).get("what") == what for row in rows)


def to_tell(tx: Tx, incident_id: int) -> list[int]:
    """Return the entries that a channel which opens only now should still be told of.

    The card that is posted at the same time shows who is paged, so the pages themselves are left out.
    """
    kinds = ", ".join(f"'{kind.value}'" for kind in sorted(TOLD - {Kind.PAGED}))
    rows = tx.all(
        f"SELECT id FROM entries WHERE incident = :incident AND quiet = 0 AND kind IN ({kinds}) ORDER BY id",  # noqa: S608
        {"incident": incident_id},
    )
    return [row["id"] for row in rows]


def _kinds(highlights: bool) -> str:
    if not highlights:
        return "1 = 1"
    return "kind IN (" + ", ".join(f"'{kind.value}'" for kind in sorted(HIGHLIGHTS)) + ")"


def from_row(row: Row) -> Entry:
    by = None if row["by_whom"] is None else parsed(row["by_whom"])
    return value_of(Entry, row, by=by, data=json.loads(row["data"]))
