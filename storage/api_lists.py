"""What the API lists: incidents by more than people ask for, and figures of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.incidents.fields import BLOCKS_DEPLOYMENTS
from bot.domain.incidents.incident import Incident, Severity, Status
from bot.domain.incidents.listing import MOST_WORDS
from storage.incidents import ALL, OPEN, VISIBLE, from_row
from storage.transaction import Row, Tx, moment
from storage.words import with_words

_BLOCKS = f"""(status IN ('Investigating', 'Fixing', 'Monitoring') AND correcting = 0 AND near_miss = 0
    AND drill = 0 AND COALESCE((SELECT CASE WHEN LOWER(value) = 'yes' THEN 1 ELSE 0 END FROM fields
        WHERE incident = incidents.id AND name = '{BLOCKS_DEPLOYMENTS}'),
        CASE WHEN severity IN ('S1', 'S2') THEN 1 ELSE 0 END) = 1)"""  # noqa: S608 - a name of ours
LABELS = {
    "Incident::Active": "(status IN ('Investigating', 'Fixing') AND correcting = 0)",
    "Incident::Mitigated": "(status = 'Monitoring' AND correcting = 0)",
    "Incident::Resolved": "(status IN ('Resolved', 'Post-incident', 'Closed') OR correcting = 1)",
    "blocks deployments": _BLOCKS,
    "blocks feature-flags": _BLOCKS,
    "Near Miss": "near_miss = 1",
}
"""The labels of the handbook as conditions: they are derived here as in `bot/domain/incidents/labels.py`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents; what is empty limits nothing. Without `private` none of those is among them."""

    viewer: str
    private: bool
    statuses: Sequence[Status] = ()
    severities: Sequence[Severity] = ()
    type: str = ""
    lead: str = ""
    after: datetime | None = None
    before: datetime | None = None
    words: str = ""
    open: bool | None = None
    drills: bool = False
    label: str = ""


def incidents(tx: Tx, wanted: Wanted, limit: int, past: int | None) -> list[Incident]:
    """Return incidents, the newest first, from those before the number `past`."""
    where, named = _where(tx, wanted)
    if past is not None:
        where, named = f"{where} AND incidents.id < :past", {**named, "past": past}
    page = f"SELECT id FROM incidents WHERE {where} ORDER BY id DESC LIMIT :limit"  # noqa: S608 - texts of ours
    rows = tx.all(f"{ALL} WHERE incidents.id IN ({page}) ORDER BY id DESC", {**named, "limit": limit})
    return [from_row(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Times:
    """How one incident went."""

    severity: Severity
    status: Status
    declared_at: datetime
    engaged_at: datetime | None
    resolved_at: datetime | None


def times(tx: Tx, wanted: Wanted) -> list[Times]:
    """Return the times of incidents, without near misses and those that were merged or declined. How long it
    took to resolve is not known of what was over when it was declared.
    """
    where, named = _where(tx, wanted)
    rows = tx.all(
        f"""SELECT severity, status, declared_at, engaged_at, resolved_at, retrospective FROM incidents
        WHERE {where}
        AND near_miss = 0 AND status NOT IN ('Merged', 'Declined')""",  # noqa: S608 - texts of ours
        named,
    )
    return [
        Times(
            Severity(row["severity"]),
            Status(row["status"]),
            datetime.fromisoformat(row["declared_at"]),
            moment(row["engaged_at"]),
            None if row["retrospective"] else moment(row["resolved_at"]),
        )
        for row in rows
    ]


def _where(tx: Tx, wanted: Wanted) -> tuple[str, Row]:
    named: dict[str, Any] = {"viewer": wanted.viewer}
    parts = [VISIBLE]
    parts += ["private = 0"] * (not wanted.private) + ["drill = 0"] * (not wanted.drills)
    for column, values in (("status", wanted.statuses), ("severity", wanted.severities)):
        if values:
            renamed = {f"{column}{number}": one.value for number, one in enumerate(values)}
            parts.append(f"{column} IN ({', '.join(f':{name}' for name in renamed)})")
            named |= renamed
    for condition, name, value in (
        ("LOWER(type) = :type", "type", wanted.type.lower()),
        ("lead = :lead", "lead", wanted.lead),
        ("declared_at > :after", "after", wanted.after),
        ("declared_at < :before", "before", wanted.before),
    ):
        if value:
            parts.append(condition)
            named[name] = value
    if wanted.label:
        parts.append(LABELS[wanted.label])
    if wanted.open is not None:
        parts.append(OPEN if wanted.open else f"NOT {OPEN}")
    if words := wanted.words.split()[:MOST_WORDS]:
        condition, given = with_words(tx, words)
        parts.append(condition)
        named |= given
    return " AND ".join(parts), named
