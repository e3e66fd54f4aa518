"""One person is called for one incident by one direct message, which covers all that calls them for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.alerts.changes import LATELY, MOST_CHANGES, Changed
from bot.domain.facts import CallDue, MessageReplaced, NotificationChanged, call_of
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.undoing import Change
from bot.domain.paging.answers import Ways, lengths
from bot.domain.paging.calling import Calls, Way, end_of, shown, way
from bot.domain.paging.notifications import Notification
from bot.domain.paging.pages import Page, PageState
from bot.domain.process import EOC, RoleCard
from bot.domain.timeline.entries import Entry, Kind
from bot.operations.incidents.ownership import could_lead
from bot.operations.incidents.weekend import can_wait
from bot.operations.paging.escalate import next_after
from bot.operations.paging.notify import companions_of
from bot.operations.paging.paging import MINUTE
from storage import change_events, changes, incidents, notifications, offers, outbox, pages, roles, timeline
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Called:
    """A direct message: the page that it shows, with all that it says, and how it calls its person now.

    `waiting` are all pages it covers that wait for an answer, `unshown` says that it shows not all of them
    yet, `end` is how the path of a page that moved on ended, None while it goes on.
    """

    message: Notification
    page: Page
    waiting: Sequence[int]
    unshown: bool
    incident: Incident | None
    calls: Calls
    way: Way
    end: Page | None
    ways: Ways
    can_wait: bool
    """Whether its responder answered, and can let the incident wait for Monday."""
    could_lead: bool
    """Whether its responder answered in a role that would lead, but for a lead that was chosen by hand."""
    given: Entry | None
    """How somebody got by hand the role that it called for: it was cancelled then."""
    cards: Sequence[RoleCard]
    """What is expected of its responder in the roles that they hold."""
    changed: Sequence[Changed]
    """What changed in the hour before the engineer on call answered: the first thing that they look at."""
    undone: Change | None
    """The change for which it was raised, undone, so that it was cancelled."""
    corrected_by: str


def called(tx: Tx, notification_id: int, *, rung: bool | None = None) -> Called | None:
    """Read a direct message; None for a digest that is over.

    `rung` says whether a contact method rings for it; without it their plan does.
    """
    covered = pages.covered_by(tx, notification_id)
    page = shown(covered) if covered else None
    message = page.notification if page else None
    if not page or not message:
        return None
    waiting = [one for one in covered if one.pending]
    again = message.calls > 0
    rung = again and any(notifications.left(tx, one.id) for one in waiting) if rung is None else rung
    incident = incidents.get(tx, page.incident) if page.incident else None
    at_work = incident if incident and page.answered_by == page.responder else None
    cards = cards_of(tx, incident, page.responder) if incident and not page.pending else []
    return Called(
        message=message,
        page=page,
        waiting=[one.id for one in waiting],
        unshown=not all(one.shown for one in waiting),
        incident=incident,
        calls=Calls(message.calls, message.due_at),
        way=way(standing=message.place is not None, again=again, rung=rung),
        end=None if page.pending else end_of(page, _known(tx, page)),
        ways=ways(tx, page, incident),
        can_wait=bool(at_work and can_wait(tx, at_work, page.responder)),
        could_lead=bool(at_work and at_work.status.open and could_lead(tx, at_work, page.responder)),
        given=_given(tx, page),
        cards=cards,
        changed=_changed(tx, page) if any(one.role == EOC for one in cards) else (),
        undone=_undone(tx, page),
        corrected_by=_corrected_by(tx, page),
    )


def cards_of(tx: Tx, incident: Incident, person: str | None) -> list[RoleCard]:
    """Return what is expected of somebody in the roles that they hold in an incident in progress."""
    held = [role for role, who in roles.of(tx, incident.id).items() if who == person]
    return [tx.process.role_cards[one] for one in held if one in tx.process.role_cards and incident.watched]


def _changed(tx: Tx, page: Page) -> list[Changed]:
    at = page.answered_at
    return change_events.between(tx, at - LATELY, at, MOST_CHANGES) if at else []


def ways(tx: Tx, page: Page, incident: Incident | None) -> Ways:
    """Return what can be answered. An answer that would be refused in a minute is not offered."""
    if not page.pending or not page.responder:
        return Ways()
    after = None if page.last_level else next_after(tx, page, page.responder)
    severity = incident.severity if incident else None
    theirs = [one.id for one in (page, *companions_of(tx, page))]  # an offer of one hands on all of them
    return Ways(lengths(page, severity, tx.now + MINUTE), after, offers.latest(tx, theirs))


def _known(tx: Tx, page: Page) -> list[Page]:
    return pages.of_incident(tx, page.incident) if page.incident else pages.walked(tx, page)


def _given(tx: Tx, page: Page) -> Entry | None:
    if page.state is not PageState.CANCELLED or not page.incident:
        return None
    given = [one for one in timeline.of_kinds(tx, page.incident, Kind.ROLE) if one.data["person"]]
    latest = next((one for one in given[::-1] if one.data["role"] in {page.role, page.escalation.role}), None)
    return latest if latest and latest.at >= page.raised_at else None


def _undone(tx: Tx, page: Page) -> Change | None:
    """Return the change that had a page raised, if it was undone."""
    if page.state is not PageState.CANCELLED or not page.incident:
        return None
    return changes.undone_that_called(tx, page.incident, page.escalation.id)


def _corrected_by(tx: Tx, page: Page) -> str:
    """Return who corrected the severity for which a page was raised, and had it called off."""
    if page.state is not PageState.CANCELLED or not page.incident:
        return ""
    said = timeline.latest(tx, page.incident, Kind.SEVERITY)
    over = said and said.at >= page.raised_at and page.responder in (said.data.get("let_go") or ())
    return str(said.by) if said and over and not said.data.get("undone") else ""


def moved(
    tx: Tx, notification_id: int, channel: str, ts: str, shown: Sequence[int], *, resent: bool, calls: int = 1
) -> None:
    """Note where a direct message called its person; the one that it stands for goes."""
    _replaced(tx, notifications.get(tx, notification_id), ts)
    notifications.posted(tx, notification_id, channel, ts, shown, resent=resent, calls=calls)


def pressed(tx: Tx, page_id: int, channel: str, ts: str, *, by: str) -> None:
    """Take a message that is pressed for the page's own: Slack's answer to its posting was lost.

    Only its own reader has it. One that is about to go, as a newer one stands for it, is left alone.
    """
    page = pages.visible(tx, page_id, by)
    message = page.notification
    if page.responder != by or not message or message.ts == ts:
        return
    if not outbox.open_in(tx, f"replaced:{ts}", MessageReplaced.__name__):
        _replaced(tx, message, ts)
        notifications.place(tx, message.id, channel, ts)
        tx.record(NotificationChanged(notification=message.id))


def _replaced(tx: Tx, message: Notification, ts: str) -> None:
    if message.place and message.ts != ts:
        channel, old = message.place
        tx.record(MessageReplaced(channel=channel, ts=old))


def deleted(tx: Tx, notification_id: int) -> None:
    """Have a direct message sent anew that somebody deleted, if pages still wait."""
    notifications.place(tx, notification_id, None, None)
    waiting = [one for one in pages.covered_by(tx, notification_id) if one.pending]
    if waiting:
        tx.record(CallDue(**call_of(waiting[0])))


def unrung(tx: Tx, page_id: int, number: int) -> bool:
    """Say whether no other method took a repeated call in time."""
    page = pages.get(tx, page_id)
    return page.pending and page.reminded == number and not notifications.rang(tx, page_id)
