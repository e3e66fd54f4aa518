"""Schedules for tests, in few words."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.oncall.overrides import Override
from bot.domain.oncall.schedules import Layer, Restriction, Schedule

BERLIN, NEW_YORK, LORD_HOWE, KOLKATA = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
)
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)


def utc(text: str) -> datetime:
    """Return the moment of `2026-03-29 01:30`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str) -> datetime:
    """Return `2026-03-29 02:30` as clocks show it, without a zone."""
    return datetime.fromisoformat(text)


def layer(
    *people: str,
    zone: str = "UTC",
    start: str = "2026-01-05 09:00",
    every: timedelta = WEEK,
    end: str = "",
    only: tuple[Restriction, ...] = (),
    name: str = "layer",
) -> Layer:
    """Return a layer; `ana+ben` take a turn together."""
    return Layer(
        name,
        ZoneInfo(zone),
        local(start),
        every,
        tuple(tuple(turn.split("+")) for turn in people),
        local(end) if end else None,
        only,
    )


def hours(text: str, days: str = "0123456") -> Restriction:
    """Return the restriction to `09:00-17:00` on days of these numbers."""
    start, end = (time.fromisoformat(one) for one in text.split("-"))
    return Restriction(frozenset(map(int, days)), start, end)


def schedule(*layers: Layer, shadow: tuple[Layer, ...] = ()) -> Schedule:
    return Schedule("EOC", layers, shadow)


def override(start: str, end: str, person: str, replaces: str = "") -> Override:
    return Override(utc(start), utc(end), person, replaces)
