"""Questions about kept alerts: which page they raised, by which request they came, and since when."""

from datetime import datetime

from bot.domain.alerts.alert import Alert
from storage.alerts import from_row
from storage.transaction import Tx


def pages_of_group(tx: Tx, source: str, group: str, since: datetime) -> list[int]:
    """Return the pages that alerts of a group have raised since then, the newest first."""
    rows = tx.all(
        """SELECT DISTINCT page FROM alerts WHERE source = :source AND grouped = :grouped
        AND page IS NOT NULL AND last_at >= :since ORDER BY page DESC""",
        {"source": source, "grouped": group, "since": since},
    )
    return [row["page"] for row in rows]


def paged_since(tx: Tx, source: str, since: datetime) -> list[int]:
    """Return the pages that alerts of a source have raised since then, the newest first."""
    rows = tx.all(
        """SELECT DISTINCT page FROM alerts WHERE source = :source AND page IS NOT NULL
        AND first_at >= :since ORDER BY page DESC""",
        {"source": source, "since": since},
    )
    return [row["page"] for row in rows]


def firing_of_page(tx: Tx, page: int) -> bool:
    rows = tx.all(
        "SELECT 1 AS yes FROM alerts WHERE page = :page AND resolved_at IS NULL LIMIT 1", {"page": page}
    )
    return bool(rows)


def behind(tx: Tx, page: int, incident: int | None) -> list[Alert]:
    """Return the first alerts of which a page calls, or its incident was opened."""
    rows = tx.all(
        "SELECT * FROM alerts WHERE page = :page OR incident = :incident ORDER BY id LIMIT 3",
        {"page": page, "incident": incident},
    )
    return [from_row(row) for row in rows]


def traced(tx: Tx, trace: str) -> list[Alert]:
    """Return the alerts that a request told last."""
    return [
        from_row(row)
        for row in tx.all("SELECT * FROM alerts WHERE trace = :trace ORDER BY id", {"trace": trace})
    ]


def since(tx: Tx, at: datetime) -> list[Alert]:
    """Return the alerts that came since then, in their order."""
    return [
        from_row(row) for row in tx.all("SELECT * FROM alerts WHERE first_at >= :at ORDER BY id", {"at": at})
    ]


def every(tx: Tx) -> list[Alert]:
    return [from_row(row) for row in tx.all("SELECT * FROM alerts ORDER BY id")]


def raw_of(tx: Tx, alert_id: int) -> str:
    """Return the beginning of the body that an alert was told in last, if it was kept with this one."""
    row = tx.one("SELECT raw FROM alerts WHERE id = :id", {"id": alert_id})
    return str(row["raw"]) if row else ""
