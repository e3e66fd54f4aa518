"""The time that figures are of: days on somebody's clock, and the time before it that is as long."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from bot.domain.errors import Refused
from bot.domain.oncall.schedules import instant

FIRST, LAST = date(1970, 1, 1), date(2100, 12, 31)
DAY = timedelta(days=1)
_BY_DAY, _BY_WEEK, _BY_MONTH = 45, 200, 1830


class WrongDay(Refused):
    """A day that was given cannot be meant; `field` names it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` until `last`, both of them whole, on the clocks of `zone`."""

    first: date
    last: date
    zone: tzinfo

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        return instant(datetime.combine(self.first, time()), self.zone)

    @property
    def end(self) -> datetime:
        """Return when it is over: the first moment that does not belong to it."""
        return instant(datetime.combine(self.last + DAY, time()), self.zone)

    @property
    def before(self) -> "Period":
        """Return the days just before it, as many as it has."""
        return Period(self.first - self.days * DAY, self.first - DAY, self.zone)

    def parts(self) -> Iterator["Period"]:
        """Return its days, weeks (from Monday on), months or years: what a small picture has room for."""
        first = self.first
        while first <= self.last:
            last = min(self._last_of(first), self.last)
            yield Period(first, last, self.zone)
            first = last + DAY

    @property
    def step(self) -> str:
        """Return what its parts are called."""
        if self.days <= _BY_WEEK:
            return "day" if self.days <= _BY_DAY else "week"
        return "month" if self.days <= _BY_MONTH else "year"

    def _last_of(self, first: date) -> date:
        if self.step == "day":
            return first
        if self.step == "week":
            return first + (6 - first.weekday()) * DAY
        if self.step == "year":
            return first.replace(month=12, day=31)
        return (first.replace(day=1) + 31 * DAY).replace(day=1) - DAY


def month_of(day: date, zone: tzinfo) -> Period:
    first = day.replace(day=1)
    return Period(first, (first + 31 * DAY).replace(day=1) - DAY, zone)


def months_between(since: str, until: date) -> list[date]:
    """Return the first days of the months from that of a day, as it is written, until before another one."""
    first, found = date.fromisoformat(since).replace(day=1), list[date]()
    while first < until:
        found.append(first)
        first = (first + 31 * DAY).replace(day=1)
    return found


def meant(first: str, last: str, zone: tzinfo, now: datetime) -> Period:
    """Return the period of an address. Without days it is this month until today; without a last day, until
    today; without a first, the month of the last one.
    """
    today = now.astimezone(zone).date()
    end = _day("to", last) if last else max(today, _day("from", first)) if first else today
    begin = _day("from", first) if first else end.replace(day=1)
    if begin > end:
        raise WrongDay("from", f"From {begin} to {end} is no time: the first day is after the last one.")
    return Period(begin, end, zone)


def choices(zone: tzinfo, now: datetime) -> list[tuple[str, Period]]:
    """Return what people ask for most."""
    today = now.astimezone(zone).date()
    month = today.replace(day=1)
    before = month_of(month - DAY, zone)
    return [
        ("This month", Period(month, today, zone)),
        ("Last month", before),
        ("Last 90 days", Period(today - 89 * DAY, today, zone)),
        ("This year", Period(today.replace(month=1, day=1), today, zone)),
        ("Last 365 days", Period(today - 364 * DAY, today, zone)),
    ]


def _day(field: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise WrongDay(
            field, f"{field.capitalize()}: “{text[:40]}” is no day. Write one such as 2026-11-30."
        ) from None
    if not FIRST <= found <= LAST:
        raise WrongDay(
            field, f"{field.capitalize()}: {found} is too far away. Write a day from {FIRST} to {LAST}."
        )
    return found
