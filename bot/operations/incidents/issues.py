"""The issue of an incident: that it was made, and what is heard from there."""

from bot.domain import facts
from bot.domain.actors import BOT
from bot.domain.incidents.fields import Link
from bot.domain.incidents.issues import Issue, Touch, is_ours, issue_labels, relabelled
from bot.operations.once import once
from bot.operations.workspace.channel import problem
from storage import incidents, issues, links
from storage.transaction import Tx


def issue_opened(tx: Tx, *, issue: Issue, tracker: str) -> None:
    """Note the issue that was made, and have it among the incident's links."""
    issues.put(tx, issue)
    name = f"{tracker} issue"
    links.put(tx, issue.incident, Link(name, issue.url, BOT, tx.now))
    tx.record(facts.LinkAdded(incident=issue.incident, name=name, url=issue.url))


def issue_changed(tx: Tx, *, issue: Issue) -> None:
    """Note how we left it."""
    issues.put(tx, issue)


def issue_lost(tx: Tx, *, issue: Issue, tracker: str, why: str) -> None:
    """Note that the issue is there no more: it is not asked for again."""
    issues.put(tx, issue)
    cure = "Nothing is written there any more. Add another one by hand: `/inc link`."
    problem(tx, issue.incident, f"The {tracker} issue #{issue.number} is gone", why, cure)


def heard(tx: Tx, event: str, touch: Touch) -> None:
    """Tell once what somebody did to the issue there; the incident stays as it is, since only its lead ends
    it. What follows from our own doing says nothing new.
    """
    once(tx, f"{touch.tracker.lower()}:{event}", _heard, touch)


def _heard(tx: Tx, touch: Touch) -> None:
    issue = issues.numbered(tx, touch.project, touch.number)
    if not issue:
        return
    incident = incidents.get(tx, issue.incident)
    ours = sorted(filter(is_ours, touch.labels))
    if touch.action in {"close", "reopen"}:
        news = (touch.action == "close") == incident.status.open
    else:
        news = bool(ours) and any(relabelled(touch.present, issue_labels(incident)))
    if news:
        tx.record(
            facts.IssueTouched(
                incident=issue.incident,
                number=touch.number,
                did=touch.action,
                name=touch.name,
                labels=ours,
                tracker=touch.tracker,
            )
        )
