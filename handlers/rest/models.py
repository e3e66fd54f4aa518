"""What the API takes and answers. Its document is made of these."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel, Strict, StringConstraints

from bot.domain.incidents.incident import ReviewState, Severity, Status
from bot.domain.work.issue_links import issue_at
from handlers.rest.queries import Day, Moment

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Who = Annotated[Line, Field(description="A Slack user id or an e-mail address.", examples=["U0123456"])]


Flag = Annotated[bool, Strict()]
"""True or false; 0 and "yes" are none, as the document says."""
Whole = Annotated[int, Strict()]


class Given(BaseModel):
    """What is sent: a name that is not known is an error, so that nothing is silently left out."""

    model_config = ConfigDict(extra="forbid")


class Person(BaseModel):
    id: str = Field(description="The Slack user id.")
    name: str


class Actor(BaseModel):
    """Who did something."""

    kind: Literal["person", "bot", "alert", "token", "tracker"]
    id: str = Field(
        description="A person's Slack user id, the alert's source, the token's name, who in a tracker."
    )
    name: str


class Incident(BaseModel):
    id: str = Field(examples=["INC-7"])
    number: int
    name: str
    type: str
    severity: Severity
    highest_severity: Severity
    status: Status
    private: bool
    drill: bool
    near_miss: bool
    reporter: Actor
    lead: Person | None = Field(description="Nobody while no person answered for what a machine declared.")
    summary: str
    causes: str
    labels: list[str]
    public_status: str
    declared_at: datetime
    happened_at: datetime = Field(description="When it was declared, or began if it was declared afterwards.")
    acknowledged_at: datetime | None
    updated_at: datetime | None
    next_update_at: datetime | None
    resolved_at: datetime | None
    review: ReviewState | None = Field(description="How far its review is; none while it has none.")
    merged_into: str | None
    channel: str | None = Field(description="Slack's id of its channel, once that is open.")
    channel_name: str | None
    call: str | None


class Incidents(BaseModel):
    data: list[Incident]
    next_cursor: str | None = Field(description="Send it as `cursor` for what comes next.")


class Declaration(Given):
    """A new incident. It pages at once, also while Slack is away; its channel opens when Slack is there."""

    name: Line = ""
    type: Line = Field(default="", description="An incident type of muster.yml; without, the first one.")
    severity: Severity
    summary: Text = ""
    triage: Flag = Field(default=False, description="A problem that is not known to be an incident yet.")
    private: Flag = False
    practice: list[Who] = Field(
        default_factory=list,
        max_length=50,
        description="Who takes part: it is a drill, and nobody else is paged. A type for practice needs it.",
    )
    fields: dict[str, Text] = Field(default_factory=dict)
    anyway: Flag = Field(default=False, description="Declare although many were declared in this minute.")


class Change(Given):
    """What is to change; all of it, or nothing if any of it is refused."""

    name: Line | None = None
    severity: Severity | None = None
    status: Status | None = None
    reason: Text = Field(default="", description="Why: for a lower severity, cancelling and reopening.")
    summary: Text | None = None
    causes: Text | None = None
    lead: Who | None = None
    fields: dict[str, Text] | None = None


class Ending(Given):
    reason: Text = Field(default="", description="What ended it.")
    summary: Text = Field(default="", description="Is added to the summary.")


class Reason(Given):
    reason: Annotated[Text, StringConstraints(min_length=1)]


class Update(BaseModel):
    id: int
    text: str
    status: Status
    severity: Severity
    by: Actor
    at: datetime
    next_update_at: datetime | None


class Approval(BaseModel):
    version: int
    by: Person
    at: datetime


class ReviewTask(BaseModel):
    id: int
    text: str
    owner: Person | None = Field(description="Without, it is for whoever owns the review.")
    due: date
    done_by: Actor | None
    done_at: datetime | None


class ReviewStanding(BaseModel):
    """How far the review of an incident is."""

    incident: str
    state: ReviewState | None = Field(description="None while the incident has no review.")
    owner: Person | None
    ended_by: Actor | None
    ended_at: datetime | None
    reason: str = Field(description="Why it was waived.")
    tasks: list[ReviewTask]


class ReviewChange(Given):
    """What is to change; all of it, or nothing if any of it is refused."""

    state: ReviewState | None = Field(
        default=None, description="open asks for a review, or for one that is over to go on."
    )
    reason: Line = Field(default="", description="To waive it.")
    anyway: Flag = Field(default=False, description="It is done, though tasks are open.")
    owner: Annotated[Who, StringConstraints(min_length=1)] | None = None


class ReviewTaskChange(Given):
    """What is to change; all of it, or nothing if any of it is refused."""

    done: Flag | None = None
    owner: Who | None = Field(default=None, description="Empty: whoever owns the review.")
    due: Day | None = None


class ReviewComment(BaseModel):
    id: int
    version: int
    heading: str = Field(description="The heading of the document that it is about, if it is about one.")
    text: str
    by: Person
    at: datetime
    edited_at: datetime | None


class Review(ReviewStanding):
    """A review with its document. Version 0 is one that is written from the facts as they are now."""

    version: int
    newest: int
    template: str
    outdated: bool
    text: str
    approvals: list[Approval]
    comments: list[ReviewComment]


class Updates(BaseModel):
    data: list[Update]


class NewUpdate(Given):
    text: Annotated[Text, StringConstraints(min_length=1)]
    status: Status | None = None
    severity: Severity | None = None
    next_in_minutes: Whole | None = Field(
        default=None, ge=0, le=7 * 24 * 60, description="0: none. Without, as the severity has it."
    )


class Action(BaseModel):
    id: int
    title: str
    details: str
    follow_up: bool
    assignee: Person | None
    due: date | None
    by: Actor
    at: datetime
    done_by: Actor | None
    done_at: datetime | None


class Actions(BaseModel):
    data: list[Action]


class NewAction(Given):
    title: Annotated[Line, StringConstraints(min_length=1)]
    details: Text = ""
    follow_up: Flag = False
    assignee: Who | None = None
    due: Day | None = None


class FollowUpIssue(BaseModel):
    """Its issue in a tracker, as it was when it was last looked at."""

    tracker: str = Field(examples=["GitLab"])
    url: str
    closed: bool
    gone: bool = Field(description="It was deleted, or may not be seen by Muster's token.")


class FollowUp(BaseModel):
    """Work after an incident. Its number is that of the action that it is."""

    id: int
    incident: str = Field(examples=["INC-7"])
    title: str
    details: str
    kind: str = Field(examples=["Corrective action"])
    priority: Severity
    severity: Severity = Field(description="The highest of all incidents that it is related to.")
    service: str
    owner: Person | None
    due: date | None
    overdue: bool
    private: bool = Field(description="Only its people know of it: it is private, or its incident is.")
    state: Literal["open", "done", "cancelled"]
    issue: FollowUpIssue | None
    by: Actor
    at: datetime
    ended_by: Actor | None
    ended_at: datetime | None
    hint: str = Field(description="How the handbook would word a title that begins like this one, or empty.")


class FollowUps(BaseModel):
    data: list[FollowUp]
    next_cursor: str | None


def _tracked(address: str) -> str:
    if address and not issue_at(address):
        raise ValueError("expected the address of an issue of GitLab, GitHub or Jira")
    return address


class NewFollowUpOfIncident(Given):
    """What is left out follows from the incident and the configuration, as in Slack."""

    title: Annotated[Line, StringConstraints(min_length=1)]
    details: Text = ""
    owner: Who | None = None
    due: Day | None = Field(default=None, description="Without, by its priority.")
    kind: Line = Field(default="", description="A kind of muster.yml; without, the first one.")
    priority: Severity | None = Field(default=None, description="Without, the incident's severity.")
    service: Line | None = Field(default=None, description="Without, what the incident affects.")
    private: Flag = Field(default=False, description="Needs the scope `incidents:private`.")
    issue: Annotated[Line, AfterValidator(_tracked)] = Field(
        default="", description="The address of its issue, if it has one; it is only read."
    )


class NewFollowUp(NewFollowUpOfIncident):
    """What is left out follows from the incident and the configuration, as in Slack."""

    incident: Annotated[Line, Field(examples=["INC-7"])]


class FollowUpChange(Given):
    """What is to change; all of it, or nothing if any of it is refused."""

    title: Annotated[Line, StringConstraints(min_length=1)] | None = None
    owner: Who | None = Field(default=None, description="Empty: nobody.")
    due: Day | None = None
    kind: Annotated[Line, StringConstraints(min_length=1)] | None = None
    priority: Severity | None = None
    state: Literal["open", "done", "cancelled"] | None = None


class Entry(BaseModel):
    id: int
    kind: str
    at: datetime
    by: Actor | None
    text: str
    data: dict[str, object]


class Entries(BaseModel):
    data: list[Entry]
    next_cursor: str | None


class Note(Given):
    text: Annotated[Text, StringConstraints(min_length=1)]
    at: Moment | None = Field(default=None, description="When it was; without, now.")


class Noted(BaseModel):
    text: str
    at: datetime
    by: Actor


class Role(BaseModel):
    role: str
    person: Person
    since: datetime | None
    by_hand: bool


class Roles(BaseModel):
    data: list[Role]


class NewRole(Given):
    person: Who


class FieldValue(BaseModel):
    name: str
    value: str
    set_by: Actor
    set_at: datetime


class NewFields(RootModel[dict[Line, Text]]):
    """Values by the names of their fields; an empty one takes a field away."""


class FieldValues(BaseModel):
    data: list[FieldValue]


class Page(BaseModel):
    id: int
    team: str = Field(description="Who is called at this level.")
    path_of: str = Field(description="The team along whose path it went.")
    level: int
    reason: str
    asked_by: Actor | None
    message: str
    person: Person | None
    state: str
    raised_at: datetime
    answered_by: Person | None
    answered_at: datetime | None


class Pages(BaseModel):
    data: list[Page]


class Escalation(Given):
    """Whom to page for the incident: a team, or a person by name."""

    team: Line = ""
    person: Who = ""
    message: Text = ""


class OnCallTeam(BaseModel):
    team: str
    role: str
    on_call: list[Person]
    until: datetime | None
    then: list[Person]


class OnCall(BaseModel):
    data: list[OnCallTeam]


class Shift(BaseModel):
    start: datetime
    end: datetime
    people: list[Person]
    by: str


class Schedule(BaseModel):
    name: str
    shifts: list[Shift]


class Schedules(BaseModel):
    data: list[Schedule]


class Override(BaseModel):
    id: int
    schedule: str
    person: Person
    replaces: Person | None
    start: datetime
    end: datetime
    made_by: Person
    made_at: datetime
    cancelled_at: datetime | None


class Overrides(BaseModel):
    data: list[Override]


class NewOverride(Given):
    schedule: Line
    person: Who
    start: Moment
    end: Moment


class AlertLink(BaseModel):
    name: str
    url: str


class Alert(BaseModel):
    id: int
    reference: str = Field(examples=["A-12"])
    source: str
    key: str
    title: str
    text: str
    severity: Severity | None
    state: str
    labels: dict[str, str]
    links: list[AlertLink]
    fired: int
    first_at: datetime
    last_at: datetime
    resolved_at: datetime | None
    incident: str | None
    page: int | None = Field(description="What calls for it, where a rule makes no incident of it.")
    outcome: str = Field(description="What was made of it.")
    rule: str = Field(description="The rule that said so.")
    trace: str = Field(description="The request in which it was told last.")


class Alerts(BaseModel):
    data: list[Alert]
    next_cursor: str | None


class DeadLetter(BaseModel):
    """A message or call that was given up. It is kept for a week."""

    id: int
    job: str = Field(examples=["slack.tell"])
    event: str
    incident: str | None
    page: bool = Field(description="Whether it calls somebody.")
    attempts: int
    created_at: datetime
    given_up_at: datetime
    reason: str


class DeadLetters(BaseModel):
    data: list[DeadLetter]
    next_cursor: str | None


class Blocked(BaseModel):
    """Of a private incident only its number is told."""

    blocked: bool
    incidents: list[dict[str, object]]


class Blocks(BaseModel):
    deployments: Blocked
    feature_flags: Blocked


class Figures(BaseModel):
    """Of the incidents declared in that time, without drills, near misses and those merged or declined."""

    since: datetime
    until: datetime
    declared: int
    by_severity: dict[str, int]
    by_status: dict[str, int]
    median_seconds_to_acknowledge: float | None
    median_seconds_to_resolve: float | None


class InsightPeriod(BaseModel):
    """Whole days, on the clocks of a zone."""

    first: date
    last: date
    zone: str


class InsightFigure(BaseModel):
    """One figure, and what it was in the days before. What does not apply, or is not known, is null."""

    section: str
    name: str
    count: float | None
    of: int | None
    median_seconds: float | None
    p90_seconds: float | None
    count_before: float | None
    of_before: int | None
    median_before: float | None
    p90_before: float | None


class Insights(BaseModel):
    """What incidents come to, of those that the token may know of, beside as many days before."""

    period: InsightPeriod
    before: InsightPeriod
    figures: list[InsightFigure]


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
