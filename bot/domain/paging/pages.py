"""A page: one call of one person by an escalation, with their own answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.paging.escalations import Call, Escalation, EscalationState, Reason
from bot.domain.paging.notifications import Notification
from bot.domain.process import CHANNEL


class PageState(StrEnum):
    """What became of a page."""

    PENDING = "pending"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Page:
    """One page, by an escalation as it is now. `level_team` is who is called at the page's level.

    `responder` is None when nobody is on call anywhere: the deadline then still runs, and the channel is
    called. `quiet` says that somebody was at work on the incident when it was raised. `there_by` is until
    when its person is on the way, since they were called `reminded_then` times again. `notification` is the
    direct message that covers it, and `shown` says that its person got that with this page in it.
    """

    id: int
    escalation: Escalation
    level: int
    level_team: str
    role: str
    responder: str | None
    state: PageState
    raised_at: datetime
    reminded: int
    round: int
    late: timedelta
    answered_by: str | None = None
    answered_at: datetime | None = None
    quiet: bool = False
    there_by: datetime | None = None
    reminded_then: int = 0
    notification: Notification | None = None
    shown: bool = False

    @property
    def incident(self) -> int | None:
        return self.escalation.incident

    @property
    def pending(self) -> bool:
        return self.state is PageState.PENDING

    @property
    def in_channel(self) -> bool:
        """Say whether it calls whoever reads a team's channel: its name stands for the responder."""
        return (self.responder or "").startswith(CHANNEL)

    @property
    def undelivered(self) -> bool:
        """Say whether Slack refused for good to take the message."""
        return self.notification is not None and self.notification.dead and not self.shown

    @property
    def digested(self) -> bool:
        return self.notification is not None and self.notification.digest

    @property
    def called(self) -> tuple[str, ...]:
        """Return all whom the path calls now with this page; once that is over, whom it called itself."""
        if self.pending and self.responder:
            return self.escalation.waits_for
        return (self.responder,) if self.responder else ()

    @property
    def needs_all(self) -> bool:
        """Say whether each whom its level called has to answer."""
        return self.escalation.path[self.level].needs_all

    @property
    def by_name(self) -> bool:
        """Say whether somebody asked for this person, and for no team."""
        return any(level.by_name for level in self.escalation.path)

    @property
    def last_level(self) -> bool:
        return self.level == len(self.escalation.path) - 1

    @property
    def last_resort(self) -> bool:
        """Say whether this calls the last level again: every contact method is used."""
        return self.round > 1

    @property
    def loud(self) -> bool:
        """Say whether nobody at all has answered, not even the last level."""
        return self.last_resort and not self.quiet

    @property
    def rested(self) -> bool:
        """Say whether the path came to somebody who was at work already: nobody was called."""
        return self.quiet and self.answered_by is not None and self.answered_at == self.raised_at

    @property
    def climbed(self) -> bool:
        """Say whether the path went on to this page: the channel was told, with a way to take it."""
        return self.level > 0 or self.last_resort or self.responder is None


def mention(responder: str) -> str:
    """Return whom a page calls, for a sentence: a mention, or the channel."""
    return responder if responder.startswith(CHANNEL) else f"<@{responder}>"


def raised(by: Escalation, call: Call, *, late: timedelta = timedelta()) -> list[Page]:
    """Return the pending pages that make an escalation's `call`: one for each person, or for nobody."""
    level = by.path[call.level]
    return [
        Page(
            id=0,
            escalation=by,
            level=call.level,
            level_team=level.team,
            role=level.role,
            responder=person,
            state=PageState.PENDING,
            raised_at=by.called_at,
            reminded=0,
            round=call.round,
            late=late,
        )
        for person in call.responders or (None,)
    ]


def newest(walked: Sequence[Page]) -> Page:
    """Return the page that says where a path is: one that waits, else how it was answered, else its last."""
    waiting = [page for page in walked if page.pending]
    answers = [
        page for page in walked if page.escalation.state is EscalationState.ACKNOWLEDGED and page.answered_by
    ]
    return (waiting or answers[-1:] or walked[-1:])[0]


def since_reopened(pages: Sequence[Page]) -> list[Page]:
    """Return the pages since the problem was last back: those before it, and their answers, are over."""
    calls = [page.escalation.started_at for page in pages if page.escalation.reason is Reason.REOPENED]
    return [page for page in pages if page.pending or not calls or page.raised_at >= max(calls)]


def next_reminder(page: Page) -> datetime | None:
    """Return when a page's person is called again. At the deadline or later it would be no use."""
    if not page.pending or not page.responder or page.in_channel:
        return None
    level = page.escalation.path[page.level]
    if page.there_by:  # whoever is on the way is asked again when they wanted to be there
        asked = page.reminded > page.reminded_then or page.there_by >= page.escalation.due_at
        return None if asked else page.there_by
    times = sorted(after for after in level.reminders if after < level.timeout)
    return page.raised_at + times[page.reminded] if page.reminded < len(times) else None


def reminded(page: Page) -> Page:
    """Return the page after one more reminder."""
    return replace(page, reminded=page.reminded + 1)


def restarted(page: Page, now: datetime) -> Page:
    """Return a page of an older state of the database, whose escalation waits anew."""
    return replace(page, raised_at=now, reminded=0, there_by=None)


def answered(page: Page, by: str, now: datetime) -> Page:
    """Return the page acknowledged by `by`."""
    return replace(page, state=PageState.ACKNOWLEDGED, answered_by=by, answered_at=now)


def ended(page: Page, state: PageState) -> Page:
    """Return the page escalated or cancelled."""
    return replace(page, state=state)
