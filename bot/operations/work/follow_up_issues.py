"""The issues of follow-ups in a tracker: made, looked at, and followed back; each news counts once."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.domain import facts
from bot.domain.actors import Machine, MachineKind
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
    """How an issue is there. `by` is who made it so, and `place` where it is now, where that is known."""

    closed: bool
    by: str = ""
    not_planned: bool = False
    title: str = ""
    place: TrackedIssue | None = None


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
    """Note that the issue is there no more, and tell it once. The follow-up stays as it is."""
    one = found(tx, issue.action)
    if not one.issue or one.issue.gone:
        return
    follow_ups.put_issue(tx, replace(one.issue, gone=True))
    cure = "The follow-up stays, and can be done or cancelled here: `/inc followups`."
    problem(
        tx,
        one.action.incident,
        f"The {issue.tracker} issue #{issue.number} of a follow-up is gone",
        why,
        cure,
    )


def issue_seen(tx: Tx, action_id: int, seen: Seen) -> None:
    """Follow the state of an issue that somebody changed there. Our own doing is no news."""
    one = found(tx, action_id)
    before = one.issue
    if not before:
        return
    if seen.title and one.action.title == reference(before) != seen.title:
        one = _name(tx, one, one_line(seen.title))
    if (issue := _placed(before, seen)) != before:
        follow_ups.put_issue(tx, issue)
    if before.closed == seen.closed or one.open is not seen.closed:  # no news, or it is so here already
        return
    _follow(tx, one, seen, before.tracker)


def _placed(issue: TrackedIssue, seen: Seen) -> TrackedIssue:
    """Return it as it was seen, and where: an issue that was gone may be back, or moved."""
    at = seen.place or issue
    return replace(issue, project=at.project, number=at.number, url=at.url, closed=seen.closed, gone=False)


def _name(tx: Tx, one: FollowUp, title: str) -> FollowUp:
    """Call what was pasted as a link by the title that it has there."""
    action = replace(one.action, title=title)
    actions.save(tx, action)
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
    return replace(one, action=action)


def _follow(tx: Tx, one: FollowUp, seen: Seen, tracker: str) -> None:
    action = one.action
    there = f"in {tracker}" + (f" by {seen.by}" if seen.by else "")
    by = Machine(MachineKind.TRACKER, f"{seen.by or 'somebody'} in {tracker}")
    if not seen.closed:
        changed = reopened(action)
        fact: type[_Over] = facts.FollowUpReopened
    elif seen.not_planned:
        changed, fact = cancelled(action, by, tx.now), facts.FollowUpCancelled
    else:
        changed, fact = done(action, by, tx.now), facts.ActionDone
    actions.save(tx, changed)
    begin_to_mind(tx)
    tx.record(fact(incident=action.incident, text=action.said, action=action.id, there=there))


def heard_of_follow_ups(tx: Tx, event: str, touch: Touch) -> None:
    """Follow what a webhook tells of the issue of follow-ups, once."""
    if touch.action in {"close", "reopen", "look"}:
        once(tx, f"{touch.tracker.lower()}:follow-up:{event}", _heard, touch)


def _heard(tx: Tx, touch: Touch) -> None:
    for one in follow_ups.with_issue(tx, touch.tracker, touch.project, touch.number):
        if touch.action == "look":
            tx.record(facts.FollowUpIssueLooked(incident=one.action.incident, action=one.action.id))
            continue
        issue_seen(tx, one.action.id, Seen(touch.action == "close", touch.name, not_planned=touch.dropped))
