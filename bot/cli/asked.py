"""What commands ask for in the same words: a moment, and one of several names."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import click
from click.core import ParameterSource
from pydantic_core import PydanticCustomError

from bot.clock import SystemClock
from bot.config.names import did_you_mean
from bot.config.schedules import zone_of
from storage.copying import Workspace, workspace_of
from storage.engines import file_of, is_postgres

_MOST_NAMED = 12
"""How many names a hint lists, where there may be those of a whole workspace."""
MOMENT = "a date, a time and a time zone, such as 2026-12-25 03:10 Europe/Berlin"
_YEARS = range(2000, 2100)


class When(NamedTuple):
    """A moment, and the zone in which it was named."""

    at: datetime
    zone: ZoneInfo


def moment(_context: click.Context, _option: click.Parameter, value: str | None) -> When:
    """Read a moment; without one it is now."""
    if value is None:
        return When(SystemClock().now().replace(microsecond=0), ZoneInfo("UTC"))
    text, _, name = value.strip().rpartition(" ")
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"`{value}` is no time. Expected {MOMENT}.") from None
    if local.year not in _YEARS:
        raise click.BadParameter(f"`{value}` is too far away. Expected a year from 2000 to 2099.")
    zone = zone_named(name)
    at = local.replace(tzinfo=zone).astimezone(UTC)
    there = at.astimezone(zone)
    if there.replace(tzinfo=None) != local:
        raise click.BadParameter(f"The clocks of {zone} skip {local:%H:%M} on that day. Try {there:%H:%M}.")
    return When(at, zone)


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone, or say what is expected as the configuration does."""
    try:
        return zone_of(name)
    except PydanticCustomError as error:
        end = "" if error.message().endswith("?") else "."
        raise click.BadParameter(f"I know no time zone `{name}`. Expected {error.message()}{end}") from None


def asked_workspace(database: str) -> Workspace:
    """Read who and what is there; a database that is named has to exist, the default one need not."""
    named = click.get_current_context().get_parameter_source("database") is ParameterSource.COMMANDLINE
    if named and not is_postgres(database) and not Path(file_of(database)).exists():
        raise click.BadParameter(f"{database} does not exist. Correct the name.", param_hint="--database")
    return workspace_of(database)


def one_of(option: str, what: str, name: str | None, known: Sequence[str]) -> str:
    if name is None:
        return known[0]
    found = {one.lower(): one for one in known}.get(name.lower())
    if not found:
        hint = did_you_mean(name, known)
        listed = hint if hint.startswith("Did") else did_you_mean(name, known[:_MOST_NAMED])
        raise click.BadParameter(f"I know no {what} `{name}`. {listed}", param_hint=option)
    return found
