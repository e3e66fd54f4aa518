"""The commands that write a `muster.yml`: from a few questions, or from another product's export."""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from bot.cli.asked import zone_named
from bot.cli.plain import plain_errors
from bot.clock import SystemClock
from bot.config import ConfigInvalid
from bot.config.schedules import HANDOVER
from bot.config.values import channel as channel_named
from bot.config.values import person
from bot.imports.conversion import CALENDAR, PRODUCTS, converted, read_back
from bot.imports.rotations import schedule_of

_FILE: Any = click.Path(path_type=Path, dir_okay=False)
_force = click.option("--force", is_flag=True, help="Replace the file if it is there.")

_HEAD = """\
# Written by muster init. Every key is described in docs/configuration.md, and schedules in docs/schedules.md.
# After each change: muster check
"""
_SCHEDULE = """
# Who is on call when. People take turns in this order; for an absence there are overrides.
schedules:
  EOC:
    zone: {zone}
    channel: {channel} # where changes are told and cover is asked for
    layers:
      - rotation: weekly
        handover: {handover}
        start: {start}
        people: [{people}]
"""
_TEAMS = """
# Whom an incident pages. Who does not answer within 15 minutes is followed by the next team of the path.
teams:
  dotcom EOC: # the Engineer On Call, paged for every incident
    on_call: {eoc}
    path:
"""
_TYPES = """
# Which types of incident there are, and where they are announced. A drill blocks nothing.
types:
  Incident: {{pages: dotcom EOC, announce: [{channel}], triage: null}}
  Gameday: {{announce: [{channel}], triage: null}}
  GitLab.com: null # two of the handbook's own types that are not needed here
  Dedicated: null

# How a page leaves beside Slack, and whom to call by hand. Secrets come from the environment.
# contact_methods: {{call: twilio call, sms: twilio sms, push: ntfy}}
# people:
#   {first}: {{phone: "+44 20 7946 0000", call: "+442079460000", sms: "+442079460000", push: first-phone}}
"""


@click.command("import")
@click.argument("product", type=click.Choice([*PRODUCTS, CALENDAR]))
@click.argument("file", type=_FILE)
@click.option("--output", type=_FILE, help="Write the configuration there (default: standard output).")
@click.option(
    "--zone",
    callback=lambda _context, _option, raw: zone_named(raw).key if raw else "",
    help="For a calendar that names none: its time zone, such as Europe/Berlin.",
)
@_force
def import_export(*, product: str, file: Path, output: Path | None, zone: str, force: bool) -> None:
    """Turn an export of another product into a configuration.

    What could not be carried over is listed after it, with what to do by hand.
    """
    with plain_errors():
        text, left = converted(product, file, zone, SystemClock().now())
        if output:
            _write(output, text, force=force)
            click.echo(f"Wrote {output}. Next: muster check --config {output}", err=True)
        else:
            click.echo(text, nl=False)
    click.echo(
        f"Not carried over, or to be looked at ({len(left)}):" if left else "All was carried over.", err=True
    )
    for number, line in enumerate(left, 1):
        click.echo(f"{number}. {line}", err=True)


@click.command()
@click.option(
    "--on-call", multiple=True, help="Who is on call: an e-mail address; several take turns by week."
)
@click.option("--zone", help="The time zone of their turns (default: UTC).")
@click.option("--handover", help="When turns change (default: monday 09:00).")
@click.option("--manager", help="The Incident Manager, who is paged when they do not answer.")
@click.option("--leader", help="Who is paged after that.")
@click.option("--channel", help="The channel where incidents are announced (default: incidents).")
@click.option("--output", type=_FILE, default="muster.yml", show_default=True, help="The file to write.")
@_force
def init(*, output: Path, force: bool, **given: Any) -> None:
    """Write a first muster.yml. In a terminal it asks for what no option says."""
    with plain_errors():
        if output.exists() and not force:
            raise ConfigInvalid([_there(output)])
        text = _configuration(**given)
        config = read_back(text)
        _write(output, text, force=force)
    click.echo(f"Wrote {output}. What remains:")
    for line in (*config.fatal, *config.warnings):
        click.echo(f"- {line}")
    click.echo("- Make the channels that it names, and the Slack app with its tokens (README.md).")
    click.echo(f"- muster check --config {output} says whether everybody can be paged.")


def _configuration(
    *,
    on_call: tuple[str, ...],
    zone: str | None,
    handover: str | None,
    manager: str | None,
    leader: str | None,
    channel: str | None,
) -> str:
    people = _asked(
        "Who is on call? E-mail addresses in the order of their turns", ", ".join(on_call), _people
    )
    if not people:
        raise ConfigInvalid(["--on-call is missing: the e-mail address of whoever is on call."])
    text = _HEAD
    shown = _asked("In which channel are incidents announced?", channel, _channel, "incidents")
    turns = len(people) > 1 or zone or handover
    if turns:
        place = _asked("In which time zone do they take turns?", zone, lambda raw: zone_named(raw).key, "UTC")
        when, start = _asked(
            "When does the next one take over?", handover, lambda raw: _turn(raw, place), "monday 09:00"
        )
        text += _SCHEDULE.format(
            channel=shown, zone=place, handover=when, start=start, people=", ".join(people)
        )
    managers = _asked("Who is paged when they do not answer? Nobody: leave it empty", manager, _people, "")
    leaders = _asked("And who after that? Nobody: leave it empty", leader, _people, "")
    text += _TEAMS.format(eoc="EOC" if turns else f"[{people[0]}]")
    others = {
        "dotcom IMOC": (managers, "the Incident Manager, paged too for S1 and S2"),
        "dotcom leadership escalation": (leaders, "paged when nobody else answers"),
    }
    levels = ["dotcom EOC", *(name for name, (found, _) in others.items() if found)]
    text += "".join(f"      - {{page: {name}, timeout: 15m}}\n" for name in levels)
    for name, (found, what) in others.items():
        text += f"  {name}: # {what}\n    on_call: [{', '.join(found)}]\n" if found else ""
    return text + _TYPES.format(channel=shown, first=people[0])


def _asked(question: str, given: str | None, read: Callable[[str], Any], default: str | None = None) -> Any:
    """Return what an option says or, in a terminal, somebody answers; else the default."""
    if given:
        try:
            return read(given)
        except click.BadParameter as error:
            raise ConfigInvalid([error.message]) from None
    if sys.stdin.isatty():
        return click.prompt(question, default=default, value_proc=read, err=True)
    return read(default or "")


def _people(raw: str) -> list[str]:
    found = [one for one in raw.replace(",", " ").split() if one]
    for one in found:
        try:
            person(one)
        except ValueError:
            raise click.BadParameter(
                f"`{one}` is neither an e-mail address nor a Slack user id such as U012ABCDEF."
            ) from None
    return list(dict.fromkeys(one.lower() if "@" in one else one for one in found))


def _channel(raw: str) -> str:
    try:
        return channel_named(raw)
    except PydanticCustomError as error:
        raise click.BadParameter(f"`{raw}` is no channel. Expected {error.message()}.") from None


def _turn(raw: str, zone: str) -> tuple[str, date]:
    """Return a handover, and the day on which it was last."""
    here = SystemClock().now().astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    for day in (here.date() - timedelta(days=n) for n in range(8)):
        layer = {"rotation": "weekly", "handover": raw, "start": day.isoformat(), "people": ["U00"]}
        try:
            found = schedule_of("any", {"zone": zone, "layers": [layer]})
        except ValidationError:
            continue
        if found.layers[0].start <= here:
            return raw, day
    raise click.BadParameter(f"`{raw}` is no handover. Expected {HANDOVER}.")


def _write(path: Path, text: str, *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigInvalid([_there(path)]) from None
    except (IsADirectoryError, NotADirectoryError, FileNotFoundError) as error:
        raise ConfigInvalid([f"{path}: cannot be written: {error.strerror}."]) from None


def _there(path: Path) -> str:
    return f"{path} is there already. Name another file with --output, or replace it with --force."
