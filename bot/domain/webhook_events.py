"""Which events webhooks tell: each fact has a type and the fields that it tells, or is of no use outside."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bot.domain import facts
from bot.domain.facts import Fact, StatusChanged
from bot.domain.incidents.incident import Status

VERSION = 1
"""The version of the payloads. New fields do not change it; one that goes or means something else does."""
TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Event:
    """How a fact is told. Of its fields `fields` are told as they are, `people` as persons, and `incidents`
    as `INC-<n>`. `tells` names what else is looked up by a field, such as an update. `text` says whether what
    a person wrote is told.
    """

    type: str
    fields: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    tells: str = ""
    text: bool = False


def _status(kind: str) -> Event:
    return Event(f"incident.{kind}", ("before", "after", "reason", "undone"), incidents=("into",))


_STATUS_CHANGED = _status("status_changed")
REOPENED, MERGED = _status("reopened"), _status("merged")
ENDED = {
    Status.RESOLVED: _status("resolved"),
    Status.CLOSED: _status("closed"),
    Status.CANCELLED: _status("cancelled"),
}

EVENTS: dict[type[Fact], Event] = {
    facts.Declared: Event("incident.declared", ("severity", "triage", "near_miss", "over"), text=True),
    facts.Accepted: Event("incident.accepted", text=True),
    facts.Declined: Event("incident.declined", ("reason",)),
    facts.StatusChanged: _STATUS_CHANGED,
    facts.SeverityChanged: Event("incident.severity_changed", ("before", "after", "reason", "undone")),
    facts.Verified: Event("incident.verified"),
    facts.NearMissNoted: Event("incident.near_miss", ("reason",)),
    facts.TurnedReal: Event("incident.turned_real", ("reason",)),
    facts.TurnedPrivate: Event("incident.turned_private"),
    facts.DuplicateMerged: Event("incident.duplicate_merged", incidents=("duplicate",)),
    facts.DuplicateReopened: Event("incident.duplicate_reopened", incidents=("duplicate",)),
    facts.Renamed: Event("incident.renamed", ("before", "after", "undone")),
    facts.LeadChanged: Event("incident.lead_changed", ("taken", "undone"), ("before", "after")),
    facts.RoleGiven: Event("incident.role_assigned", ("role", "undone"), ("person", "holder")),
    facts.TakenOver: Event("incident.role_taken_over", ("role", "lead"), ("outgoing",)),
    facts.SteppedBack: Event("incident.stepped_back", ("roles", "actions")),
    facts.SummaryChanged: Event("incident.summary_changed", ("changed",)),
    facts.FieldChanged: Event("incident.field_changed", ("name", "before", "after", "undone")),
    facts.TimeChanged: Event("incident.time_changed", ("name", "before", "after")),
    facts.LinkAdded: Event("incident.link_added", ("name", "url")),
    facts.LinkRemoved: Event("incident.link_removed", ("name", "url")),
    facts.PublicStatusChanged: Event("incident.public_status_changed", ("before", "after")),
    facts.NoticePublished: Event("incident.notice_published", ("first",), text=True),
    facts.WorkWaits: Event("incident.waits", ("until", "paused"), text=True),
    facts.WorkGoesOn: Event("incident.goes_on"),
    facts.ChannelOpened: Event("incident.channel_opened"),
    facts.Noted: Event("incident.note_added", ("at",), text=True),
    facts.UpdatePosted: Event("update.posted", tells="update"),
    facts.UpdateOverdue: Event("update.overdue", ("due",)),
    facts.ActionAdded: Event("action.created", tells="action"),
    facts.ActionTaken: Event("action.taken", tells="action"),
    facts.ActionReturned: Event("action.returned", tells="action"),
    facts.ActionDone: Event("action.completed", tells="action"),
    facts.ActionKept: Event("action.kept", tells="action"),
    facts.FollowUpChanged: Event("action.changed", ("what",), tells="action"),
    facts.FollowUpCancelled: Event("action.cancelled", tells="action"),
    facts.FollowUpReopened: Event("action.reopened", tells="action"),
    facts.ReviewRequested: Event("review.requested"),
    facts.ReviewBegun: Event("review.begun", ("again",), ("owner",)),
    facts.ReviewGiven: Event("review.given", (), ("person", "holder")),
    facts.ReviewTaskDone: Event("review.task_done", ("task",), text=True),
    facts.ReviewTaskUndone: Event("review.task_undone", ("task",), text=True),
    facts.ReviewTaskChanged: Event("review.task_changed", ("task", "what"), text=True),
    facts.ReviewEnded: Event("review.ended", ("outcome", "left"), text=True),
    facts.StreamOpened: Event("stream.opened", ("stream", "name", "again"), ("lead",)),
    facts.StreamUpdated: Event("stream.updated", ("stream", "name"), text=True),
    facts.StreamLeadChanged: Event("stream.lead_changed", ("stream", "name"), ("before", "after")),
    facts.StreamRenamed: Event("stream.renamed", ("stream", "before", "after")),
    facts.StreamClosed: Event("stream.closed", ("stream", "name", "ended")),
    facts.AlertsJoined: Event("alert.joined", ("alert", "title", "others")),
    facts.AlertsEnded: Event("alert.ended", ("alert", "title", "others", "left")),
    facts.AlertDetached: Event("alert.detached", ("alert", "title")),
    facts.FalseAlarmSaid: Event("alert.false_alarm", ("changes", "reason")),
    facts.PageRaised: Event("page.raised", ("page", "team", "role", "reason"), ("people",)),
    facts.PageAcknowledged: Event("page.acknowledged", ("page", "role", "seconds"), ("person",)),
    facts.Escalated: Event(
        "page.escalated", ("page", "from_page", "from_role", "team", "role", "round"), ("people", "silent")
    ),
    facts.OnMyWay: Event("page.on_my_way", ("page", "role", "until"), ("person",)),
    facts.CannotTake: Event("page.declined", ("page", "role", "reason"), ("person",)),
    facts.PageStopped: Event("page.stopped", ("page",), ("person",)),
    facts.PageHeld: Event("page.held", ("page",), ("person", "silent")),
    facts.NobodyOnCall: Event("page.nobody_on_call", ("page", "team", "round")),
    facts.PageUnreached: Event("page.unreached", ("page",), ("person",)),
    facts.WentSilent: Event("page.gone_silent", ("roles", "minutes"), ("person",)),
    facts.MaintenancePlanned: Event("maintenance.planned", tells="maintenance"),
    facts.MaintenanceStarted: Event("maintenance.started", tells="maintenance"),
    facts.MaintenanceChanged: Event("maintenance.changed", ("extended",), tells="maintenance"),
    facts.MaintenanceOverran: Event("maintenance.overran", tells="maintenance"),
    facts.MaintenanceEnded: Event("maintenance.ended", ("lapsed",), tells="maintenance"),
    facts.ShiftChanged: Event("shift.changed", tells="duty"),
    facts.OverrideMade: Event("override.created", tells="override"),
    facts.OverrideCancelled: Event("override.cancelled", tells="override"),
}
"""The facts that are told."""

INTERNAL: frozenset[type[Fact]] = frozenset(
    {
        # messages of Slack: where they are, what they show, who is asked
        *(facts.EntriesAdded, facts.MessagePinned, facts.MessageUnpinned, facts.PinUnlinked),
        *(facts.PictureWanted, facts.PictureDeleted),
        *(facts.ReviewSaved, facts.ReviewCommented, facts.ReviewCommentChanged, facts.ReviewApproved),
        *(facts.ReviewIssueAsked, facts.ReviewIssueWritten),
        *(facts.ReviewCanvasAsked, facts.ReviewCanvasWritten),
        *(facts.ReviewCopyAsked, facts.ReviewFetchAsked),
        *(facts.CardPosted, facts.NoticeOutdated, facts.DeclareAnswered, facts.TextRefused),
        *(facts.ActionAssigned, facts.ActionReleased, facts.ActionShownOutdated, facts.AssigneeToldOutdated),
        *(facts.FollowUpIssueMade, facts.FollowUpIssueLooked, facts.FollowUpDue, facts.FollowUpsSummed),
        facts.MonthSummed,
        *(facts.ReviewDue, facts.ReviewPutOff),
        *(facts.NotificationChanged, facts.DigestChanged, facts.MessageReplaced, facts.NoteChanged),
        *(facts.JoinedLate, facts.StandingTakenOver, facts.TargetMerged, facts.AlertsCounted),
        *(facts.VerifyAsked, facts.DecisionWanted, facts.Overloaded, facts.FieldsWanted, facts.NoticeWanted),
        *(facts.ImAsked, facts.SecondImAsked, facts.RoleAsked, facts.RoleDeclined, facts.Given),
        *(facts.Nudged, facts.TimerPutOff, facts.ChecklistTicked, facts.StillInvestigating),
        *(facts.SilenceAsked, facts.AnswerOverdue, facts.SilenceEnded, facts.AlertShelved),
        # the workspace's channels, and who is in them
        *(facts.ChannelLost, facts.ChannelDeleted, facts.ChannelRenamed, facts.BotPutOut, facts.ChannelBack),
        *(facts.ChannelEnds, facts.ChannelOver, facts.PlaceRenamed, facts.PeopleAdded, facts.PersonRemoved),
        *(
            facts.SaidOutside,
            facts.NoticeToPost,
            facts.NoticeToMail,
            facts.NoticeToMailAgain,
            facts.SubscriberAsked,
            facts.NoticeNotTaken,
            facts.CallWanted,
            facts.ChannelFollowed,
        ),
        *(facts.Left, facts.StrayFound, facts.Restored, facts.ProblemNoted, facts.ProblemUnheard),
        *(facts.StreamChannelOpened, facts.StreamPeopleAdded, facts.StreamMoved, facts.StreamTurnedPrivate),
        *(facts.AccessAsked, facts.AccessAnswered, facts.Subscribed, facts.Unsubscribed, facts.TookPart),
        # what only its own readers are to see: executives, secrets, and drafts that nobody has approved
        *(facts.NoticePosted, facts.NoticeContinued, facts.NoticeCorrected, facts.NoticeDrafted),
        *(facts.ImpactConfirmed, facts.NotPublished, facts.SecretMasked, facts.SecretDecided),
        # how a page leaves, beside the page itself
        *(facts.CallDue, facts.ReminderDue, facts.OtherMethodRang, facts.NotificationDue, facts.PageEnded),
        *(facts.PagerDue, facts.PagerTook, facts.PagerFailed, facts.PagerAnswered),
        *(facts.PageUndelivered, facts.PageNotified, facts.PageUnanswered, facts.LevelSkipped),
        *(facts.PageOffered, facts.OfferDeclined, facts.OfferMade, facts.OfferChanged, facts.PageShadowed),
        *(facts.AskedPageUnreached, facts.AskedPageRedirected, facts.AskedPageUnanswered),
        *(facts.EngagedInstead, facts.VerificationCodeAsked),
        *(facts.NotificationTestBegun, facts.NotificationTestChanged),
        # the tools themselves, and questions about shifts and maintenance
        *(facts.IssueTouched, facts.WebhookDisabled),
        *(facts.CoverAsked, facts.CoverAnswered, facts.CoverLacking, facts.ScheduleUnheard),
        *(facts.RotationChanged, facts.OnCallChanged, facts.ScheduleOdd, facts.AwayOnCall, facts.ShiftNear),
        *(facts.HandoverNoted, facts.HandoverAsked, facts.HandoverUnanswered),
        *(facts.MaintenanceNear, facts.MaintenanceUnended, facts.MaintenanceOwnerChanged),
        *(facts.MaintenanceUnheard, facts.MaintenanceAnswered, facts.CallNeeded, facts.MaintenanceUnasked),
    }
)
"""The facts that no webhook tells."""

TYPES: tuple[str, ...] = tuple(
    dict.fromkeys(one.type for one in (*EVENTS.values(), REOPENED, MERGED, *ENDED.values()))
)


def event_of(fact: Fact) -> Event:
    """Return how a fact is told: of a status that changed, by what it became."""
    if not isinstance(fact, StatusChanged):
        return EVENTS[type(fact)]
    if fact.back is not None:
        return REOPENED
    return MERGED if fact.into else ENDED.get(Status(fact.after), _STATUS_CHANGED)


def wants(patterns: Iterable[str], kind: str) -> bool:
    """Say whether one of the patterns, such as `page.*`, is of this type."""
    return any(fnmatchcase(kind, one) for one in patterns)


def heard(patterns: Iterable[str]) -> frozenset[type[Fact]]:
    """Return the facts of which some may be told to whoever wants events like these."""
    wanted = tuple(patterns)
    ends = (REOPENED, MERGED, *ENDED.values())
    found = {fact for fact, one in EVENTS.items() if wants(wanted, one.type)}
    return frozenset(
        found | ({facts.StatusChanged} if any(wants(wanted, one.type) for one in ends) else set())
    )
