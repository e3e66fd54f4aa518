"""A schedule: layers of people who take turns, on the clocks of the places where they live.

Turns and restrictions are counted on the local clock, never in elapsed time: a handover at 09:00 stays at
09:00 when the clocks change, and the turn around the change is an hour shorter or longer. So is a shift of
eight hours, which would otherwise begin at another time of day for half of the year.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from operator import itemgetter
from typing import TypeAlias
from zoneinfo import ZoneInfo

FOREVER = datetime.max.replace(tzinfo=UTC)
EVERY_DAY = frozenset(range(7))

_DAY = timedelta(days=1)
_AHEAD = 15
"""Days. A window comes each week; one that the clocks skip leaves a second week to look at."""

Turn = tuple[str, ...]
"""People who are on call together, as the configuration names them."""
Times: TypeAlias = tuple[tuple[datetime, datetime, Turn], ...]
"""From when until when who is on call, one after another."""


def instant(local: datetime, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, at which the clocks of a zone show `local`.

    As in RFC 5545, section 3.3.5: a time that the clocks show twice is the first of the two, and one that
    they skip is read with the offset from before the change, so 02:30 becomes 03:30. In Python this is
    `fold=0` (PEP 495).
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Restriction:
    """A window of some weekdays; Monday is 0. One whose end is not after its start ends on the next day."""

    days: frozenset[int] = EVERY_DAY
    start: time = time()
    end: time = time()

    def window(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        """Return the window that starts on `day`."""
        last = day if self.end > self.start else day + _DAY
        return (
            instant(datetime.combine(day, self.start), zone),
            instant(datetime.combine(last, self.end), zone),
        )


OFFICE = (Restriction(frozenset(range(5)), time(9), time(17)),)
"""Monday to Friday, 09:00 to 17:00."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Windows of the week, on the clocks of a zone."""

    zone: tzinfo = UTC
    windows: tuple[Restriction, ...] = OFFICE

    def hold(self, at: datetime) -> bool:
        """Say whether it is working time at a moment."""
        today = at.astimezone(self.zone).date()
        days = (today - _DAY, today)  # a window of yesterday may end today
        windows = (
            one.window(day, self.zone) for day in days for one in self.windows if day.weekday() in one.days
        )
        return any(start <= at < end for start, end in windows)

    def edges(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the moments from `start` until `end` at which working time may begin or end."""
        first = start.astimezone(self.zone).date() - _DAY
        for day in (first + n * _DAY for n in range((end - start).days + 3)):
            for one in self.windows:
                yield from (at for at in one.window(day, self.zone) if start < at < end)


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns, in order.

    The first turn begins at `start` and each lasts `every`; `start` and `end` are naive, as the clocks of
    `zone` show them. With restrictions the layer has somebody on call in their windows only; turns pass
    outside of them too.
    """

    name: str
    zone: ZoneInfo
    start: datetime
    every: timedelta
    turns: tuple[Turn, ...]
    end: datetime | None = None
    restrictions: tuple[Restriction, ...] = ()

    def at(self, moment: datetime) -> tuple[Turn, datetime]:
        """Return whose turn it is, which may be nobody's, and a later moment until which that stays so."""
        begins = instant(self.start, self.zone)
        if moment < begins:
            return (), begins
        ends = instant(self.end, self.zone) if self.end else FOREVER
        if moment >= ends:
            return (), FOREVER
        inside, until = self._restricted(moment)
        if not inside:
            return (), min(until, ends)
        turn, over = self._turn(moment)
        return turn, min(until, over, ends)

    def handover(self, number: int) -> datetime:
        """Return when the turn of this number begins, counted from 0."""
        return instant(self.start + number * self.every, self.zone)

    def _turn(self, moment: datetime) -> tuple[Turn, datetime]:
        if len(self.turns) == 1:
            return self.turns[0], FOREVER
        number = (moment.astimezone(self.zone).replace(tzinfo=None) - self.start) // self.every
        # Beside a change of the clocks, what they show may lie on the other side of a handover.
        while self.handover(number) > moment:
            number -= 1
        while (over := self.handover(number + 1)) <= moment:
            number += 1
        return self.turns[number % len(self.turns)], over

    def _restricted(self, moment: datetime) -> tuple[bool, datetime]:
        """Say whether the restrictions let somebody be on call, and until when that stays so at least."""
        if not self.restrictions:
            return True, FOREVER
        for day in self._days_around(moment):
            windows = [one.window(day, self.zone) for one in self.restrictions if day.weekday() in one.days]
            if ends := [end for start, end in windows if start <= moment < end]:
                return True, max(ends)
            if starts := [start for start, end in windows if moment < start < end]:
                return False, min(starts)
        return False, instant(datetime.combine(day, time()), self.zone)

    def _days_around(self, moment: datetime) -> Iterator[date]:
        """Yield the days whose windows may hold `moment`, from yesterday on, and those that follow."""
        today = moment.astimezone(self.zone).date()
        return (today + n * _DAY for n in range(-1, _AHEAD))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where it is read who is on call, a file or an address, and whom texts in it mean, in lower case.

    The address is a secret.
    """

    zone: ZoneInfo
    file: str = ""
    url: str = field(default="", repr=False)
    people: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CalendarLayer:
    """Who is on call by a calendar, as it was read last."""

    times: Times
    name: str = "calendar"

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(turn for _, _, turn in self.times)

    def at(self, moment: datetime) -> tuple[Turn, datetime]:
        """Return who is on call, and a later moment until which that stays so, as `Layer.at`."""
        number = bisect_right(self.times, moment, key=itemgetter(0))
        if number and moment < self.times[number - 1][1]:
            return self.times[number - 1][2], self.times[number - 1][1]
        return (), self.times[number][0] if number < len(self.times) else FOREVER


@dataclass(frozen=True, slots=True)
class Schedule:
    """Layers, of which a later one wins over those before it wherever it has somebody on call.

    Those of `shadow` are told of pages, and not paged. Changes are announced in `channel`; `managers` may put
    others on call. Whoever begins a shift is reminded so long before as `reminders` say. Whoever is on call
    is in the `user_group` of Slack. What a `calendar` has is `listed`, by people's Slack user ids, once it is
    `read`; it wins over the layers.
    """

    name: str
    layers: tuple[Layer, ...]
    shadow: tuple[Layer, ...] = ()
    channel: str = ""
    managers: Turn = ()
    reminders: tuple[timedelta, ...] = ()
    user_group: str = ""
    calendar: Calendar | None = None
    listed: CalendarLayer | None = None
    hours: WorkingHours | None = None

    @property
    def sources(self) -> tuple[Layer | CalendarLayer, ...]:
        """What says who is on call: the last one that has somebody counts."""
        return (*self.layers, self.listed) if self.listed else self.layers

    @property
    def people(self) -> Turn:
        """Everybody whose turn to be paged comes; of a calendar, whom the configuration names."""
        named = self.calendar.people.values() if self.calendar else ()
        return tuple(dict.fromkeys((*_people(self.sources), *named)))

    @property
    def shadows(self) -> Turn:
        return _people(self.shadow)

    def renamed(self, names: Mapping[str, str]) -> "Schedule":
        """Return the schedule with other names for those people who have one."""
        layers, shadow = ([_renamed(one, names) for one in each] for each in (self.layers, self.shadow))
        managers = tuple(names.get(one, one) for one in self.managers)
        return replace(self, layers=tuple(layers), shadow=tuple(shadow), managers=managers)

    def read(self, times: Times) -> "Schedule":
        """Return the schedule with what was read of its calendar, if it has one."""
        return replace(self, listed=CalendarLayer(times)) if self.calendar else self


def _people(layers: Iterable[Layer | CalendarLayer]) -> Turn:
    return tuple(dict.fromkeys(person for layer in layers for turn in layer.turns for person in turn))


def _renamed(layer: Layer, names: Mapping[str, str]) -> Layer:
    turns = (tuple(dict.fromkeys(names.get(one, one) for one in turn)) for turn in layer.turns)
    return replace(layer, turns=tuple(turns))
