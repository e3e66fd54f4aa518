"""Messages that are posted later, by the sandbox's clock."""

import asyncio
import logging
from datetime import UTC, datetime

from sandbox.messages import post
from sandbox.state import Scheduled
from sandbox.workspace import Workspace

log = logging.getLogger(__name__)


class Timetable:
    """Waits for each scheduled message, and posts it if it is still wanted and still possible."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._tasks: set[asyncio.Task[None]] = set()
        ws.schedule = self.add

    def start(self) -> None:
        """Wait for those that were kept."""
        for one in self._ws.scheduled.values():
            self._wait(one)

    def add(self, one: Scheduled) -> None:
        self._ws.scheduled[one.id] = one
        self._wait(one)

    def _wait(self, one: Scheduled) -> None:
        task = asyncio.get_running_loop().create_task(self._post(one))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _post(self, one: Scheduled) -> None:
        due = datetime.fromtimestamp(one.post_at, UTC)
        await self._ws.clock.sleep((due - self._ws.clock.now()).total_seconds())
        if self._ws.scheduled.get(one.id) is not one:
            return
        del self._ws.scheduled[one.id]
        channel = self._ws.channels.get(one.channel)
        if not channel or channel.archived or not (self._ws.bot_in(channel) or not channel.private):
            log.warning("the message scheduled as %s cannot be posted any more", one.id)
        elif "metadata" in one.message:
            log.warning("Slack never posts a scheduled message that has metadata: %s", one.id)
        else:
            post(self._ws, channel, dict(one.message), broadcast=one.broadcast)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
