"""What happens to pages, to the notifications that cover them, and to tests of contact methods."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.facts.fact import Fact, OfIncident
from bot.domain.paging.notifications import Notification
from bot.domain.paging.pages import Page
from bot.domain.timeline.entries import Kind


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


class PageStopped(OfIncident):
    """Whoever asked for a person by name has them paged no longer."""

    kind = Kind.PAGE_STOPPED
    page: int
    person: str


class PageOffered(OfIncident):
    """Whom a page calls offered it to a person; it calls them still."""

    kind = Kind.OFFERED
    page: int
    role: str
    person: str


class OfferDeclined(OfIncident):
    """A person declined a page that another one, `person`, offered to them."""

    kind = Kind.OFFER_DECLINED
    page: int
    role: str
    person: str


class OfferMade(Fact):
    """A page is offered to a person, who is to be told."""

    page: int
    offer: int


class OfferChanged(Fact):
    """An offer of a page was answered, withdrawn or given up, or may be shown otherwise than it is."""

    page: int
    offer: int


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
    """Nobody is on call at any level of the path; in practice, nobody who takes part can be called."""

    kind = Kind.NOBODY
    page: int
    team: str
    round: int
    quiet: bool
    practice: bool


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


class PagerDue(Fact):
    """A page has to be raised in the pager that its team keeps."""

    page: int
    incident: int | None


class PagerTook(OfIncident):
    """The pager that a team keeps took its page."""

    kind = Kind.PAGER_TOOK
    page: int
    team: str
    service: str


class PagerFailed(OfIncident):
    """It did not in time, or refused it: Muster pages by itself."""

    kind = Kind.PAGER_FAILED
    page: int
    team: str
    service: str
    why: str


class PagerAnswered(OfIncident):
    """A page was answered there: `name` is whoever did it, as they are called there."""

    kind = Kind.PAGER_ANSWERED
    page: int
    team: str
    service: str
    did: str
    name: str
    person: str


class PageUnanswered(OfIncident):
    """A call or text that a contact method took reached nobody, or was not answered."""

    kind = Kind.UNANSWERED
    page: int
    person: str | None
    contact_method: str
    outcome: str


class Given(OfIncident):
    """A person was given a role by another one, or the lead when `role` is empty: they are told.

    So are they when it is `undone`.
    """

    person: str
    role: str
    giver: str
    undone: bool = False


class PageShadowed(Fact):
    """A person who shadows the team is told of its page, and not paged."""

    page: int
    incident: int | None
    person: str


class EngagedInstead(OfIncident):
    """A person is engaged already, or leads, and is told instead of paged."""

    person: str


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
