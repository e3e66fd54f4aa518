"""Pages of a timeline, as somebody looks for entries in it."""

from bot.domain.actors import parsed
from bot.domain.timeline.entries import Kind
from bot.domain.timeline.sought import PER_PAGE, Facets, SoughtEntries, Stretch
from storage.timeline import STORY, from_row
from storage.transaction import Row, Tx, any_of


def stretch(tx: Tx, incident_id: int, wanted: SoughtEntries) -> Stretch:
    """Return a page of what is looked for, with what happened in duplicates."""
    where, named = _where(incident_id, wanted)
    rows = tx.all(
        f"""SELECT entries.*, COUNT(*) OVER () AS total FROM entries WHERE {where}
        ORDER BY at DESC, id DESC LIMIT :limit OFFSET :offset""",  # noqa: S608 - texts of ours
        {**named, "limit": PER_PAGE, "offset": (wanted.page - 1) * PER_PAGE},
    )
    return Stretch(tuple(map(from_row, reversed(rows))), int(rows[0]["total"]) if rows else 0)


def facets(tx: Tx, incident_id: int) -> Facets:
    """Return of which kinds and by whom there are entries."""
    rows = tx.all(
        f"""SELECT kind, by_whom, COUNT(*) AS n FROM entries WHERE {STORY}
        GROUP BY kind, by_whom ORDER BY kind, by_whom""",  # noqa: S608 - a text of ours
        {"incident": incident_id},
    )
    kinds: dict[Kind, int] = {}
    for row in rows:
        kinds[Kind(row["kind"])] = kinds.get(Kind(row["kind"]), 0) + row["n"]
    people = {who for row in rows if row["by_whom"] and isinstance(who := parsed(row["by_whom"]), str)}
    return Facets(kinds, tuple(sorted(people)))


def _where(incident_id: int, wanted: SoughtEntries) -> tuple[str, Row]:
    named: Row = {"incident": incident_id}
    parts = [STORY]
    if wanted.limits:
        these, values = any_of(wanted.limits)
        parts.append(f"kind IN ({these})")
        named |= {name: kind.value for name, kind in values.items()}
    if wanted.person:
        parts.append("(by_whom = :person OR data LIKE :about)")
        named |= {"person": wanted.person, "about": f'%"{wanted.person}"%'}
    return " AND ".join(parts), named
