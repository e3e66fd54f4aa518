"""Follow-ups: what there is of one beside its action, and its issue in a tracker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.domain.actors import Actor, parsed
from bot.domain.work.follow_ups import FollowUp, TrackedIssue
from bot.domain.work.work import Action
from storage.actions import KNOWN
from storage.incidents import VISIBLE
from storage.rows import columns, value_of
from storage.transaction import Row, Tx, any_of

_RELATED = """SELECT MIN(highest) FROM incidents AS related WHERE related.id = actions.incident
    OR related.merged_into = actions.incident OR related.id IN (
        SELECT other.incident FROM actions AS other
        JOIN follow_up_issues AS theirs ON theirs.action = other.id
        JOIN incidents AS known ON known.id = other.incident
        WHERE theirs.url = issue.url AND (known.private = 0 OR known.id = actions.incident))"""
"""The worst of what it is related to: S1 sorts first. What a private incident is like shows nowhere else."""
_EVERY = f"""SELECT actions.*, follow_ups.label, follow_ups.priority, follow_ups.service,
    follow_ups.reminded, incidents.private AS of_private, ({_RELATED}) AS severity,
    issue.tracker, issue.project, issue.number, issue.url,
    issue.made, issue.closed, issue.gone
    FROM follow_ups JOIN actions ON actions.id = follow_ups.action
    JOIN incidents ON incidents.id = actions.incident
    LEFT JOIN follow_up_issues AS issue ON issue.action = follow_ups.action"""  # noqa: S608 - ours
MOST = 500


@dataclass(frozen=True, slots=True)
class Sought:
    """Which follow-ups are asked for. What is empty limits nothing; `overdue_on` is today.

    With `only_over` those that are done or cancelled are asked for, and `only_open` says no.
    """

    incident: int | None = None
    owner: str = ""
    only_open: bool = True
    overdue_on: date | None = None
    only_over: bool = False
    label: str = ""
    priority: str = ""
    service: str = ""


def add(tx: Tx, action_id: int, label: str, priority: str, service: str) -> None:
    tx.write(
        """INSERT INTO follow_ups (action, label, priority, service)
        VALUES (:action, :label, :priority, :service)""",
        {"action": action_id, "label": label, "priority": priority, "service": service},
    )


def change(tx: Tx, action_id: int, label: str, priority: str, service: str) -> None:
    tx.write(
        """UPDATE follow_ups SET label = :label, priority = :priority, service = :service
        WHERE action = :action""",
        {"action": action_id, "label": label, "priority": priority, "service": service},
    )


def remind(tx: Tx, action_id: int, reminded: str) -> None:
    """Note of which reminder the owner is told."""
    tx.write(
        "UPDATE follow_ups SET reminded = :reminded WHERE action = :action",
        {"action": action_id, "reminded": reminded},
    )


def get(tx: Tx, action_id: int) -> FollowUp | None:
    """Return what an action is as a follow-up, if it is one."""
    row = tx.one(f"{_EVERY} WHERE follow_ups.action = :id", {"id": action_id})
    return _follow_up(row) if row else None


def visible(
    tx: Tx, viewer: Actor, sought: Sought, *, private: bool = True, limit: int = MOST, skipped: int = 0
) -> list[FollowUp]:
    """Return the follow-ups that are asked for and of which `viewer` may know, the earliest due first.

    Without `private` those of private incidents are left out. The first ones are `skipped`.
    """
    limits, named = _limits(sought)
    limits += [] if private else ["incidents.private = 0"]
    rows = tx.all(
        f"""{_EVERY} WHERE {" AND ".join([VISIBLE, KNOWN, *limits])}
        ORDER BY actions.done_at IS NOT NULL, actions.due IS NULL, actions.due, actions.id
        LIMIT :limit OFFSET :skipped""",
        {"viewer": viewer, "limit": limit, "skipped": skipped, **named},
    )
    return [_follow_up(row) for row in rows]


def newest(
    tx: Tx, viewer: Actor, sought: Sought, limit: int, past: int | None, *, private: bool
) -> list[FollowUp]:
    """Return those of which `viewer` may know, the newest first, from those before the number `past`.

    Without `private` neither private ones nor those of private incidents are among them.
    """
    limits, named = _limits(sought)
    limits += [] if private else ["incidents.private = 0", "actions.private = 0"]
    if past is not None:
        limits, named = [*limits, "actions.id < :past"], {**named, "past": past}
    rows = tx.all(
        f"""{_EVERY} WHERE {" AND ".join([VISIBLE, KNOWN, *limits])}
        ORDER BY actions.id DESC LIMIT :limit""",
        {"viewer": viewer, "limit": limit, **named},
    )
    return [_follow_up(row) for row in rows]


def _limits(sought: Sought) -> tuple[list[str], dict[str, Any]]:
    """Return conditions for what is asked for, and their values."""
    named: dict[str, Any] = {
        "incident": sought.incident,
        "owner": sought.owner,
        "label": sought.label,
        "priority": sought.priority,
        "service": sought.service,
        "today": sought.overdue_on.isoformat() if sought.overdue_on else "",
    }
    conditions = {
        "incident": "actions.incident = :incident",
        "owner": "actions.assignee = :owner",
        "label": "follow_ups.label = :label",
        "priority": "follow_ups.priority = :priority",
        "service": "LOWER(follow_ups.service) = LOWER(:service)",
        "today": "actions.due < :today",
    }
    named = {name: value for name, value in named.items() if value}
    limits = [conditions[name] for name in named]
    if sought.only_over:
        limits.append("actions.done_at IS NOT NULL")
    elif sought.only_open or sought.overdue_on:
        limits.append("actions.done_at IS NULL")
    return limits, named


_MINDED = """(actions.done_at IS NULL
    OR (actions.done_at >= :since AND issue.url IS NOT NULL AND issue.gone = 0))"""


def minded(tx: Tx, since: datetime, past: int, limit: int) -> list[FollowUp]:
    """Return the next ones after the number `past` for what time does with them: those that are open, and
    those that ended `since` then and have an issue, which somebody may reopen there.
    """
    rows = tx.all(
        f"""{_EVERY} WHERE {_MINDED} AND follow_ups.action > :past
        ORDER BY follow_ups.action LIMIT :limit""",
        {"since": since, "past": past, "limit": limit},
    )
    return [_follow_up(row) for row in rows]


def any_minded(tx: Tx, since: datetime) -> bool:
    sql = f"""SELECT 1 FROM follow_ups JOIN actions ON actions.id = follow_ups.action
        LEFT JOIN follow_up_issues AS issue ON issue.action = follow_ups.action
        WHERE {_MINDED} LIMIT 1"""  # noqa: S608 - a text of ours
    return tx.one(sql, {"since": since}) is not None


def finished_since(tx: Tx, since: datetime) -> int:
    """Return how many were done since then that anybody may know of."""
    row = tx.one(
        """SELECT COUNT(*) AS found FROM follow_ups JOIN actions ON actions.id = follow_ups.action
        JOIN incidents ON incidents.id = actions.incident
        WHERE actions.done_at >= :since AND actions.cancelled = 0 AND actions.private = 0
            AND incidents.private = 0""",
        {"since": since},
    )
    return int(row["found"]) if row else 0


def put_issue(tx: Tx, issue: TrackedIssue) -> None:
    """Remember the issue of a follow-up, as it is now."""
    tx.write(
        """INSERT INTO follow_up_issues (action, tracker, project, number, url, made, closed, gone)
        VALUES (:action, :tracker, :project, :number, :url, :made, :closed, :gone)
        ON CONFLICT (action) DO UPDATE SET tracker = excluded.tracker, project = excluded.project,
            number = excluded.number, url = excluded.url, made = excluded.made,
            closed = excluded.closed, gone = excluded.gone""",
        {**columns(issue), **{one: int(getattr(issue, one)) for one in ("made", "closed", "gone")}},
    )


def with_issue(tx: Tx, tracker: str, project: str, number: int) -> list[FollowUp]:
    """Return the follow-ups that have this issue."""
    rows = tx.all(
        f"""{_EVERY} WHERE issue.tracker = :tracker AND LOWER(issue.project) = :project
        AND issue.number = :number""",
        {"tracker": tracker, "project": project.lower(), "number": number},
    )
    return [_follow_up(row) for row in rows]


def linked(tx: Tx, incident_id: int, urls: Sequence[str]) -> set[str]:
    """Return which of these addresses were offered in an incident, or are its follow-ups already."""
    if not urls:
        return set()
    these, named = any_of(urls)
    rows = tx.all(
        f"""SELECT url FROM offered_links WHERE incident = :incident AND url IN ({these})
        UNION SELECT url FROM follow_up_issues JOIN actions ON actions.id = follow_up_issues.action
        WHERE actions.incident = :incident AND url IN ({these})""",  # noqa: S608 - a list of ours
        {"incident": incident_id, **named},
    )
    return {row["url"] for row in rows}


def offer(tx: Tx, incident_id: int, url: str) -> bool:
    """Note that a link is offered; say whether it was not before."""
    values = {"incident": incident_id, "url": url}
    sql = "INSERT INTO offered_links (incident, url) VALUES (:incident, :url) ON CONFLICT DO NOTHING"
    return tx.execute(sql, values) == 1


_OWN = ("label", "priority", "service", "severity", "reminded", "of_private")
_ISSUE = ("tracker", "project", "number", "url", "made", "closed", "gone")


def _follow_up(row: Row) -> FollowUp:
    own = {name: row[name] for name in _OWN}
    issue: dict[str, Any] = {name: row[name] for name in _ISSUE}
    of_action = {name: value for name, value in row.items() if name not in {*_OWN, *_ISSUE}}
    action = value_of(Action, of_action, by=parsed(row["by_whom"]))
    found = value_of(TrackedIssue, {**issue, "action": action.id}) if issue["url"] else None
    return value_of(FollowUp, own, action=action, issue=found)
