"""What the rules of an export come to, found without the program: every turn and window is gone through."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config import load
from bot.domain.oncall.overrides import NONE
from bot.domain.oncall.schedules import Schedule, Turn
from bot.domain.oncall.shifts import on_call
from bot.imports.conversion import converted
from tests.domain.oncall import naive
from tests.domain.oncall.values import utc

SPRING, AUTUMN = utc("2026-03-16 10:20"), utc("2026-10-12 10:20")
"""Four weeks from here clocks change in Berlin and (in spring before, in autumn within) in New York."""
STEP, WEEKS = timedelta(minutes=30), timedelta(weeks=4)
moment_of = lru_cache(maxsize=None)(naive.moment_of)


def imported(
    folder: Path, product: str, text: str, now: datetime, zone: str = ""
) -> tuple[dict[str, Schedule], list[str]]:
    """Return the schedules that an export gives, as `muster` reads them, and what was left."""
    export = folder / "export"
    export.write_text(text)
    written, left = converted(product, export, zone, now)
    (folder / "muster.yml").write_text(written)
    return dict(load(folder / "muster.yml").process.schedules), left


def differences(
    schedule: Schedule, expected: Callable[[datetime], Turn], now: datetime, step: timedelta = STEP
) -> list[str]:
    """Return where a schedule and an export's rules have other people on call."""
    moments = (now + n * step for n in range(WEEKS // step))
    return [
        f"{at}: {sorted(found)} instead of {sorted(wanted)}"
        for at in moments
        if set(found := on_call(schedule, NONE, at)) != set(wanted := expected(at))
    ]


def turn_of(anchor: datetime, every: timedelta, zone: ZoneInfo, at: datetime) -> int:
    """Return the number of the turn at a moment, by going from turn to turn."""
    number = int((at - moment_of(anchor, zone)) / every) - 2
    while moment_of(anchor + (number + 1) * every, zone) <= at:
        number += 1
    while moment_of(anchor + number * every, zone) > at:
        number -= 1
    return number


def inside(windows: Iterable[tuple[int, int]], zone: ZoneInfo, at: datetime) -> bool:
    """Say whether a moment lies in a window: minutes of the week, and for how many minutes."""
    found = list(windows)
    today = at.astimezone(zone).replace(tzinfo=None, hour=0, minute=0)
    monday = today - timedelta(days=today.weekday())
    for start, minutes in found:
        for week in (-14, -7, 0, 7):
            begins = monday + timedelta(days=week, minutes=start)
            if moment_of(begins, zone) <= at < moment_of(begins + timedelta(minutes=minutes), zone):
                return True
    return not found
