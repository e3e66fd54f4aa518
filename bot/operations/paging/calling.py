"""One person is called for one incident by one message: a newer one stands for those before it."""

from dataclasses import dataclass

from bot.domain.facts import PageMessageMoved, call_due
from bot.domain.incidents.incident import Incident
from bot.domain.paging.answers import Ways, lengths
from bot.domain.paging.calling import Calls, Way, calls, end_of, replaced, taken_over, way
from bot.domain.paging.pages import Page, PageState
from bot.domain.timeline.entries import Entry, Kind
from bot.operations.incidents.weekend import can_wait
from bot.operations.paging.escalate import next_after
from bot.operations.paging.paging import MINUTE
from storage import incidents, notifications, pages, reminders, timeline
from storage.reminders import Reminder
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Called:
    """A page with all that its message shows, and how Slack calls its person now.

    `end` is how the path of a page that moved on ended, None while it goes on.
    `standing` is where their message of this incident is, `taken_over` says that a newer page has it.
    """

    page: Page
    incident: Incident | None
    calls: Calls
    way: Way
    standing: tuple[str, str] | None
    taken_over: bool
    end: Page | None
    ways: Ways
    can_wait: bool
    """Whether its responder answered, and can let the incident wait for Monday."""
    given: Entry | None
    """How its responder got by hand the role that it called for: it was cancelled then."""


def called(tx: Tx, page_id: int, *, rung: bool | None = None) -> Called:
    """Read a page. `rung` says whether a contact method rings for it; without it their plan does."""
    page = pages.get(tx, page_id)
    known = _known(tx, page)
    now = calls(page, known)
    before = [page] if page.dm_ts else replaced(page, known)
    standing = next(
        ((one.dm_channel, one.dm_ts) for one in reversed(before) if one.dm_channel and one.dm_ts), None
    )
    again = now.number > 1
    rung = again and notifications.left(tx, page.id) > 0 if rung is None else rung
    incident = incidents.get(tx, page.incident) if page.incident else None
    return Called(
        page=page,
        incident=incident,
        calls=now,
        way=way(standing=standing is not None, again=again, rung=rung),
        standing=standing,
        taken_over=taken_over(page, known),
        end=end_of(page, known),
        ways=_ways(tx, page, incident),
        can_wait=bool(
            incident and page.answered_by == page.responder and can_wait(tx, incident, page.responder)
        ),
        given=_given(tx, page),
    )


def _ways(tx: Tx, page: Page, incident: Incident | None) -> Ways:
    """Return what can be answered. An answer that would be refused in a minute is not offered."""
    if not page.pending or not page.responder:
        return Ways()
    after = None if page.last_level else next_after(tx, page, page.responder)
    return Ways(lengths(page, incident.severity if incident else None, tx.now + MINUTE), after)


def _given(tx: Tx, page: Page) -> Entry | None:
    if page.state is not PageState.CANCELLED or not page.incident:
        return None
    given = timeline.of_kinds(tx, page.incident, Kind.ROLE)
    latest = next((one for one in given[::-1] if one.data["role"] in {page.role, page.escalation.role}), None)
    theirs = latest and latest.data["person"] == page.responder and latest.at >= page.raised_at
    return latest if theirs else None


def moved(tx: Tx, page_id: int, channel: str, ts: str, *, resent: bool) -> None:
    """Note where a page's message was posted; the messages that it stands for go."""
    page = pages.get(tx, page_id)
    if page.dm_ts and taken_over(page, _known(tx, page)):  # a newer page is shown there: the new one goes
        _goes(tx, page, -page.id, channel, ts)
        return
    gone = {ts}
    if page.dm_channel and page.dm_ts and page.dm_ts != ts:
        gone.add(page.dm_ts)
        _goes(tx, page, max(page.reminded, 1), page.dm_channel, page.dm_ts)
    pages.record_dm(tx, page_id, channel, ts, resent=resent)
    page = pages.get(tx, page_id)
    known = _known(tx, page)
    theirs = replaced(page, known)
    # A page that was answered keeps its message, also where it stands for an earlier one.
    gone.update(one.dm_ts for one in known if one.dm_ts and one.id != page.id and one not in theirs)
    for old in theirs:
        if old.dm_channel and old.dm_ts and old.dm_ts not in gone:
            gone.add(old.dm_ts)
            _goes(tx, page, -old.id, old.dm_channel, old.dm_ts)
        pages.record_dm(tx, old.id, channel, ts, resent=old.resent)


def edited(tx: Tx, page_id: int, channel: str, ts: str, *, resent: bool) -> None:
    """Note that a page is shown in a message that stood already, unless a newer one stands for it by now."""
    page = pages.get(tx, page_id)
    if page.dm_ts and page.dm_ts != ts:
        tx.record(PageMessageMoved(page=page_id))
    elif any(one.dm_ts == ts for one in _known(tx, page)):
        moved(tx, page_id, channel, ts, resent=resent)
    else:
        tx.record(call_due(page))


def _goes(tx: Tx, page: Page, number: int, channel: str, ts: str) -> None:
    reminders.record(tx, Reminder(page.id, number, channel, ts))
    tx.record(PageMessageMoved(page=page.id))


def unrung(tx: Tx, page_id: int, number: int) -> bool:
    """Say whether no other method took a repeated call in time."""
    page = pages.get(tx, page_id)
    counts = page.pending and page.beside is None and page.reminded == number
    return counts and not notifications.rang(tx, page_id)


def _known(tx: Tx, page: Page) -> list[Page]:
    return (
        pages.of_incident(tx, page.incident) if page.incident else pages.of_escalation(tx, page.escalation.id)
    )
