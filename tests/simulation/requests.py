"""Some ask others for a role, who take it or not, and plan a maintenance ahead, of which others are told."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bot.views.incidents.access import LET_IN, REFUSE
from bot.views.incidents.role_request import DECLINE, TAKE
from sandbox.errors import SlackError
from sandbox.person import CannotDo
from sandbox.slack import Slack
from tests.fakes import NOON

ROLES = {"IM": "ines", "CMOC": "carla", "EOC": "ana"}
"""For which role whom."""


class Requests:
    """What is asked in one world: in some of them, by a chance of its own."""

    def __init__(
        self,
        slack: Slack,
        random: Random,
        trace: Callable[[str], None],
        types: Callable[[str, str, str], Awaitable[bool]],
    ) -> None:
        self._slack, self._random, self._trace, self._types = slack, random, trace, types

    def chosen(self) -> Iterator[Any]:
        """Choose what is done in this world."""
        if self._random.random() < 0.3:
            yield self._asks_for_roles()
        if self._random.random() < 0.2:
            yield self._plans_ahead()
        if self._random.random() < 0.2:
            yield self._asks_for_access()

    async def _plans_ahead(self) -> None:
        await asyncio.sleep(self._random.uniform(0, 200))
        passed = timedelta(seconds=asyncio.get_running_loop().time(), minutes=self._random.randint(31, 38))
        begin = (NOON + passed).astimezone(ZoneInfo("Asia/Kolkata"))
        await self._types("dev", f'maintenance "Failover" C1 {begin:%H:%M} for 5m owner @ren', "general")

    async def _asks_for_roles(self) -> None:
        """Ask for a role in a channel of an incident, twice at times; whoever is asked answers, or not."""
        while True:
            await asyncio.sleep(self._random.uniform(60, 300))
            channels, asker = self._slack.workspace.channels.values(), self._slack.person("ren")
            rooms = [one for one in channels if one.name.startswith("inc-") and asker.id in one.members]
            role, whom = self._random.choice(sorted(ROLES.items()))
            for room in rooms[:1]:
                for _ in range(self._random.choice([1, 2])):
                    await self._types("ren", f"role ask {role} @{whom}", room.id)
                await asyncio.sleep(self._random.uniform(5, 120))
                await self._answers(whom, self._random.choice([TAKE, DECLINE, ""]))

    async def _asks_for_access(self) -> None:
        """Hide the first incident, and have somebody else ask to be let in, more often than is passed on."""
        await asyncio.sleep(self._random.uniform(60, 300))
        for room in [one for one in self._slack.workspace.channels.values() if one.name.startswith("inc-1-")]:
            await self._types("dev", "private yes Customer data", room.id)
        while True:
            await asyncio.sleep(self._random.uniform(30, 600))
            await self._types("luis", "access INC-1 I can help", "general")
            await asyncio.sleep(10)
            for who in ("dev", "ines", "ren"):
                await self._answers(who, self._random.choice([LET_IN, REFUSE, ""]))

    async def _answers(self, who: str, action: str) -> None:
        person = self._slack.person(who)
        try:
            asked = [one for one in person.dm() if action and action in str(one.get("blocks"))]
            if asked:
                seen = await person.click(asked[-1], action)
                self._trace(f"{who} answers with {action}: {seen.error or 'done'}")
        except (CannotDo, SlackError) as refused:
            self._trace(f"{who} cannot answer: {refused}")
