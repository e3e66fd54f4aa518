"""What happens to the work on an incident: summary, updates, actions."""

from collections.abc import Sequence

from bot.domain.facts.fact import Fact, OfIncident
from bot.domain.timeline.entries import Kind


class SummaryChanged(OfIncident):
    """The summary was written: `changed` names its parts."""

    kind = Kind.SUMMARY
    changed: Sequence[str]


class UpdatePosted(OfIncident):
    kind = Kind.UPDATE
    update: int


class SecretMasked(OfIncident):
    """Something in a text looks like a secret, and is hidden until somebody says what it is.

    `people` are asked in private, by the number `held` of the text.
    """

    kind = Kind.MASKED
    place: str
    what: str
    held: int
    people: Sequence[str]


class SecretDecided(OfIncident):
    """Somebody said whether that is a secret: a `decision` of `bot/domain/work/held.py`."""

    kind = Kind.MASK_DECIDED
    place: str
    what: str
    held: int
    decision: str


class UpdateOverdue(OfIncident):
    kind = Kind.UPDATE_OVERDUE
    due: str


class TimerPutOff(OfIncident):
    """A person snoozed, stopped or started a nudge, or it waits for the morning: `did` says which.

    It comes next at `until`, which is empty for one that was stopped.
    """

    kind = Kind.PUT_OFF
    nudge: str
    did: str
    until: str = ""


class Nudged(OfIncident):
    """A nudge was due. `person` is who is asked, empty for all in the channel."""

    kind = Kind.NUDGED
    nudge: str
    person: str


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
    """It is done; `there` says where and by whom, if that was in a tracker."""

    kind = Kind.ACTION_DONE
    action: int
    there: str = ""


class ActionKept(OfIncident):
    """An action of the incident is a follow-up now."""

    kind = Kind.ACTION_KEPT
    action: int


class FollowUpChanged(OfIncident):
    """`what` of it changed: owner, due, kind, priority or title. Owners are Slack user ids."""

    kind = Kind.FOLLOW_UP_CHANGED
    action: int
    what: str
    before: str
    after: str


class FollowUpCancelled(OfIncident):
    """It will not be done."""

    kind = Kind.FOLLOW_UP_CANCELLED
    action: int
    there: str = ""


class FollowUpReopened(OfIncident):
    kind = Kind.FOLLOW_UP_REOPENED
    action: int
    there: str = ""


class FollowUpIssueMade(OfIncident):
    """It has an issue in a tracker."""

    kind = Kind.FOLLOW_UP_ISSUE
    action: int
    tracker: str
    url: str


class FollowUpIssueLooked(OfIncident):
    """The time has come to look how its issue is."""

    action: int


class FollowUpDue(OfIncident):
    """Its `person` is reminded of it."""

    action: int
    person: str


class FollowUpsSummed(Fact):
    """The week's digest of follow-ups is posted in a channel, which the configuration names."""

    place: str


class MonthSummed(Fact):
    """A month's figures are posted in a channel, which the configuration names; `month` is its first day,
    `since` that of the first month that was not posted when it was due: the same one, unless Muster was away.
    """

    place: str
    month: str
    since: str


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
