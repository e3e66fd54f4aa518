"""The section `schedules` of `muster.yml`: layers, written as people say them."""

import calendar
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, InstanceOf, ValidationInfo

from bot.config.values import DURATION, STRICT, Channel, Duration, Name, Person, beside, person, wrong
from bot.domain.oncall.clock_changes import odd_handovers
from bot.domain.oncall.schedules import (
    EVERY_DAY,
    OFFICE,
    Calendar,
    Layer,
    Restriction,
    Schedule,
    Turn,
    WorkingHours,
    instant,
)
from bot.domain.process import EOC, IM, Process

ZONE = "an IANA time zone such as Europe/Berlin"
ROTATION = "daily, weekly, or how often: every 12 hours, every 3 days, every 2 weeks; a year at most"
HANDOVER = "a time of day such as 09:00, after its day where weeks rotate: monday 09:00"
DATE = "a date from 2000 to 2099, such as 2026-01-05"
ONLY = "days, hours or both, such as mon-fri 09:00-17:00"
USER_GROUP = "the handle of a user group in Slack, in quotes, such as '@sre-oncall'"
ADDRESS = "an address such as https://example.com/oncall.ics, or ${NAME} for one that is in the environment"
WINDOWS = "a list of days and hours, such as [mon-fri 09:00-17:00]"
TURN = "an e-mail address or a Slack user id, or a list of people who are on call together, each once"

CHANNELS = {EOC: "eoc-general", IM: "im-general"}
"""Where changes of a schedule are announced by default, by its team's role, as the handbook has it."""

_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {spelled: number for number, name in enumerate(_NAMES) for spelled in (name, name[:3])}
_YEARS = range(2000, 2100)
_LONGEST = timedelta(days=366)
_WEEK = timedelta(weeks=1)

_SHORT = re.compile(r"[A-Za-z]{2,5}")
_HANDLE = re.compile(r"@?([\w.-]{1,80})")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_ROTATION = re.compile(r"every (\d{1,4}) (hour|day|week)s?")
_HANDOVER = re.compile(r"(?:(?P<day>[a-z]+) )?(?P<time>\d\d?:\d\d)")
_ONLY = re.compile(
    r"(?=.)(?:(?P<first>[a-z]+)(?:-(?P<last>[a-z]+))?)?"
    r"(?:(?:^| )(?P<start>\d\d?:\d\d)-(?P<end>\d\d?:\d\d))?"
)


class Rotation(NamedTuple):
    """How long a turn lasts. Those of `weeks` have a day of the week for their handover."""

    every: timedelta
    weeks: bool


class Handover(NamedTuple):
    """When turns change: a time of day, and its day of the week, if one is written."""

    day: int | None
    time: time


def zone_of(raw: Any) -> ZoneInfo:
    """Return the time zone that is written, or raise what was expected."""
    try:
        return ZoneInfo(raw)
    except (KeyError, ValueError, OSError, TypeError):  # such as `../x`, a folder, a number
        places = sorted(one for one in available_timezones() if "/" in one)  # CEST is not near EST
        near = get_close_matches(str(raw), places, n=1, cutoff=0.8)
        cure = ". An abbreviation is not enough: write a place" if _SHORT.fullmatch(str(raw)) else ""
        raise wrong(ZONE, f". Did you mean `{near[0]}`?" if near else cure) from None


def _rotation(raw: Any) -> Rotation:
    text = {"daily": "every 1 day", "weekly": "every 1 week"}.get(str(raw), str(raw))
    found = _ROTATION.fullmatch(text)
    every = timedelta(**{f"{found[2]}s": int(found[1])}) if found else timedelta()
    if not found or not timedelta() < every <= _LONGEST:
        raise wrong(ROTATION)
    return Rotation(every, weeks=found[2] == "week")


def _clock(raw: str) -> time | None:
    hour, minute = map(int, raw.split(":"))
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _handover(raw: Any, info: ValidationInfo) -> Handover:
    found = _HANDOVER.fullmatch(raw.lower()) if isinstance(raw, str) else None
    at = _clock(found["time"]) if found else None
    if not found or at is None or (found["day"] and found["day"] not in _DAYS):
        raise wrong(HANDOVER)
    if found["day"] and "rotation" in info.data and not info.data["rotation"].weeks:
        raise wrong("a time of day alone, such as 09:00: only weeks are handed over on one day")
    return Handover(_DAYS.get(found["day"]), at)


def _date(raw: Any) -> date:
    if isinstance(raw, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", raw) and int(raw[:4]) in _YEARS:
        year, month, day = map(int, raw.split("-"))
        if 1 <= month <= 12:
            last = calendar.monthrange(year, month)[1]
            if 1 <= day <= last:
                return date(year, month, day)
            raise wrong(DATE, f". {calendar.month_name[month]} {year} has {last} days")
    raise wrong(DATE)


def _start(found: date, info: ValidationInfo) -> date:
    handover = info.data.get("handover")
    if handover and handover.day is not None and (off := (found.weekday() - handover.day) % 7):
        before = found - timedelta(days=off)
        raise wrong(
            f"the day of the first handover, which is a {_NAMES[handover.day].capitalize()}. {found} is a "
            f"{_NAMES[found.weekday()].capitalize()}: write {before} or {before + _WEEK}"
        )
    return found


def _end(found: date | None, info: ValidationInfo) -> date | None:
    start = info.data.get("start")
    if found and start and found <= start:
        raise wrong(f"a date after the layer's start, {start}")
    return found


def window_of(raw: Any) -> Restriction:
    """Return the days and hours that are written, or raise what was expected."""
    found = _ONLY.fullmatch(raw.lower()) if isinstance(raw, str) else None
    if not found:
        raise wrong(ONLY)
    start = _clock(found["start"] or "00:00")
    end = time() if found["end"] in (None, "24:00") else _clock(found["end"])
    days = [day for day in (found["first"], found["last"]) if day]
    if start is None or end is None or any(day not in _DAYS for day in days):
        raise wrong(ONLY)
    if not days:
        return Restriction(EVERY_DAY, start, end)
    first, last = _DAYS[days[0]], _DAYS[days[-1]]
    return Restriction(frozenset((first + n) % 7 for n in range((last - first) % 7 + 1)), start, end)


def _turn(raw: Any) -> Turn:
    people = raw if isinstance(raw, list) else [raw]
    if not people or not all(isinstance(one, str) for one in people):
        raise wrong(TURN)
    found = tuple(map(_key, map(person, people)))
    if len(set(found)) < len(found):
        raise wrong(TURN)
    return found


Window = Annotated[InstanceOf[Restriction], BeforeValidator(window_of)]


class LayerEntry(BaseModel):
    """People who take turns. The order of the keys is the order in which they are checked."""

    model_config = STRICT
    name: Name = Field(default="", description="a name, such as Asia")
    zone: Annotated[InstanceOf[ZoneInfo], BeforeValidator(zone_of)] | None = Field(
        default=None, description=ZONE
    )
    rotation: Annotated[InstanceOf[Rotation], BeforeValidator(_rotation)] = Field(description=ROTATION)
    handover: Annotated[InstanceOf[Handover], BeforeValidator(_handover)] = Field(description=HANDOVER)
    start: Annotated[date, BeforeValidator(_date), AfterValidator(_start)] = Field(description=DATE)
    end: Annotated[date | None, BeforeValidator(_date), AfterValidator(_end)] = Field(
        default=None, description=DATE
    )
    only: list[Window] = Field(default=[], min_length=1, description=WINDOWS)
    people: list[Annotated[Turn, BeforeValidator(_turn)]] = Field(
        min_length=1, description="a list of one or more people in their order, such as [ana@example.com]"
    )
    shadow: bool = Field(default=False, description="true or false")


def _paging(found: list[LayerEntry], info: ValidationInfo) -> list[LayerEntry]:
    if info.data.get("calendar", "wrong"):
        return found
    if not found:
        raise wrong("a list of one or more layers, of which later ones win, or a `calendar`")
    if all(layer.shadow for layer in found):
        raise wrong("a layer that is no shadow: those who shadow are told, and nobody would be paged")
    return found


def _user_group(raw: str) -> str:
    if not (found := _HANDLE.fullmatch(raw.lower())):
        raise wrong(USER_GROUP)
    return found[1]


def _address(raw: str, info: ValidationInfo) -> str:
    """Return the address of a calendar, which is a secret: no error shows it."""
    variable = _VARIABLE.fullmatch(raw)
    context = info.context or {}
    variables: Mapping[str, str] = context.get("variables", {})
    url = variables.get(variable[1], "").strip() if variable else raw
    if variable and not url and context.get("environ") is None:
        return ""  # a command that sends nothing does without
    if variable and not url:
        raise wrong(f"{variable[1]} in the environment. Set it where muster is started")
    url = re.sub(r"^webcals?://", "https://", url)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or " " in url:
        raise wrong(ADDRESS)
    return url


class CalendarEntry(BaseModel):
    """Where a calendar is read, and whom texts in it mean."""

    model_config = STRICT
    file: Annotated[str, AfterValidator(beside)] = Field(default="", description="the path of an .ics file")
    url: Annotated[str, AfterValidator(_address)] = Field(default="", description=ADDRESS)
    people: dict[Annotated[str, Field(min_length=1)], Person] = Field(
        default={},
        description="a mapping of texts in the calendar to people, such as {Jane Doe: jane@example.com}",
    )


def _one_source(found: CalendarEntry) -> CalendarEntry:
    if len({"file", "url"} & found.model_fields_set) != 1:
        raise wrong("either `file` or `url`")
    return found


class ScheduleEntry(BaseModel):
    """What is written about a schedule."""

    model_config = STRICT
    zone: Annotated[InstanceOf[ZoneInfo], BeforeValidator(zone_of)] = Field(description=ZONE)
    calendar: Annotated[CalendarEntry, AfterValidator(_one_source)] | None = Field(
        default=None, description="a mapping with `file` or `url` of an iCalendar file, and `people`"
    )
    layers: Annotated[list[LayerEntry], AfterValidator(_paging)] = Field(
        default=[], description="a list of one or more layers, of which later ones win", validate_default=True
    )
    channel: Channel = Field(default="", description="the name of a channel")
    managers: list[Person] = Field(
        default=[], description="a list of e-mail addresses or Slack user ids, such as [ines@example.com]"
    )
    user_group: Annotated[str, AfterValidator(_user_group)] = Field(default="", description=USER_GROUP)
    hours: list[Window] = Field(default=list(OFFICE), min_length=1, description=WINDOWS)
    reminders: list[Duration] = Field(
        default=[timedelta(days=1), timedelta(hours=1)],
        description=f"a list, such as [24h, 1h], of {DURATION}; [] for none",
    )


def schedules_of(entries: Mapping[str, ScheduleEntry], roles: Mapping[str, str]) -> Mapping[str, Schedule]:
    """Return the schedules that are written; `roles` has the role of each one's team."""
    return MappingProxyType(
        {name: _schedule(name, entry, roles.get(name, "")) for name, entry in entries.items()}
    )


def odd_schedules(process: Process) -> Iterator[str]:
    """Yield what wants telling: a schedule that no team has, and handovers where clocks change."""
    named = [team.schedule for team in process.teams.values()]
    for schedule in process.schedules.values():
        if schedule not in named:
            yield f"schedules.{schedule.name}: no team names it under `on_call`."
        if not schedule.channel:
            yield f"schedules.{schedule.name}: without `channel` nobody hears of changes or of cover."
        for layer in (*schedule.layers, *schedule.shadow):
            for skipped, local in odd_handovers(layer).items():
                there = instant(local, layer.zone).astimezone(layer.zone)
                what = (
                    f"does not exist; it is at {there:%H:%M}"
                    if skipped
                    else "comes twice; it is at the first"
                )
                yield (
                    f"schedules.{schedule.name}: the handover of `{layer.name}` on {local:%Y-%m-%d at %H:%M} "
                    f"in {layer.zone} {what}. Choose an hour at which no clock changes."
                )


def _schedule(name: str, entry: ScheduleEntry, role: str) -> Schedule:
    layers = [(one.shadow, _layer(n, one, entry.zone)) for n, one in enumerate(entry.layers, 1)]
    source = entry.calendar
    named = {text.lower(): _key(who) for text, who in source.people.items()} if source else {}
    return Schedule(
        name,
        tuple(layer for shadow, layer in layers if not shadow),
        tuple(layer for shadow, layer in layers if shadow),
        channel=entry.channel or CHANNELS.get(role, ""),
        managers=tuple(map(_key, entry.managers)),
        reminders=tuple(entry.reminders),
        user_group=entry.user_group,
        calendar=Calendar(entry.zone, source.file, source.url, MappingProxyType(named)) if source else None,
        hours=WorkingHours(entry.zone, tuple(entry.hours)),
    )


def _key(who: str) -> str:
    return who.lower() if "@" in who else who


def _layer(number: int, entry: LayerEntry, zone: ZoneInfo) -> Layer:
    return Layer(
        name=entry.name or f"layer {number}",
        zone=entry.zone or zone,
        start=datetime.combine(entry.start, entry.handover.time),
        every=entry.rotation.every,
        turns=tuple(entry.people),
        end=datetime.combine(entry.end, entry.handover.time) if entry.end else None,
        restrictions=tuple(entry.only),
    )
