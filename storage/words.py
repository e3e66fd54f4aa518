"""The words that incidents are found by: written anew whenever a text of an incident has changed."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence

from bot.domain.facts import Fact, Noted, Renamed, SummaryChanged, UpdatePosted
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.words import sought, words_of
from storage.database import Database
from storage.transaction import Connection, Row, Tx, any_of, as_rows

_CHANGING = (Noted, Renamed, SummaryChanged, UpdatePosted)
"""After what an incident has other words. What else changes them says so itself, by `tx.reworded`: pins,
streams, actions, links, fields and what belongs to a review.
"""
AT_ONCE = 200
"""How many incidents are written in one transaction when their words are written for the first time."""

_COLUMNS = {"incident": "INTEGER", "words": "TEXT"}
_TEXTS = """
    SELECT id AS incident, name AS text, '' AS data, 1 AS rank, 0 AS n FROM incidents WHERE id IN ({these})
    UNION ALL SELECT id, summary || ' ' || causes || ' ' || cmoc || ' ' || executive, '', 2, 0
        FROM incidents WHERE id IN ({these})
    UNION ALL SELECT incident, text, '', 3, -id FROM updates WHERE incident IN ({these})
    UNION ALL SELECT incident, text, data, 4, -id FROM entries
        WHERE incident IN ({these}) AND kind IN ('pin', 'note') AND hidden = 0
    UNION ALL SELECT incident, name, '', 2, id FROM streams WHERE incident IN ({these})
    UNION ALL SELECT streams.incident, stream_updates.text, '', 4, -stream_updates.id
        FROM stream_updates JOIN streams ON streams.id = stream_updates.stream
        WHERE streams.incident IN ({these})
    UNION ALL SELECT incident, SUBSTR(text, 1, {reach}), '', {document}, 0 FROM review_versions
        WHERE incident IN ({these}) AND number = (SELECT MAX(number) FROM review_versions AS newest
            WHERE newest.incident = review_versions.incident)
    UNION ALL SELECT incident, text, '', 5, -id FROM review_comments WHERE incident IN ({these})
    UNION ALL SELECT incident, title || ' ' || details, '', 3, id FROM actions
        WHERE incident IN ({these}) AND private = 0
    UNION ALL SELECT incident, name || ' ' || url, '', 4, 0 FROM links WHERE incident IN ({these})
    UNION ALL SELECT incident, value, '', 4, 1 FROM fields WHERE incident IN ({these})"""
"""A private follow-up is not among them: not everybody who may know of the incident may know of it."""
_ALL_OF_IT = {"reach": 1_000_000, "document": 5}
"""Of a review's document all words count, after those of all else."""
_TO_SHOW = {"reach": 20_000, "document": 2}
"""To show where a word stands, less of it is read, and earlier: it may be long, and there are many found."""
_NOTHING = ("", "{}")
"""What most entries have besides their text: thousands are read for one page of what was found."""
_ORDER = " ORDER BY incident, rank, n"
"""Where there are more words than are kept, the newest texts come first."""
_FIRST = """SELECT incident, text, data FROM (
        SELECT said.*, row_number() OVER (PARTITION BY incident ORDER BY rank, n) AS place
        FROM ({texts}) AS said
    ) AS placed WHERE place <= :most ORDER BY incident, place"""
_WRITE = """INSERT INTO incident_words (incident, words) SELECT new.incident, new.words FROM {new}
    WHERE true
    ON CONFLICT (incident) DO UPDATE SET words = excluded.words
    WHERE incident_words.words <> excluded.words"""
_WITHOUT = """SELECT id FROM incidents WHERE NOT EXISTS
    (SELECT 1 FROM incident_words WHERE incident_words.incident = incidents.id) ORDER BY id LIMIT :most"""


def follow(tx: Tx, facts: Collection[Fact]) -> None:
    """Write the words anew of every incident whose texts this decision changed."""
    changed = {one.incident for one in facts if isinstance(one, _CHANGING)} | tx.reworded
    tx.reworded.clear()
    if changed:
        these, named = any_of(sorted(changed))
        rows = _words(tx.all((_TEXTS + _ORDER).format(these=these, **_ALL_OF_IT), named))
        tx.each(_WRITE, _COLUMNS, rows)


def add(tx: Tx, incident: Incident) -> None:
    """Write the words of a new incident."""
    said = incident.summary
    texts = (incident.name, said.summary, said.causes, said.cmoc, said.executive)
    tx.write(
        "INSERT INTO incident_words (incident, words) VALUES (:id, :words)",
        {"id": incident.id, "words": words_of(incident.id, texts)},
    )


def with_words(tx: Tx, typed: Sequence[str]) -> tuple[str, Row]:
    """Return the condition that an incident has all these words, with its parameters."""
    words = sought(typed)
    if not words:
        return "1 = 0", {}
    condition, named = tx.having(words)
    return f"incidents.id IN ({condition})", dict(named)


def texts(tx: Tx, incidents: Collection[int], most: int) -> Mapping[int, Sequence[str]]:
    """Return at most so many of the texts by which each incident is found: name, summary, then the newest."""
    if not incidents:
        return {}
    these, named = any_of(sorted(incidents))
    rows = tx.all(_FIRST.format(texts=_TEXTS.format(these=these, **_TO_SHOW)), {**named, "most": most})
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row["incident"], []).extend(_said(row))
    return found


def complete(database: Database) -> None:
    """Write the words of incidents that have none yet: those of before there were any."""
    while without := database.run(_without, writing=False):
        database.run(lambda connection, ids=without: _write(connection, ids))  # type: ignore[misc]


def _without(connection: Connection) -> list[int]:
    return [row["id"] for row in connection.query(_WITHOUT, {"most": AT_ONCE})]


def _write(connection: Connection, ids: Sequence[int]) -> None:
    these, named = any_of(ids)
    rows = _words(connection.query((_TEXTS + _ORDER).format(these=these, **_ALL_OF_IT), named))
    connection.execute(_WRITE.format(new=connection.rows(_COLUMNS)), {"rows": as_rows(rows)})


def _words(found: Sequence[Row]) -> list[Row]:
    texts: dict[int, list[str]] = {}
    for row in found:
        texts.setdefault(row["incident"], []).extend(_said(row))
    return [{"incident": one, "words": words_of(one, said)} for one, said in texts.items()]


def _said(row: Row) -> Iterator[str]:
    """Return a text, with the names of its files. What was deleted in Slack is not found any more."""
    data = json.loads(row["data"]) if row["data"] not in _NOTHING else {}
    if not data.get("deleted"):
        yield from (row["text"], *data.get("files", ()))
