"""The commands for what an operator keeps: the database, its schema and its copies."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.cli.plain import any_database, database_file, plain_errors
from bot.clock import SystemClock
from storage.backup import Copy, back_up, is_sqlite
from storage.database import DatabaseUnusable
from storage.engines import file_of, is_postgres, open_database, schema_of, schema_steps, without_password
from storage.migrations import MIGRATIONS, too_new
from storage.moving import move, refuse_while_used
from storage.restoring import mark_restored, restore

_FILE: Any = click.Path(path_type=Path, dir_okay=False)
_database = database_file(text="The SQLite file that holds the state.")


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


@click.command("restore")
@click.argument("file", type=_FILE, required=False)
@_database
@click.option("--force", is_flag=True, help="Replace a database that holds something; it is kept beside it.")
def put_back(file: Path | None, database: str, *, force: bool) -> None:
    """Put the copy FILE back as the database. No bot may run on it.

    Without FILE: say of a database that was put back by other means (pg_restore, a snapshot) that it is an
    older state. In both cases the next start first looks in Slack for what happened since.
    """
    with plain_errors():
        at = SystemClock().now()
        if file is None:
            of = _marked(database, at)
            click.echo(f"{without_password(database)} is marked as restored, as it was at {_when(of)}.")
        elif is_postgres(database) and is_sqlite(file):
            raise DatabaseUnusable(
                f"{file} is a copy of a SQLite database, and the database is PostgreSQL. Restore it to a "
                f"file and move that to an empty one: muster restore {file} --database restored.db && "
                f"muster move --from sqlite:restored.db --to '{without_password(database)}'"
            )
        elif is_postgres(database):
            raise DatabaseUnusable(
                "PostgreSQL has its own tool for this. Stop every replica and run: "
                f"pg_restore --clean --if-exists --dbname='{without_password(database)}' {file} "
                f"&& muster restore --database '{without_password(database)}'"
            )
        else:
            done = restore(file, file_of(database), at=at, replace=force)
            click.echo(f"Restored {database} from {file}, as it was at {_when(done.of)}: {_what(done.copy)}.")
            if done.kept:
                click.echo(f"What was there before is kept as {done.kept}.")
        click.echo("Start muster again: it first looks in Slack for what happened since, and sends then.")


@click.command("move")
@click.option("--from", "source", required=True, help="Where it is: sqlite:muster.db or postgresql://...")
@click.option("--to", "target", required=True, help="An empty database to move it to.")
@click.option("--force", is_flag=True, help="Replace another state of the same database there.")
def move_database(source: str, target: str, *, force: bool) -> None:
    """Move everything to another database, once every bot is stopped. It can be repeated."""
    with plain_errors():
        moved = move(source, target, force=force)
        place = without_password(target)
        if moved.before:
            click.echo(f"It was moved to {place} before. Nothing was done.")
            return
        click.echo(f"{'table':<14} {'rows':>9}  checksum, the same in both")
        for table in moved.tables:
            click.echo(f"{table.name:<14} {table.rows:>9}  {table.checksum}")
        click.echo(f"Moved to {place}. Start muster with MUSTER_DATABASE={place}")


@click.command()
@any_database
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def migrate(database: str, *, dry_run: bool) -> None:
    """Bring the database's schema up to this version, as `muster run` does when it starts."""
    with plain_errors():
        found, knows = schema_of(database), len(MIGRATIONS)
        if found > knows:
            raise DatabaseUnusable(too_new(found))
        click.echo(
            f"{without_password(database)} is at schema version {found}; this muster works with {knows}."
        )
        for number, step in enumerate(schema_steps(database, found), found + 1):
            click.echo(f"-- step {number}")
            click.echo("".join(f"{statement};\n" for statement in step), nl=False)
        if found == knows:
            click.echo("There is nothing to do.")
        elif dry_run:
            click.echo("Nothing was changed. Without --dry-run it is done, in one transaction.")
        else:
            open_database(database).close()
            click.echo(f"Done: it is at schema version {knows}.")


def _marked(database: str, at: datetime) -> datetime:
    if not is_postgres(database) and not Path(file_of(database)).exists():
        raise DatabaseUnusable(f"{database} is not there. Name the database with --database.")
    opened = open_database(database)
    try:
        refuse_while_used(opened)
        return mark_restored(opened, at=at)
    finally:
        opened.close()


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _what(copy: Copy) -> str:
    size = f"{copy.bytes / 1_000_000:.1f} MB"
    return f"{copy.incidents} incidents, {copy.pages} pages, {size}, schema version {copy.version}"
