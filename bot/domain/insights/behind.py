"""Which incidents stand behind a figure, as addresses name it: `severity:S1`, `took:Time to resolve`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.domain.incidents.incident import Severity
from bot.domain.insights.figures import UNSET
from bot.domain.insights.load import Call, Paged
from bot.domain.insights.measures import Excluded, Heard, Measure, Measured, Verdict
from bot.domain.oncall.load import Called, at_night, at_weekend
from bot.domain.oncall.shifts import Shift

Holds: TypeAlias = Callable[[Measured, str], bool]


def _named(names: tuple[str, ...], name: str) -> bool:
    return name.casefold() in {one.casefold() for one in names or (UNSET,)}


def _two(name: str) -> tuple[str, str]:
    first, _, second = name.partition(":")
    return first, second


def _misses(one: Measured, name: str) -> bool:
    measure, why = _two(name)
    return any((each, found) == (measure, why) for each, found in one.missing.items())


_COUNTED: Mapping[str, Holds] = {
    "all": lambda _, __: True,
    "severity": lambda one, name: one.severity == name,
    "type": lambda one, name: _named((one.type,), name),
    "service": lambda one, name: _named(one.services, name),
    "cause": lambda one, name: _named((one.cause,), name),
    "took": lambda one, name: name in one.took,
    "unknown": lambda one, name: name in one.missing,
    "heard": lambda one, name: one.heard == name,
    "missing": _misses,
    "apart": lambda one, name: name in one.apart,
    "hour": lambda one, _: one.heard in {Heard.IN_TIME, Heard.LATE},
    "updates": lambda one, _: one.updates_in_time + one.updates_late > 0,
    "late": lambda one, _: one.updates_late > 0,
    "change": lambda one, _: one.by_change,
}
"""Of incidents that figures count."""
_OTHERS: Mapping[str, Holds] = {
    "excluded": lambda one, name: one.excluded == name,
    "rule": lambda one, name: one.verdict is not None and one.rule == name,
    "noise": lambda one, name: one.verdict is not None and (one.verdict, one.rule) == _two(name),
    "verdict": lambda one, name: one.verdict == name,
}


def behind(found: Sequence[Measured], key: str) -> list[tuple[Measured, timedelta | None]] | None:
    """Return the incidents of a figure, with how long it took where that is the figure: the longest first,
    else the newest. None for what names no figure.
    """
    kind, _, name = key.partition(":")
    if kind in _COUNTED:
        chosen = [one for one in found if not one.excluded and _COUNTED[kind](one, name)]
    elif kind in _OTHERS:
        chosen = [one for one in found if _OTHERS[kind](one, name)]
    else:
        return None
    if kind in {"took", "apart"} and name in {*Measure}:
        measure = Measure(name)
        took = [(one, (one.took if kind == "took" else one.apart)[measure]) for one in chosen]
        return [*sorted(took, key=lambda each: (each[1], each[0].id), reverse=True)]
    return [(one, None) for one in sorted(chosen, key=lambda each: -each.id)]


def spoken(key: str) -> str:
    """Say what a figure is of."""
    kind, _, name = key.partition(":")
    known = {
        "all": "All that are counted",
        "took": name,
        "unknown": f"{name}: not counted",
        "missing": " not counted: ".join(_two(name)),
        "apart": f"{name}: counted apart",
        "hour": "Customers had to hear of it within the hour",
        "updates": "Updates promised the next one by a time",
        "late": "An update came later than it was promised",
        "change": "Caused by a change",
        "heard": f"Customers heard of it: {name}",
        "rule": f"Opened by alerts of {name or 'no rule'}",
        "noise": f"Opened by alerts of {_two(name)[1] or 'no rule'}: {_two(name)[0]}",
        "verdict": f"Opened by alerts: {name}",
        "excluded": f"Left out: {name}",
    }
    return known.get(kind, f"{kind.capitalize()}: {name or 'not set'}")


def of(kind: str, name: Severity | Excluded | Heard | Measure | Verdict | str = "") -> str:
    return f"{kind}:{name}" if name or kind in {"service", "cause", "rule"} else kind


class Pages(StrEnum):
    """Which pages: those that figures count, but for the last."""

    ALL = "all"
    NIGHT = "night"
    WEEKEND = "weekend"
    ACKNOWLEDGED = "acknowledged"
    DRILLS = "drills"


def calls_behind(paged: Paged, key: str) -> list[Call] | None:
    """Return the pages of a figure, the newest first: `pages:night`, of one person `pages:night:U1`, or of
    the shift that begins then `shift:1767225600:EOC`. None for what names no figure that is shown.
    """
    kind, _, name = key.partition(":")
    if kind == "shift":
        begun, schedule = _two(name)
        shifts = [one for load in paged.shifts if load.schedule == schedule for one in load.each]
        found = next((calls for shift, calls in shifts if begun == start_of(shift)), None)
    elif kind == "pages":
        found = _pages(paged, *_two(name))
    else:
        return None
    return None if found is None else sorted(found, key=lambda one: one.called.at, reverse=True)


def shifts_behind(paged: Paged, key: str) -> list[tuple[Shift, int]] | None:
    """Return the shifts of a schedule with how many pages each had, the most first; with `calm:` those that
    had none. None for what names no figure.
    """
    kind, _, schedule = key.partition(":")
    load = next((one for one in paged.shifts if one.schedule == schedule), None)
    if kind not in {"shifts", "calm"} or not load:
        return None
    counts = [(shift, len(calls)) for shift, calls in load.each if kind == "shifts" or not calls]
    return sorted(counts, key=lambda one: -one[1])


def start_of(shift: Shift) -> str:
    """Return what a shift is named by in an address: the second in which it begins."""
    return str(int(shift.start.timestamp()))


def _pages(paged: Paged, which: str, who: str) -> Sequence[Call] | None:
    if which not in {*Pages} or (who and who not in {person for person, _ in paged.people}):
        return None
    calls = paged.drills if which == Pages.DRILLS else paged.calls
    return [one for one in calls if who in {"", one.called.person} and _is(one.called, which, paged.zones)]


def _is(called: Called, which: str, zones: Mapping[str, ZoneInfo]) -> bool:
    there = called.at.astimezone(zones[called.person])
    return {
        Pages.NIGHT: at_night(there),
        Pages.WEEKEND: at_weekend(there),
        Pages.ACKNOWLEDGED: called.took is not None,
    }.get(Pages(which), True)
