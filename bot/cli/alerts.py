"""Sources of alerts: a key for one, and what would become of what it sends."""

import hashlib
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bot.cli.plain import config_file, env_file, plain_errors
from bot.config import load
from bot.domain.alerts.routing import Rule, Then, route
from bot.domain.alerts.signals import Signal, State
from bot.intake import FORMATS, parsed, reader_of
from bot.intake.values import Unreadable


@click.group()
def source() -> None:
    """Sources of alerts."""


@source.command()
@click.argument("name", default="prometheus")
@click.option("--format", "form", type=click.Choice(FORMATS), default="alertmanager", show_default=True)
def key(name: str, form: str) -> None:
    """Make a key for the source NAME, and print what to write into muster.yml.

    The key is shown this once. Muster keeps its hash alone.
    """
    made = secrets.token_hex(16)
    digest = hashlib.sha256(made.encode()).hexdigest()
    click.echo(f"The key, for {name}'s own configuration. It is not shown again:\n\n    {made}\n")
    click.echo("For muster.yml:\n")
    click.echo(f"alerts:\n  sources:\n    {name}:\n      format: {form}\n      key: sha256:{digest}")


@click.group()
def alert() -> None:
    """Alerts, as they would be taken."""


@alert.command(name="try")
@click.argument("file", type=click.File("rb"))
@click.option("--source", "name", required=True, help="The source that would send it, as in muster.yml.")
@config_file
@env_file
def try_out(*, file: click.File, name: str, path: Path | None, said: Sequence[str]) -> None:
    """Say what FILE, a payload as a source sends it, would do. Nothing is sent, and nobody is called."""
    for told in said:
        click.echo(f"muster: {told}", err=True)
    with plain_errors():
        process = load(path, os.environ, sends=False).process
    known = process.alert_sources.get(name)
    if not known:
        there = ", ".join(process.alert_sources) or "none"
        raise click.BadParameter(f"'{name}' is no source. Sources: {there}.", param_hint="--source")
    try:
        found = reader_of(known)(parsed(known, file.read()))  # type: ignore[attr-defined]
    except ValueError:
        click.echo("Refused with 400: this is no JSON.")
        sys.exit(1)
    except Unreadable as wrong:
        click.echo(f'Taken as "Unreadable alert from {name}": {wrong}')
        return
    for one in found:
        _say(one, name, process.alert_rules, next(iter(process.types)))


def _say(signal: Signal, name: str, rules: Sequence[Rule], usual: str) -> None:
    routed = route(rules, name, signal)
    click.echo(f"{signal.title}\n  key: {signal.key or 'by its body'}")
    if signal.state is not State.FIRING:
        click.echo(f"  {signal.state}: changes an open alert of that key, if there is one")
        return
    group = routed.group.replace("\n", ", ")
    click.echo(f"  says: {signal.severity or 'information only'}; group: {group}; by {routed.rule.name}")
    kind = routed.rule.type or usual
    ends = {
        Then.TRIAGE: f"opens a triage, {kind} {routed.severity}, or joins the open incident of its group",
        Then.ACTIVE: f"declares an incident, {kind} {routed.severity}, which pages; or joins its group's",
        Then.KEEP: "is kept and shown, and pages nobody",
    }
    click.echo(f"  {ends[routed.then]}")
