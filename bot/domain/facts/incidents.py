"""What happens to an incident in its life."""

from collections.abc import Sequence

from bot.domain.facts.fact import Fact, OfIncident
from bot.domain.timeline.entries import Kind


class Declared(OfIncident):
    kind = Kind.DECLARED
    severity: str
    triage: bool
    near_miss: bool = False
    over: bool = False
    """It was over before it was declared."""


class NearMissNoted(OfIncident):
    """It did no harm after all: it might have become an incident."""

    kind = Kind.NEAR_MISS
    reason: str = ""


class TurnedReal(OfIncident):
    """What was noted as a near miss is an incident."""

    kind = Kind.REAL
    reason: str = ""


class TookPart(OfIncident):
    """One more person takes part in practice."""

    kind = Kind.TOOK_PART
    person: str


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
    into: int | None = None
    channel: str | None = None
    """Of a merging: the incident in which it goes on, and its channel if there is one."""
    undone: bool = False


class TargetMerged(OfIncident):
    """The incident of which this one is a duplicate was merged in turn, `into` another."""

    into: int


class DuplicateMerged(OfIncident):
    """Another incident, the `duplicate`, goes on in this one. So many actions and links moved with it."""

    kind = Kind.DUPLICATE
    duplicate: int
    name: str
    moved_actions: int
    moved_links: int


class DuplicateReopened(OfIncident):
    """The `duplicate` that was merged into this one is worked on by itself again."""

    kind = Kind.DUPLICATE_REOPENED
    duplicate: int


class TurnedPrivate(OfIncident):
    """From now on only its people know of it. `channel` is the one that everybody could read, if any."""

    kind = Kind.PRIVATE
    channel: str | None


class AccessAsked(OfIncident):
    """Somebody who is not in the private incident asks to be let in."""

    request: int


class AccessAnswered(OfIncident):
    """Somebody in it let them in, or did not."""

    kind = Kind.ACCESS
    request: int
    person: str
    granted: bool


class Subscribed(OfIncident):
    """A person or a channel gets the updates from now on; before, if it is named, those of a `duplicate`."""

    kind = Kind.SUBSCRIBED
    target: str
    target_kind: str
    duplicate: int | None = None


class Unsubscribed(OfIncident):
    """They get no more of them."""

    kind = Kind.UNSUBSCRIBED
    target: str
    target_kind: str


class NoticePosted(OfIncident):
    """The executives are told of it; `text` is the summary."""

    kind = Kind.EXECUTIVE_NOTICE
    notice: int


class NoticeContinued(OfIncident):
    """They are told in the thread what changed."""

    kind = Kind.EXECUTIVE_UPDATE
    notice: int


class NoticeCorrected(OfIncident):
    """Whoever wrote the notice to the executives corrected it; `notice` is what it was before."""

    kind = Kind.EXECUTIVE_CORRECTED
    notice: int


class ChecklistTicked(OfIncident):
    """An item of a checklist is done; the first says that it was begun."""

    kind = Kind.CHECKLIST
    checklist: str
    item: str


class SecondImAsked(OfIncident):
    """A second IM is asked for, for a call with customers."""


class CallWanted(OfIncident):
    """A call with customers is to be made by a service."""


class ChannelEnds(OfIncident):
    """The channel of an incident that is over is to be archived, after a last message."""

    kind = Kind.CHANNEL_ENDS
    status: str


class ChannelOver(OfIncident):
    """Nobody needs the channel any more: all is said there."""


class SeverityChanged(OfIncident):
    kind = Kind.SEVERITY
    before: str
    after: str
    reason: str = ""
    undone: bool = False
    let_go: Sequence[str] = ()
    """Who is not paged any more: the higher severity had them paged."""


class Verified(OfIncident):
    """Somebody is sure that it is an S1."""

    kind = Kind.VERIFIED


class WorkWaits(OfIncident):
    """Work on it waits for the end of the weekend, or is paused until a date: `text` says for what."""

    kind = Kind.WAITS
    until: str
    paused: bool = False


class WorkGoesOn(OfIncident):
    """It waits no longer: somebody works on it now, or the weekend is over."""

    kind = Kind.GOES_ON


class FieldChanged(OfIncident):
    """A custom field has another value, or none. `type` says what it holds."""

    kind = Kind.FIELD
    name: str
    type: str
    before: str
    after: str
    undone: bool = False


class TimeChanged(OfIncident):
    """A time of the incident is another one; `after` is empty where it is set by itself again."""

    kind = Kind.TIME
    name: str
    before: str
    after: str


class LinkAdded(OfIncident):
    """An address belongs to the incident, or has another name."""

    kind = Kind.LINK
    name: str
    url: str


class LinkRemoved(OfIncident):
    kind = Kind.LINK_REMOVED
    name: str
    url: str


class IssueTouched(OfIncident):
    """Somebody, by the `name` they have there, closed or reopened the issue, or changed `labels` of ours."""

    kind = Kind.ISSUE_TOUCHED
    number: int
    did: str
    name: str
    labels: Sequence[str]
    tracker: str = "GitLab"


class PublicStatusChanged(OfIncident):
    """It is another way for customers."""

    kind = Kind.PUBLIC_STATUS
    before: str
    after: str
    undone: bool = False
    let_go: Sequence[str] = ()
    """Who is not paged any more: what was undone had them paged."""


class NoticeDrafted(OfIncident):
    """Somebody wrote what customers are to read: the text."""

    kind = Kind.NOTICE_DRAFTED


class ImpactConfirmed(OfIncident):
    """Whoever holds a role confirmed that customers outside are significantly affected."""

    kind = Kind.IMPACT_CONFIRMED
    role: str


class NoticePublished(OfIncident):
    """The status page says the text. `first` says that customers had not heard of it before."""

    kind = Kind.NOTICE_PUBLISHED
    first: bool


class NoticeToPost(OfIncident):
    """A status page of another service is to say what was published. `again` says that somebody asked for it
    once more.
    """

    post: int
    page: str
    again: bool = False


class NoticeToMail(OfIncident):
    """What was published is to be mailed to the subscribers of a part, to the first one `after` a number."""

    post: int
    part: int
    after: int


class NoticeToMailAgain(OfIncident):
    """A subscriber whose mail server did not take it is to be mailed once more."""

    post: int
    subscriber: int


class SubscriberAsked(Fact):
    """Somebody outside asked for mail of what is published: their mailbox is asked whether it wants it."""

    subscriber: int


class NoticeNotTaken(OfIncident):
    """A status page did not take what was published: yet, or (`over`) at all. Who published it is told."""

    person: str
    page: str
    why: str
    over: bool


class NotPublished(OfIncident):
    """Customers are not told; the text says why."""

    kind = Kind.NOT_PUBLISHED


class NoticeWanted(OfIncident):
    """A person is to see that customers are told."""

    person: str


class FieldsWanted(OfIncident):
    """A person is to set the required fields that are missing."""

    person: str


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
    undone: bool = False


class LeadChanged(OfIncident):
    """Another person leads. `taken` says that they took it by hand, without being handed it."""

    kind = Kind.LEAD
    before: str
    after: str
    taken: bool
    undone: bool = False


class RoleGiven(OfIncident):
    """A person got a role by hand, from its `holder`; nobody has it, where that was undone and
    `person` is empty.
    """

    kind = Kind.ROLE
    role: str
    person: str
    undone: bool = False
    holder: str = ""


class RoleAsked(OfIncident):
    """A person is asked whether they take a role."""

    kind = Kind.ROLE_ASKED
    role: str
    person: str


class RoleDeclined(OfIncident):
    """They do not take it."""

    kind = Kind.ROLE_DECLINED
    role: str
    person: str
    asker: str


class TakenOver(OfIncident):
    """Whoever came on call has the role of `outgoing`, who was, and the `lead` if they led."""

    kind = Kind.TAKEN_OVER
    role: str
    outgoing: str
    lead: bool


class SteppedBack(OfIncident):
    """A person gave up their `roles` and `actions` (titles)."""

    kind = Kind.STEPPED_BACK
    roles: Sequence[str]
    actions: Sequence[str]


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


class JoinedLate(OfIncident):
    """A person came into the channel for the first time, when there was something to catch up with."""

    person: str


class StandingTakenOver(OfIncident):
    """Status, severity and lead were read from the channel's topic after a restore."""


class StillInvestigating(OfIncident):
    """The EOC has been investigating for longer than the process allows."""

    kind = Kind.STILL_INVESTIGATING
    minutes: int


class SilenceAsked(OfIncident):
    """Somebody who acknowledged shows no activity for `minutes`: they are asked if they are still on it."""

    kind = Kind.SILENCE_ASKED
    person: str
    roles: Sequence[str]
    minutes: int


class AnswerOverdue(OfIncident):
    """They were not heard after that either: it is looked in the channel before others are called."""

    person: str


class WentSilent(OfIncident):
    """They did nothing after that either: what they acknowledged is paged again."""

    kind = Kind.SILENT
    person: str
    roles: Sequence[str]
    minutes: int


class SilenceEnded(OfIncident):
    """A person who was asked if they are still on it has done something."""

    person: str
