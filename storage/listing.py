"""Lists of incidents, and what is found in their names, summaries, updates, pins and reviews."""

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.listing import RECENTLY, Listed, Which
from storage.incidents import ALL, OPEN, VISIBLE, from_row
from storage.transaction import Row, Tx, any_of
from storage.words import with_words

_WHICH = {
    Which.OPEN: OPEN,
    Which.TRIAGE: "status = 'Triage'",
    Which.MINE: """(lead = :viewer OR reporter = :viewer
        OR EXISTS (SELECT 1 FROM roles WHERE roles.incident = incidents.id AND roles.person = :viewer))""",
    Which.RECENT: f"({OPEN} OR COALESCE(resolved_at, declared_at) > :recently)",
    Which.ALL: "1 = 1",
    Which.DRILLS: "drill = 1",
}


def count(tx: Tx, wanted: Listed, viewer: str, *, standing: bool = False) -> int:
    """Return how many incidents a list has that `viewer` may know of; of those still open, if `standing`."""
    where, named = _where(tx, wanted, viewer, standing=standing)
    row = tx.one(f"SELECT COUNT(*) AS n FROM incidents WHERE {where}", named)  # noqa: S608 - texts of ours
    return int(row["n"]) if row else 0


def of(tx: Tx, wanted: Listed, viewer: str, limit: int, *, standing: bool = False) -> list[Incident]:
    """Return a page of the list, which has `limit` incidents."""
    where, named = _where(tx, wanted, viewer, standing=standing)
    order = "severity, id" if wanted.which.worst_first else "id DESC"
    if wanted.open_first:
        order = f"CASE WHEN {OPEN} THEN 0 ELSE 1 END, {order}"
    page = f"SELECT id FROM incidents WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset"  # noqa: S608
    rows = tx.all(  # all that belongs to an incident is looked up for those of one page alone
        f"{ALL} WHERE incidents.id IN ({page}) ORDER BY {order}",
        named | {"limit": limit, "offset": (wanted.page - 1) * limit},
    )
    return [from_row(row) for row in rows]


def _where(tx: Tx, wanted: Listed, viewer: str, *, standing: bool) -> tuple[str, Row]:
    named: Row = {"viewer": viewer}
    parts = [VISIBLE, _WHICH[wanted.which], *([OPEN] if standing else [])]
    kind = tx.process.types.get(wanted.type)
    if wanted.which is not Which.DRILLS and not (kind and kind.drill):
        parts.append("drill = 0")
    if wanted.which is Which.RECENT:
        named["recently"] = tx.now - RECENTLY
    if wanted.severities:
        these, values = any_of(wanted.severities)
        parts.append(f"severity IN ({these})")
        named |= values
    if wanted.type:
        parts.append("type = :type")
        named["type"] = wanted.type
    if wanted.words:
        condition, values = with_words(tx, wanted.words)
        parts.append(condition)
        named |= values
    return " AND ".join(parts), named
