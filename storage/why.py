"""What is kept of the messages by which a page called its person."""

import json
from dataclasses import replace
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
    return [*_by_slack(tx, page, by_slack), *others]


def _by_slack(tx: Tx, page: Page, row: Row | None) -> list[ByMethod]:
    """Return each call of the page, oldest first; of one that joined a message, the message's latest."""
    sent = _deliveries(tx, f"notification:{row['id']}", "slack.send_page", "slack.remind") if row else []
    own = [one for one in sent if json.loads(one["subject"])["page"] == page.id] or sent[-1:]
    earlier = [_ended(one) for one in own[:-1] if one["finished_at"]]
    return [*earlier, _latest(page, row, own[-1] if own else None)]


def _ended(sent: Row) -> ByMethod:
    how = How.TAKEN if sent["state"] == "sent" else How.REFUSED
    return ByMethod(SLACK, how, moment(sent["finished_at"]), error=sent["error"] or "", **_attempts(sent))


def _latest(page: Page, row: Row | None, sent: Row | None) -> ByMethod:
    if row and page.undelivered:
        return ByMethod(SLACK, How.REFUSED, error=row["error"] or "", **_attempts(sent))
    if page.shown:
        return ByMethod(SLACK, How.TAKEN, moment(sent["finished_at"]) if sent else None, **_attempts(sent))
    return _under_way(SLACK, sent) if page.pending else ByMethod(SLACK, How.NOT_SENT)


def _by_method(tx: Tx, row: Row) -> ByMethod:
    name, how, early = row["contact_method"], _HOW[row["state"]], row["hurried_by"] or ""
    sent = next(reversed(_deliveries(tx, f"contact_method:{row['id']}", "contact_method.send_page")), None)
    if how is How.UNDER_WAY:
        return replace(_under_way(name, sent), hurried_by=early)
    at = row["due_at"] if how is How.WAITS else row["sent_at"]
    error = (row["error"] or "") if how is How.REFUSED else ""
    more = {"reports": _reports(tx, row["id"]), "hurried_by": early, **_attempts(sent)}
    return ByMethod(name, how, moment(at), error=error, **more)


def _under_way(name: str, sent: Row | None) -> ByMethod:
    tried = sent and sent["error"]
    at = instant(sent["due_at"]) if sent and tried else None
    return ByMethod(name, How.UNDER_WAY, at, error=str(tried or ""), **_attempts(sent))


def _attempts(sent: Row | None) -> dict[str, Any]:
    return {"attempts": sent["attempt"] if sent else 0}


def _deliveries(tx: Tx, lane: str, first: str, other: str = "") -> list[Row]:
    """Return the deliveries of a message, oldest first; those of long ago are not kept."""
    return tx.all(
        """SELECT attempt, state, due_at, error, finished_at, subject FROM outbox
        WHERE lane = :lane AND job IN (:first, :other) ORDER BY id""",
        {"lane": lane, "first": first, "other": other},
    )


def _reports(tx: Tx, notification: int) -> list[tuple[Outcome, Any]]:
    rows = tx.all(
        "SELECT outcome, at FROM reports WHERE notification = :notification ORDER BY id",
        {"notification": notification},
    )
    return [(Outcome(row["outcome"]), instant(row["at"])) for row in rows if row["outcome"] in set(Outcome)]
