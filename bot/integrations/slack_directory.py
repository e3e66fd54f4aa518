"""What the workspace looks like: its people and channels, read at start and now and then."""

import asyncio
import logging
from typing import Any

from bot.desk import Desk
from bot.integrations.slack_client import SlackClient, understood
from bot.jobs import DeliveryFailed
from bot.operations.membership import found
from bot.operations.people import learned, person_of
from storage import incidents
from storage.people import Person
from storage.places import Place

log = logging.getLogger("muster.directory")


class Directory:
    """Keeps people and channels in our own tables, so that a page waits for no look-up."""

    def __init__(self, desk: Desk, slack: SlackClient) -> None:
        self.read = False
        self._desk = desk
        self._slack = slack

    async def refresh(self) -> None:
        """Read everything anew. Without Slack, what was known before stays."""
        try:
            people, channels = await self._look()
        except DeliveryFailed as failure:
            log.warning("the workspace could not be read", extra={"reason": failure.reason})
            return
        await self._desk.perform(learned, people, channels)
        self.read = True
        for incident, channel in await self._desk.read(incidents.private_channels):
            await self._look_into(incident, channel)

    async def _look(self) -> tuple[list[Person], list[Place]]:
        with understood("users.list and conversations.list"):
            users, public, private = await asyncio.gather(
                self._slack.pages_of("users.list", "members"),
                self._slack.pages_of("conversations.list", "channels", types="public_channel"),
                self._slack.pages_of("conversations.list", "channels", types="private_channel"),
            )
            rows = [*public, *private]
            channels = [Place(row["id"], row["name"], row.get("is_archived", False)) for row in rows]
            return [person_of(user) for user in users], channels

    async def _look_into(self, incident: int, channel: str) -> None:
        """Read who may see a private incident."""
        at = self._desk.clock.now()
        try:
            with understood("conversations.members"):
                people: list[Any] = await self._slack.pages_of(
                    "conversations.members", "members", channel=channel
                )
        except DeliveryFailed as failure:
            log.warning("members could not be read", extra={"incident": incident, "reason": failure.reason})
            return
        await self._desk.perform(found, incident, people, at=at)
