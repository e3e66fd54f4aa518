"""Databases with many open incidents, written by the bot's own operations."""

import shutil
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.config import load
from bot.domain.incidents.incident import Draft, Severity
from bot.operations.incidents.declare import declare
from bot.operations.workspace.channel import channel_opened
from bot.operations.workspace.people import learned
from bot.unit_of_work import UnitOfWork
from sandbox.workspace import Workspace
from storage import notifications, timers
from storage.engines import open_database
from storage.moving import move
from storage.people import Person
from storage.places import Place as Channel
from storage.transaction import Tx
from tests.bench.place import CONFIG, Place, world
from tests.bench.stores import Postgres, Sqlite

TIMEOUT = timedelta(minutes=15)


async def write(sqlite: Sqlite, incidents: int) -> None:
    """Make a database with this many open incidents, each with its channel and a page that waits."""
    with closing(open_database(sqlite.filled(incidents))) as database:
        uow = UnitOfWork(database, load(CONFIG).process, SystemClock())
        async with world() as slack:
            await uow.perform(_fill, slack.workspace, incidents)


def move_over(sqlite: Sqlite, postgres: Postgres, incidents: int, folder: Path) -> None:
    """Make the same on PostgreSQL, as an operator would."""
    leaving = folder / "leaving.db"
    shutil.copy(sqlite.filled(incidents), leaving)
    move(str(leaving), postgres.filled(incidents))
    leaving.unlink()
    postgres.settle(incidents)


async def put(at: Place, due: Sequence[datetime]) -> None:
    """Let the pages of the bot's database fall due at these times."""
    messages = seed(at.slack.workspace, len(due))
    with closing(open_database(at.store.where)) as database:
        await UnitOfWork(database, load(CONFIG).process, SystemClock()).perform(_set_due, due, messages)


def seed(workspace: Workspace, incidents: int) -> str:
    """Add the incidents' channels to a workspace, and their pages to the EOC's direct messages.

    Return the id of these.
    """
    bot = workspace.app.user_id
    direct = workspace.direct(bot, workspace.user("ana").id)
    by_us = {"bot_id": workspace.app.bot_id, "text": "You are paged"}
    for number in range(1, incidents + 1):
        workspace.seed(id=_channel(number), name=f"inc-{number}", creator=bot, members=[bot, "dev"])
        direct.messages.append({"type": "message", "ts": _ts(number), "user": bot, **by_us})
    return direct.id


def _fill(tx: Tx, workspace: Workspace, incidents: int) -> None:
    learned(tx, _people(workspace), _channels(workspace))
    reporter = workspace.user("dev").id
    for number in range(1, incidents + 1):
        draft = Draft(f"Checkout fails {number}", "GitLab.com", Severity.S3)
        incident = declare(tx, draft, by=reporter, form=None, anyway=True)
        channel_opened(tx, incident.id, _channel(number), f"inc-{number}")


def _people(workspace: Workspace) -> Iterable[Person]:
    for user in workspace.users.values():
        yield Person(user.id, user.handle, user.email or None, not user.bot, user.tz)


def _channels(workspace: Workspace) -> Iterable[Channel]:
    return (Channel(one.id, one.name, one.archived) for one in workspace.channels.values() if not one.im)


def _set_due(tx: Tx, due: Sequence[datetime], messages: str) -> None:
    """Move the deadlines; the messages and the reminders before them were sent."""
    for number, at in enumerate(due, start=1):
        tx.execute(
            """UPDATE pages SET raised_at = :raised_at, reminded = 2
            WHERE id = :id""",
            {"id": number, "raised_at": at - TIMEOUT},
        )
        timers.keep_reminders(tx, [(number, None)])
        notifications.posted(tx, number, messages, _ts(number), [number], resent=False)
        tx.execute(
            "UPDATE escalations SET called_at = :called_at, due_at = :due_at WHERE id = :id",
            {"id": number, "called_at": at - TIMEOUT, "due_at": at},
        )


def _ts(number: int) -> str:
    return f"1700000000.{number:06}"


def _channel(number: int) -> str:
    return f"CBENCH{number:05}"
