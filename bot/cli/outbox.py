"""The commands for deliveries that were given up: listed, sent again and dropped, also while the bot runs."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

import click

from bot.cli.plain import any_database, config_file, env_file, plain_errors
from bot.clock import SystemClock
from bot.config import Config, load
from bot.domain.errors import Refused
from bot.operations import dead_letters as letters
from storage import dead_letters, incidents
from storage.copying import looked_into, written_beside
from storage.database import DatabaseUnusable
from storage.dead_letters import DeadLetter
from storage.transaction import Tx

R = TypeVar("R")
Work: TypeAlias = Callable[[Tx, int], DeadLetter]

SHOWN = ("incident", "page", "notification", "person", "channel", "name", "update", "action", "maintenance")
"""What is shown of what a delivery is about: numbers and ids, no text that a person wrote."""


@click.group()
def outbox() -> None:
    """What goes out: deliveries that were given up. They are kept for a week."""


@outbox.command("list")
@click.option(
    "--job", default="", help="Only those of a job, or of all that begin so: slack, webhook, gitlab."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many.")
@config_file
@env_file
@any_database
def show_all(*, job: str, limit: int, path: Path | None, said: Sequence[str], database: str) -> None:
    """List what was given up, the newest first: what, for which incident, when, and why."""

    def read(tx: Tx) -> list[str]:
        return [_line(tx, one) for one in dead_letters.newest(tx, limit, job)]

    found = _read(path, said, database, read)
    click.echo("\n".join(found) if found else "Nothing was given up.")


@outbox.command()
@click.argument("number", type=int)
@config_file
@env_file
@any_database
def show(*, number: int, path: Path | None, said: Sequence[str], database: str) -> None:
    """Show the delivery NUMBER that was given up."""
    click.echo("\n".join(_read(path, said, database, lambda tx: _facts(tx, letters.found(tx, number)))))


@outbox.command()
@click.argument("numbers", type=int, nargs=-1)
@click.option("--job", default="", help="Also all of a job, or of all that begin so: webhook.status-board.")
@config_file
@env_file
@any_database
def resend(
    *, numbers: Sequence[int], job: str, path: Path | None, said: Sequence[str], database: str
) -> None:
    """Send the deliveries NUMBERS that were given up again. What arrived before is not made twice.

    A page that is over is not sent again, and it is said why.
    """
    _each(numbers, job, letters.send_again, "goes out again", (_process(path, said), database))


@outbox.command()
@click.argument("numbers", type=int, nargs=-1)
@click.option("--job", default="", help="Also all of a job, or of all that begin so.")
@config_file
@env_file
@any_database
def drop(*, numbers: Sequence[int], job: str, path: Path | None, said: Sequence[str], database: str) -> None:
    """Forget the deliveries NUMBERS that were given up."""
    _each(numbers, job, letters.drop, "is dropped", (_process(path, said), database))


def _each(numbers: Sequence[int], job: str, work: Work, done: str, where: tuple[Config, str]) -> None:
    """Do it with each; one that is refused keeps no other one back."""
    if not numbers and not job:
        raise click.UsageError("Name deliveries by their numbers, or --job. `muster outbox list` has them.")
    config, database = where
    with plain_errors(), written_beside(database, config.process, SystemClock().now()) as tx:
        changed, refused = letters.with_each(tx, numbers, job, work)
    for one in changed:
        click.echo(f"Delivery {one.id} ({one.job}) {done}.")
    for why in refused:
        click.echo(f"muster: {why}", err=True)
    if refused:
        raise click.exceptions.Exit(1)
    if not changed:
        click.echo("Nothing was given up there.")


def _read(path: Path | None, said: Sequence[str], database: str, work: Callable[[Tx], R]) -> R:
    process = _process(path, said)
    with plain_errors(), looked_into(database, process.process, SystemClock().now()) as tx:
        try:
            return work(tx)
        except Refused as why:
            raise DatabaseUnusable(str(why)) from why


def _process(path: Path | None, said: Sequence[str]) -> Config:
    for line in said:
        click.echo(f"muster: {line}", err=True)
    with plain_errors():
        return load(path, os.environ, sends=False)


def _about(tx: Tx, one: DeadLetter) -> str:
    number = letters.incident_of(tx, one)
    if not number:
        return "of no incident"
    return f"INC-{number}" + (" (private)" if incidents.get(tx, number).private else "")


def _line(tx: Tx, one: DeadLetter) -> str:
    at = f"{one.given_up_at:%Y-%m-%d %H:%M} UTC"
    return f"{one.id}  {at}  {one.job}  {_about(tx, one)}  {one.attempts} attempts: {one.reason}"


def _facts(tx: Tx, one: DeadLetter) -> list[str]:
    event = one.subject["said"]["type"] if "said" in one.subject else one.event
    return [
        f"Delivery {one.id}: {one.job}" + (", a page" if one.urgent else ""),
        f"  about: {_about(tx, one)}, {event}",
        *(f"  {name}: {one.subject[name]}" for name in SHOWN[1:] if one.subject.get(name)),
        f"  made: {one.created_at:%Y-%m-%d %H:%M:%S} UTC",
        f"  given up: {one.given_up_at:%Y-%m-%d %H:%M:%S} UTC, after {one.attempts} attempts",
        f"  why: {one.reason}",
        f"  to send it again: muster outbox resend {one.id}",
    ]
