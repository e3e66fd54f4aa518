"""Whether an incident halts deployments or changes of feature flags: a pipeline asks before it goes on."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from bot.cli.asking import ApiRefused, ask
from bot.cli.plain import any_database, config_file, env_file, plain_errors, setting
from bot.clock import SystemClock
from bot.config import load
from bot.domain.incidents.labels import labels
from bot.views.naming import plain_title
from storage import incidents
from storage.copying import looked_into
from storage.database import DatabaseUnusable

PATH = "/api/v1/blocks"


@click.command()
@click.argument("what", type=click.Choice(["deployments", "feature-flags"]))
@setting("--url", variable="MUSTER_URL", text="The address of a running bot to ask, instead of its database.")
@config_file
@env_file
@any_database
def blocked(*, what: str, url: str | None, path: Path | None, said: Sequence[str], database: str) -> None:
    """Say which open incidents block WHAT, and end with 1 if any does, 0 if none does, 2 if unknown.

    It reads the database, also while the bot runs; no token is needed for that. With --url it asks a running
    bot, by the token in MUSTER_TOKEN, and needs nothing else of this machine.
    """
    for line in said:
        click.echo(f"muster: {line}", err=True)
    with plain_errors():
        found = _asked(url, what) if url else _read(path, database, what)
    for line in found:
        click.echo(f"Blocked by {line}")
    if found:
        sys.exit(1)
    click.echo(f"No incident blocks {what}.")


def _read(path: Path | None, database: str, what: str) -> list[str]:
    process = load(path, os.environ, sends=False).process
    with looked_into(database, process, SystemClock().now()) as tx:
        found = [one for one in incidents.everyone_open(tx) if f"blocks {what}" in labels(one)]
    return [f"{plain_title(one)} ({one.severity}, {one.status})" for one in found]


def _asked(url: str, what: str) -> list[str]:
    """Ask a running bot. Whatever goes wrong, nobody shall take it for a "no"."""
    try:
        body = ask(url, PATH, scopes="blocks:read")
        return [_line(one) for one in body[what.replace("-", "_")]["incidents"]]
    except ApiRefused as refused:
        raise DatabaseUnusable(f"{url} answered {refused.status}: {refused.message}") from refused
    except (KeyError, TypeError) as error:
        raise DatabaseUnusable(f"{url} answered what I cannot read. Is it muster's address?") from error


def _line(incident: Mapping[str, Any]) -> str:
    if incident["private"]:
        return f"private incident {incident['reference']}"
    return f"{incident['reference']} {incident['name']} ({incident['severity']}, {incident['status']})"
