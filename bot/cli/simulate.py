"""The command that rehearses an incident."""

import asyncio
import json
import logging
import os
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain
from pathlib import Path

import click
from pydantic import TypeAdapter, ValidationError

from bot.app import Muster
from bot.cli.asked import MOMENT, When, asked_workspace, moment, one_of
from bot.cli.calendars import with_calendars
from bot.cli.plain import any_database, config_file, env_file, no_config, plain_errors
from bot.config import load
from bot.config.values import DURATION, Duration
from bot.domain.incidents.incident import Severity
from bot.domain.process import Process
from bot.rehearsal import Story, as_values, rehearse
from bot.rehearsal.asked import LONGEST, may_be_silent
from bot.views import rehearsal as view
from bot.views.rehearsal import Script
from storage.copying import Workspace


def _span(_context: click.Context, _option: click.Parameter, value: str) -> timedelta:
    try:
        return TypeAdapter[timedelta](Duration).validate_python(value)
    except ValidationError:
        raise click.BadParameter(f"`{value}` is no time to wait. Expected {DURATION}.") from None


def _hours(_context: click.Context, _option: click.Parameter, value: str) -> timedelta:
    try:
        hours = timedelta(hours=float(value))
        if timedelta() < hours <= timedelta(hours=LONGEST):
            return hours
    except (ValueError, OverflowError):
        pass
    raise click.BadParameter(f"`{value}` is no such time. Expected hours, at most {LONGEST}, such as 2.")


def _no_words(context: click.Context, _argument: click.Parameter, words: tuple[str, ...]) -> None:
    if words:
        raise click.UsageError(
            f"I do not understand `{' '.join(words)}`. Here all is said by options: --type GitLab.com "
            '--severity S1 --at "2026-12-25 03:10 Europe/Berlin" --no-answer EOC --hours 2.',
            context,
        )


@click.command()
@click.argument("words", nargs=-1, metavar="", callback=_no_words, expose_value=False)
@config_file
@env_file
@any_database
@click.option("--type", "kind", help="The incident's type (default: the first one).")
@click.option(
    "--severity", type=click.Choice([*Severity], case_sensitive=False), default="S1", show_default=True
)
@click.option("--at", "when", callback=moment, help=f"When it is declared: {MOMENT} (default: now, in UTC).")
@click.option("--no-answer", "silent", help="Who does not answer: roles, teams or people, a comma between.")
@click.option("--nobody", is_flag=True, help="Nobody answers.")
@click.option(
    "--answers-after", callback=_span, default="2m", show_default=True, help="When the others answer."
)
@click.option(
    "--hours", "lasts", callback=_hours, default="1", show_default=True, help="How long it goes on."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def simulate(
    *,
    path: Path | None,
    said: Sequence[str],
    database: str,
    kind: str | None,
    severity: str,
    when: When,
    silent: str | None,
    nobody: bool,
    answers_after: timedelta,
    lasts: timedelta,
    form: str,
) -> None:
    """Rehearse an incident: print who would be called when, by what, with which text and why.

    The bot's own rules run, in virtual time and in memory. Nothing is sent and no token is needed. People,
    channels and overrides are those of the database, if there is one.
    """
    with plain_errors():
        config = load(path, os.environ, sends=False)
        workspace, *calendars = with_calendars(config.process, asked_workspace(database), when.at)
    for line in (*said, *no_config(path), *(one.said for one in chain(*calendars))):
        click.echo(f"muster: {line}", err=True)
    script = Script(
        type=one_of("--type", "incident type", kind, [*config.process.types]),
        severity=Severity(severity.upper()),
        at=when.at,
        zone=when.zone,
        lasts=lasts,
        answers_after=answers_after,
        silent=_silent(silent or "", config.process, workspace),
        nobody=nobody,
    )
    logging.disable()  # what the rehearsed bot logs has not happened
    try:
        story = asyncio.run(rehearse(Muster, config, script, workspace))
    finally:
        logging.disable(logging.NOTSET)
    click.echo(_as_json(story) if form == "json" else _as_text(script, story))


def _silent(written: str, process: Process, workspace: Workspace) -> frozenset[str]:
    known = may_be_silent(process, [str(row["name"]) for row in workspace.get("people", ())])
    wanted = (one.strip() for one in written.split(","))
    return frozenset(one_of("--no-answer", "role, team or person", one, known) for one in wanted if one)


def _as_text(script: Script, story: Story) -> str:
    over = f"{(script.at + script.lasts).astimezone(script.zone):%H:%M}"
    return "\n".join(
        [
            *map(view.wrapped, view.opening(script).split("\n")),
            "",
            *view.lines(story.said),
            "",
            view.wrapped(f"{over}  {view.ending(story.left)}", 7),
            "Nothing was sent.",
        ]
    )


def _as_json(story: Story) -> str:
    return json.dumps(as_values(story), ensure_ascii=False, indent=2)
