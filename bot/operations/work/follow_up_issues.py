"""The issues of follow-ups in a tracker: made, looked at, and followed back; each news counts once."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.domain import facts
from bot.domain.actors import BOT
from bot.domain.incidents.issues import Touch
from bot.domain.text import one_line
from bot.domain.work.follow_ups import FollowUp, TrackedIssue, cancelled, reopened
from bot.domain.work.issue_links import reference
from bot.domain.work.work import done
from bot.operations.once import once
from bot.operations.work.follow_up_reminders import begin_to_mind
from bot.operations.work.follow_ups import found
from bot.operations.workspace.channel import problem
from storage import actions, follow_ups
from storage.transaction import Tx

_Over: TypeAlias = facts.ActionDone | facts.FollowUpCancelled | facts.FollowUpReopened


@dataclass(frozen=True, slots=True)
class Seen:
    """How an issue is there. `by` is who made it so, where that is known."""

    closed: bool
    by: str = ""
    not_planned: bool = False
    title: str = ""


def follow_up_issue_made(tx: Tx, *, issue: TrackedIssue) -> None:
    """Note the issue that was made for a follow-up."""
    one = found(tx, issue.action)
    follow_ups.put_issue(tx, issue)
    tx.record(
        facts.FollowUpIssueMade(
            incident=one.action.incident,
            text=one.action.said,
            action=issue.action,
            tracker=issue.tracker,
            url=issue.url,
        )
    )


def follow_up_issue_left(tx: Tx, *, issue: TrackedIssue) -> None:
    """Note how we left it."""
    follow_ups.put_issue(tx, issue)


def follow_up_issue_lost(tx: Tx, *, issue: TrackedIssue, why: str) -> None:
    """Note that the issue is there no more. The follow-up stays as it is."""
    follow_ups.put_issue(tx, replace(issue, gone=True))
    incident = found(tx, issue.action).action.incident
    cure = "The follow-up stays, and can be done or cancelled here: `/inc followups`."
    problem(tx, incident, f"The {issue.tracker} issue #{issue.number} of a follow-up is gone", why, cure)


def issue_seen(tx: Tx, action_id: int, seen: Seen) -> None:
    """Follow the state of an issue that somebody changed there. Our own doing is no news."""
    one = found(tx, action_id)
    if not one.issue:
        return
    if seen.title and one.action.title == reference(one.issue) != seen.title:
        _name(tx, one, one_line(seen.title))
        one = found(tx, action_id)
    if not one.issue or one.issue.closed == seen.closed:
        return
    follow_ups.put_issue(tx, replace(one.issue, closed=seen.closed, gone=False))
    if one.open is not seen.closed:  # it is so here already
        return
    there = f"in {one.issue.tracker}" + (f" by {seen.by}" if seen.by else "")
    _follow(tx, one, seen, there)


def _name(tx: Tx, one: FollowUp, title: str) -> None:
    """Call what was pasted as a link by the title that it has there."""
    actions.save(tx, replace(one.action, title=title))
    hidden = one.action.private
    tx.record(
        facts.FollowUpChanged(
            incident=one.action.incident,
            text=one.action.said,
            action=one.action.id,
            what="title",
            before="" if hidden else one.action.title,
            after="" if hidden else title,
        )
    )


def _follow(tx: Tx, one: FollowUp, seen: Seen, there: str) -> None:
    action = one.action
    if not seen.closed:
        changed = reopened(action)
        fact: type[_Over] = facts.FollowUpReopened
    elif seen.not_planned:
        changed, fact = cancelled(action, BOT, tx.now), facts.FollowUpCancelled
    else:
        changed, fact = done(action, BOT, tx.now), facts.ActionDone
    actions.save(tx, changed)
    begin_to_mind(tx)
    tx.record(fact(incident=action.incident, text=action.said, action=action.id, there=there))


def heard_of_follow_ups(tx: Tx, event: str, touch: Touch) -> None:
    """Follow what a webhook tells of the issue of follow-ups, once."""
    if touch.action in {"close", "reopen"}:
        once(tx, f"{touch.tracker.lower()}:follow-up:{event}", _heard, touch)


def _heard(tx: Tx, touch: Touch) -> None:
    for one in follow_ups.with_issue(tx, touch.tracker, touch.project, touch.number):
        issue_seen(tx, one.action.id, Seen(touch.action == "close", touch.name, not_planned=touch.dropped))
