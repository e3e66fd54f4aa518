"""Who is in an incident's channel, and who was in it: the people who may see a private incident.

`at` is when Slack says that somebody came or went; it is empty for who was only invited. Who went from a
private incident is remembered: only people in the channel let them in again.
"""

from collections.abc import Collection
from datetime import datetime

from storage.transaction import Tx, any_of

_ADD = """INSERT INTO members (incident, person) VALUES (:incident, :person)
    ON CONFLICT (incident, person) DO UPDATE SET gone = 0 WHERE members.gone = 1 AND NOT EXISTS (
        SELECT 1 FROM incidents WHERE incidents.id = members.incident AND incidents.private = 1)"""

_MOVED = """INSERT INTO members (incident, person, at, gone) VALUES (:incident, :person, :at, :gone)
    ON CONFLICT (incident, person) DO UPDATE SET at = excluded.at, gone = excluded.gone
    WHERE members.at < excluded.at OR (members.at = excluded.at AND members.gone <> excluded.gone)"""


def none_yet(tx: Tx, incident_id: int) -> None:
    """Know without asking that nobody is in or was removed from an incident which was just written."""
    tx.known.there[incident_id] = {}


def note(tx: Tx, incident_id: int, person: str) -> None:
    """Note that a person is in the channel, or invited to it, unless they were removed."""
    there = tx.known.there.get(incident_id, {})
    if there.setdefault(person, True) is False:
        tx.known.there.pop(incident_id)  # whether they are let in again is for the statement to say
    tx.write(_ADD, {"incident": incident_id, "person": person})


def add(tx: Tx, incident_id: int, person: str) -> bool:
    """Note it too, and say whether that is news."""
    values = {"incident": incident_id, "person": person}
    there = tx.known.there.get(incident_id)
    if there is None or there.get(person) is False:
        return tx.execute(_ADD, values) == 1
    if person in there:
        return False
    there[person] = True
    tx.write(_ADD, values)
    return True


def look_ahead(tx: Tx, incident_ids: Collection[int]) -> None:
    """Look up the people of many incidents at once, for decisions that are made together."""
    these, named = any_of(incident_ids)
    tx.known.there.update({one: {} for one in incident_ids})
    for row in tx.all(f"SELECT * FROM members WHERE incident IN ({these})", named):  # noqa: S608 - ours
        tx.known.there[row["incident"]][row["person"]] = not row["gone"]


def came(tx: Tx, incident_id: int, person: str, at: datetime) -> bool:
    """Note that a person came into the channel, and say whether that is news.

    What Slack tells late does not undo what came after.
    """
    _forget(tx, incident_id)
    return tx.execute(_MOVED, {"incident": incident_id, "person": person, "at": at, "gone": False}) == 1


def let_in(tx: Tx, incident_id: int, person: str) -> None:
    """Note that people of the incident let a person in, whom somebody may have removed before."""
    _forget(tx, incident_id)
    tx.write(
        """INSERT INTO members (incident, person) VALUES (:incident, :person)
        ON CONFLICT (incident, person) DO UPDATE SET gone = 0""",
        {"incident": incident_id, "person": person},
    )


def was_there(tx: Tx, incident_id: int, person: str) -> bool:
    """Say whether Slack has told us of a person before: that they came or went."""
    return (
        tx.one(
            "SELECT 1 FROM members WHERE incident = :incident AND person = :person AND at <> ''",
            {"incident": incident_id, "person": person},
        )
        is not None
    )


def went(tx: Tx, incident_id: int, person: str, at: datetime) -> bool:
    """Note that a person left the channel or was removed, and say whether that is so now."""
    _forget(tx, incident_id)
    return tx.execute(_MOVED, {"incident": incident_id, "person": person, "at": at, "gone": True}) == 1


def remove(tx: Tx, incident_id: int, person: str) -> None:
    """Forget a person who never came: they may be invited again."""
    tx.known.there.pop(incident_id, None)
    tx.write(
        "DELETE FROM members WHERE incident = :incident AND person = :person AND gone = 0",
        {"incident": incident_id, "person": person},
    )


def moved(tx: Tx, incident_id: int) -> None:
    """Have those who are in the channel be in the one that replaces it. Who left was not removed."""
    _forget(tx, incident_id)
    tx.write("DELETE FROM members WHERE incident = :id AND gone = 1", {"id": incident_id})


def opened(tx: Tx, incident_id: int) -> None:
    """Take whoever was in a channel before this one opened to be in it from now on: they are invited."""
    tx.write(
        "UPDATE members SET at = :now WHERE incident = :id AND at <> ''", {"id": incident_id, "now": tx.now}
    )


def of(tx: Tx, incident_id: int) -> list[str]:
    rows = tx.all(
        "SELECT person FROM members WHERE incident = :id AND gone = 0 ORDER BY person", {"id": incident_id}
    )
    return [row["person"] for row in rows]


def seen_there(tx: Tx, incident_id: int, before: datetime) -> dict[str, bool]:
    """Return the people in the channel who came before a time, and whether Slack told us that they did."""
    rows = tx.all(
        "SELECT person, at FROM members WHERE incident = :id AND gone = 0 AND at < :before",
        {"id": incident_id, "before": before},
    )
    return {row["person"]: bool(row["at"]) for row in rows}


def gone(tx: Tx, incident_id: int | None) -> frozenset[str]:
    """Return who was removed from a private incident: nothing calls them for it or shows it to them.

    They are few; decisions that are made together look all of them up once.
    """
    there = tx.known.there.get(incident_id or 0)
    if there is not None and all(there.values()):
        return frozenset()
    if tx.known.gone is None:
        found: dict[int, frozenset[str]] = {}
        rows = tx.all(
            """SELECT members.incident, members.person FROM members
            JOIN incidents ON incidents.id = members.incident AND incidents.private = 1
            WHERE members.gone = 1"""
        )
        for row in rows:
            found[row["incident"]] = found.get(row["incident"], frozenset()) | {row["person"]}
        tx.known.gone = found
    return tx.known.gone.get(incident_id or 0, frozenset())


def _forget(tx: Tx, incident_id: int) -> None:
    tx.known.gone = None
    tx.known.there.pop(incident_id, None)
