"""Which incidents stand behind a figure, as addresses name it: `severity:S1`, `took:Time to resolve`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TypeAlias

from bot.domain.incidents.incident import Severity
from bot.domain.insights.figures import UNSET
from bot.domain.insights.measures import Excluded, Heard, Measure, Measured, Verdict

Holds: TypeAlias = Callable[[Measured, str], bool]


def _named(names: tuple[str, ...], name: str) -> bool:
    return name.casefold() in {one.casefold() for one in names or (UNSET,)}


_COUNTED: Mapping[str, Holds] = {
    "all": lambda _, __: True,
    "severity": lambda one, name: one.severity == name,
    "type": lambda one, name: _named((one.type,), name),
    "service": lambda one, name: _named(one.services, name),
    "cause": lambda one, name: _named((one.cause,), name),
    "took": lambda one, name: name in one.took,
    "unknown": lambda one, name: name in one.missing,
    "heard": lambda one, name: one.heard == name,
    "late": lambda one, _: one.updates_late > 0,
    "change": lambda one, _: one.by_change,
}
"""Of incidents that figures count."""
_OTHERS: Mapping[str, Holds] = {
    "excluded": lambda one, name: one.excluded == name,
    "rule": lambda one, name: one.verdict is not None and one.rule == name,
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
    if kind == "took" and name in {*Measure}:
        measure = Measure(name)
        took = [(one, one.took[measure]) for one in chosen]
        return [*sorted(took, key=lambda each: (each[1], each[0].id), reverse=True)]
    return [(one, None) for one in sorted(chosen, key=lambda each: -each.id)]


def spoken(key: str) -> str:
    """Say what a figure is of."""
    kind, _, name = key.partition(":")
    known = {
        "all": "All that are counted",
        "took": name,
        "unknown": f"{name}: not counted",
        "late": "An update came later than it was promised",
        "change": "Caused by a change",
        "heard": f"Customers heard of it: {name}",
        "rule": f"Opened by alerts of {name or 'no rule'}",
        "verdict": f"Opened by alerts: {name}",
        "excluded": f"Left out: {name}",
    }
    return known.get(kind, f"{kind.capitalize()}: {name or 'not set'}")


def of(kind: str, name: Severity | Excluded | Heard | Measure | Verdict | str = "") -> str:
    return f"{kind}:{name}" if name or kind in {"service", "cause", "rule"} else kind
