"""Whether a level of a path is called, and whom of those whom it would call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.incidents.incident import Incident
from bot.domain.oncall.schedules import WorkingHours
from bot.domain.process import CHANNEL, EOC, Level


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a level calls. When that is nobody though somebody could be called, `why` says why."""

    people: tuple[str, ...] = ()
    why: str = ""


def target(
    level: Level,
    of: Incident | None,
    people: Sequence[str],
    hours: Callable[[str], WorkingHours],
    now: datetime,
) -> Target:
    """Return whom a level calls now, of the `people` whom it means. `hours` has the working hours of each.

    A page for the EOC waits for no working hours: EOCs respond at weekends too.
    """
    if why := _unmet(level, of):
        return Target((), why)
    if not people or not level.only.working or level.role == EOC:
        return Target(tuple(people))
    there = tuple(one for one in people if hours(one).hold(now))
    return Target(there, "" if there else "it is outside their working hours")


def _unmet(level: Level, of: Incident | None) -> str:
    """Return why a level is not called for an incident. Outside of any nothing limits it."""
    if of and level.only.severities and of.severity not in level.only.severities:
        return f"they are called for {' and '.join(level.only.severities)} only"
    if of and level.only.types and of.type not in level.only.types:
        return f"they are called for {' and '.join(level.only.types)} only"
    if of and of.private and level.call.startswith(CHANNEL):
        return "a private incident is named in no channel but its own"
    return ""
