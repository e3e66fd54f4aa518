"""Follow-ups, by the API: listed, added, changed and ended by the operations that Slack's buttons call.

A private one, and one of a private incident, is told only to a token that may know of that.
"""

from contextlib import suppress
from datetime import date

from bot.domain.errors import NotFound
from bot.domain.tokens import PRIVATE
from bot.domain.work.follow_ups import FollowUp, warning
from bot.domain.work.issue_links import issue_at
from bot.operations.work.actions import Plan
from bot.operations.work.follow_ups import (
    Changes,
    NewFollowUp,
    add_linked,
    cancel_follow_up,
    change_follow_up,
    finish_follow_up,
    reopen_follow_up,
    visible_follow_up,
)
from handlers.rest import models, shown
from handlers.rest.asked import Asked, NeedsScope, known, known_by, number, person
from handlers.rest.shown import Names
from storage import follow_ups, people
from storage.follow_ups import Sought
from storage.transaction import Tx


def list_follow_ups(tx: Tx, asked: Asked) -> models.FollowUps:
    given = asked.query.incident
    return _list(tx, asked, known_by(tx, asked, number(given)).id if given else None)


def list_follow_ups_of_incident(tx: Tx, asked: Asked) -> models.FollowUps:
    return _list(tx, asked, known(tx, asked).id)


def _list(tx: Tx, asked: Asked, incident: int | None) -> models.FollowUps:
    query = asked.query
    owner = people.named(tx, query.owner) if query.owner else None
    sought = Sought(
        incident,
        owner.id if owner else query.owner,
        only_open=query.open is True,
        only_over=query.open is False,
        overdue_on=tx.now.date() if query.overdue else None,
        label=(tx.process.follow_ups.kind_meant(query.kind) or query.kind) if query.kind else "",
        priority=query.priority or "",
    )
    found = follow_ups.newest(tx, asked.by, sought, query.limit + 1, query.cursor, private=asked.private)
    page = found[: query.limit]
    more = str(page[-1].action.id) if len(found) > len(page) else None
    return models.FollowUps(data=_shown(tx, page), next_cursor=more)


def show_follow_up(tx: Tx, asked: Asked) -> models.FollowUp:
    return _shown(tx, [known_follow_up(tx, asked, asked.path["follow_up"])])[0]


def new_follow_up(tx: Tx, asked: Asked) -> models.FollowUp:
    return _new(tx, asked, known_by(tx, asked, number(asked.body.incident)).id)


def new_follow_up_of_incident(tx: Tx, asked: Asked) -> models.FollowUp:
    return _new(tx, asked, known(tx, asked).id)


def _new(tx: Tx, asked: Asked, incident: int) -> models.FollowUp:
    body = asked.body
    if body.private and not asked.private:
        raise NeedsScope(PRIVATE)
    new = NewFollowUp(
        body.title,
        body.details,
        person(tx, body.owner) if body.owner else None,
        body.due,
        Plan(_kind(tx, body.kind), body.priority, body.service, body.private),
        issue_at(body.issue) if body.issue else None,
    )
    return _shown(tx, [add_linked(tx, incident, new, by=asked.by)])[0]


def patch_follow_up(tx: Tx, asked: Asked) -> models.FollowUp:
    """Change what is named. It is opened before its other changes, and ended after them."""
    one, body = known_follow_up(tx, asked, asked.path["follow_up"]), asked.body
    state, by = body.state if body.state != _state(one) else None, asked.by
    if state == "open":
        reopen_follow_up(tx, one.action.id, by=by)
    changes = Changes(
        person(tx, body.owner) if body.owner else body.owner,
        body.due,
        _kind(tx, body.kind or ""),
        body.priority,
        body.title,
    )
    if changes != Changes():
        change_follow_up(tx, one.action.id, changes, by=by)
    if state in {"done", "cancelled"}:
        end = finish_follow_up if state == "done" else cancel_follow_up
        end(tx, one.action.id, by=by)
    return show_follow_up(tx, asked)


def known_follow_up(tx: Tx, asked: Asked, given: str) -> FollowUp:
    """Return a follow-up by its number, if this token may know of it; else there is none."""
    digits = int(given) if given.isascii() and given.isdigit() and len(given) <= 9 else 0
    with suppress(NotFound):
        one = visible_follow_up(tx, digits, asked.by)
        known_by(tx, asked, one.action.incident)
        if asked.private or not one.action.private:
            return one
    raise NotFound("follow-up", given[:40])


def _kind(tx: Tx, given: str) -> str | None:
    """Return the kind that is meant, or what was given, which is refused by the rules."""
    return (tx.process.follow_ups.kind_meant(given) or given) if given else None


def _state(one: FollowUp) -> str:
    if one.open:
        return "open"
    return "cancelled" if one.action.cancelled else "done"


def _shown(tx: Tx, found: list[FollowUp]) -> list[models.FollowUp]:
    actions = [one.action for one in found]
    names = shown.names(tx, (who for one in actions for who in (one.by, one.assignee, one.done_by)))
    return [_model(one, names, tx.now.date()) for one in found]


def _model(one: FollowUp, names: Names, today: date) -> models.FollowUp:
    action, issue, better = one.action, one.issue, warning(one.action.title)
    return models.FollowUp.model_validate(
        {
            "id": action.id,
            "incident": f"INC-{action.incident}",
            "title": action.title,
            "details": action.details,
            "kind": one.label,
            "priority": one.priority,
            "severity": one.severity,
            "service": one.service,
            "owner": names.maybe(action.assignee),
            "due": action.due,
            "overdue": one.overdue(today),
            "private": action.private or one.of_private,
            "state": _state(one),
            "issue": issue
            and models.FollowUpIssue(
                tracker=issue.tracker, url=issue.url, closed=issue.closed, gone=issue.gone
            ),
            "by": names.actor(action.by),
            "at": action.at,
            "ended_by": names.actor(action.done_by) if action.done_by else None,
            "ended_at": action.done_at,
            "hint": f"Better: {better[1]}" if better else "",
        }
    )
