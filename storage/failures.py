"""Paging failures: pages that could reach nobody, kept to be counted."""

from storage.transaction import Tx


def add(tx: Tx, page_id: int, why: str) -> None:
    """Write down that a page could reach nobody, once for each page."""
    tx.write(
        """INSERT INTO paging_failures (page, at, why) VALUES (:page, :now, :why)
        ON CONFLICT (page) DO NOTHING""",
        {"page": page_id, "now": tx.now, "why": why},
    )


def count(tx: Tx) -> int:
    row = tx.one("SELECT COUNT(*) AS n FROM paging_failures")
    return int(row["n"]) if row else 0
