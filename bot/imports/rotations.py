"""People who take turns, as other products say it, written as layers of a schedule.

Those products anchor a turn at one moment and let it begin and end at others; a layer of `muster.yml` begins
and ends with a turn. Where that differs, the first or last turn becomes a layer of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from math import lcm
from typing import Any
from zoneinfo import ZoneInfo

from bot.config.schedules import ScheduleEntry, schedules_of
from bot.domain.oncall.schedules import Schedule, Turn

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
MINUTES_OF_DAY = 24 * 60
MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY
LONGEST = timedelta(days=366)
MOST_TURNS = 120
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Window = tuple[int, int]
"""First minute of the week, counted from Monday 00:00, and for how many minutes."""
LayerDict = dict[str, Any]


class Unwritable(Exception):
    """No layer can say this. The message says why."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """Turns of which the first begins at `anchor`. Nobody is on call before `start` and from `end` on.

    All times are naive, as the clocks of `zone` show them.
    """

    name: str
    zone: ZoneInfo
    anchor: datetime
    every: timedelta
    turns: tuple[Turn, ...]
    start: datetime | None = None
    end: datetime | None = None
    windows: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        """Have no windows instead of windows that leave no minute out."""
        if _all_week(self.windows):
            object.__setattr__(self, "windows", ())


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return what clocks show at a moment, to the minute."""
    return moment.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)


def windows_of(days: Iterable[int], start: int, minutes: int) -> list[Window]:
    """Return the windows that begin at a minute of each of these days."""
    return [(day * MINUTES_OF_DAY + start, minutes) for day in days]


def layers_of(rotation: Rotation, zone: ZoneInfo, now: datetime) -> list[LayerDict]:
    """Return the layers of a rotation, from now on, in a schedule of `zone`. Raises Unwritable."""
    here = local(now, rotation.zone)
    if rotation.end and rotation.end <= here:
        return []
    rotation = _from(rotation, max(here, rotation.start or here))
    own = {} if rotation.zone.key == zone.key else {"zone": rotation.zone.key}
    found: list[LayerDict] = []
    if rotation.start and rotation.start > max(rotation.anchor, here):
        first, rotation = _first_turn(rotation)
        found += [first] if first else []
    if rotation.end and rotation.end.time() != rotation.anchor.time():
        last, rotation = _last_turn(rotation)
        found.insert(0, last)
    if not rotation.end or rotation.anchor < rotation.end:
        found.append(_layer(rotation))
    return [{**layer, **own} for layer in found]


def one_shift(name: str, zone: ZoneInfo, start: datetime, end: datetime, people: Turn) -> Rotation:
    """Return a shift that does not repeat."""
    minutes = round((end - start) / timedelta(minutes=1))
    if minutes >= MINUTES_OF_WEEK or minutes % MINUTES_OF_DAY == 0:
        return Rotation(name, zone, start, DAY, (people,), start, end)
    windows = windows_of([start.weekday()], start.hour * 60 + start.minute, minutes)
    whole = start + -(-minutes // MINUTES_OF_DAY) * DAY
    return Rotation(name, zone, start, DAY, (people,), start, whole, tuple(windows))


def schedule_of(name: str, entry: Mapping[str, Any]) -> Schedule:
    """Return the schedule that an entry of `muster.yml` says. Raises ValidationError."""
    return schedules_of({name: ScheduleEntry.model_validate(entry)}, {})[name]


def united(rotations: Sequence[Rotation], now: datetime) -> list[Rotation]:
    """Return rotations of which all that run at once share their turns, as far as one layer can say it."""
    found: list[Rotation] = []
    for rotation in rotations:
        for number, other in enumerate(found):
            if both := _both(other, rotation, now):
                found[number] = both
                break
        else:
            found.append(rotation)
    return found


def _both(one: Rotation, other: Rotation, now: datetime) -> Rotation | None:
    if _bounds(one, now) != _bounds(other, now):
        return None
    if len(one.turns) == 1:
        one, other = other, one
    if len(other.turns) > 1:
        if one.every != other.every or (other.anchor - one.anchor) % one.every:
            return None
        other = _turned(other, (one.anchor - other.anchor) // one.every)
    count = lcm(len(one.turns), len(other.turns))
    if count > MOST_TURNS:
        return None
    turns = tuple(
        tuple(dict.fromkeys(one.turns[n % len(one.turns)] + other.turns[n % len(other.turns)]))
        for n in range(count)
    )
    return replace(one, turns=turns, name=f"{one.name} and {other.name}")


def _bounds(rotation: Rotation, now: datetime) -> tuple[object, ...]:
    begun = not rotation.start or rotation.start <= local(now, rotation.zone)
    start = None if begun else rotation.start
    return rotation.zone.key, start, rotation.end, tuple(sorted(set(rotation.windows)))


def _turned(rotation: Rotation, by: int) -> Rotation:
    """Return the same rotation with its anchor `by` turns later."""
    count = by % len(rotation.turns)
    anchor = rotation.anchor + by * rotation.every
    return replace(rotation, anchor=anchor, turns=rotation.turns[count:] + rotation.turns[:count])


def _from(rotation: Rotation, moment: datetime) -> Rotation:
    """Return the rotation anchored at the turn that holds a moment."""
    if len(rotation.turns) > 1:
        _unit(rotation.every)
        return _turned(rotation, (moment - rotation.anchor) // rotation.every)
    rotation = replace(rotation, every=DAY)
    if rotation.start and rotation.start >= moment:
        return replace(rotation, anchor=rotation.start)
    # One turn hands over to nobody, so its hour is free: that of the end spares a layer for the last day.
    anchor = rotation.end or rotation.anchor
    return replace(rotation, anchor=anchor + ((moment - anchor) // DAY) * DAY)


def _first_turn(rotation: Rotation) -> tuple[LayerDict | None, Rotation]:
    """Return the layer of a turn that begins late, and the rotation from the next turn on."""
    rest = replace(_turned(rotation, 1), start=None)
    start = rotation.start or rotation.anchor
    end = start
    while end < rest.anchor:
        end += DAY  # beyond its turn, where the layer of the rest wins over it
    if rotation.end and end > rotation.end:
        raise Unwritable("it begins within a turn and ends before the next one is over")
    first = replace(
        rotation,
        name=f"{rotation.name} (first turn)",
        anchor=start,
        every=DAY,
        turns=rotation.turns[:1],
        end=end,
    )
    return _layer(first), rest


def _last_turn(rotation: Rotation) -> tuple[LayerDict, Rotation]:
    """Return the layer of a turn that is cut short, to be won over by the others, and the rotation before."""
    if not rotation.end:
        raise Unwritable("it has no end")
    end = datetime.combine(rotation.end.date(), rotation.anchor.time())
    end -= DAY if end > rotation.end else timedelta()
    start = rotation.end - DAY
    if rotation.every % DAY or start < rotation.anchor:
        raise Unwritable(f"it ends at {rotation.end:%Y-%m-%d %H:%M}, within a turn of hours")
    turns = rotation.turns[((end - rotation.anchor) // rotation.every) % len(rotation.turns) :][:1]
    last = replace(
        rotation, name=f"{rotation.name} (last turn)", anchor=start, every=DAY, turns=turns, start=None
    )
    return _layer(last), replace(rotation, end=end)


def _layer(rotation: Rotation) -> LayerDict:
    unit, count = _unit(rotation.every)
    anchor = rotation.anchor
    once = {"hour": "every 1 hour", "day": "daily", "week": "weekly"}
    found: LayerDict = {
        "name": rotation.name,
        "rotation": once[unit] if count == 1 else f"every {count} {unit}s",
        "handover": f"{_NAMES[anchor.weekday()]} {anchor:%H:%M}" if unit == "week" else f"{anchor:%H:%M}",
        "start": _date(anchor),
    }
    if rotation.end:
        found["end"] = _date(rotation.end)
    if only := _only(rotation.windows):
        found["only"] = only
    found["people"] = [turn[0] if len(turn) == 1 else list(turn) for turn in rotation.turns]
    return found


def _unit(every: timedelta) -> tuple[str, int]:
    for unit, length in (("week", WEEK), ("day", DAY), ("hour", timedelta(hours=1))):
        if every and every % length == timedelta() and every <= LONGEST:
            return unit, every // length
    raise Unwritable(f"a turn lasts {every}, and turns last whole hours and at most a year")


def _date(at: datetime) -> str:
    day: date = at.date()
    if not 2000 <= day.year < 2100:
        raise Unwritable(f"{day} is no date from 2000 to 2099")
    return day.isoformat()


def _only(windows: Sequence[Window]) -> list[str]:
    days: dict[Window, set[int]] = {}
    for start, minutes in (piece for window in windows for piece in _pieces(window)):
        days.setdefault((start % MINUTES_OF_DAY, minutes), set()).add(start // MINUTES_OF_DAY % 7)
    return [
        " ".join(part for part in (run, _hours(*hours)) if part)
        for hours, found in days.items()
        for run in _runs(sorted(found))
    ]


def _all_week(windows: Sequence[Window]) -> bool:
    """Say whether the windows leave no minute out."""
    reached = 0
    twice = [(start + shift, n) for start, n in windows for shift in (-MINUTES_OF_WEEK, 0)]
    for start, minutes in sorted(twice):
        if start <= reached:
            reached = max(reached, start + minutes)
    return reached >= MINUTES_OF_WEEK


def _pieces(window: Window) -> Iterator[Window]:
    """Yield a window in pieces that last a day at most, as `only` knows them."""
    start, minutes = window
    if minutes <= MINUTES_OF_DAY:
        yield window
        return
    while minutes > 0:
        piece = min(minutes, MINUTES_OF_DAY - start % MINUTES_OF_DAY)
        yield start, piece
        start, minutes = start + piece, minutes - piece


def _runs(days: Sequence[int]) -> Iterator[str]:
    if len(days) == 7:
        yield ""
        return
    for _, run in groupby(enumerate(days), key=lambda one: one[1] - one[0]):
        found = [day for _, day in run]
        yield DAYS[found[0]] if len(found) == 1 else f"{DAYS[found[0]]}-{DAYS[found[-1]]}"


def _hours(start: int, minutes: int) -> str:
    end = (start + minutes) % MINUTES_OF_DAY
    if start == 0 and minutes == MINUTES_OF_DAY:
        return ""
    return f"{start // 60:02}:{start % 60:02}-{f'{end // 60:02}:{end % 60:02}' if end else '24:00'}"


def utc(text: str) -> datetime:
    """Return the moment that an export writes, in UTC where it says nothing else. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
