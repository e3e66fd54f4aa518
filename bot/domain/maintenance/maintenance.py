"""Scheduled maintenance: a window in which known work is done, and what time does with it.

From the public GitLab handbook, "Scheduled Maintenance": a C1 is treated as an incident that is not declared.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.errors import Refused, Step
from bot.domain.oncall.spans import Span

NOTICE = timedelta(minutes=30)
"""How long before a C1 those on call are told: the handbook's time."""
ASK_AGAIN = timedelta(hours=1)
LAPSES_AFTER = timedelta(hours=12)
"""How long after its planned end one is over that nobody has ended: else each incident asks about it."""
LONGEST = timedelta(days=7)
FURTHEST = timedelta(days=366)
LOOK_AGAIN = timedelta(days=1)
"""No timer is set for longer ahead."""
MOST_SERVICES, MOST_LINKS, MOST_PEOPLE = 20, 5, 20
LONGEST_WORD = 100
"""How many characters the name of a service has at most."""
LONGEST_LINK = 500
_LINK = re.compile(r"https?://[^\s<>|]+", re.IGNORECASE)


class Criticality(StrEnum):
    """How much the change risks, C1 the most."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"


class State(StrEnum):
    """Where a maintenance stands. One that has overrun is running."""

    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"

    @property
    def open(self) -> bool:
        return self in {State.PLANNED, State.RUNNING}


class Passed(StrEnum):
    """What time does to a maintenance."""

    NEAR = "near"
    STARTED = "started"
    OVERRAN = "overran"
    STILL = "still"
    """It has overrun, and nobody has said since they were asked that it is over."""
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Rules:
    """Where maintenance is announced, and which teams are told of a C1 before it begins."""

    announce: tuple[str, ...] = ("incidents",)
    tell: tuple[str, ...] = ()


DEFAULT = Rules()


@dataclass(frozen=True, slots=True)
class Warned:
    """A team that is told of a maintenance, and who is on call for it."""

    team: str
    role: str
    people: Sequence[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody enters of a maintenance. The `people` do the work beside the owner; it `holds` alerts of
    its services in the window.
    """

    name: str
    criticality: Criticality
    window: Span
    owner: str
    people: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A maintenance as it is stored. `told_at` is when those on call were told, `asked_at` when the owner was
    asked last whether it is over.
    """

    id: int
    name: str
    criticality: Criticality
    state: State
    owner: str
    planned_by: str
    starts_at: datetime
    ends_at: datetime
    people: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    told_at: datetime | None = None
    started_at: datetime | None = None
    overran_at: datetime | None = None
    asked_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    holds: bool = False

    @property
    def plan(self) -> Plan:
        window = Span(self.starts_at, self.ends_at)
        return Plan(
            self.name,
            self.criticality,
            window,
            self.owner,
            self.people,
            self.services,
            self.links,
            self.holds,
        )

    @property
    def crew(self) -> tuple[str, ...]:
        """Return the owner and everybody who does the work."""
        return tuple(dict.fromkeys((self.owner, *self.people)))

    @property
    def running(self) -> bool:
        return self.state is State.RUNNING

    @property
    def warns(self) -> bool:
        """Say whether those on call are still to be told of it."""
        return self.criticality is Criticality.C1 and self.state.open and not self.told_at


def planned(plan: Plan, by: str, now: datetime) -> Maintenance:
    """Return a new maintenance. Refuses what cannot be."""
    checked = _checked(plan, now)
    return _with(Maintenance(0, "", plan.criticality, State.PLANNED, plan.owner, by, now, now), checked)


def changed(seen: Maintenance, plan: Plan, now: datetime) -> Maintenance:
    """Return it with another plan. Refuses when it is over, and another start once it runs."""
    _open(seen)
    if plan == seen.plan:
        raise Refused(f"MNT-{seen.id} is planned so already: nothing is changed.")
    if seen.running and plan.window.start != seen.starts_at:
        raise Refused(
            f"MNT-{seen.id} is running: its start cannot change. To move its end: "
            f"`/inc maintenance extend {seen.id} 30m`."
        )
    again = _with(seen, _checked(plan, now))
    if plan.window.start != seen.starts_at and plan.window.start - NOTICE > now:
        again = replace(again, told_at=None)  # those on call then are told anew
    return replace(again, overran_at=None, asked_at=None) if again.ends_at != seen.ends_at else again


def started(seen: Maintenance, now: datetime) -> Maintenance:
    """Return it begun by hand. One that begins early keeps its planned end."""
    _open(seen)
    if seen.running:
        raise Refused(f"MNT-{seen.id} is running already.", *_ways(seen))
    return replace(seen, state=State.RUNNING, started_at=now)


def extended(seen: Maintenance, until: datetime, now: datetime) -> Maintenance:
    """Return it with a later end, of which nobody is asked before that."""
    _open(seen)
    if until <= max(seen.ends_at, now):
        raise Refused(
            f"MNT-{seen.id} is planned for longer than that. Say by how much later it ends: "
            f"`/inc maintenance extend {seen.id} 30m`. To end it: `/inc maintenance end {seen.id}`."
        )
    _no_longer_than(seen.started_at or seen.starts_at, until)
    return replace(seen, ends_at=until, overran_at=None, asked_at=None)


def ended(seen: Maintenance, now: datetime) -> Maintenance:
    """Return it over. Refuses one that has not begun: that is cancelled."""
    _open(seen)
    if not seen.running:
        raise Refused(
            f"MNT-{seen.id} has not begun. To call it off: `/inc maintenance cancel {seen.id}`.",
            Step("Cancel it", f"maintenance cancel {seen.id}"),
        )
    return replace(seen, state=State.OVER, ended_at=now)


def cancelled(seen: Maintenance, reason: str, now: datetime) -> Maintenance:
    """Return it called off. Refuses one that is running: that is ended."""
    _open(seen)
    if seen.running:
        raise Refused(f"MNT-{seen.id} is running: end it instead.", *_ways(seen))
    return replace(seen, state=State.CANCELLED, ended_at=now, reason=reason)


def passed(seen: Maintenance, now: datetime) -> tuple[Maintenance, list[Passed]]:
    """Return it as time leaves it, and what has happened: each once, however late it is looked at."""
    if not seen.state.open:
        return seen, []
    if now >= seen.ends_at + LAPSES_AFTER:
        return replace(seen, state=State.OVER, ended_at=now), [Passed.LAPSED]
    is_now, happened = seen, []
    if seen.warns and (seen.running or now >= seen.starts_at - NOTICE) and now < seen.ends_at:
        is_now = replace(is_now, told_at=now)
        happened.append(Passed.NEAR)
    if seen.state is State.PLANNED and now >= seen.starts_at:
        is_now = replace(is_now, state=State.RUNNING, started_at=now)
        happened.append(Passed.STARTED)
    if is_now.running and now >= is_now.ends_at:
        if not is_now.overran_at:
            is_now = replace(is_now, overran_at=now, asked_at=now)
            happened.append(Passed.OVERRAN)
        elif is_now.asked_at and now >= is_now.asked_at + ASK_AGAIN:
            is_now = replace(is_now, asked_at=now)
            happened.append(Passed.STILL)
    return is_now, happened


def next_look(seen: Maintenance, now: datetime) -> datetime | None:
    """Return when time does something with it, or when to look again; never for one that is over."""
    if not seen.state.open:
        return None
    due = [now + LOOK_AGAIN, seen.ends_at + LAPSES_AFTER]
    if seen.warns and now < seen.ends_at:
        due.append(now if seen.running else seen.starts_at - NOTICE)
    if seen.state is State.PLANNED:
        due.append(seen.starts_at)
    elif not seen.overran_at:
        due.append(seen.ends_at)
    elif seen.asked_at:
        due.append(seen.asked_at + ASK_AGAIN)
    return min(due)


def _with(seen: Maintenance, plan: Plan) -> Maintenance:
    return replace(
        seen,
        name=plan.name,
        criticality=plan.criticality,
        owner=plan.owner,
        starts_at=plan.window.start,
        ends_at=plan.window.end,
        people=plan.people,
        services=plan.services,
        links=plan.links,
        holds=plan.holds,
    )


def _checked(plan: Plan, now: datetime) -> Plan:
    """Return a plan with what is said twice said once. Refuses what cannot be."""
    if not plan.name:
        raise Refused('What is to be done? Write it in quotes: `/inc maintenance "Upgrade PostgreSQL" C2 …`.')
    if plan.window.end <= plan.window.start:
        raise Refused("It would end before it begins. Choose a later end.")
    if plan.window.end <= now:
        raise Refused("That window is over already. Choose one that ends in the future.")
    if plan.window.start > now + FURTHEST:
        raise Refused("That is more than a year ahead. Plan it when it comes nearer.")
    _no_longer_than(plan.window.start, plan.window.end)
    if plan.holds and not plan.services:
        raise Refused("Alerts of which services are held? Name them: `services api, web`.")
    for what, them, most in (
        ("services", plan.services, MOST_SERVICES),
        ("links", plan.links, MOST_LINKS),
        ("people", plan.people, MOST_PEOPLE),
    ):
        if len(them) > most:
            raise Refused(f"A maintenance has at most {most} {what}, and these are {len(them)}.")
    _check_words(plan)
    return replace(
        plan,
        people=tuple(one for one in dict.fromkeys(plan.people) if one != plan.owner),
        services=_once(plan.services),
        links=_once(plan.links),
    )


def _check_words(plan: Plan) -> None:
    if wrong := next(
        (one for one in plan.links if not _LINK.fullmatch(one) or len(one) > LONGEST_LINK), None
    ):
        raise Refused(f"`{wrong[:60]}` is no address. A link begins with https:// and has no spaces.")
    if wrong := next((one for one in plan.services if len(one) > LONGEST_WORD), None):
        raise Refused(f"`{wrong[:60]}…` is too long for the name of a service: {LONGEST_WORD} characters.")


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple({one.casefold(): one for one in reversed([*words])}.values())[::-1]


def _no_longer_than(start: datetime, end: datetime) -> None:
    if end - start > LONGEST:
        raise Refused("A window has at most 7 days. Plan several, one for each part of the work.")


def _open(seen: Maintenance) -> None:
    if not seen.state.open:
        raise Refused(
            f"MNT-{seen.id} is {seen.state} already. To plan another one: `/inc maintenance new`.",
            Step("Plan a maintenance", "maintenance new"),
        )


def _ways(seen: Maintenance) -> tuple[Step, ...]:
    return (
        Step("It is over", f"maintenance end {seen.id}"),
        Step("Extend by 30 min", f"maintenance extend {seen.id} 30m"),
    )
