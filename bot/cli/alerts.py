"""Sources of alerts: a key for one, and what would become of what it sends."""

import hashlib
import os
import re
import secrets
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import click

from bot.cli.asked import asked_workspace
from bot.cli.plain import any_database, config_file, env_file, plain_errors
from bot.clock import SystemClock
from bot.config import load
from bot.domain.alerts.alert import Alert
from bot.domain.alerts.routing import Routed, Rule, Then, route
from bot.domain.alerts.signals import Signal, State, unreadable
from bot.domain.process import Process
from bot.intake import FORMATS, parsed, reader_of
from bot.intake.values import Unreadable
from bot.operations.alerts.rehearsing import Outcome, rehearsed
from bot.views.alerts.noise import NOTHING, summed
from storage import alert_pages, alert_traces, alerts, judged_alerts
from storage.copying import asked_of, looked_into
from storage.transaction import Tx

_SPAN = re.compile(r"([1-9][0-9]{0,5})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


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


def _span(_context: click.Context, _option: click.Parameter, value: str) -> timedelta:
    found = _SPAN.fullmatch(value.strip().lower())
    if not found:
        raise click.BadParameter(
            f"`{value}` is no such time. Expected minutes, hours or days: 90m, 12h or 7d."
        )
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


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
    process = _process(path, said)
    for one in _read(file, name, process):
        _say(one, name, process.alert_rules, next(iter(process.types)))


@alert.command()
@click.argument("file", type=click.File("rb"))
@click.option("--source", "name", required=True, help="The source that would send it, as in muster.yml.")
@config_file
@env_file
@any_database
def simulate(*, file: click.File, name: str, path: Path | None, said: Sequence[str], database: str) -> None:
    """Say which rule and group FILE would meet, who would be called, and why. Nothing is sent.

    The bot's own rules decide, in memory. People and overrides are those of the database, if there is one;
    incidents that are open now are not looked at.
    """
    process, now = _process(path, said), SystemClock().now()
    found = _read(file, name, process)
    with plain_errors():
        workspace = asked_workspace(database)
    with asked_of(workspace, process, now) as tx:
        outcomes = rehearsed(tx, name, found)
    for one in outcomes:
        click.echo("\n".join(_outcome(one)))


@alert.command()
@click.option("--since", "span", default="1d", show_default=True, callback=_span, help="How far back.")
@config_file
@env_file
@any_database
def replay(*, span: timedelta, path: Path | None, said: Sequence[str], database: str) -> None:
    """Say what a changed configuration (--config) would make of the alerts that came, and what differs.

    The rules alone are asked. Nothing is sent, and nothing is changed.
    """
    process = _process(path, said)
    with plain_errors(), looked_into(database, process, SystemClock().now()) as tx:
        found = alert_pages.since(tx, tx.now - span)
    others = 0
    for one in found:
        now = route(process.alert_rules, one.source, one)
        opened = one.incident is not None or one.page is not None
        differs = now.rule.name != one.rule or (now.then is Then.KEEP) is opened
        others += differs
        was = f" (was: {one.outcome or 'not decided yet'}, by {one.rule or 'no rule'})" if differs else ""
        click.echo(f"A-{one.id} {one.title}: {_told(process, now)}{was}")
    click.echo(f"{len(found)} alerts, {others} of them decided otherwise. Nothing was sent.")


@alert.command()
@click.argument("which")
@config_file
@env_file
@any_database
def show(*, which: str, path: Path | None, said: Sequence[str], database: str) -> None:
    """Show an alert, by its number (A-12) or by the trace that its source was answered: also an earlier
    request of the alert, and one that was refused.
    """
    process = _process(path, said)
    with plain_errors(), looked_into(database, process, SystemClock().now()) as tx:
        lines = list(_shown(tx, which))
    if not lines:
        raise click.ClickException(f"There is no alert `{which}`: give its number or trace.")
    click.echo("\n".join(lines))


@alert.command()
@click.option("--since", "span", default="30d", show_default=True, callback=_span, help="How far back.")
@config_file
@env_file
@any_database
def noise(*, span: timedelta, path: Path | None, said: Sequence[str], database: str) -> None:
    """Print how many alerts each rule had, what they opened, and how many were real."""
    process = _process(path, said)
    with plain_errors(), looked_into(database, process, SystemClock().now()) as tx:
        found = judged_alerts.noise(tx, tx.now - span, None)
    for one in found:
        click.echo(f"{one.rule or 'not decided yet'}: {summed(one)}")
    if not found:
        click.echo(NOTHING)


def _process(path: Path | None, said: Sequence[str]) -> Process:
    for told in said:
        click.echo(f"muster: {told}", err=True)
    with plain_errors():
        config = load(path, os.environ, sends=False)
    for told in (one for one in config.warnings if one.startswith("alerts")):
        click.echo(f"muster: {told}", err=True)
    return config.process


def _read(file: click.File, name: str, process: Process) -> list[Signal]:
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
        return [unreadable(name)]
    return found


def _outcome(found: Outcome) -> list[str]:
    one = found.alert
    lines = [f"{one.title}", f"  rule: {one.rule or 'none'}; group: {one.group.replace(chr(10), ', ')}"]
    lines.append(f"  {one.outcome}")
    lines += [f"  calls {who}: {why}" for who, why in found.called]
    if found.asked:
        lines.append(f"  asks {', '.join(found.asked)} to decide, and calls them if nobody has")
    return lines


def _told(process: Process, routed: Routed) -> str:
    if routed.then is Then.KEEP:
        return f"kept, by {routed.rule.name}"
    return f"{routed.then}, {process.type_of(routed.rule.type).name} {routed.severity}, by {routed.rule.name}"


def _shown(tx: Tx, which: str) -> Iterator[str]:
    """Yield what is known of an alert by its number, or of a request by its trace."""
    number = which.lower().removeprefix("a-")
    if number.isdecimal() and len(number) < 16 and (found := alerts.get(tx, int(number))):
        yield from _facts(found, alert_pages.raw_of(tx, found.id))
        return
    told = alert_traces.of_request(tx, which)
    for one in told:
        alert = alerts.get(tx, one.alert) if one.alert else None
        at = f"{one.at:%Y-%m-%d %H:%M:%S %Z}"
        if alert:
            yield f"Request {which} of {at} told that it is {one.told}:"
            yield from _facts(alert, alert_pages.raw_of(tx, alert.id))
        else:
            yield f"Request {which} of {at}: {one.source} told that one is {one.told}, and none was open."
    if not told:  # of before traces were kept by themselves
        for alert in alert_pages.traced(tx, which):
            yield from _facts(alert, alert_pages.raw_of(tx, alert.id))
    if refused := alert_traces.refused(tx, which):
        whose = refused.source or "no source that is known"
        yield f"Request {which} of {refused.at:%Y-%m-%d %H:%M:%S %Z}, of {whose}, was refused."
        yield f"  from {refused.address or 'nowhere known'}: {refused.reason}"


def _facts(one: Alert, raw: str) -> list[str]:
    graded = one.severity or "information only"
    where = f"INC-{one.incident}" if one.incident else f"page {one.page}" if one.page else "of no incident"
    return [
        f"A-{one.id} {one.title}",
        f"  {one.source}, {one.state}, {graded}, fired {one.fired} times",
        f"  first {one.first_at:%Y-%m-%d %H:%M:%S %Z}, last {one.last_at:%Y-%m-%d %H:%M:%S %Z}",
        f"  {where}: {one.outcome or 'not decided yet'}; rule: {one.rule or 'none'}",
        f"  trace: {one.trace or 'none'}",
        *(f"  {name}: {value}" for name, value in one.labels.items()),
        *([f"  body: {raw[:2000]}"] if raw else []),
    ]


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
        Then.PAGE: f"pages {routed.rule.team or f'the team of {kind}'}, and makes no incident",
        Then.KEEP: "is kept and shown, and pages nobody",
    }
    click.echo(f"  {ends[routed.then]}")
