"""Facts: what happened, as typed values. An operation records them with the state it writes.

One recorded fact yields its timeline entry, if it has a `kind`, its line in the log, and the deliveries of
every job that subscribes to it. A fact never says what a message has to do: who shows it knows that.
The fields of a fact with a `kind` are the data of its entry, by the same names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, dataclass_transform

from bot.domain.actors import BOT, Actor
from bot.domain.paging.notifications import Notification
from bot.domain.paging.pages import Page
from bot.domain.timeline.entries import Kind


@dataclass_transform(frozen_default=True, kw_only_default=True)
@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened. `kind` is its timeline entry's, None where it has none."""

    kind: ClassVar[Kind | None] = None

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, kw_only=True)(cls)


class OfIncident(Fact):
    """A fact of an incident. `by` is who did it; `text` is what a person wrote.

    `told` says that the incident's channel is told of its entry, where its kind is told at all.
    """

    incident: int
    by: Actor = BOT
    text: str = ""
    told: bool = True


_NO_DATA = {"incident", "by", "text", "told"}


def data_of(fact: Fact) -> dict[str, Any]:
    """Return what the timeline entry of a fact keeps beside who did it and the text."""
    return {one.name: getattr(fact, one.name) for one in fields(fact) if one.name not in _NO_DATA}


def subject_of(fact: Fact) -> dict[str, Any]:
    """Return all fields of a fact: what a delivery is about, unless its job says otherwise."""
    left_out = {"by", "text", "told"} if isinstance(fact, OfIncident) else set()
    return {one.name: getattr(fact, one.name) for one in fields(fact) if one.name not in left_out}


# An incident's life


class Declared(OfIncident):
    kind = Kind.DECLARED
    severity: str
    triage: bool


class Accepted(OfIncident):
    """A triaged problem is an incident."""

    kind = Kind.ACCEPTED


class Declined(OfIncident):
    """A triaged problem is no incident."""

    kind = Kind.DECLINED
    reason: str = ""


class StatusChanged(OfIncident):
    kind = Kind.STATUS
    before: str
    after: str
    reason: str = ""
    back: bool | None = None
    """Of a reopening: whether the problem is back, or it is only to be merged or corrected."""


class SeverityChanged(OfIncident):
    kind = Kind.SEVERITY
    before: str
    after: str
    reason: str = ""


class Verified(OfIncident):
    """Somebody is sure that it is an S1."""

    kind = Kind.VERIFIED


class WorkWaits(OfIncident):
    """Work on it waits for the end of the weekend."""

    kind = Kind.WAITS
    until: str


class WorkGoesOn(OfIncident):
    """It waits no longer: somebody works on it now, or the weekend is over."""

    kind = Kind.GOES_ON


class FieldChanged(OfIncident):
    """A custom field has another value, or none."""


class VerifyAsked(OfIncident):
    """A person is to say whether it is an S1."""

    person: str


class DecisionWanted(OfIncident):
    """A person who acknowledged a triage is to say whether it is an incident."""

    person: str


class Overloaded(OfIncident):
    """A person has too much to do, of which this incident is the latest: they are offered help."""

    person: str


class ImAsked(OfIncident):
    """The IM asks for another one, where those of `team` are."""

    kind = Kind.IM_ASKED
    team: str


class Renamed(OfIncident):
    kind = Kind.RENAMED
    before: str
    after: str


class LeadChanged(OfIncident):
    """Another person leads. `taken` says that they took it by hand, without being handed it."""

    kind = Kind.LEAD
    before: str
    after: str
    taken: bool


class RoleGiven(OfIncident):
    """A person got a role by hand."""

    kind = Kind.ROLE
    role: str
    person: str


class TakenOver(OfIncident):
    """Whoever came on call has the role of `outgoing`, who was, and the `lead` if they led."""

    kind = Kind.TAKEN_OVER
    role: str
    outgoing: str
    lead: bool


class Left(OfIncident):
    """A person left the workspace, or was `removed` from the private incident.

    `roles` and `actions` (titles) are what they held. `lead` is who leads now: None if nobody can, empty if
    they did not lead.
    """

    kind = Kind.LEFT
    person: str
    removed: bool
    roles: Sequence[str]
    actions: Sequence[str]
    lead: str | None


class Restored(OfIncident):
    """The database is an older state, `of` that time."""

    kind = Kind.RESTORED
    of: str


class StandingTakenOver(OfIncident):
    """Status, severity and lead were read from the channel's topic after a restore."""


# Work


class SummaryChanged(OfIncident):
    """The summary was written: `changed` names its parts."""

    kind = Kind.SUMMARY
    changed: Sequence[str]


class UpdatePosted(OfIncident):
    kind = Kind.UPDATE
    update: int


class UpdateOverdue(OfIncident):
    kind = Kind.UPDATE_OVERDUE
    due: str


class TimerPutOff(OfIncident):
    """A person snoozed or stopped a timer."""


class ActionAdded(OfIncident):
    kind = Kind.ACTION
    action: int


class ActionAssigned(OfIncident):
    """An action was given to a person by somebody else."""

    action: int
    person: str


class ActionTaken(OfIncident):
    kind = Kind.ACTION_TAKEN
    action: int
    person: str


class ActionReturned(OfIncident):
    """The assignee cannot do it: it is anybody's again."""

    kind = Kind.ACTION_RETURNED
    action: int


class ActionDone(OfIncident):
    kind = Kind.ACTION_DONE
    action: int


class ActionReleased(OfIncident):
    """The assignee left: it is anybody's again."""

    action: int


class ActionShownOutdated(OfIncident):
    """The message of an action was posted after the action had changed."""

    action: int


class AssigneeToldOutdated(OfIncident):
    """The message to an assignee was posted after the action had changed."""

    action: int
    person: str


# Pages


class Call(Fact):
    """A person is to be called by a notification, which covers the page.

    Calls of several people take turns: `incident` and `asked_by` say whose.
    """

    notification: int
    page: int
    incident: int | None
    asked_by: str


class CallDue(Call):
    """A page has to reach its responder by Slack."""


class ReminderDue(Call):
    """A responder is to be called again."""


class OtherMethodRang(Call):
    """A repeated call rings by another method, which may not take it. It is the call after `number`."""

    number: int


class NotificationDue(Call):
    """A page has to leave by another method than Slack."""


class NotificationChanged(Fact):
    """A direct message shows something else than is so."""

    notification: int


class DigestChanged(Fact):
    """The same of a digest."""

    notification: int


class MessageReplaced(Fact):
    """A newer direct message stands for the one at this place."""

    channel: str
    ts: str


def call_of(page: Page, by: Notification | None = None) -> dict[str, Any]:
    """Return what a call for a page is about: by its direct message, or another notification."""
    by = by or page.notification
    assert by
    asked_by = page.escalation.asked_by
    return {"notification": by.id, "page": page.id, "incident": page.incident, "asked_by": asked_by}


class PageRaised(OfIncident):
    """The first page of a path calls somebody, or several, of whom each has to answer if it `needs_all`."""

    kind = Kind.PAGED
    page: int
    team: str
    role: str
    people: Sequence[str]
    needs_all: bool
    reason: str
    asked_by: str
    message: str


class PageEnded(Fact):
    """A page waits for its responder no more: answered, cancelled, or gone on to the next call.

    `climbed` says that its path had gone on to it.
    """

    page: int
    incident: int | None
    climbed: bool


class PageAcknowledged(OfIncident):
    """A person answered a page, in `role`, after `seconds`; `also` are further pages and roles at once.

    `missing` are those who have to answer too.
    """

    kind = Kind.ACKNOWLEDGED
    page: int
    role: str
    person: str
    wanted: str
    instead_of: str | None
    seconds: float
    also: Sequence[Mapping[str, Any]]
    missing: Sequence[str]


class Escalated(OfIncident):
    """A path went on from `from_page` to `page`, and calls `people`: each has to answer if it `needs_all`.

    `silent` are those who did not answer, `late` by how many seconds it came too late, `missed` are teams
    whose time ran out meanwhile, `quiet` says that somebody is at work on the incident, `gone` that `silent`
    left.
    """

    kind = Kind.ESCALATED
    page: int
    from_page: int
    from_role: str
    path: str
    wanted: str
    team: str
    role: str
    people: Sequence[str]
    needs_all: bool
    silent: Sequence[str]
    removed: bool
    round: int
    late: float
    because: str | None
    missed: Sequence[str]
    quiet: bool
    reached: bool
    gone: bool


class OnMyWay(OfIncident):
    """A person whom a page calls is on the way; it calls them still, and nobody else until then."""

    kind = Kind.ON_MY_WAY
    page: int
    role: str
    person: str
    until: str


class CannotTake(OfIncident):
    """A person whom a page calls cannot take it. `alone` says that nobody comes after them."""

    kind = Kind.CANNOT_TAKE
    page: int
    role: str
    person: str
    reason: str
    alone: bool


class PageHeld(OfIncident):
    """A path came to somebody who is engaged, and rests there."""

    kind = Kind.HELD
    page: int
    wanted: str
    person: str
    silent: Sequence[str]


class LevelSkipped(OfIncident):
    """A level of the path is passed over: nobody is on call there, or `why`."""

    kind = Kind.SKIPPED
    page: int
    team: str
    why: str


class NobodyOnCall(OfIncident):
    """Nobody is on call at any level of the path."""

    kind = Kind.NOBODY
    page: int
    team: str
    round: int
    quiet: bool


class PageUnreached(OfIncident):
    """No method took the page."""

    kind = Kind.UNREACHED
    page: int
    person: str | None
    path: str
    why: str
    quiet: bool


class AskedPageUnreached(Fact):
    """No method took a page that a person asked for outside any incident."""

    page: int
    person: str


class AskedPageRedirected(Fact):
    """A page that a person asked for calls another level than the first at once, or nobody."""

    page: int
    person: str


class AskedPageUnanswered(Fact):
    """A person who was paged by name has not answered in time: whoever asked for them is told."""

    page: int
    incident: int | None
    person: str


class PageUndelivered(OfIncident):
    """Slack refused the page's message for good."""

    kind = Kind.UNDELIVERED
    page: int
    person: str | None
    why: str


class PageNotified(OfIncident):
    """Another method than Slack took the page."""

    kind = Kind.NOTIFIED
    page: int
    person: str | None
    contact_method: str


class PageUnanswered(OfIncident):
    """A call or text that a contact method took reached nobody, or was not answered."""

    kind = Kind.UNANSWERED
    page: int
    person: str | None
    contact_method: str
    outcome: str


class Given(OfIncident):
    """A person was given a role by another one, or the lead when `role` is empty: they are told."""

    person: str
    role: str
    giver: str


class PageShadowed(Fact):
    """A person who shadows the team is told of its page, and not paged."""

    page: int
    incident: int | None
    person: str


class EngagedInstead(OfIncident):
    """A person is engaged already, or leads, and is told instead of paged."""

    person: str


class StillInvestigating(OfIncident):
    """The EOC has been investigating for longer than the process allows."""

    kind = Kind.STILL_INVESTIGATING
    minutes: int


# Channels and people


class ChannelOpened(OfIncident):
    """The incident's channel exists."""


class ChannelLost(OfIncident):
    """The incident's channel could not be opened, for good."""


class ChannelDeleted(OfIncident):
    """Somebody deleted the incident's channel."""


class ChannelRenamed(OfIncident):
    """People renamed the incident's channel."""

    kind = Kind.CHANNEL_RENAMED
    before: str | None
    after: str


class BotPutOut(OfIncident):
    """The bot is not in the incident's public channel any more, and may come back."""


class PlaceRenamed(Fact):
    """A channel has another name: it may be one in which incidents are announced."""

    channel: str


class ChannelBack(Fact):
    """In a channel nothing could be posted for a while, and can again."""

    channel: str


class PeopleAdded(OfIncident):
    """People belong into the incident's channel."""

    people: Sequence[str]


class PersonRemoved(OfIncident):
    """A person is not in the channel of the private incident any more."""

    person: str


class ProblemNoted(OfIncident):
    """Something failed for good; `cure` is what to do."""

    kind = Kind.PROBLEM
    what: str
    why: str
    cure: str


class ProblemUnheard(OfIncident):
    """The same, where the incident's channel cannot be told of it."""

    what: str
    why: str
    cure: str


class TextRefused(OfIncident):
    """The channel did not take what a person wrote: `words`, as `what`."""

    person: str
    what: str
    why: str
    words: str


class EntriesAdded(OfIncident):
    """Timeline entries of which the channel is told, all of one decision together."""

    entries: Sequence[int]


class Noted(OfIncident):
    kind = Kind.NOTE


class MessagePinned(OfIncident):
    ts: str


class MessageUnpinned(OfIncident):
    ts: str


class PinUnlinked(OfIncident):
    """A pinned message was read, and where it is could not be said."""

    ts: str
    thread: str | None


class DeclareAnswered(OfIncident):
    """Whoever declared was answered in private (`answer` is where) before there was a channel."""

    answer: str
    called: Sequence[str]


class CardPosted(OfIncident):
    """The card stands in the incident's channel."""


class NoticeOutdated(OfIncident):
    """A message with buttons was posted after what it shows had changed."""


class StrayFound(Fact):
    """The channel of an incident that this database, an older state `of` that time, does not know."""

    number: int
    channel: str
    of: str


# Schedules


class OverrideMade(Fact):
    """Somebody else is on call for a time."""

    override: int


class OverrideCancelled(Fact):
    """It counts no longer."""

    override: int


class CoverAsked(Fact):
    """Somebody asks for cover, or offers a swap."""

    request: int


class CoverAnswered(Fact):
    """The request was accepted, or ended without that, be it that its time is over."""

    request: int


class CoverLacking(Fact):
    """The shift comes near, and nobody has accepted the request."""

    request: int


class ScheduleUnheard(Fact):
    """What a person did with a schedule could not be told in its channel."""

    schedule: str
    person: str
    why: str


class RotationChanged(Fact):
    """The configuration has another `rotation` of a schedule than `before`."""

    rotation: int
    before: int


class OnCallChanged(Fact):
    """Others may be on call for the schedules that this user group follows."""

    group: str


class ScheduleOdd(Fact):
    """A look ahead found what was not told yet of a schedule: the fields of each `Finding`."""

    schedule: str
    findings: Sequence[Mapping[str, str]]


class AwayOnCall(Fact):
    """A person is away and on call in that time; `aware` of it, if they said so just now."""

    schedule: str
    person: str
    start: str
    end: str
    aware: bool


class ShiftNear(Fact):
    """A person's shift begins soon."""

    schedule: str
    person: str
    start: str
    end: str


class ShiftChanged(Fact):
    """Others are on call than before: a `duty` began."""

    duty: int


class HandoverNoted(Fact):
    """The note for whoever began the duty was written after the change of shift."""

    duty: int


class HandoverAsked(Fact):
    """Whoever began the duty is asked again to take over."""

    duty: int


class HandoverUnanswered(Fact):
    """Nobody has taken over, though asked again."""

    duty: int


# Tests of one's own contact methods


class VerificationCodeAsked(Fact):
    """A person is to be sent a code, to verify a contact method of theirs."""

    code: int
    person: str


class NotificationTestBegun(Fact):
    """A person tests how they are paged: by Slack, and by each of `contact_methods`."""

    notification_test: int
    contact_methods: Sequence[str]


class NotificationTestChanged(Fact):
    """More is known of a test."""

    notification_test: int
