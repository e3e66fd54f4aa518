"""What is wrong with a schedule in the time ahead, so that those who manage it hear of each thing once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.oncall.shifts import Shift

AHEAD = timedelta(days=30)
BEFORE = timedelta(days=8)
"""So far back the beginning of a gap is looked for that runs now."""
STALE = timedelta(hours=3)
"""A calendar that was not read for so long may say who was on call."""


class Odd(StrEnum):
    GAP = "gap"
    ABSENT = "absent"
    TWICE = "twice"
    UNMATCHED = "unmatched"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is odd. `who` is a person or a text; `key` tells it from others, from day to day."""

    odd: Odd
    key: str
    who: str = ""
    more: str = ""
    start: datetime | None = None
    end: datetime | None = None


def gaps(shifts: Iterable[Shift], zone: ZoneInfo, now: datetime, until: datetime) -> Iterator[Finding]:
    """Yield when nobody is on call. Of those that come back each week at the same hours the next one.

    One that reaches beyond the time that is looked at is left for later, unless it runs already.
    """
    known = set()
    for one in shifts:
        if one.people or one.end <= now or (one.end >= until and one.start > now):
            continue
        start, end = (at.astimezone(zone) for at in (one.start, one.end))
        key = f"{Odd.GAP} {start:%a %H:%M} {end:%a %H:%M} {(one.end - one.start).days}"
        if one.end >= until:
            key = f"{Odd.GAP} from now on"
        if key not in known:
            known.add(key)
            yield Finding(Odd.GAP, key, start=max(one.start, now), end=one.end)


def fresh(found: Sequence[Finding], told: Iterable[str]) -> list[Finding]:
    """Return what was not told the last time."""
    before = set(told)
    return [one for one in found if one.key not in before]
