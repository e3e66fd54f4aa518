"""Fakes that are written, not patched."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.clock import Origin
from bot.config.handbook import FIELDS
from bot.domain.oncall.schedules import Schedule
from bot.domain.process import (
    CMOC,
    EOC,
    IM,
    INFRASTRUCTURE_LEADER,
    SECURITY,
    IncidentType,
    Level,
    Process,
    Team,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIFTEEN_MINUTES = timedelta(minutes=15)


async def nobody(_: Collection[str]) -> dict[str, str]:
    """Know nobody's name."""
    return {}


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    async def sleep(self, seconds: float) -> None:
        until = self._now + timedelta(seconds=seconds)
        while self._now < until:
            await self._moved.wait()

    def origin(self) -> Origin:
        return Origin("fake", 0.0, self._now)

    def follow(self, origin: Origin) -> None: ...

    def advance(self, seconds: float = 0, *, minutes: float = 0) -> None:
        self._now += timedelta(seconds=seconds, minutes=minutes)
        self._moved.set()
        self._moved = asyncio.Event()


def path(*teams: str) -> tuple[Level, ...]:
    return tuple(Level(team, FIFTEEN_MINUTES) for team in teams)


def team(name: str, role: str, on_call: tuple[str, ...], *after: str) -> Team:
    reminders = (timedelta(minutes=5), timedelta(minutes=10))
    return Team(name, role, on_call, path(name, *after), reminders)


def process(**on_call: tuple[str, ...]) -> Process:
    """Return the handbook's process with one person a team; `eoc=()` leaves a team without anybody."""
    leaders, security = "dotcom leadership escalation", "Security on-call"
    teams = [
        team("dotcom EOC", EOC, on_call.get("eoc", ("UEOC",)), "dotcom IMOC", leaders),
        team("dotcom IMOC", IM, on_call.get("im", ("UIM",)), leaders),
        team("dotcom CMOC", CMOC, on_call.get("cmoc", ("UCMOC",)), "dotcom IMOC"),
        team(leaders, INFRASTRUCTURE_LEADER, on_call.get("leader", ("ULEADER",))),
        team(security, SECURITY, on_call.get("security", ("USEC",)), leaders),
    ]
    managers = ("dotcom IMOC", "dotcom CMOC")
    triage = "incidents-dotcom-triage"
    kinds = [
        IncidentType("GitLab.com", ("incidents", "incidents-dotcom"), triage, "dotcom EOC", managers),
        IncidentType("SIRT", (), None, security, (), always=("dotcom IMOC",), leads=SECURITY, private=True),
        IncidentType("Gameday", ("incidents",), triage, "dotcom EOC", managers, drill=True),
    ]
    return Process(
        {one.name: one for one in teams},
        {one.name: one for one in kinds},
        declares_per_minute=10_000,
        fields=FIELDS,
        pages_before_digest=0,
    )


def scheduled(rules: Process, named: Schedule, team: str = "dotcom EOC") -> Process:
    """Return a process of which a team has this schedule instead of a list."""
    its = replace(rules.teams[team], on_call=(), schedule=named)
    return replace(rules, teams={**rules.teams, team: its}, schedules={named.name: named})
