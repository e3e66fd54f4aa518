"""The commands for the tokens of the API: made, listed and revoked, also while the bot runs."""

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import click

from bot.cli.plain import any_database, config_file, env_file, plain_errors
from bot.clock import SystemClock
from bot.config import load
from bot.domain.errors import Refused
from bot.domain.tokens import PREFIX, SCOPES, WALL
from bot.operations.tokens import add_token, revoke_token
from storage import tokens
from storage.copying import looked_into, written_beside
from storage.database import DatabaseUnusable
from storage.transaction import Tx

R = TypeVar("R")


@click.group()
def token() -> None:
    """Tokens with which programs ask the API."""


@token.command()
@click.option("--name", required=True, help="What uses it, such as ci.")
@click.option("--scopes", required=True, help=f"What it may do, with commas between: {', '.join(SCOPES)}.")
@click.option(
    "--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long it is good."
)
@click.option("--person", default="", help="Whom it acts for: a Slack user id or an e-mail address.")
@config_file
@env_file
@any_database
def add(
    *, name: str, scopes: str, days: int, person: str, path: Path | None, said: Sequence[str], database: str
) -> None:
    """Make a token and print it, once: only a hash of it is kept.

    Without --person it acts as itself: the timeline names it, and it leads and acknowledges nothing.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    wanted = frozenset(one.strip() for one in scopes.split(",") if one.strip())
    expires = SystemClock().now() + timedelta(days=days)
    with _telling(said):
        _write(path, database, lambda tx: add_token(tx, name, secret, wanted, expires, person=person))
    click.echo(secret)
    click.echo(f"Keep it now: it is not shown again. It is good until {_day(expires)}.", err=True)
    if WALL in wanted:
        there = os.environ.get("MUSTER_PUBLIC_URL", "https://your.host").rstrip("/")
        click.echo(f"The board for a screen is at {there}/wall/ and the token.", err=True)


@token.command("list")
@config_file
@env_file
@any_database
def show(*, path: Path | None, said: Sequence[str], database: str) -> None:
    """Show each token: what it may do, until when, and when it was last used."""
    now = SystemClock().now()
    with _telling(said):
        process = load(path, os.environ, sends=False).process
        with looked_into(database, process, now) as tx:
            found = tokens.everyone(tx)
    for one in found:
        used = f"last used {_day(one.used_at)}" if one.used_at else "never used"
        for_whom = f" for {one.person}" if one.person else ""
        until = f"until {_day(one.expires_at)}" if one.expires_at else "without an end"
        click.echo(
            f"{one.name}{for_whom}: {', '.join(sorted(one.scopes))}; {one.state(now)}, {until}; {used}"
        )
    if not found:
        click.echo("There is no token. Make one: muster token add --name ci --scopes blocks:read")


@token.command()
@click.argument("name")
@config_file
@env_file
@any_database
def revoke(*, name: str, path: Path | None, said: Sequence[str], database: str) -> None:
    """Make the token NAME worthless, at once."""
    with _telling(said):
        _write(path, database, lambda tx: revoke_token(tx, name))
    click.echo(f"The token {name} is revoked.")


@contextmanager
def _telling(said: Sequence[str]) -> Iterator[None]:
    for line in said:
        click.echo(f"muster: {line}", err=True)
    with plain_errors():
        try:
            yield
        except Refused as refused:
            raise DatabaseUnusable(str(refused)) from refused


def _write(path: Path | None, database: str, work: Callable[[Tx], R]) -> R:
    process = load(path, os.environ, sends=False).process
    with written_beside(database, process, SystemClock().now()) as tx:
        return work(tx)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
