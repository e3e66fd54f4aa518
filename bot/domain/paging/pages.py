"""A page: one request to one responder at one level, with a deadline that is acted on exactly once.

From the public GitLab handbook: a page is acknowledged within 15 minutes, or it goes from the EOC to the
Incident Manager and after another 15 minutes to the Infrastructure Leader. The last level is paged again
until somebody answers: a path never ends by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.process import Level, Process, Team

LATE_AFTER = timedelta(seconds=5)
"""An escalation later than this (after downtime, say) is marked as late."""


class Cause(StrEnum):
    """Why a deadline was acted on late."""

    NOT_RUNNING = "not running"
    NO_DATABASE = "no database"
    HELD_UP = "held up"


class PageState(StrEnum):
    """What became of a page. Only a pending one has a deadline."""

    PENDING = "pending"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why a page was raised in the first place."""

    DECLARED = "declared"
    SEVERITY = "severity"
    REOPENED = "reopened"
    ASKED = "asked"
    INVESTIGATING = "investigating"
    LEFT = "left"
    TRIAGE = "triage"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `team` owns the path that is walked; `level_team` is who is called at this level.

    `chain` is the id of the path's first page, `round` counts the calls of the last level, and `responder`
    is None when nobody is on call anywhere: the deadline then still runs, and the channel is called.
    `undelivered` is why Slack refused for good to take its message. `resent` says that nobody knows whether
    the first message of it arrived, so it was sent again. `beside` is the page whose message calls the same
    person for the same incident already: one message is enough. `quiet` says that somebody was at work on the
    incident when it was raised. `digested` says that it has no message of its own, but a line in the digest
    of its person.
    """

    id: int
    chain: int
    incident: int | None
    team: str
    level: int
    level_team: str
    role: str
    responder: str | None
    state: PageState
    reason: Reason
    message: str
    asked_by: str
    raised_at: datetime
    due_at: datetime
    remind_at: datetime | None
    reminded: int
    round: int
    late: timedelta
    answered_by: str | None = None
    answered_at: datetime | None = None
    dm_channel: str | None = None
    dm_ts: str | None = None
    undelivered: str | None = None
    resent: bool = False
    beside: int | None = None
    quiet: bool = False
    digested: bool = False
    restored_from: datetime | None = None

    @property
    def pending(self) -> bool:
        return self.state is PageState.PENDING

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
        return self.answered_by is not None and self.answered_at == self.raised_at

    @property
    def climbed(self) -> bool:
        """Say whether the path went on to this page: the channel was told, with a way to take it."""
        return self.level > 0 or self.last_resort or self.responder is None


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to page now: the first level with somebody on call, and the teams passed over on the way."""

    level: int
    responder: str | None
    round: int
    skipped: tuple[str, ...]


def since_reopened(pages: Sequence[Page]) -> list[Page]:
    """Return the pages since the problem was last back: those before it, and their answers, are over."""
    calls = [page.raised_at for page in pages if page.reason is Reason.REOPENED and page.id == page.chain]
    return [page for page in pages if page.pending or not calls or page.raised_at >= max(calls)]


def first_call(path: Sequence[Level], on_call: Mapping[str, str | None], level: int = 0) -> Call:
    """Return whom a new page calls; a path that goes on begins at a later level."""
    return _call_from(min(level, len(path) - 1), path, on_call, round_of_last=1)


def next_call(page: Page, path: Sequence[Level], on_call: Mapping[str, str | None]) -> Call:
    """Return whom to call when `page` stays unanswered: the next level, or the last one again."""
    last = len(path) - 1
    if page.level >= last:
        return Call(last, on_call.get(path[last].team), page.round + 1, ())
    return _call_from(page.level + 1, path, on_call, round_of_last=1)


def call_after(page: Page, path: Sequence[Level], on_call: Mapping[str, str | None], by: str) -> Call | None:
    """Return whom to call when `by` does not want to wait: never themselves. None if nobody comes after."""
    others = {team: None if person == by else person for team, person in on_call.items()}
    call = next_call(page, path, others)
    again = page.level >= len(path) - 1 and by == page.responder
    if again or (call.responder is None and by in {on_call.get(level.team) for level in path}):
        return None
    passed_over = tuple(team for team in call.skipped if on_call.get(team) is None)
    return replace(call, skipped=passed_over)


def call_at(page: Page, path: Sequence[Level], on_call: Mapping[str, str | None]) -> Call:
    """Return whom to call when the responder is not there: who is on call at the level now, or beyond it."""
    return _call_from(min(page.level, len(path) - 1), path, on_call, round_of_last=page.round)


def _call_from(
    start: int, path: Sequence[Level], on_call: Mapping[str, str | None], *, round_of_last: int
) -> Call:
    skipped: list[str] = []
    for index in range(start, len(path)):
        if person := on_call.get(path[index].team):
            return Call(index, person, round_of_last, tuple(skipped))
        skipped.append(path[index].team)
    return Call(len(path) - 1, None, round_of_last, tuple(skipped))


def raised(
    call: Call, team: Team, process: Process, now: datetime, *, like: Page, late: timedelta = timedelta()
) -> Page:
    """Return the pending page that makes `call`, with a deadline counted from `now`.

    Counting from now and not from the missed deadline is why an hour offline raises one level, not three.
    """
    level = team.path[call.level]
    return replace(
        like,
        id=0,
        team=team.name,
        level=call.level,
        level_team=level.team,
        role=process.teams[level.team].role,
        responder=call.responder,
        state=PageState.PENDING,
        raised_at=now,
        due_at=now + level.timeout,
        remind_at=next_reminder(team.reminders, level.timeout, now, 0),
        reminded=0,
        round=call.round,
        late=late,
        answered_by=None,
        answered_at=None,
        dm_channel=None,
        dm_ts=None,
        undelivered=None,
        resent=False,
        beside=None,
        digested=False,
    )


def next_reminder(
    reminders: Sequence[timedelta], timeout: timedelta, raised_at: datetime, already: int
) -> datetime | None:
    """Return when the next reminder falls. One that would fall at the deadline or later is left out."""
    times = sorted(after for after in reminders if after < timeout)
    return raised_at + times[already] if already < len(times) else None


def restarted(page: Page, reminders: Sequence[timedelta], now: datetime, of: datetime) -> Page:
    """Return a page of an older state of the database, of when that is: it waits anew, in full.

    What has become of it since is not known. So nobody is called for a deadline that passed meanwhile.
    """
    timeout = page.due_at - page.raised_at
    return replace(
        page,
        raised_at=now,
        due_at=now + timeout,
        remind_at=next_reminder(reminders, timeout, now, 0) if page.beside is None else None,
        reminded=0,
        restored_from=of,
    )


def lateness(due_at: datetime, now: datetime) -> timedelta:
    """Return by how much a deadline was missed, or zero while that is ordinary."""
    late = now - due_at
    return late if late > LATE_AFTER else timedelta()


def missed(page: Page, path: Sequence[Level], now: datetime) -> list[str]:
    """Return the teams after `page` whose time ran out too while nobody looked at the deadlines."""
    due, found = page.due_at, []
    for level in path[page.level + 1 :]:
        due += level.timeout
        if due > now:
            break
        found.append(level.team)
    return found


def answered(page: Page, by: str, now: datetime) -> Page:
    """Return the page acknowledged by `by`."""
    return replace(page, state=PageState.ACKNOWLEDGED, answered_by=by, answered_at=now, remind_at=None)


def ended(page: Page, state: PageState) -> Page:
    """Return the page escalated or cancelled: it has no deadline any more."""
    return replace(page, state=state, remind_at=None)
