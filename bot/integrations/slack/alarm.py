"""The operator's alarm for the database: by Slack, and not through the outbox."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bot.integrations.slack.client import Posted, SlackClient
from bot.jobs import DeliveryFailed
from bot.operations.oncall.rota import last_known
from bot.unit_of_work import UnitOfWork
from bot.views import notices
from bot.views.blocks import Message
from storage import pages, people
from storage.database import DatabaseBusy, StillWritten
from storage.transaction import Tx

log = logging.getLogger("muster.alarm")

LOOK_EVERY = 15.0
AGAIN_EVERY = 300.0
"""Seconds between two alarms while it lasts."""
LOOKS = 2
"""So many looks in a row find it: a database that fails over, or is busy for a moment, is no alarm."""


class Alarm:
    """Writes to everybody who is first on call, as they are the ones whom no escalation will reach."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack
        self._people: list[str] = []
        self._overdue = 0
        self._seen = 0
        self._last = float("-inf")
        self._told: list[Posted] = []

    async def look(self) -> None:
        why = await self._uow.unwritable()
        with suppress(DatabaseBusy):  # then whoever was on call when it could last be read
            self._people, self._overdue = await self._uow.read(_whom)
            self._uow.last_known = await self._uow.read(last_known)
        if not why:
            self._seen, told, self._told = 0, self._told, []
            await asyncio.gather(*map(self._end, told))
            return
        self._seen += 1
        now = self._uow.clock.monotonic()
        if self._seen < LOOKS or now - self._last < AGAIN_EVERY:
            return
        self._last = now
        what = (
            "the database needs its operator" if isinstance(why, StillWritten) else "nothing can be written"
        )
        log.error("%s; telling those on call", what, extra={"reason": why})
        await asyncio.gather(*(self._tell(person, why) for person in self._people))

    async def _tell(self, person: str, why: str) -> None:
        message = notices.database_alarm(why, self._overdue, written=isinstance(why, StillWritten))
        if said := await self._say("chat.postMessage", message, channel=person):
            self._told.append(Posted(said["channel"], said["ts"]))

    async def _end(self, posted: Posted) -> None:
        """Say in an alarm that it is over. One that a restart forgot stays as it is."""
        message = notices.written_again(self._uow.clock.now())
        await self._say("chat.update", message, channel=posted.channel, ts=posted.ts)

    async def _say(self, method: str, message: Message, **where: str) -> Mapping[str, Any] | None:
        shown = {"text": message.text, "blocks": message.blocks}
        try:
            return await self._slack.call(method, urgent=True, **where, **shown)
        except DeliveryFailed as failure:
            log.warning("the alarm was not heard", extra={"reason": failure.reason})
            return None


def _whom(tx: Tx) -> tuple[list[str], int]:
    """Return whom a page would call for each team, and how many pages wait for too long."""
    found = dict.fromkeys(person for called in people.on_call(tx).values() for person in called)
    return list(found), sum(page.escalation.due_at < tx.now for page in pages.pending(tx))
