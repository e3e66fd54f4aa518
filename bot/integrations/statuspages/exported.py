"""Our own status page in a folder, for a bucket or a web server that lives when Muster does not."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from bot.config.statuspage import StatuspageSettings
from bot.domain import facts
from bot.jobs import DeliveryFailed, Job
from bot.operations.incidents.public_page import public_page
from bot.operations.workspace.channel import problem
from bot.unit_of_work import UnitOfWork
from bot.views.statuspage.files import page_files
from storage.outbox import Delivery
from storage.transaction import Tx

EVERY = 60.0
"""Seconds after which what time changed, such as a maintenance that began, is written too."""


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write each file whole or not at all; what is the same stays untouched. Raises OSError."""
    for name, content in files.items():
        path = folder / name
        if path.is_file() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.write_bytes(content)
        fresh.replace(path)


class Exported:
    """Writes the page into its folder after each publication."""

    def __init__(self, uow: UnitOfWork, settings: StatuspageSettings, folder: str) -> None:
        self._uow = uow
        self._settings = settings
        self._folder = Path(folder)
        self._lock = asyncio.Lock()

    def jobs(self) -> list[Job]:
        lane = "statuspage:export"
        return [Job("statuspage.export", {facts.NoticePublished}, self.export, lane, _not_written)]

    async def export(self, delivery: Delivery) -> None:
        try:
            await self.look()
        except OSError as error:
            raise DeliveryFailed(f"{self._folder} cannot be written: {error.strerror or error}") from error

    async def look(self) -> None:
        """Write what is not there yet."""
        async with self._lock:
            page = await self._uow.read(public_page)
            found = self._settings
            files = page_files(found.name, found.url, page, mails=bool(found.mail))
            await asyncio.to_thread(write, self._folder, files)


def _not_written(tx: Tx, delivery: Delivery, reason: str) -> None:
    what = "The exported status page could not be written"
    problem(tx, delivery.subject["incident"], what, reason, "Write it by hand: muster statuspage export.")
