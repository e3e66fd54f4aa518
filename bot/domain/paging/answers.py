"""Answers to a page that are no acknowledgement: its person is on the way, or cannot take it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity
from bot.domain.paging.escalations import Call
from bot.domain.paging.offers import PageOffer
from bot.domain.paging.pages import Page

LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 15))
"""How long somebody may be on the way."""
PAST = timedelta(minutes=10)
"""So long past its level's time a page may wait for somebody who is on the way, unless it is S1 or S2."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What a page's person may answer: how long they may be on the way, and whom Escalate now would call.

    `offer` is their newest offer of the page to somebody else.
    """

    lengths: tuple[timedelta, ...] = ()
    after: Call | None = None
    offer: PageOffer | None = None


def lengths(page: Page, severity: Severity | None, now: datetime) -> tuple[timedelta, ...]:
    """Return how long a page's person may be on the way: once a page, and never past its latest time."""
    if not page.pending or not page.responder or page.there_by:
        return ()
    return tuple(one for one in LENGTHS if now + one <= _latest(page, severity))


def on_my_way(page: Page, length: timedelta | None, severity: Severity | None, now: datetime) -> Page:
    """Return the page with its escalation waiting for its person, who is no less called than before.

    Without a length it waits as long as it may. When the time passes without an acknowledgement the path
    goes on.
    """
    if page.there_by:
        raise Refused(
            "You said already that you are on the way: once a page. Acknowledge it, or escalate it now."
        )
    allowed = lengths(page, severity, now)
    length = allowed[-1] if length is None and allowed else length
    if length is None or length not in allowed:
        left = ", ".join(f"{one.seconds // 60}" for one in allowed)
        instead = f"Possible now: {left} min." if left else "Acknowledge it, or escalate it now."
        raise Refused(f"This page cannot wait that long. {instead}")
    of, there_by = page.escalation, now + length
    waits = replace(of, due_at=max(of.due_at, there_by))
    return replace(page, escalation=waits, there_by=there_by, reminded_then=page.reminded)


def no_later(page: Page, severity: Severity, now: datetime) -> Page:
    """Return a page with its escalation waiting as long as it may at this severity, and no longer."""
    due_at = max(now, _latest(page, severity))
    if not page.there_by or page.escalation.due_at <= due_at:
        return page
    return replace(
        page, escalation=replace(page.escalation, due_at=due_at), there_by=min(page.there_by, due_at)
    )


def _latest(page: Page, severity: Severity | None) -> datetime:
    """Return until when a page may wait, counted from its call: nobody puts it off twice."""
    of = page.escalation
    end = of.called_at + of.path[of.level].timeout
    return end if severity and severity.high else end + PAST
