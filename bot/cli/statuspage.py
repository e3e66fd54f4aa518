"""The commands for our own status page."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from bot.cli.plain import any_database, config_file, env_file, plain_errors
from bot.clock import SystemClock
from bot.config import load
from bot.config.statuspage import StatuspageSettings
from bot.integrations.statuspages.exported import write
from bot.operations.incidents.public_page import public_page
from bot.views.statuspage.files import page_files
from storage.copying import looked_into
from storage.database import DatabaseUnusable


@click.group()
def statuspage() -> None:
    """The status page that customers read."""


@statuspage.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@config_file
@env_file
@any_database
def export(*, folder: Path, path: Path | None, said: Sequence[str], database: str) -> None:
    """Write the page to FOLDER, as it would be served: for a bucket, also while no bot runs."""
    for line in said:
        click.echo(f"muster: {line}", err=True)
    with plain_errors():
        config = load(path, os.environ, sends=False)
        settings = config.statuspage or StatuspageSettings("Status")
        with looked_into(database, config.process, SystemClock().now()) as tx:
            files = page_files(settings.name, settings.url, public_page(tx), mails=bool(settings.mail))
        try:
            write(folder, files)
        except OSError as error:
            raise DatabaseUnusable(f"{folder} cannot be written: {error.strerror or error}") from error
    click.echo(f"{len(files)} files are in {folder}; the first page is {folder / 'index.html'}")
