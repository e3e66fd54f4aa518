"""Follow-ups: work after an incident, with a kind, a priority and a date by which it is to be done.

The rules come from the public GitLab handbook, "Corrective Actions".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.actors import Actor
from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity
from bot.domain.work.work import Action, ActionKind

FOLLOW_UP, CORRECTIVE_ACTION = "Follow-up", "Corrective action"
KINDS: Mapping[str, tuple[str, ...]] = {
    FOLLOW_UP: (),
    CORRECTIVE_ACTION: ("corrective action", "infradev"),
}
"""The kinds where none are configured, with the labels that their issues have."""
DUE: Mapping[Severity, int] = {Severity.S1: 30, Severity.S2: 60, Severity.S3: 90, Severity.S4: 120}
"""After how many days one is due, by its priority: the handbook's objectives for defects."""
LATEST = timedelta(days=3650)
_LONGEST_LABEL, _SERVICES = 50, 3
"""Characters of a label in GitHub, which takes the shortest; and how many services have one."""
_BEHIND = timedelta(hours=12)
"""So far behind UTC is the last place where a day ends."""
_DAY_BEGINS, _DAY_ENDS = 9, 18
_SATURDAY, _WEEK = 5, 7

EXAMPLES: tuple[tuple[str, str], ...] = (
    (
        "Fix the issue that caused the outage",
        "(Specific) Handle invalid postal code in user address form input safely",
    ),
    (
        "Investigate monitoring for this scenario",
        "(Actionable) Add alerting for all cases where this service returns >1% errors",
    ),
    (
        "Make sure engineer checks that database schema can be parsed before updating",
        "(Bounded) Add automated presubmit check for schema changes",
    ),
    (
        "Improve architecture to be more reliable",
        "(Time-bounded and specific) Add a redundant node to ensure we no longer have a single point of "
        "failure for the service",
    ),
)
"""The handbook's: badly worded, and better."""
_BEGINNINGS: Mapping[str, int] = {
    "fix the issue": 0,
    "fix the problem": 0,
    "fix the bug": 0,
    "investigate": 1,
    "look into": 1,
    "make sure": 2,
    "ensure that engineer": 2,
    "improve": 3,
}
"""How the badly worded ones begin, and which example each is like."""


@dataclass(frozen=True, slots=True)
class FollowUpRules:
    """What the configuration says: the `kinds` with their labels, after how many days one is `due`, how many
    weekdays `before` that its owner is reminded, and where and on which weekday a `digest` is posted.
    """

    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: KINDS)
    due: Mapping[Severity, int] = field(default_factory=lambda: DUE)
    before: int = 2
    digest: str = ""
    digest_day: int = 0

    @property
    def usual(self) -> str:
        return next(iter(self.kinds))

    def kind_meant(self, text: str) -> str | None:
        """Return the kind that is named, also by the first word of its name."""
        said = " ".join(text.lower().replace("-", " ").split())
        named = {" ".join(one.lower().replace("-", " ").split()): one for one in self.kinds}
        first = {one.partition(" ")[0]: kind for one, kind in reversed(named.items())}
        return named.get(said) or first.get(said)

    def due_on(self, priority: Severity, today: date) -> date:
        return today + timedelta(days=self.due.get(priority, DUE[priority]))


USUAL = FollowUpRules()


@dataclass(frozen=True, slots=True)
class TrackedIssue:
    """The issue of a follow-up there: `made` by us, or pasted by somebody. `closed` is its state as we last
    knew it; a `gone` one was deleted, or we may not see it.
    """

    action: int
    tracker: str
    project: str
    number: int
    url: str
    made: bool = False
    closed: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An action that is a follow-up. `severity` is the highest of the incidents that it is related to;
    `reminded` says of which reminder its owner has heard, `of_private` whether its incident is private.
    """

    action: Action
    label: str
    priority: Severity
    service: str
    severity: Severity
    reminded: str = ""
    issue: TrackedIssue | None = None
    of_private: bool = False

    @property
    def open(self) -> bool:
        return self.action.done_at is None

    def overdue(self, today: date) -> bool:
        return self.open and self.action.due is not None and self.action.due < today


def service_labels(service: str) -> tuple[str, ...]:
    """Return the labels of the services that are named, the first three; a longer one is none anywhere."""
    named = (" ".join(one.split()) for one in re.split(r"[,;\n]", service))
    found = (f"Service::{one}" for one in dict.fromkeys(named) if one)
    return tuple([one for one in found if len(one) <= _LONGEST_LABEL][:_SERVICES])


def due_from(due: date, now: datetime) -> date:
    """Return a day that is not over yet wherever somebody is. Raises Refused."""
    if due < (now.astimezone(UTC) - _BEHIND).date():
        raise Refused("A follow-up is due today or later: name a day that is to come.")
    if due > now.date() + LATEST:
        raise Refused("A follow-up is due within ten years: name an earlier day.")
    return due


def warning(title: str) -> tuple[str, str] | None:
    """Return the handbook's example that a title is like, if it begins as a badly worded one does."""
    said = " ".join(title.lower().split())
    found = next(
        (number for words, number in _BEGINNINGS.items() if f"{said} ".startswith(f"{words} ")), None
    )
    return None if found is None else EXAMPLES[found]


def cancelled(action: Action, by: Actor, now: datetime) -> Action:
    """Return it as what will not be done."""
    if action.done_at:
        raise Refused("That is over already: it is done or cancelled.")
    return replace(action, done_by=str(by), done_at=now, cancelled=True)


def reopened(action: Action) -> Action:
    if not action.done_at:
        raise Refused("That is open.")
    return replace(action, done_by=None, done_at=None, cancelled=False)


def kept(action: Action) -> Action:
    """Return an action of the incident as work after it."""
    if action.kind is ActionKind.FOLLOW_UP:
        raise Refused("That is a follow-up already. The list: `/inc followups`.")
    if action.done_at:
        raise Refused("That is done already: nothing of it is left to follow up.")
    return replace(action, kind=ActionKind.FOLLOW_UP)


def changeable(action: Action) -> Action:
    """Return it if it is open; what is over is reopened first."""
    if action.done_at:
        raise Refused("That is over: reopen it first, in the list of `/inc followups all`.")
    return action


def reminder(one: FollowUp, zone: ZoneInfo, now: datetime, before: int) -> str:
    """Return which reminder of its owner is due now, or nothing: before the day, on it, and each week after.

    It comes on weekdays, in the owner's working hours, and each once for a due date.
    """
    local, due = now.astimezone(zone), one.action.due
    if not due or not one.open or local.weekday() >= _SATURDAY or not _DAY_BEGINS <= local.hour < _DAY_ENDS:
        return ""
    today = local.date()
    if today > due:
        stage = f"late {(today - due).days // _WEEK}"
    elif today == due:
        stage = "today"
    elif today >= _weekdays_before(due, before):
        stage = "before"
    else:
        return ""
    found = f"{due.isoformat()} {stage}"
    return "" if found == one.reminded else found


def _weekdays_before(due: date, days: int) -> date:
    day = due
    while days:
        day -= timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return day
