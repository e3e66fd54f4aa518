"""Lists of incidents, and what is found in their names, summaries, updates and pins."""

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.listing import RECENTLY, Listed, Which
from storage.incidents import ALL, OPEN, VISIBLE, from_row
from storage.transaction import Row, Tx, any_of

_WHICH = {
    Which.OPEN: OPEN,
    Which.TRIAGE: "status = 'Triage'",
    Which.MINE: """(lead = :viewer OR reporter = :viewer
        OR EXISTS (SELECT 1 FROM roles WHERE roles.incident = incidents.id AND roles.person = :viewer))""",
    Which.RECENT: f"({OPEN} OR COALESCE(resolved_at, declared_at) > :recently)",
    Which.ALL: "1 = 1",
}


def count(tx: Tx, wanted: Listed, viewer: str) -> int:
    """Return how many incidents a list has that `viewer` may know of."""
    where, named = _where(tx, wanted, viewer)
    row = tx.one(f"SELECT COUNT(*) AS n FROM incidents WHERE {where}", named)  # noqa: S608 - texts of ours
    return int(row["n"]) if row else 0


def of(tx: Tx, wanted: Listed, viewer: str, limit: int) -> list[Incident]:
    """Return a page of the list, which has `limit` incidents."""
    where, named = _where(tx, wanted, viewer)
    order = "severity, id" if wanted.which.worst_first else "id DESC"
    rows = tx.all(
        f"{ALL} WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset",
        named | {"limit": limit, "offset": (wanted.page - 1) * limit},
    )
    return [from_row(row) for row in rows]


def _where(tx: Tx, wanted: Listed, viewer: str) -> tuple[str, Row]:
    named: Row = {"viewer": viewer}
    parts = [VISIBLE, _WHICH[wanted.which]]
    if wanted.which is Which.RECENT:
        named["recently"] = tx.now - RECENTLY
    if wanted.severities:
        these, values = any_of(wanted.severities)
        parts.append(f"severity IN ({these})")
        named |= values
    if wanted.type:
        parts.append("type = :type")
        named["type"] = wanted.type
    for number, word in enumerate(wanted.words):
        parts.append(_holds(number))
        named |= {f"word{number}": word, f"like{number}": f"%{_literal(word)}%"}
    return " AND ".join(parts), named


def _holds(number: int) -> str:
    """Return the condition that a word is the incident's number, or stands in a text of it.

    Pins that were taken off are left out.
    """
    like = f"LIKE LOWER(:like{number}) ESCAPE '!'"
    return f"""('inc-' || incidents.id = LOWER(:word{number}) OR LOWER(incidents.name) {like}
        OR LOWER(incidents.summary) {like}
        OR EXISTS (SELECT 1 FROM updates WHERE updates.incident = incidents.id AND LOWER(text) {like})
        OR EXISTS (SELECT 1 FROM entries WHERE entries.incident = incidents.id AND kind = 'pin'
            AND hidden = 0 AND LOWER(text) {like}))"""  # noqa: S608 - a name of ours


def _literal(word: str) -> str:
    """Return a word in which no letter stands for others."""
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
