"""What is kept of the messages by which a page called its person."""

from typing import Any

from bot.domain.paging.notifications import SLACK
from bot.domain.paging.pages import Page
from bot.domain.paging.reports import Outcome
from bot.domain.paging.why import ByMethod, How
from storage.transaction import Row, Tx, instant, moment

_HOW = {
    "waiting": How.WAITS,
    "due": How.UNDER_WAY,
    "sent": How.TAKEN,
    "dead": How.REFUSED,
    "cancelled": How.NOT_SENT,
}


def messages(tx: Tx, page: Page) -> list[ByMethod]:
    """Return the messages of a page: Slack's first, then those by other contact methods."""
    rows = tx.all(
        """SELECT notifications.* FROM notifications
            JOIN notification_pages AS covers ON covers.notification = notifications.id
        WHERE covers.page = :page ORDER BY notifications.id""",
        {"page": page.id},
    )
    by_slack = next((row for row in rows if row["contact_method"] == SLACK), None)
    others = (_by_method(tx, row) for row in rows if row["contact_method"] != SLACK)
    return [_by_slack(tx, page, by_slack), *others]


def _by_slack(tx: Tx, page: Page, row: Row | None) -> ByMethod:
    sent = _delivery(tx, f"notification:{row['id']}", "slack.send_page") if row else None
    if row and page.undelivered:
        return ByMethod(SLACK, How.REFUSED, error=row["error"] or "", **_attempts(sent))
    if page.shown:
        return ByMethod(SLACK, How.TAKEN, moment(sent["finished_at"]) if sent else None, **_attempts(sent))
    return _under_way(SLACK, sent) if page.pending else ByMethod(SLACK, How.NOT_SENT)


def _by_method(tx: Tx, row: Row) -> ByMethod:
    name, how = row["contact_method"], _HOW[row["state"]]
    sent = _delivery(tx, f"contact_method:{row['id']}", "contact_method.send_page")
    if how is How.UNDER_WAY:
        return _under_way(name, sent)
    at = row["due_at"] if how is How.WAITS else row["sent_at"]
    error = (row["error"] or "") if how is How.REFUSED else ""
    return ByMethod(name, how, moment(at), error=error, reports=_reports(tx, row["id"]), **_attempts(sent))


def _under_way(name: str, sent: Row | None) -> ByMethod:
    tried = sent and sent["error"]
    at = instant(sent["due_at"]) if sent and tried else None
    return ByMethod(name, How.UNDER_WAY, at, error=str(tried or ""), **_attempts(sent))


def _attempts(sent: Row | None) -> dict[str, Any]:
    return {"attempts": sent["attempt"] if sent else 0}


def _delivery(tx: Tx, lane: str, job: str) -> Row | None:
    """Return the latest delivery of a message; those of long ago are not kept."""
    return tx.one(
        """SELECT attempt, state, due_at, error, finished_at FROM outbox
        WHERE lane = :lane AND job = :job ORDER BY id DESC LIMIT 1""",
        {"lane": lane, "job": job},
    )


def _reports(tx: Tx, notification: int) -> list[tuple[Outcome, Any]]:
    rows = tx.all(
        "SELECT outcome, at FROM reports WHERE notification = :notification ORDER BY id",
        {"notification": notification},
    )
    return [(Outcome(row["outcome"]), instant(row["at"])) for row in rows if row["outcome"] in set(Outcome)]
