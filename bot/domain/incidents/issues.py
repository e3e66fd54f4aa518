"""The issue that an incident has in a tracker, and what of it is ours.

The labels are those of the public GitLab handbook, "Labeling"; the severity label is GitLab's own.
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.incidents.incident import Incident, Status
from bot.domain.incidents.labels import labels

REVIEW_REQUESTED = "review-requested"
_SCOPES = ("Incident::", "severity::")
OWN = frozenset(
    {"incident", "blocks deployments", "blocks feature-flags", "Gameday", "Near Miss", REVIEW_REQUESTED}
)

HYPHENED = {one.replace(" ", "-"): one for one in OWN}
"""Ours as Jira has them, which knows no spaces in a label."""


_NOT_DONE = frozenset(
    {
        *("won't do", "wont do", "won't fix", "wontfix", "not planned", "cancelled", "canceled", "rejected"),
        *("declined", "duplicate", "cannot reproduce", "can't reproduce", "incomplete", "invalid"),
        *("not a bug", "abandoned", "obsolete"),
    }
)
"""How Jira's resolutions and closed statuses of what was not done are usually called."""


def not_done(name: str) -> bool:
    """Say whether a resolution, or a status, is that of what is closed without having been done."""
    return name.strip().lower().replace("\u2019", "'") in _NOT_DONE


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue in a `project` there. `number` is the one that people see; a `gone` one was deleted, or we
    may not see it any more. `closed` is how we left it.
    """

    incident: int
    project: str
    number: int
    url: str
    closed: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Touch:
    """What somebody did to an issue there, by their `name` there: which `labels` changed, and those that it
    has since. `action` is close, reopen or update, or look: it was moved or deleted, see how it is. What is
    `dropped` was closed as not to be done.
    """

    project: str
    number: int
    action: str
    name: str
    labels: Collection[str] = ()
    present: Collection[str] = ()
    tracker: str = "GitLab"
    dropped: bool = False


def wants_issue(incident: Incident, *, private: bool) -> bool:
    """Say whether an incident has an issue: not a drill, nor what nobody accepted yet. One that is private
    has one only where the operator says that the project is fit for it.
    """
    tracked = incident.status not in {Status.TRIAGE, Status.DECLINED} and not incident.drill
    return tracked and (private or not incident.private)


def issue_labels(incident: Incident) -> tuple[str, ...]:
    """Return the labels that the issue should have of ours."""
    review = [REVIEW_REQUESTED] if incident.review_requested else []
    return ("incident", f"severity::{incident.severity.value[1]}", *labels(incident), *review)


def relabelled(present: Collection[str], wanted: Collection[str]) -> tuple[list[str], list[str]]:
    """Return which labels to add and which to remove. What others put there is left alone."""
    ours = [one for one in present if one in OWN or one.startswith(_SCOPES)]
    return [one for one in wanted if one not in present], [one for one in ours if one not in wanted]


def is_ours(label: str) -> bool:
    """Say whether a label is derived from the incident's state."""
    return label in OWN or label.startswith(_SCOPES)
