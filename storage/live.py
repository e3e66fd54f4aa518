"""Whether something has changed that pages show: asked often, so by indexes alone."""

from storage.incidents import OPEN, VISIBLE
from storage.transaction import Tx

_LATEST = """SELECT (SELECT COALESCE(MAX(id), 0) FROM entries) AS entries,
    (SELECT COALESCE(MAX(id), 0) FROM outbox) AS outbox,
    (SELECT COUNT(*) FROM pages WHERE state = 'pending') AS pages,
    (SELECT COALESCE(MAX(id), 0) FROM pages) AS page,
    (SELECT COUNT(*) FROM maintenances WHERE ended_at IS NULL) AS maintenances"""


def latest(tx: Tx) -> tuple[int, ...]:
    """Return numbers of which one changes with nearly everything that happens."""
    row = tx.one(_LATEST)
    return tuple(int(number) for number in row.values()) if row else ()


def open_ids(tx: Tx, viewer: str, *, private: bool) -> frozenset[int]:
    """Return the numbers of the open incidents that `viewer` may know of; without `private` the others'."""
    only = "" if private else "AND incidents.private = 0"
    rows = tx.all(
        f"SELECT id FROM incidents WHERE {OPEN} AND {VISIBLE} {only}",  # noqa: S608 - texts of ours
        {"viewer": viewer},
    )
    return frozenset(row["id"] for row in rows)
