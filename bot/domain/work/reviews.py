"""Reviews: what is looked at after an incident, who looks at it, and until when.

From the public GitLab handbook, "Incident Manager Responsibilities": an S1 or S2 is reviewed by its IM, who
may give that to somebody else; its tasks are told in the incident's channel once it is resolved. A near miss
is reviewed by whoever noticed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.actors import Actor, Machine, parsed
from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import FINISHED, GONE, Incident, ReviewState, Severity, needs_review
from bot.domain.reviews.issue import IssuePlace

HIGH = (Severity.S1, Severity.S2)
LATEST = timedelta(days=90)
LONGEST_REASON = 1000
SNOOZED_FOR = timedelta(days=1)
_MORNING, _EVENING = time(9), time(18)
_SATURDAY, _WEEK = 5, 7


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task as the configuration has it: due so many weekdays after the incident was resolved, for incidents
    that were of these severities at their highest. One that is `first_as_im` is for whoever was IM of an S1
    or S2 for the first time.
    """

    text: str
    days: int
    severities: tuple[Severity, ...] = tuple(Severity)
    first_as_im: bool = False


USUAL_TASKS = (
    PlannedTask("Fill the summary: `/inc summary`", 2),
    PlannedTask("Check the timeline: `/inc timeline`", 2),
    PlannedTask("Set when the impact began and ended: `/inc time`", 2),
    PlannedTask("Write down the causes, in the summary", 3),
    PlannedTask("Add corrective actions, each with an owner: `/inc followup`", 3),
    PlannedTask("Hold the review, as a meeting or async", 5),
    PlannedTask(
        "Tell the engineering manager of the team that owns the root cause: they may need to begin a Feature "
        "Change Lock",
        2,
        HIGH,
    ),
    PlannedTask(
        "Coffee chat after a first S1 or S2 as IM: ask the EOC and the CMOC for feedback", 10, HIGH, True
    ),
)
"""The tasks where none are configured. PagerDuty holds its reviews within five business days."""


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """What the configuration says: the tasks, the text of one's own template for the document, and the
    project in which it may become an issue.
    """

    tasks: tuple[PlannedTask, ...] = USUAL_TASKS
    template: str = field(default="", repr=False)
    issues: IssuePlace | None = None


USUAL = ReviewRules()


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a review. Without an `owner` it is for whoever owns the review."""

    id: int
    incident: int
    text: str
    owner: str | None
    due: date
    done_by: str | None = None
    done_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.done_at is None


@dataclass(frozen=True, slots=True)
class Review:
    """The review of an incident. The `owner` is empty where nobody leads it; one that is over was ended by
    somebody, and one that was waived has a `reason`.
    """

    incident: int
    state: ReviewState
    owner: str
    opened_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None
    reason: str = ""
    tasks: tuple[Task, ...] = ()

    @property
    def open(self) -> bool:
        return self.state is ReviewState.OPEN

    @property
    def left(self) -> tuple[Task, ...]:
        """Return the tasks that are open."""
        return tuple(one for one in self.tasks if one.open)

    def of(self, task: Task) -> str:
        """Return who does a task, or nothing."""
        return task.owner or self.owner


@dataclass(frozen=True, slots=True)
class Summed:
    """A review in a list: of which incident, how many of its tasks are open, and when the next is due."""

    incident: int
    name: str
    highest: Severity
    private: bool
    drill: bool
    state: ReviewState
    owner: str
    opened_at: datetime
    ended_at: datetime | None
    reason: str
    tasks: int
    undone: int
    due: date | None

    def overdue(self, today: date) -> bool:
        return self.state is ReviewState.OPEN and self.due is not None and self.due < today


def planned(rules: ReviewRules, incident: Incident, now: datetime, *, first_im: str = "") -> tuple[Task, ...]:
    """Return the tasks that a new review has. `first_im` was IM of an S1 or S2 for the first time."""
    return tuple(
        Task(
            id=0,
            incident=incident.id,
            text=one.text,
            owner=first_im if one.first_as_im else None,
            due=_weekdays_after(now.date(), one.days),
        )
        for one in rules.tasks
        if incident.highest in one.severities and (first_im or not one.first_as_im)
    )


def begins(incident: Incident) -> bool:
    """Say whether an incident is to be reviewed now: it is over, and a review is required or asked for."""
    return incident.status in FINISHED and needs_review(incident)


def requestable(incident: Incident) -> Incident:
    """Return the incident if a review of it can be asked for; refuse, also before somebody does."""
    if incident.status in GONE:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: it is not reviewed.", Step("Open incidents", "list")
        )
    return incident


def workable(incident: Incident, review: Review | None) -> Review:
    """Return the review if it is worked on now; refuse, also before somebody chooses something in vain."""
    ask = Step("Ask for a review", "review request", incident.id)
    if not review and incident.status.open and needs_review(incident):
        raise Refused(
            f"The review of INC-{incident.id} begins when it is resolved.",
            Step("How it stands", "", incident.id),
        )
    if not review:
        raise Refused(f"INC-{incident.id} has no review. To ask for one: `/inc review request`.", ask)
    if incident.status not in FINISHED:
        raise Refused(
            f"The review of INC-{incident.id} rests while the incident is {incident.status}.",
            Step("How it stands", "", incident.id),
        )
    if not review.open:
        raise Refused(
            f"The review of INC-{incident.id} is {review.state} already, by {_whom(review.ended_by)}.", ask
        )
    return review


def ticked(task: Task, by: Actor, now: datetime) -> Task:
    if not task.open:
        raise Refused(f"That is done already, by {_whom(task.done_by)}.")
    return replace(task, done_by=str(by), done_at=now)


def unticked(task: Task) -> Task:
    if task.open:
        raise Refused("That is open already.")
    return replace(task, done_by=None, done_at=None)


def _whom(done_by: str | None) -> str:
    found = parsed(done_by or "")
    return found.spoken if isinstance(found, Machine) else f"<@{found}>"


class StillOpen(Refused):
    """Tasks are open: whoever ends it is told which, and can say that it is done all the same."""

    def __init__(self, review: Review) -> None:
        number = review.incident
        super().__init__(
            f"The review of INC-{number} is not done: {still_open(review)}.",
            Step("Show the review", "review", number),
            Step("It is done all the same", "review done anyway", number),
        )


def ended(
    review: Review, state: ReviewState, by: Actor, now: datetime, reason: str = "", *, anyway: bool = False
) -> Review:
    """Return the review as done or waived. Done means that each task is, or somebody says it is `anyway`."""
    number = review.incident
    if state is ReviewState.WAIVED and not reason.strip():
        raise Refused(
            "Waiving a review needs a reason: `/inc review waive <reason>`.",
            Step("Show the review", "review", number),
        )
    if len(reason) > LONGEST_REASON:
        raise Refused(f"A reason has at most {LONGEST_REASON:,} characters; this has {len(reason):,}.")
    if state is ReviewState.DONE and review.left and not anyway:
        raise StillOpen(review)
    return replace(review, state=state, ended_by=str(by), ended_at=now, reason=reason.strip())


def again(review: Review) -> Review:
    """Return a review that was over as open, with its tasks as they are."""
    return replace(review, state=ReviewState.OPEN, ended_by=None, ended_at=None, reason="")


_NAMED, _LONGEST = 5, 60


def still_open(review: Review) -> str:
    """Say which tasks are open, in words that go on a sentence."""
    left = review.left
    if not left:
        return "all of its tasks are"
    names = "; ".join(_short(one.text) for one in left[:_NAMED])
    more = f"; and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    return f"{len(left)} {'task is' if len(left) == 1 else 'tasks are'} open ({names}{more})"


def _short(text: str) -> str:
    words = text.partition(": `")[0]
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"


def refuse_unreviewed(incident: Incident, review: Review | None) -> None:
    """Refuse to close an incident whose review is open."""
    if not review or not review.open or not needs_review(incident):
        return
    raise Refused(
        f"INC-{incident.id} closes when its review is done, or waived with a reason: {still_open(review)}.",
        Step("Show the review", "review", incident.id),
        Step("The review is done", "review done", incident.id),
    )


def due_soon(review: Review, today: date) -> tuple[Task, ...]:
    """Return the open tasks that are overdue, due today or on the next weekday, the earliest first."""
    until = _weekday(today + timedelta(days=1))
    return tuple(sorted((one for one in review.left if one.due <= until), key=lambda one: (one.due, one.id)))


def next_nudge(tasks: Sequence[Task], zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when the owner of a review hears next of its tasks: in the morning of the weekday before one is
    due, of the day after it was, and of each week from then on. None where none is open.
    """
    today, found = now.astimezone(zone).date(), set[date]()
    for one in tasks:
        if not one.open:
            continue
        late = one.due + timedelta(days=1)
        weeks = max((today - late).days, 0) // _WEEK
        days = (_weekday_before(one.due), late, *(late + timedelta(weeks=weeks + each) for each in (0, 1, 2)))
        found |= {_weekday(day) for day in days}
    mornings = (datetime.combine(day, _MORNING, zone).astimezone(UTC) for day in found)
    return min((one for one in mornings if one > now), default=None)


def quiet_until(zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return until when a nudge waits that is due now: nobody hears one at night or on a weekend."""
    local = now.astimezone(zone)
    if local.weekday() < _SATURDAY and _MORNING <= local.time() < _EVENING:
        return None
    day = local.date() + timedelta(days=local.time() >= _MORNING)
    return datetime.combine(_weekday(day), _MORNING, zone).astimezone(UTC)


def _weekday(day: date) -> date:
    """Return the day, or the Monday after it."""
    return day + timedelta(days=max(_WEEK - day.weekday(), 0)) if day.weekday() >= _SATURDAY else day


def _weekdays_after(day: date, days: int) -> date:
    for _ in range(days):
        day = _weekday(day + timedelta(days=1))
    return day


def _weekday_before(day: date) -> date:
    before = day - timedelta(days=1)
    while before.weekday() >= _SATURDAY:
        before -= timedelta(days=1)
    return before
