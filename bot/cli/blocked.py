"""Whether an incident halts deployments or changes of feature flags: a pipeline asks before it goes on."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bot.cli.plain import any_database, config_file, env_file, plain_errors
from bot.clock import SystemClock
from bot.config import load
from bot.domain.incidents.labels import labels
from bot.views.naming import plain_title
from storage import incidents
from storage.copying import looked_into


@click.command()
@click.argument("what", type=click.Choice(["deployments", "feature-flags"]))
@config_file
@env_file
@any_database
def blocked(*, what: str, path: Path | None, said: Sequence[str], database: str) -> None:
    """Say which open incidents block WHAT, and end with 1 if any does, 0 if none does, 2 if unknown.

    It reads the database, also while the bot runs. No token is needed.
    """
    for line in said:
        click.echo(f"muster: {line}", err=True)
    with plain_errors():
        process = load(path, os.environ, sends=False).process
        with looked_into(database, process, SystemClock().now()) as tx:
            found = [one for one in incidents.everyone_open(tx) if f"blocks {what}" in labels(one)]
    for one in found:
        click.echo(f"Blocked by {plain_title(one)} ({one.severity}, {one.status})")
    if found:
        sys.exit(1)
    click.echo(f"No incident blocks {what}.")
