"""Alerts: what came of each source, and what would become of what one sends."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click

from bot.cli.asked import asked_workspace
from bot.cli.plain import any_database, config_file, env_file, plain_errors
from bot.clock import SystemClock
from bot.config import load
from bot.domain.alerts.alert import Alert
from bot.domain.alerts.routing import Routed, Then, route
from bot.domain.alerts.signals import Signal, State, of_source, unreadable
from bot.domain.process import Process
from bot.domain.text import counted
from bot.intake import parsed, reader_of
from bot.intake.values import Unreadable
from bot.operations.alerts.rehearsing import Outcome, rehearsed
from bot.views.alerts.noise import NOTHING, summed
from bot.views.alerts.source_table import refused_line, table
from storage import alert_pages, alert_sources, alert_tallies, alert_traces, alerts, judged_alerts
from storage.copying import asked_of, looked_into
from storage.transaction import Tx

DAY = timedelta(days=1)
SHOWN_REFUSALS = 5
_SPAN = re.compile(r"([1-9][0-9]{0,5})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _span(_context: click.Context, _option: click.Parameter, value: str) -> timedelta:
    found = _SPAN.fullmatch(value.strip().lower())
    if not found:
        raise click.BadParameter(
            f"`{value}` is no such time. Expected minutes, hours or days: 90m, 12h or 7d."
        )
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@click.group()
def alert() -> None:
    """Alerts: what came, and what would become of them."""


@alert.command(name="try")
@click.argument("file", type=click.File("rb"))
@click.option("--source", "name", required=True, help="The source that would send it, as in muster.yml.")
@config_file
@env_file
def try_out(*, file: click.File, name: str, path: Path | None, said: Sequence[str]) -> None:
    """Say what FILE, a payload as a source sends it, would do. Nothing is sent, and nobody is called."""
    process = _process(path, said)
    now = SystemClock().now()
    for one in _read(file, name, process):
        _say(one, name, process, now)


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
    click.echo(f"{counted(len(found), 'alert')}, {others} of them decided otherwise. Nothing was sent.")


@alert.command()
@config_file
@env_file
@any_database
def sources(*, path: Path | None, said: Sequence[str], database: str) -> None:
    """Print what came from each source, and what was refused in the last 24 hours."""
    process = _process(path, said)
    with plain_errors(), looked_into(database, process, SystemClock().now()) as tx:
        states, lately = alert_sources.all_of(tx), alert_tallies.lately(tx, DAY)
        refusals = alert_traces.refusals(tx, SHOWN_REFUSALS)
    formats = {name: one.format for name, one in process.alert_sources.items()}
    click.echo("\n".join(table(formats, process.set_aside, states, lately)))
    if refusals:
        click.echo("\n".join(["", "Refused last:", *map(refused_line, refusals)]))


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
    raw = file.read()  # type: ignore[attr-defined]
    try:
        found = reader_of(known)(parsed(known, raw))
    except ValueError:
        opens = f' It opens a triage all the same: "Unreadable alert from {name}".'
        click.echo(f"Refused with 400: no JSON.{opens if raw.strip() and known.format != 'sns' else ''}")
        sys.exit(1)
    except Unreadable as wrong:
        click.echo(f'Taken as "Unreadable alert from {name}": {wrong}')
        return [unreadable(name)]
    return of_source(found, name)


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
        f"  {one.source}, {one.state}, {graded}, fired {counted(one.fired, 'time')}",
        f"  first {one.first_at:%Y-%m-%d %H:%M:%S %Z}, last {one.last_at:%Y-%m-%d %H:%M:%S %Z}",
        f"  {where}: {one.outcome or 'not decided yet'}; rule: {one.rule or 'none'}",
        f"  trace: {one.trace or 'none'}",
        *(f"  {name}: {value}" for name, value in one.labels.items()),
        *([f"  body: {raw[:2000]}"] if raw else []),
    ]


def _say(signal: Signal, name: str, process: Process, now: datetime) -> None:
    routed = route(process.alert_rules, name, signal)
    click.echo(f"{signal.title}\n  key: {signal.key or 'by its body'}")
    if signal.state is not State.FIRING:
        click.echo(f"  {signal.state}: changes an open alert of that key, if there is one")
        return
    group = routed.group.replace("\n", ", ")
    click.echo(f"  says: {signal.severity or 'information only'}; group: {group}; by {routed.rule.name}")
    opens = (
        process.alert_hours.opens(routed.severity, now) if process.alert_hours and routed.severity else None
    )
    if opens and routed.then is not Then.KEEP:
        click.echo(f"  waits for working time, until {opens:%Y-%m-%d %H:%M %Z}; then, if it fires still:")
    click.echo(f"  {_end(routed, process)}")


def _end(routed: Routed, process: Process) -> str:
    """Say what becomes of an alert, as its rule and the type of its incident have it."""
    kind = process.type_of(routed.rule.type)
    graded = f"{kind.name} {routed.severity}"
    if routed.then is Then.KEEP:
        return "is kept and shown, and pages nobody"
    if routed.then is Then.PAGE:
        return f"pages {routed.rule.team or kind.pages}, and makes no incident"
    if kind.private and routed.then is Then.TRIAGE:
        return f"declares an incident, {graded}, which pages, as no triage channel may show a private one"
    if routed.then is Then.ACTIVE:
        return f"declares an incident, {graded}, which pages; or joins its group's"
    return f"opens a triage, {graded}, or joins the open incident of its group"
