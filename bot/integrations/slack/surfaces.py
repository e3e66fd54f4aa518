"""Which of Slack's standing messages show which facts: one table, and what a post or a redraw is about.

What was refused while a channel took nothing is made, or brought up to date, when it takes messages again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from bot.domain import facts
from bot.domain.facts import ChannelBack, Fact, OfIncident, PageEnded
from bot.domain.incidents.incident import Incident, Status
from bot.domain.paging.pages import Page, PageState
from bot.domain.text import channel_name
from bot.integrations.slack.alerts_over import unasked
from bot.jobs import Subjects
from bot.operations.alerts.judging import asked_beside
from bot.operations.incidents.ownership import could_lead
from bot.operations.incidents.weekend import monday_of
from bot.operations.paging.escalate import next_after
from storage import incidents, outbox, pages, places, posts, subscriptions
from storage.transaction import About, Tx

MOST_BESIDE = 20
"""So many of the newest triages follow what becomes of other incidents: a storm has hundreds."""
OPENS_WITHIN = timedelta(seconds=10)
"""A channel that opens later than this after the declare has its link added to the pages that wait."""


class Surface(Enum):
    """What is drawn from the present state, and edited in place."""

    CARD = auto()
    ANNOUNCEMENTS = auto()
    TRIAGE = auto()
    TOPIC = auto()
    GREETING = auto()
    NOTICES = auto()
    """Messages with buttons, in the channel and to those who hold a page."""
    PAGES = auto()


_SHOWN = {Surface.CARD, Surface.ANNOUNCEMENTS, Surface.TRIAGE}
_HEADING = {*_SHOWN, Surface.TOPIC, Surface.GREETING, Surface.PAGES}
"""Where name, severity, status and lead stand."""
_CALLS = {Surface.CARD, Surface.GREETING, Surface.NOTICES}
"""Where it stands who is being called."""

SHOWS: Mapping[type[Fact], frozenset[Surface]] = {
    fact: frozenset(where)
    for fact, where in {
        facts.Accepted: _HEADING | {Surface.NOTICES},
        facts.Declined: _HEADING | {Surface.NOTICES},
        facts.StatusChanged: _HEADING | {Surface.NOTICES},
        facts.SeverityChanged: _HEADING | {Surface.NOTICES},
        facts.NearMissNoted: _HEADING | {Surface.NOTICES},
        facts.TurnedReal: _HEADING | {Surface.NOTICES},
        facts.WorkWaits: {Surface.CARD, Surface.GREETING, Surface.NOTICES, Surface.PAGES},
        facts.WorkGoesOn: {Surface.CARD, Surface.GREETING, Surface.NOTICES, Surface.PAGES},
        facts.ImAsked: {Surface.NOTICES},
        facts.WentSilent: {Surface.NOTICES},
        facts.SilenceEnded: {Surface.NOTICES},
        facts.PublicStatusChanged: {Surface.CARD, Surface.NOTICES},
        facts.NoticePublished: {Surface.CARD, Surface.NOTICES},
        facts.NotPublished: {Surface.CARD, Surface.NOTICES},
        facts.ImpactConfirmed: {Surface.NOTICES},
        facts.Verified: {Surface.CARD, Surface.NOTICES},
        facts.Renamed: _HEADING,
        facts.TurnedPrivate: _HEADING | {Surface.NOTICES},
        facts.LinkAdded: {Surface.CARD, Surface.PAGES},
        facts.LinkRemoved: {Surface.CARD, Surface.PAGES},
        facts.AlertsJoined: {Surface.CARD, Surface.TRIAGE, Surface.NOTICES},
        facts.AlertsCounted: {Surface.CARD, Surface.TRIAGE, Surface.NOTICES},
        facts.AlertsEnded: {Surface.CARD, Surface.TRIAGE, Surface.NOTICES},
        facts.AlertDetached: {Surface.CARD, Surface.TRIAGE},
        facts.AlertShelved: {Surface.CARD, Surface.TRIAGE},
        facts.MaintenanceAnswered: {Surface.CARD},
        facts.MaintenanceUnasked: {Surface.CARD},
        facts.FieldChanged: {Surface.CARD, Surface.NOTICES},
        facts.TimeChanged: {Surface.CARD},
        facts.LeadChanged: _HEADING | {Surface.NOTICES},
        facts.TakenOver: _HEADING | {Surface.NOTICES},
        facts.SteppedBack: _SHOWN | {Surface.NOTICES, Surface.PAGES},
        facts.Left: _HEADING | {Surface.NOTICES},
        facts.StandingTakenOver: _HEADING | {Surface.NOTICES},
        facts.RoleGiven: _SHOWN | {Surface.NOTICES, Surface.PAGES},
        facts.RoleDeclined: {Surface.NOTICES},
        facts.SummaryChanged: _SHOWN | {Surface.NOTICES},
        facts.UpdatePosted: _SHOWN | {Surface.NOTICES, Surface.GREETING},
        facts.MessagePinned: {Surface.GREETING},
        facts.TimerPutOff: _SHOWN | {Surface.NOTICES},
        facts.UpdateOverdue: {Surface.NOTICES},
        facts.Restored: _SHOWN,
        facts.TargetMerged: _SHOWN,
        facts.ActionAdded: {Surface.CARD},
        facts.ActionDone: {Surface.CARD},
        facts.FollowUpCancelled: {Surface.CARD},
        facts.FollowUpReopened: {Surface.CARD},
        facts.ReviewRequested: {Surface.CARD},
        facts.ReviewBegun: {Surface.CARD},
        facts.ReviewEnded: {Surface.CARD},
        facts.StreamOpened: {Surface.CARD},
        facts.StreamChannelOpened: {Surface.CARD},
        facts.StreamUpdated: {Surface.CARD},
        facts.StreamLeadChanged: {Surface.CARD},
        facts.StreamClosed: {Surface.CARD},
        facts.StreamRenamed: {Surface.CARD},
        facts.StreamMoved: {Surface.CARD},
        facts.PageUndelivered: {Surface.CARD},
        facts.PageNotified: {Surface.CARD},
        facts.PageUnanswered: {Surface.CARD},
        facts.PagerTook: {Surface.CARD},
        facts.PagerFailed: {Surface.CARD},
        facts.PageRaised: {*_CALLS, Surface.TRIAGE},
        facts.NobodyOnCall: {*_CALLS, Surface.TRIAGE},
        facts.OnMyWay: {*_CALLS, Surface.PAGES},
        facts.OfferMade: {Surface.PAGES},
        facts.OfferChanged: {Surface.PAGES},
        facts.PageHeld: _CALLS,
        facts.PageEnded: {*_CALLS, Surface.TRIAGE, Surface.PAGES},
        facts.PageAcknowledged: {*_SHOWN, *_CALLS, Surface.TOPIC, Surface.PAGES},
        facts.NoticeOutdated: {Surface.NOTICES},
        facts.NotificationChanged: {Surface.PAGES},
        facts.ChannelOpened: {Surface.GREETING, Surface.PAGES},
        facts.ChannelLost: {Surface.GREETING, Surface.PAGES},
        facts.ChannelDeleted: {*_SHOWN, Surface.GREETING, Surface.PAGES},
        facts.PersonRemoved: {Surface.GREETING},
    }.items()
}


_ON_ANSWERED = (
    *(facts.ChannelOpened, facts.ChannelLost, facts.ChannelDeleted),
    *(facts.Accepted, facts.Declined),
)
"""What the message of an answered page shows too: where to go on, and that a triage is decided."""


def shown_on(surface: Surface) -> frozenset[type[Fact]]:
    return frozenset(fact for fact, where in SHOWS.items() if surface in where)


def incident_of(_: Tx, fact: Fact) -> Subjects:
    incident = getattr(fact, "incident", None)
    return ({"incident": incident},) if incident else ()


def in_channel(tx: Tx, fact: Fact) -> Subjects:
    """Return the incident, once it has a channel: what is posted there then shows the newest state."""
    return [one for one in incident_of(tx, fact) if incidents.has_channel(tx, one["incident"])]


def greeted(tx: Tx, fact: Fact) -> Subjects:
    """Return the incident, once its reporter is greeted: with the way in, or when there will be none.

    Only a tutorial shows what was written.
    """
    found = [one for one in incident_of(tx, fact) if incidents.channel_settled(tx, one["incident"])]
    if isinstance(fact, facts.UpdatePosted | facts.MessagePinned):
        return [one for one in found if incidents.get(tx, one["incident"]).tutorial]
    return found


def noticed(tx: Tx, fact: Fact) -> Subjects:
    """Return the incident, unless a page ended that no message but its own offers to take, or an alert says
    something that nobody was asked about.
    """
    if unasked(tx, fact):
        return ()
    return () if isinstance(fact, PageEnded) and not fact.climbed else in_channel(tx, fact)


def moved(tx: Tx, fact: facts.ChannelOpened) -> bool:
    """Say whether something was posted of a private incident before its channel was open."""
    return incidents.get(tx, fact.incident).private and bool(posts.of(tx, fact.incident))


def announced(tx: Tx, fact: OfIncident) -> Subjects:
    incident = incidents.get(tx, fact.incident)
    kind = tx.process.types.get(incident.type)
    if isinstance(fact, facts.TurnedPrivate):
        return _posted(tx, fact, "announcement", kind.announce if kind else ())
    if incident.merged_into:  # those who got its updates get the other one's
        return _posted(tx, fact, "announcement")
    told = (*announced_in(tx, incident), *subscribed_channels(tx, incident))
    return [{"incident": incident.id, "place": place} for place in told]


def triaged(tx: Tx, fact: OfIncident | PageEnded) -> Subjects:
    incident = incidents.get(tx, fact.incident or 0)
    if isinstance(fact, facts.TurnedPrivate):
        kind = tx.process.types.get(incident.type)
        return _posted(tx, fact, "triage", [kind.triage] if kind and kind.triage else ())
    place = triaged_in(tx, incident)
    return ({"incident": incident.id, "place": place},) if place else ()


def _posted(tx: Tx, fact: OfIncident, kind: str, under_way: Iterable[str] = ()) -> Subjects:
    """Return what was posted of an incident while it was public: it is edited once more.

    So is, behind it in its lane, what may be on its way to where it would be posted.
    """
    there = [one.place for one in posts.of(tx, fact.incident) if one.kind == kind]
    return [{"incident": fact.incident, "place": one} for one in dict.fromkeys([*there, *under_way])]


def to_announce(tx: Tx, fact: OfIncident) -> Subjects:
    """Return each announcement to be made: of an incident whose channel is known to exist, or never to."""
    incident = incidents.get(tx, fact.incident)
    ready = incident.status is not Status.TRIAGE and incidents.channel_settled(tx, incident.id)
    told = announced(tx, fact) if ready else ()
    return (
        [one for one in told if one["place"] == fact.target] if isinstance(fact, facts.Subscribed) else told
    )


def to_triage(tx: Tx, fact: OfIncident | PageEnded) -> Subjects:
    """Return the question in the triage channel while it is open."""
    asked = fact.incident and incidents.in_triage(tx, fact.incident)
    return triaged(tx, fact) if asked else ()


def announced_in(tx: Tx, incident: Incident) -> tuple[str, ...]:
    """Return the announcement channels of an incident. A private one is announced nowhere, nor is practice
    unless that was chosen.
    """
    kind = tx.process.types.get(incident.type)
    return () if incident.private or incident.unannounced or not kind else kind.announce


def subscribed_channels(tx: Tx, incident: Incident) -> tuple[str, ...]:
    """Return the channels that people want to get the updates of an incident; of a private one none does."""
    return () if incident.private else subscriptions.channels_of(tx, incident.id)


def triaged_in(tx: Tx, incident: Incident) -> str | None:
    """Return the channel where an incident of this type waits to be accepted."""
    kind = tx.process.types.get(incident.type)
    return None if incident.private or incident.unannounced or not kind else kind.triage


def messages_of(tx: Tx, fact: Fact) -> Subjects:
    """Return the direct messages that show what happened."""
    if isinstance(fact, facts.NotificationChanged):
        return ({"notification": fact.notification},)
    found = (page.notification for page in _pages(tx, fact))
    return [{"notification": one} for one in dict.fromkeys(one.id for one in found if one)]


def _pages(tx: Tx, fact: Fact) -> Iterable[Page]:
    match fact:
        case facts.PageEnded():
            yield from _ended(tx, fact)
        case facts.PageAcknowledged():  # also one that is answered late, by a page of its own
            moved_on = (one for one in pages.of_incident(tx, fact.incident) if _promises(one))
            yield from (one for one in moved_on if one.responder == fact.person)
            yield from _rest_with(tx, fact)
        case facts.OnMyWay() | facts.OfferMade() | facts.OfferChanged():
            yield pages.get(tx, fact.page)
        case facts.RoleGiven():
            yield from _cancelled(tx, fact)
            yield from _rest_with(tx, fact)
        case OfIncident():
            told = isinstance(fact, facts.ChannelOpened) and _opened_as_told(tx, fact.incident)
            ended = not incidents.get(tx, fact.incident).status.open
            links = isinstance(fact, _ON_ANSWERED)
            for number, page in enumerate(pages.of_incident(tx, fact.incident)):
                answered = page.state is PageState.ACKNOWLEDGED
                shows = answered and (links or _lets_wait(tx, fact, page) or _offered_lead(tx, fact, page))
                private = isinstance(fact, facts.TurnedPrivate) and page.shown  # none goes on naming it
                waits = page.pending and (page.digested or not told or number == 0)
                if waits or shows or private or (ended and _promises(page)):
                    yield page


def _opened_as_told(tx: Tx, incident_id: int) -> bool:
    """Say whether those who were paged find the channel as their pages told them: soon, and by that name.

    They are added to it, and an edit of each page that adds the link is a call to Slack. The first page,
    of whoever acts first, gets the link all the same.
    """
    incident = incidents.get(tx, incident_id)
    soon = tx.now - incident.declared_at <= OPENS_WITHIN
    return soon and incident.channel_name == channel_name(incident.id, incident.name)


def _ended(tx: Tx, fact: PageEnded) -> Iterable[Page]:
    page = pages.get(tx, fact.page)
    yield page
    if not page.escalation.running:  # those that it has moved on from say that it has ended
        yield from (one for one in pages.walked(tx, page) if one.shown)


def _cancelled(tx: Tx, fact: facts.RoleGiven) -> Iterable[Page]:
    """Return the pages that were cancelled: each says whether its role came to whom it called."""
    over = (one for one in pages.of_incident(tx, fact.incident) if one.state is PageState.CANCELLED)
    return (one for one in over if fact.role in {one.role, one.escalation.role})


def _rest_with(tx: Tx, fact: facts.PageAcknowledged | facts.RoleGiven) -> Iterator[Page]:
    """Return the pages that wait and rest next with whom the fact says to be at work: they call nobody."""
    for page in pages.pending_of(tx, fact.incident):
        after = next_after(tx, page, page.responder) if page.responder else None
        if after and after.holder == fact.person:
            yield page


def _lets_wait(tx: Tx, fact: Fact, page: Page) -> bool:
    """Say whether an answered page's message offers, or did so before this, to wait for Monday."""
    concerns = facts.WorkWaits | facts.WorkGoesOn | facts.SeverityChanged | facts.StatusChanged
    return isinstance(fact, concerns) and bool(page.responder and monday_of(tx, page.responder))


def _offered_lead(tx: Tx, fact: Fact, page: Page) -> bool:
    """Say whether an answered page's message may have offered the lead until this happened."""
    match fact:
        case facts.LeadChanged():
            return fact.after == page.responder
        case facts.StatusChanged():
            incident = incidents.get(tx, fact.incident)
            return not incident.status.open and could_lead(tx, incident, page.responder)
        case _:
            return False


def _promises(page: Page) -> bool:
    """Say whether the message of a page that moved on says that it can still be answered."""
    return page.state is PageState.ESCALATED and page.shown


def card_to_post(tx: Tx, fact: Fact) -> Subjects:
    """Return the incident whose card is to be posted: its channel is open, or takes it again."""
    if isinstance(fact, ChannelBack):
        return _given_up_card(tx, fact, posted=False)
    return incident_of(tx, fact)


def card_to_redraw(tx: Tx, fact: Fact) -> Subjects:
    """Return the incident whose card shows something else than is so."""
    if isinstance(fact, ChannelBack):
        return _given_up_card(tx, fact, posted=True)
    return in_channel(tx, fact)


def _given_up_card(tx: Tx, fact: ChannelBack, *, posted: bool) -> Subjects:
    incident = incidents.in_channel(tx, fact.channel)
    if not incident or not outbox.given_up(tx, f"card:{incident.id}"):
        return ()
    there = posts.find(tx, incident.id, "card") is not None
    return ({"incident": incident.id},) if there is posted else ()


def _again(tx: Tx, fact: Fact, lane: str, kind: str, *, posted: bool) -> Subjects:
    """Return what was refused in an announcement channel that is back: to be made, or brought up to date."""
    named = {name for one in tx.process.types.values() for name in (*one.announce, one.triage) if name}
    back = places.named(tx, fact.channel) if isinstance(fact, ChannelBack | facts.PlaceRenamed) else None
    if not back or back.archived:
        return
    for name in sorted(named):
        if places.named(tx, name) == back:
            for incident in sorted({one["incident"] for one in outbox.given_up(tx, f"{lane}:%:{name}")}):
                if (posts.find(tx, incident, kind, name) is not None) is posted:
                    yield {"incident": incident, "place": name}


def _or_again(usual: Callable[[Tx, OfIncident], Subjects], lane: str, kind: str, *, posted: bool) -> About:
    """Return what a message is about: as `usual` after a fact of an incident, else what was refused."""

    def about(tx: Tx, fact: Fact) -> Subjects:
        again = _again(tx, fact, lane, kind, posted=posted)
        return usual(tx, fact) if isinstance(fact, OfIncident) else again

    return about


announcement_to_make = _or_again(to_announce, "announce", "announcement", posted=False)
announcement_to_redraw = _or_again(announced, "announce", "announcement", posted=True)
question_to_ask = _or_again(to_triage, "triage", "triage", posted=False)
_question_asked = _or_again(triaged, "triage", "triage", posted=True)


def question_to_redraw(tx: Tx, fact: Fact) -> Subjects:
    """Return the question in the triage channel, where it shows something else than is so."""
    if isinstance(fact, facts.PageRaised | PageEnded | facts.NobodyOnCall):  # shown while it is not decided
        return to_triage(tx, fact)
    return [*_question_asked(tx, fact), *_questions_beside(tx, fact)]


def _questions_beside(tx: Tx, fact: Fact) -> Iterator[Mapping[str, Any]]:
    """Return the questions of other triages that offer to add them to this incident, or do so no more."""
    if not isinstance(fact, facts.Accepted | facts.StatusChanged | facts.TurnedPrivate | facts.NearMissNoted):
        return
    for one in asked_beside(tx, incidents.get(tx, fact.incident), MOST_BESIDE):
        if place := triaged_in(tx, one):
            yield {"incident": one.id, "place": place}
