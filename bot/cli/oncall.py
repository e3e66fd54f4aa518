"""What schedules say in a terminal: who is on call, and what is odd in the time ahead."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import click
from click.core import ParameterSource

from bot.cli.asked import MOMENT, When, asked_workspace, moment, one_of
from bot.cli.asking import ask
from bot.cli.calendars import keep, with_calendars
from bot.cli.findings import Finding, Level
from bot.cli.plain import any_database, config_file, env_file, plain_errors, setting
from bot.config import load
from bot.config.paths import odd_levels
from bot.config.schedules import odd_schedules
from bot.domain.oncall.shifts import Shift, Twice, twice_on
from bot.domain.process import Process, Team
from bot.integrations.calendars import Found
from bot.operations.paging.targets import callable_on_paths
from bot.views.mrkdwn import lasting
from bot.views.naming import plain_role
from storage import people, reading, schedules
from storage.copying import asked_of, workspace_of
from storage.reading import Part
from storage.transaction import Tx

AHEAD = timedelta(days=30)
"""So far ahead gaps are looked for."""
_TIMES_SAID = 3
_COPY = "Until it can be read its last good copy counts."
_NO_COPY = "The database has no copy of it either: see that it can be read."


@click.command("oncall")
@config_file
@env_file
@any_database
@click.option("--at", "when", callback=moment, help=f"When: {MOMENT} (default: now, in UTC).")
@click.option("--team", "name", help="One team, by its name or role (default: all).")
@setting("--url", variable="MUSTER_URL", text="The address of a running bot to ask, instead of its database.")
@click.option("--json", "as_json", is_flag=True, help="With --url: print what the API answers, as JSON.")
def on_call(
    *,
    path: Path | None,
    said: Sequence[str],
    database: str,
    when: When,
    name: str | None,
    url: str | None,
    as_json: bool,
) -> None:
    """Print who is on call for each team at a moment, until when, and who is called after them.

    People and overrides are those of the database, if there is one. No token is needed for that. With --url
    it asks a running bot who is on call now, by the token in MUSTER_TOKEN.
    """
    if url and click.get_current_context().get_parameter_source("when") is ParameterSource.DEFAULT:
        with plain_errors():
            _asked(url, name, as_json=as_json)
        return
    if as_json:
        raise click.BadParameter("It needs --url, and no --at.", param_hint="--json")
    with plain_errors():
        process = load(path, os.environ, sends=False).process
        workspace, *calendars = with_calendars(process, asked_workspace(database), when.at)
    for line in (*said, *(one.said for one in chain(*calendars))):
        click.echo(f"muster: {line}", err=True)
    every = [*process.teams]
    if name is not None:
        every = [process.team_meant(name) or one_of("--team", "team", name, every)]
    click.echo(f"{when.at.astimezone(when.zone):%A, %Y-%m-%d %H:%M} in {when.zone}")
    with asked_of(workspace, process, when.at) as tx:
        for each in every:
            click.echo("\n".join(["", *_lines(tx, process.teams[each], when)]))


def _asked(url: str, name: str | None, *, as_json: bool) -> None:
    found = ask(url, "/api/v1/oncall", scopes="oncall:read")
    every = [one["team"] for one in found["data"]]
    if name is not None:
        roles = {one["role"].lower(): one["team"] for one in found["data"] if one["role"]}
        wanted = roles.get(name.lower()) or one_of("--team", "team", name, every)
        found["data"] = [one for one in found["data"] if one["team"] == wanted]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for one in found["data"]:
        now = " and ".join(who["name"] or who["id"] for who in one["on_call"]) or "nobody"
        click.echo(f"{one['team']}: {now}" + (f" until {one['until']}" if one["until"] else ""))


def _lines(tx: Tx, team: Team, when: When) -> Iterator[str]:
    on_call, then = callable_on_paths(tx), schedules.following(tx).get(team.name)
    now = f"{plain_role(team.role, team.name)}: {_named(tx, on_call[team.name])}"
    if then:
        now += f" until {then.start.astimezone(when.zone):%Y-%m-%d %H:%M}, then {_named(tx, then.people)}"
    yield now
    waited = timedelta()
    for level in team.path:
        if called := on_call.get(level.key, ()):
            if level.key != team.name:
                after = f"after {lasting(waited)}" if waited else "at once"
                yield f"  {after} {level.key}: {_named(tx, called)}"
            waited += level.timeout


def _named(tx: Tx, called: Sequence[str]) -> str:
    known = ((one, people.get(tx, one)) for one in called)
    return (
        " and ".join((person.name or person.email or one) if person else one for one, person in known)
        or "nobody"
    )


def ahead(
    process: Process, database: str, now: datetime, calendars: Mapping[str, Found | str]
) -> list[Finding]:
    """Return what schedules and paths hold: who is on call now, gaps, and one person at two levels.

    What was read of the `calendars` counts, where it could be read.
    """
    odd = [Finding(Level.WARNING, text) for text in (*odd_schedules(process), *odd_levels(process))]
    workspace = workspace_of(database)
    with asked_of(workspace, process, now) as tx:
        if workspace:  # otherwise every address in a calendar is somebody, as everybody who is named is
            reading.went_on(tx, Part.PEOPLE, None)
        kept = {row["schedule"] for row in workspace.get("calendar_shifts", ())}
        for name, found in calendars.items():
            odd += keep(tx, name, found, _COPY if name in kept else _NO_COPY)
        coming = {name: list(found) for name, found in schedules.coming(tx, now + AHEAD).items()}
        return [*_now(tx, coming), *odd, *_gaps(process, coming), *_twice(tx, coming)]


def _now(tx: Tx, coming: dict[str, list[Shift]]) -> Iterator[Finding]:
    for name, (now, *_) in coming.items():
        if tx.process.teams[name].schedule and now.people:
            what = f"On call for {name}: {_named(tx, now.people)}, until {now.end:%Y-%m-%d %H:%M} (UTC)"
            yield Finding(Level.OK, f"{what} or longer." if now.end == tx.now + AHEAD else f"{what}.")


def _gaps(process: Process, coming: dict[str, list[Shift]]) -> Iterator[Finding]:
    for name, shifts in coming.items():
        schedule, empty = process.teams[name].schedule, [one for one in shifts if not one.people]
        if schedule and empty:
            what = f"schedules.{schedule.name}: nobody is on call for {name} {_when(empty)}."
            yield Finding(Level.WARNING, what, "A page then goes to the next level at once.")


def _twice(tx: Tx, coming: dict[str, list[Shift]]) -> Iterator[Finding]:
    found: dict[tuple[str, str, str], dict[str, list[Twice]]] = {}
    for team in tx.process.teams.values():
        for one in twice_on({level.team: coming[level.team] for level in team.path}):
            found.setdefault((one.person, *one.levels), {}).setdefault(team.name, []).append(one)
    for (person, first, second), paths in found.items():
        name, times = next(iter(paths.items()))
        what = f"teams.{name}.path: {_named(tx, [person])} is called for {first} and for {second}"
        cure = "Who does not answer the first call will miss the second one too."
        yield Finding(Level.WARNING, f"{what} {_when(times)}.", cure)


def _when(times: Sequence[Shift | Twice]) -> str:
    """Say when something is: the first times of it."""
    said = [f"from {one.start:%Y-%m-%d %H:%M} until {one.end:%Y-%m-%d %H:%M}" for one in times[:_TIMES_SAID]]
    more = f" and {len(times) - len(said)} times more" if len(times) > len(said) else ""
    return f"{', '.join(said)} (UTC){more} in the next {AHEAD.days} days"
