"""What pages raised in the pager that a team keeps."""

from collections.abc import Sequence

from bot.domain.paging.pagers import PagerAlert, PagerState
from storage.rows import columns
from storage.transaction import Row, Tx, any_of, instant, moment

_OPEN = "('due', 'raised', 'acknowledged')"
"""States in which it is there, or may be, and is not over."""


def add(tx: Tx, alert: PagerAlert) -> None:
    tx.write(
        """INSERT INTO pager_alerts (page, service, team, key, state, asked_at, taken_at, failed, error)
        VALUES (:page, :service, :team, :key, :state, :asked_at, :taken_at, :failed, :error)""",
        {**columns(alert), "failed": int(alert.failed)},
    )


def advance(tx: Tx, page_id: int, state: PagerState, *seen: PagerState) -> bool:
    """Write how it is there now, if it was as `seen`. Say whether it was."""
    these = ", ".join(f"'{one.value}'" for one in seen)
    changed = tx.execute(
        f"""UPDATE pager_alerts SET state = :state,
            taken_at = CASE WHEN :state = 'raised' THEN :now ELSE taken_at END
        WHERE page = :page AND state IN ({these})""",  # noqa: S608 - words of ours
        {"page": page_id, "state": state.value, "now": tx.now},
    )
    return changed == 1


def fail(tx: Tx, page_id: int, error: str) -> bool:
    """Note that Muster pages itself, and why. Say whether it did not yet."""
    changed = tx.execute(
        "UPDATE pager_alerts SET failed = 1, error = :error WHERE page = :page AND failed = 0",
        {"page": page_id, "error": error},
    )
    return changed == 1


def tried(tx: Tx, page_id: int, error: str) -> None:
    """Note why the last attempt to raise it failed."""
    tx.write(
        "UPDATE pager_alerts SET error = :error WHERE page = :page AND state = 'due' AND failed = 0",
        {"page": page_id, "error": error},
    )


def of_pages(tx: Tx, page_ids: Sequence[int]) -> dict[int, PagerAlert]:
    """Return by its page what each of these raised."""
    if not page_ids:
        return {}
    these, named = any_of(page_ids)
    rows = tx.all(f"SELECT * FROM pager_alerts WHERE page IN ({these})", named)  # noqa: S608 - ours
    return {row["page"]: _alert(row) for row in rows}


def keyed(tx: Tx, service: str, key: str) -> PagerAlert | None:
    """Return the alert that a service knows by this key."""
    row = tx.one(
        "SELECT * FROM pager_alerts WHERE service = :service AND key = :key",
        {"service": service, "key": key},
    )
    return _alert(row) if row else None


def open_of(tx: Tx, incident_id: int) -> list[PagerAlert]:
    """Return those of an incident that are there, or may be, oldest first."""
    return _open(tx, "escalations.incident = :id", incident_id)


def open_on(tx: Tx, escalation_id: int) -> list[PagerAlert]:
    """Return those of one path that are there, or may be, oldest first."""
    return _open(tx, "escalations.id = :id", escalation_id)


def _open(tx: Tx, which: str, number: int) -> list[PagerAlert]:
    rows = tx.all(
        f"""SELECT pager_alerts.* FROM escalations
            JOIN pages ON pages.escalation = escalations.id
            JOIN pager_alerts ON pager_alerts.page = pages.id
        WHERE {which} AND pager_alerts.state IN {_OPEN} ORDER BY pager_alerts.page""",  # noqa: S608 - ours
        {"id": number},
    )
    return list(map(_alert, rows))


def called_again(tx: Tx, alert: PagerAlert, escalation_id: int) -> bool:
    """Say whether the same path called the same team again since."""
    row = tx.one(
        """SELECT 1 AS one FROM pages JOIN pager_alerts ON pager_alerts.page = pages.id
        WHERE pages.escalation = :escalation AND pages.id > :page AND pager_alerts.team = :team LIMIT 1""",
        {"escalation": escalation_id, "page": alert.page, "team": alert.team},
    )
    return row is not None


def unanswered(tx: Tx, service: str, limit: int) -> list[PagerAlert]:
    """Return what is raised there and whose path nobody has answered, newest first."""
    rows = tx.all(
        """SELECT pager_alerts.* FROM pager_alerts
            JOIN pages ON pages.id = pager_alerts.page
            JOIN escalations ON escalations.id = pages.escalation
        WHERE pager_alerts.state = 'raised' AND pager_alerts.service = :service
            AND escalations.state = 'running'
        ORDER BY pager_alerts.page DESC LIMIT :limit""",
        {"service": service, "limit": limit},
    )
    return list(map(_alert, rows))


def _alert(row: Row) -> PagerAlert:
    return PagerAlert(
        **{
            **row,
            "state": PagerState(row["state"]),
            "asked_at": instant(row["asked_at"]),
            "taken_at": moment(row["taken_at"]),
            "failed": bool(row["failed"]),
        }
    )
