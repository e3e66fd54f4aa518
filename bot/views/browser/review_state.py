"""How a review stands, as its page shows it: its tasks, who has which until when, and what ends it."""

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from bot.domain.actors import parsed
from bot.domain.incidents.incident import FINISHED, GONE, Incident, Status, needs_review, next_statuses
from bot.domain.reviews.versions import Approval, Version
from bot.domain.rights import Right
from bot.domain.work.reviews import Review, Task
from bot.views.browser.follow_ups import TITLE
from bot.views.browser.rendering import code
from bot.views.browser.review_follow_ups import FOLLOW_UP
from bot.views.browser.rich import Reader, plain

WAIVE, GIVE, CHANGE = "waive", "give", "change"
REASON, OWNER, TASK, DUE = "reason", "owner", "task", "due"
FIELDS: Mapping[str, tuple[str, ...]] = {WAIVE: (REASON,), GIVE: (OWNER,), CHANGE: (TASK, OWNER, DUE)}
"""The forms of the page, with their fields."""
LABELS: Mapping[str, Mapping[str, str]] = {
    WAIVE: {REASON: "Why is there no review?"},
    GIVE: {OWNER: "New owner"},
    CHANGE: {OWNER: "Who does it", DUE: "Until when"},
    FOLLOW_UP: {TITLE: "What is to be done", OWNER: "Owner", DUE: "Due"},
}
"""What their fields are called, where the top of the page says what is wrong with one."""
_LONGEST = 80
"""Characters of a task in a list to choose from."""


def shown(
    incident: Incident,
    review: Review | None,
    rights: frozenset[Right],
    reader: Reader,
) -> Mapping[str, Any]:
    """Return how the review stands, and each step of it that whoever reads may take now."""
    rests = bool(review and review.open) and incident.status not in FINISHED
    works = bool(review and review.open) and not rests
    over = bool(review) and not (review and review.open)
    leads = Right.WORK in rights and incident.status not in GONE
    return {
        "ends": works and leads,
        "rests": incident.status.value if rests else "",
        "asks": leads and not needs_review(incident) and not review,
        "awaited": not review and needs_review(incident) and incident.status.open,
        "reopens": over and leads and incident.status in FINISHED,
        "closes": over and leads and incident.status in FINISHED and Status.CLOSED in next_statuses(incident),
        **_tasks(review, reader, works=works and Right.ACTION in rights),
    }


def unapproved(latest: Version | None, approvals: Iterable[Approval]) -> str:
    """Say that the newest version is not approved, or nothing."""
    if not latest:
        return "Nobody has approved the document."
    if latest.number in {one.version for one in approvals}:
        return ""
    return f"Nobody has approved version {latest.number}, the newest."


def _tasks(review: Review | None, reader: Reader, *, works: bool) -> Mapping[str, Any]:
    if not review:
        return {"tasks": [], "state": None, "left": 0, "ready": False, "changes": []}
    changes = [(one.id, _brief(one)) for one in review.left] if works else []
    return {
        "state": _state(review, reader),
        "waived_for": plain(review.reason) if review.reason else None,
        "left": len(review.left),
        "ready": works and not review.left,
        "tasks": [_task(one, review, reader, works=works) for one in review.tasks],
        "changes": changes,
    }


def _state(review: Review, reader: Reader) -> Markup:
    owner = _named(review.owner, reader) or Markup("nobody yet")
    said = Markup("{}, owned by {}").format(review.state.value, owner)
    if review.open or not review.ended_at:
        return said
    by = _named(review.ended_by, reader)
    said = Markup("{}{}").format(review.state.value, Markup(" by {}").format(by) if by else "")
    return Markup("{} {}").format(said, reader.time(review.ended_at))


def _named(who: str | None, reader: Reader) -> Markup | None:
    """Return a person's name; a machine has none."""
    return reader.name(who) if who and isinstance(parsed(who), str) else None


def _brief(task: Task) -> str:
    text = task.text.replace("`", "")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def _task(one: Task, review: Review, reader: Reader, *, works: bool) -> Mapping[str, Any]:
    name = _named(one.done_by if not one.open else review.of(one), reader)
    said = Markup("due {}{}").format(one.due.isoformat(), Markup(", {}").format(name) if name else "")
    done = Markup("done by {}").format(name) if name else Markup("done")
    return {
        "id": one.id,
        "text": code(one.text),
        "said": said if one.open else done,
        "done": "yes" if one.open else "no",
        "button": ("Done" if one.open else "Not done") if works else "",
    }
