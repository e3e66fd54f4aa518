"""The commands for what an operator keeps: copies of the database."""

from pathlib import Path
from typing import Any

import click

from bot.clock import SystemClock
from bot.plain import plain_errors
from storage.backup import Copy, back_up
from storage.database import DatabaseUnusable
from storage.engines import file_of, is_postgres, without_password

_FILE: Any = click.Path(path_type=Path, dir_okay=False)
_database = click.option(
    "--database",
    envvar="MUSTER_DATABASE",
    default="muster.db",
    show_default=True,
    help="The SQLite file that holds the state.",
)


@click.command()
@click.argument("file", type=_FILE)
@_database
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def backup(file: Path, database: str, *, force: bool) -> None:
    """Copy the database to FILE, also while the bot runs."""
    with plain_errors():
        if is_postgres(database):
            raise DatabaseUnusable(
                "PostgreSQL has its own tool for this. Run: "
                f"pg_dump --format=custom --file={file} --dbname='{without_password(database)}'"
            )
        copy = back_up(file_of(database), file, at=SystemClock().now(), replace=force)
        click.echo(f"Copied {database} to {copy.path}: {_what(copy)}.")


def _what(copy: Copy) -> str:
    size = f"{copy.bytes / 1_000_000:.1f} MB"
    return f"{copy.incidents} incidents, {copy.pages} pages, {size}, schema version {copy.version}"
