"""An incident and its life: what may follow what, who may say so, what its labels are.

The lifecycle, the labels and the rule that only the lead ends an incident come from the public GitLab
handbook, "Incident Workflow" and "Ownership".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.actors import Actor, Machine
from bot.domain.errors import Refused, Step
from bot.domain.incidents.publicity import UNTOLD, Publicity, PublicStatus


class Severity(StrEnum):
    """How bad it is. S1 is the worst."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"

    @property
    def high(self) -> bool:
        """Say whether managers are paged at once and a review is required."""
        return self in {Severity.S1, Severity.S2}

    def worse_than(self, other: "Severity") -> bool:
        return self.value < other.value


class Status(StrEnum):
    """Where in its life an incident is."""

    TRIAGE = "Triage"
    INVESTIGATING = "Investigating"
    FIXING = "Fixing"
    MONITORING = "Monitoring"
    RESOLVED = "Resolved"
    POST_INCIDENT = "Post-incident"
    CLOSED = "Closed"
    DECLINED = "Declined"
    MERGED = "Merged"
    CANCELLED = "Cancelled"

    @property
    def active(self) -> bool:
        """Say whether responders are at work on it."""
        return self in ACTIVE

    @property
    def open(self) -> bool:
        """Say whether it still needs somebody: active, or waiting to be triaged."""
        return self in ACTIVE or self is Status.TRIAGE


class ReviewState(StrEnum):
    """How far the review of an incident is."""

    OPEN = "open"
    DONE = "done"
    WAIVED = "waived"


ACTIVE = frozenset({Status.INVESTIGATING, Status.FIXING, Status.MONITORING})
FINISHED = frozenset({Status.RESOLVED, Status.POST_INCIDENT, Status.CLOSED})
GONE = frozenset({Status.DECLINED, Status.MERGED, Status.CANCELLED})
"""It ended without being resolved: nothing is added to it any more."""
OVER = GONE | {Status.CLOSED}
REOPENABLE = FINISHED | {Status.CANCELLED}
ENDED_BY_LEAD = {Status.RESOLVED: "resolve", Status.CANCELLED: "cancel"}
"""What only the lead makes of an incident, with the command for it."""

_LEAVING = frozenset({Status.MERGED, Status.CANCELLED})

AFTER: dict[Status, frozenset[Status]] = {
    Status.TRIAGE: frozenset({Status.INVESTIGATING, Status.DECLINED, Status.MERGED}),
    Status.INVESTIGATING: frozenset({Status.FIXING, Status.MONITORING, Status.RESOLVED}) | _LEAVING,
    Status.FIXING: frozenset({Status.INVESTIGATING, Status.MONITORING, Status.RESOLVED}) | _LEAVING,
    Status.MONITORING: frozenset({Status.INVESTIGATING, Status.FIXING, Status.RESOLVED}) | _LEAVING,
    Status.RESOLVED: frozenset({Status.INVESTIGATING, Status.POST_INCIDENT, Status.CLOSED}),
    Status.POST_INCIDENT: frozenset({Status.INVESTIGATING, Status.CLOSED}),
    Status.CLOSED: frozenset({Status.INVESTIGATING}),
    Status.DECLINED: frozenset(),
    Status.MERGED: frozenset(),
    Status.CANCELLED: frozenset({Status.INVESTIGATING}),
}
"""What may follow what: a blip ends by itself, so Resolved may follow wherever people are at work.

Leaving a finished or cancelled state for Investigating is a reopening and needs a reason, as cancelling does.
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """The four parts of the summary form, as people wrote them."""

    summary: str = ""
    causes: str = ""
    cmoc: str = ""
    executive: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident. `channel` is Slack's id, None until the channel exists; `highest` never falls.

    `channel_lost` says that there will be no channel: Slack refused to open one, or somebody deleted it.
    `engaged_at` is when somebody of the type's own team answered first. The next update is wanted `update_in`
    after the last one, none if that is None; `next_update_at` is read from its timer, and only read;
    so is `lead_gone`: the lead left, or was removed from the private incident, and nobody took over yet.
    `lead` is empty while nobody has answered for what a machine declared. `blocks_deployments` is only read,
    from the field of that name, `internal` from a `no` to Externally facing, `customer_impact` from a `yes`
    to that, `call` from the link of that name, and `review`, how far that is; `merged_into` is the incident
    of which this one is a duplicate. What `waits_until` a time is paused, for a reason that may be empty, or
    waits for Monday: then `paused_for` is None.
    A `near_miss` did no harm: its severity is what it would have had. A `retrospective` was over when it was
    declared, and `began_at` is the start of its impact, and only read. `practice` has the only people whom a
    drill calls; `unannounced` says that no announcement channel is told, and `tutorial` that the reporter is
    shown step by step how it goes.
    """

    id: int
    name: str
    type: str
    severity: Severity
    highest: Severity
    status: Status
    private: bool
    drill: bool
    reporter: Actor
    lead: str
    lead_by_hand: bool
    summary: Summary
    declared_at: datetime
    channel: str | None = None
    channel_name: str | None = None
    channel_lost: bool = False
    lead_gone: bool = False
    engaged_at: datetime | None = None
    updated_at: datetime | None = None
    update_in: timedelta | None = None
    next_update_at: datetime | None = None
    resolved_at: datetime | None = None
    verified_by: str | None = None
    waits_until: datetime | None = None
    paused_for: str | None = None
    review_requested: bool = False
    review: ReviewState | None = None
    blocks_deployments: bool | None = None
    internal: bool = False
    call: str | None = None
    merged_into: int | None = None
    correcting: bool = False
    near_miss: bool = False
    retrospective: bool = False
    practice: tuple[str, ...] = ()
    unannounced: bool = False
    tutorial: bool = False
    publicity: Publicity = UNTOLD
    customer_impact: bool = False
    began_at: datetime | None = None

    @property
    def happened_at(self) -> datetime:
        """Return when it happened: of what was declared afterwards, when its impact began, or it was over."""
        afterwards = self.began_at or self.resolved_at if self.retrospective else None
        return afterwards or self.declared_at

    @property
    def led_by(self) -> str:
        """Name the lead in a refusal."""
        return f"<@{self.lead}>" if self.lead else "nobody yet"

    @property
    def led_high(self) -> bool:
        """Say whether it is led as an S1 or S2 is. From the handbook, only if it is externally facing."""
        return self.severity.high and not self.internal

    @property
    def watched(self) -> bool:
        """Say whether rules page and remind for it: not for a near miss, nor if it was reopened only to be
        merged or corrected.
        """
        return self.status.active and not self.correcting and not self.near_miss

    @property
    def paused(self) -> bool:
        """Say whether somebody paused it until a date. It waits for Monday otherwise, or for nothing."""
        return self.waits_until is not None and self.paused_for is not None

    @property
    def channel_deleted(self) -> bool:
        """Say whether it had a channel that somebody deleted."""
        return self.channel_lost and self.channel_name is not None


@dataclass(frozen=True, slots=True)
class Draft:
    """What the declare form asks for, custom `fields` too. An empty name stands for "Untitled incident".

    A `near_miss` is owned by the `owner`, else by who declares. What is `over` already has its times, by
    name. `practice` has the only people whom a drill calls, `unannounced` and `tutorial` are the incident's.
    """

    name: str
    type: str
    severity: Severity
    triage: bool = False
    summary: str = ""
    private: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    maintenance: int | None = None
    """The running maintenance that it has to do with, 0 for none; None where that was not answered."""
    near_miss: bool = False
    owner: str = ""
    over: Mapping[str, datetime] | None = None
    practice: tuple[str, ...] = ()
    unannounced: bool = False
    tutorial: bool = False


def move(incident: Incident, to: Status, *, by: Actor, now: datetime, reason: str = "") -> Incident:
    """Return the incident in its new status, or refuse."""
    _may_follow(incident, to)
    if to in ENDED_BY_LEAD:
        endable(incident, to, by)
    if to is Status.CANCELLED and not reason.strip():
        step = Step("Cancel it", "cancel", incident.id)
        raise Refused("Cancelling needs a reason: `/inc cancel <reason>`.", step)
    if incident.status in REOPENABLE and to is Status.INVESTIGATING and not reason.strip():
        raise Refused("Reopening needs a reason: `/inc reopen <reason>`.", _reopen(incident))
    kept = incident.resolved_at if to in FINISHED or incident.correcting else None
    return replace(
        incident,
        status=to,
        correcting=incident.correcting and to.active,
        resolved_at=(kept or now) if to is Status.RESOLVED else kept,
        update_in=incident.update_in if incident.status.active else UPDATE_EVERY[incident.severity],
        waits_until=incident.waits_until if to.active else None,
        publicity=incident.publicity if to.open else incident.publicity.become(PublicStatus.OPERATIONAL, now),
    )


def endable(incident: Incident, to: Status, by: Actor) -> Incident:
    """Return the incident if whoever asks can resolve or cancel it; refuse, also before somebody says why.

    A machine ends what it declared itself, as long as nobody has answered for it.
    """
    _may_follow(incident, to)
    own = isinstance(by, Machine) and by == incident.reporter and not incident.lead
    if by != incident.lead and not own:
        raise NotTheLead(incident, to)
    return incident


def reopenable(incident: Incident) -> Incident:
    """Return the incident if the problem can be back; refuse, also before somebody says why in vain.

    One that was merged can be on its own again, as long as its channel says where it goes on.
    """
    if incident.status in REOPENABLE | {Status.MERGED} or incident.correcting:
        return incident
    step = Step("How it stands", "", incident.id)
    raise Refused(f"INC-{incident.id} is {incident.status}: there is nothing to reopen.", step)


def reopened(incident: Incident, reason: str, *, back: bool) -> Incident:
    """Return the incident at work again, or open only to be merged or corrected. Nobody counts as engaged."""
    reopenable(incident)
    if not reason.strip():
        raise Refused("Reopening needs a reason: `/inc reopen <reason>`.", _reopen(incident))
    if incident.correcting and not back:
        raise Refused(f"INC-{incident.id} is open only to merge or correct it already.")
    return _open_again(incident, back=back)


def called_off(incident: Incident) -> Incident:
    """Return an incident that was reopened by mistake as open only to be merged or corrected."""
    return _open_again(incident, back=False)


def _open_again(incident: Incident, *, back: bool) -> Incident:
    return replace(
        incident,
        status=Status.INVESTIGATING,
        merged_into=None,
        correcting=not back,
        engaged_at=None,
        update_in=UPDATE_EVERY[incident.severity],
        resolved_at=None if back else incident.resolved_at,
        verified_by=None if back else incident.verified_by,
    )


def next_statuses(incident: Incident) -> tuple[Status, ...]:
    """Return what may follow now, in the order of the lifecycle. Merging needs a target and is none."""
    after = AFTER[incident.status] - {Status.MERGED}
    return tuple(to for to in Status if to in after and not _barred(incident, to))


class NotTheLead(Refused):
    """Only the lead resolves and cancels. The handler offers to take the lead first."""

    def __init__(self, incident: Incident, to: Status) -> None:
        there = "They are not here: take" if incident.lead_gone else "Ask them, or take"
        self.way_on = f"{there if incident.lead else 'Take'} the lead first"
        super().__init__(
            f"Only the lead can {ENDED_BY_LEAD[to]} INC-{incident.id}, and that is {incident.led_by}. "
            f"{self.way_on}."
        )
        self.incident = incident
        self.to = to


def writable(incident: Incident) -> Incident:
    """Return the incident if its summary can be written; refuse, also before somebody writes in vain."""
    if incident.status in GONE:
        raise Refused(f"INC-{incident.id} is {incident.status}: its summary stays as it is.")
    return incident


def renamable(incident: Incident) -> Incident:
    """Return the incident if it can get another name; refuse, also before somebody writes one in vain."""
    if incident.status in OVER:
        raise Refused(f"INC-{incident.id} is {incident.status}: it keeps its name.")
    return incident


def closable_to_others(incident: Incident) -> Incident:
    """Return the incident if it can become private; refuse, also before somebody is asked to be sure."""
    if incident.private:
        raise Refused(f"INC-{incident.id} is private already: only people in its channel know of it.")
    if incident.merged_into:
        raise Refused(f"INC-{incident.id} went on in INC-{incident.merged_into}: make that one private.")
    if not incident.channel and not incident.channel_lost:
        raise Refused("Its channel is still being opened. Try again in a moment.")
    return incident


def gradable(incident: Incident) -> Incident:
    """Return the incident if its severity can change; refuse, also before somebody chooses one in vain."""
    if not incident.status.open:
        kept = f"INC-{incident.id} is {incident.status}; its severity stays. {way_on(incident)}"
        raise Refused(kept, *_ways_on(incident))
    return incident


def pageable(incident: Incident) -> Incident:
    """Return the incident if people can be paged for it; refuse, also before somebody says what for."""
    if not incident.status.open:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: nobody is paged for it any more. {way_on(incident)} "
            "To page without an incident: `/inc escalate` in another channel.",
            *_ways_on(incident),
        )
    return incident


def _may_follow(incident: Incident, to: Status) -> None:
    if to is incident.status:
        raise Refused(f"INC-{incident.id} is {to} already.")
    if to not in AFTER[incident.status]:
        stands = f"INC-{incident.id} is {incident.status} and cannot become {to}. {way_on(incident)}"
        raise Refused(stands, *_towards(incident, to))
    if barred := _barred(incident, to):
        raise Refused(barred, *_towards(incident, to))


def _barred(incident: Incident, to: Status) -> str:
    """Say why this incident may not take a step that the table allows, or nothing."""
    review, over = needs_review(incident), incident.review in {ReviewState.DONE, ReviewState.WAIVED}
    if incident.status is Status.RESOLVED and to is Status.CLOSED and review and not over:
        return f"INC-{incident.id} needs a review before it is closed: `/inc status Post-incident` first."
    if incident.status is Status.POST_INCIDENT and to is Status.CLOSED and _awaited(incident):
        return f"INC-{incident.id} closes when its review is done: `/inc review` shows what is open."
    if incident.status is Status.RESOLVED and to is Status.POST_INCIDENT and not review:
        return f"INC-{incident.id} is {incident.highest} and needs no review: `/inc close` closes it."
    return ""


def needs_review(incident: Incident) -> bool:
    """Say whether it is reviewed: it was an S1 or S2 at its highest, or somebody asked. A
    drill only if asked.

    From the handbook, "Incident Workflow": S1 and S2 require a review, others can have one.
    """
    return incident.review_requested or (incident.highest.high and not incident.drill)


def _awaited(incident: Incident) -> bool:
    """Say whether its review is open: one that older versions left in Post-incident has none."""
    return needs_review(incident) and incident.review is ReviewState.OPEN


def went_on(incident: Incident) -> str:
    """Say where a duplicate went on, or nothing."""
    return f"It went on in INC-{incident.merged_into}." if incident.merged_into else ""


def way_on(incident: Incident) -> str:
    """Say what can follow as it stands."""
    after = next_statuses(incident)
    if into := went_on(incident):
        return into
    if not after:
        return "Nothing follows it; declare a new incident with `/inc`."
    if incident.status in REOPENABLE:
        return "To work on it again: `/inc reopen <reason>`."
    return "What can follow: " + ", ".join(after) + "."


def _ways_on(incident: Incident) -> tuple[Step, ...]:
    """Return a button for each status that can follow; a triage is accepted or declined."""
    if incident.status is Status.TRIAGE:
        number = incident.id
        return Step("Accept", f"accept {number}", number), Step("Decline", f"decline {number}", number)
    if not next_statuses(incident):
        return () if incident.merged_into else (Step("Declare an incident", "declare"),)
    steps = [Step(to, f"status {to}", incident.id) for to in next_statuses(incident) if to not in _LEAVING]
    if incident.status in REOPENABLE:
        steps = [_reopen(incident), *steps[1:]]
    return tuple(steps)


def _towards(incident: Incident, to: Status) -> tuple[Step, ...]:
    """Return the same buttons, the one nearest to what was wanted first."""
    steps = _ways_on(incident)
    return steps[::-1] if to in FINISHED and incident.status is not Status.TRIAGE else steps


def _reopen(incident: Incident) -> Step:
    return Step("Reopen", "reopen", incident.id)


UPDATE_EVERY: dict[Severity, timedelta | None] = {
    Severity.S1: timedelta(minutes=15),
    Severity.S2: timedelta(minutes=30),
    Severity.S3: timedelta(minutes=60),
    Severity.S4: None,
}
"""How long an update stays fresh before the next is due."""


def can_be_watched(incident: Incident) -> bool:
    """Say whether "It is less bad now" can be answered by Monitoring: people are at work on it."""
    return Status.MONITORING in AFTER[incident.status]


def unverified(incident: Incident) -> bool:
    """Say whether nobody has verified yet that this is an S1."""
    return incident.severity is Severity.S1 and incident.watched and not incident.verified_by


def verified(incident: Incident, by: str) -> Incident:
    """Return the incident as an S1 that somebody verified, or refuse."""
    if incident.near_miss:
        raise Refused(
            f"INC-{incident.id} is a near miss, which calls nobody. Is it an incident? "
            "`/inc nearmiss real` pages.",
            Step("It is an incident", "nearmiss real", incident.id),
        )
    if incident.severity is not Severity.S1 or not incident.status.active:
        raise Refused(
            f"INC-{incident.id} is {incident.severity} and {incident.status}: only an active S1 is verified.",
            Step("How it stands", "", incident.id),
        )
    if incident.verified_by:
        raise Refused(f"<@{incident.verified_by}> has verified already that INC-{incident.id} is S1.")
    return replace(incident, verified_by=by)


def graver(incident: Incident, to: Severity) -> bool:
    """Say whether this change brings in the managers: from S3/S4 up to S1/S2."""
    return to.high and not incident.severity.high


def with_severity(incident: Incident, to: Severity, reason: str = "") -> Incident:
    """Return the incident with another severity. It says how bad it was at its worst (the handbook's
    "maximum impact"): a lower one is a correction, which the highest follows, and needs a reason.
    """
    if to is incident.severity:
        raise Refused(f"INC-{incident.id} is {to} already.")
    gradable(incident)
    corrected = incident.severity.worse_than(to)
    if corrected and not reason.strip():
        raise Refused(
            f"INC-{incident.id} stays {incident.severity}. Was it never that bad? `/inc severity {to}` "
            "corrects it, with a reason. Is it less bad now? `/inc status Monitoring`.",
            Step(f"Correct it to {to}", f"severity {to}", incident.id),
        )
    highest = to if corrected or to.worse_than(incident.highest) else incident.highest
    waits = None if to.high else incident.waits_until
    regraded = replace(incident, severity=to, highest=highest, update_in=UPDATE_EVERY[to])
    return replace(regraded, verified_by=None, waits_until=waits)
