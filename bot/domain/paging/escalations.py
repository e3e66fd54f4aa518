"""An escalation: one walk along a path of levels, with one deadline that is acted on exactly once.

From the public GitLab handbook: a page is acknowledged within 15 minutes, or it goes from the EOC to the
Incident Manager and after another 15 minutes to the Infrastructure Leader. The last level is paged again
until somebody answers: a path never ends by itself.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from bot.domain.process import Level

LATE_AFTER = timedelta(seconds=5)
"""An escalation later than this (after downtime, say) is marked as late."""


class Cause(StrEnum):
    """Why a deadline was acted on late."""

    NOT_RUNNING = "not running"
    NO_DATABASE = "no database"
    HELD_UP = "held up"


class Reason(StrEnum):
    """Why an escalation began."""

    DECLARED = "declared"
    SEVERITY = "severity"
    REOPENED = "reopened"
    ASKED = "asked"
    INVESTIGATING = "investigating"
    LEFT = "left"
    TRIAGE = "triage"
    VERIFIED = "verified"
    SILENT = "silent"
    MERGED = "merged"
    PUBLIC_STATUS = "public status"
    CUSTOMERS = "customers"


class EscalationState(StrEnum):
    """What became of an escalation. Only a running one has a deadline."""

    RUNNING = "running"
    ACKNOWLEDGED = "acknowledged"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Escalation:
    """One walk. `path` is the path of `team` as it was at the beginning, and `role` whom it looks for.

    `level` is the one that was called at `called_at` and has until `due_at`; `waits_for` are those whom it
    called and who have not answered. `round` counts the calls of the last level. `version` counts what was
    written of it: whoever decides compares it.
    """

    id: int
    incident: int | None
    team: str
    role: str
    reason: Reason
    message: str
    asked_by: str
    path: tuple[Level, ...]
    level: int
    round: int
    started_at: datetime
    called_at: datetime
    due_at: datetime
    waits_for: tuple[str, ...]
    state: EscalationState = EscalationState.RUNNING
    version: int = 0
    restored_from: datetime | None = None

    @property
    def running(self) -> bool:
        return self.state is EscalationState.RUNNING

    @property
    def needs_all(self) -> bool:
        """Say whether each of those whom the level called has to answer."""
        return self.path[self.level].needs_all


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to page now: everybody of the first level with anybody on call, and the teams passed over.

    `holder` is who of them is at work already, as far as that was looked up: they hold the page then, and
    nobody is called.
    """

    level: int
    responders: tuple[str, ...]
    round: int
    skipped: tuple[str, ...]
    holder: str | None = None


OnCall: TypeAlias = Mapping[str, Sequence[str]]
"""Whom a page for each team calls now, all at once, and a level that calls others, by its key. A team that is
configured no more has nobody.
"""


def next_call(seen: Escalation, on_call: OnCall) -> Call:
    """Return whom to call when nobody answers: the next level, or the last one again.

    With nobody on call there the path begins anew: a shift may have begun on an earlier level meanwhile.
    """
    last = len(seen.path) - 1
    if seen.level < last:
        return _call_from(seen.level + 1, seen.path, on_call, 1)
    if not on_call.get(seen.path[last].key) and (call := _call_from(0, seen.path, on_call, 1)).responders:
        return replace(call, skipped=())
    return Call(last, tuple(on_call.get(seen.path[last].key, ())), seen.round + 1, ())


def call_after(seen: Escalation, on_call: OnCall, by: str) -> Call | None:
    """Return whom to call when `by` does not want to wait: never themselves. None if nobody comes after."""
    others = {team: tuple(one for one in them if one != by) for team, them in on_call.items()}
    call = next_call(seen, others)
    alone = tuple(on_call.get(seen.path[-1].key, ())) == (by,)
    again = seen.level >= len(seen.path) - 1 and (alone or by in seen.waits_for)
    if again or (not call.responders and any(by in on_call.get(one.key, ()) for one in seen.path)):
        return None
    passed_over = tuple(team for team in call.skipped if not on_call.get(team))
    return replace(call, skipped=passed_over)


def call_at(seen: Escalation, on_call: OnCall) -> Call:
    """Return whom to call at the level or beyond it: at the beginning, or when the responder is not there."""
    return _call_from(seen.level, seen.path, on_call, seen.round)


def _call_from(start: int, path: Sequence[Level], on_call: OnCall, round_of_last: int) -> Call:
    skipped: list[str] = []
    for index in range(start, len(path)):
        if people := on_call.get(path[index].key):
            return Call(index, tuple(people), round_of_last, tuple(skipped))
        skipped.append(path[index].key)
    return Call(len(path) - 1, (), round_of_last, tuple(skipped))


def still_wanted(call: Call, path: Sequence[Level], at_work: Collection[str]) -> Call:
    """Return a call without those who are at work already, where all have to answer and some are not."""
    others = tuple(one for one in call.responders if one not in at_work)
    return replace(call, responders=others) if others and path[call.level].needs_all else call


def called(seen: Escalation, call: Call, now: datetime) -> Escalation:
    """Return the escalation at the level of a call, with a deadline counted from `now`.

    Counting from now and not from the missed deadline is why an hour offline raises one level, not three.
    """
    due_at = now + seen.path[call.level].timeout
    return replace(
        seen,
        level=call.level,
        round=call.round,
        called_at=now,
        due_at=due_at,
        waits_for=call.responders,
    )


def answered(seen: Escalation, called: str | None) -> Escalation:
    """Return the escalation after the page that `called` somebody was answered: it has ended, unless all
    have to answer and others have not.
    """
    others = without(seen, called)
    return others if others.waits_for and seen.needs_all else ended(seen, EscalationState.ACKNOWLEDGED)


def without(seen: Escalation, person: str | None) -> Escalation:
    """Return the escalation waiting for the others alone."""
    return replace(seen, waits_for=tuple(one for one in seen.waits_for if one != person))


def ended(seen: Escalation, state: EscalationState) -> Escalation:
    """Return the escalation answered or cancelled: it has no deadline any more."""
    return replace(seen, state=state)


def restarted(seen: Escalation, now: datetime, of: datetime) -> Escalation:
    """Return an escalation of an older state of the database, of when that is: it waits anew, in full.

    What has become of it since is not known. So nobody is called for a deadline that passed meanwhile.
    """
    due_at = now + seen.path[seen.level].timeout
    return replace(seen, called_at=now, due_at=due_at, restored_from=of)


def lateness(due_at: datetime, now: datetime) -> timedelta:
    """Return by how much a deadline was missed, or zero while that is ordinary."""
    late = now - due_at
    return late if late > LATE_AFTER else timedelta()


def missed(seen: Escalation, now: datetime) -> list[str]:
    """Return the teams after the level whose time ran out too while nobody looked at the deadlines."""
    due, found = seen.due_at, []
    for level in seen.path[seen.level + 1 :]:
        due += level.timeout
        if due > now:
            break
        found.append(level.key)
    return found
