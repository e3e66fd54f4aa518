"""What the workspace looks like: its people and channels, read in the background and now and then anew.

Nothing that pages waits for it: who is on call is looked up by name first, and whoever is seen before the
lists are read is looked up then.
"""

import asyncio
import json
import logging
import re
from collections.abc import Mapping
from typing import Any

from bot.domain.oncall.absences import away_until
from bot.integrations.slack.client import SlackClient, SlackError, understood
from bot.jobs import DeliveryFailed
from bot.operations.oncall.away import follow_status
from bot.operations.workspace.membership import found
from bot.operations.workspace.people import changed, learned_page, person_of
from bot.operations.workspace.places import deleted
from bot.unit_of_work import UnitOfWork
from storage import incidents, people, reading
from storage.people import Person
from storage.places import Place
from storage.reading import Part

log = logging.getLogger("muster.directory")

MEET_SECONDS = 3.0
"""How long the start waits for Slack to say who is on call; what is left is asked for again soon."""
SMALL = 1.0
"""Seconds in which a small workspace is read: so long the start waits for it."""
FIRST_SIGHT = 1.0
"""How long somebody who acts waits for us to learn who that is."""
MOST_AT_FIRST_SIGHT = 5
SAY_EVERY = 20
"""So many pages of a list are read for one line in the log."""

_LISTS: Mapping[Part, tuple[str, str, dict[str, str]]] = {
    Part.PEOPLE: ("users.list", "members", {}),
    Part.PRIVATE: ("conversations.list", "channels", {"types": "private_channel"}),
    Part.PUBLIC: ("conversations.list", "channels", {"types": "public_channel"}),
}
_NOBODY = {"users_not_found", "user_not_found", "user_not_visible"}
_USER = re.compile(r"\b[UW][A-Z0-9]{6,}\b")


class Directory:
    """Keeps people and channels in our own tables. `read` says whether we have read all of them."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self.read = False
        self.met = False
        self.own_user = ""
        self._uow = uow
        self._slack = slack
        self._asked: set[str] = set()
        self._counts = dict.fromkeys(Part, 0)
        self._unseen: set[str] = set()
        """Channels of open incidents that no list has shown yet."""
        self._task: asyncio.Task[None] | None = None

    @property
    def progress(self) -> Mapping[str, str]:
        """Return how far the lists are read while they are."""
        if self.read or not self._task:
            return {}
        channels = self._counts[Part.PUBLIC] + self._counts[Part.PRIVATE]
        return {"directory": f"read so far: {self._counts[Part.PEOPLE]} people, {channels} channels"}

    async def meet(self) -> None:
        """Look up who is on call, unless known. Whom Slack does not tell of in time is left for later."""
        unknown = [one for one in await self._uow.read(people.unknown_on_call) if one not in self._asked]
        asking = [asyncio.create_task(self._look_up(one), name="who is on call") for one in unknown]
        if asking:
            done, late = await asyncio.wait(asking, timeout=MEET_SECONDS)
            for one in late:
                one.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            for one in done:
                one.result()
        self.met = not set(unknown) - self._asked

    async def acquaint(self, said: Mapping[str, Any]) -> None:
        """Learn who acts or is named, before it matters, while not everybody is known."""
        if self.read:
            return
        named = set(_USER.findall(json.dumps(said, default=str))) - self._asked
        unknown = await self._uow.read(people.unknown, sorted(named))
        if asking := [asyncio.create_task(self._look_up(one)) for one in unknown[:MOST_AT_FIRST_SIGHT]]:
            await asyncio.wait(asking, timeout=FIRST_SIGHT)

    async def begin(self) -> None:
        """Read the lists in the background, and return at once when the workspace is small."""
        if not self._task or self._task.done():
            self._task = asyncio.create_task(self.refresh(), name="directory")
        await asyncio.wait({self._task}, timeout=SMALL)

    async def stop(self) -> None:
        """Read no further; the next start goes on from there."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def refresh(self) -> None:
        """Read everything anew, or the rest. Without Slack, what was known before stays."""
        if self._task and self._task is not asyncio.current_task() and not self._task.done():
            return
        self._counts = dict.fromkeys(Part, 0)
        self._unseen = await self._uow.read(incidents.open_public_channels)
        told = await asyncio.gather(self._read(Part.PEOPLE), self._read_channels(), return_exceptions=True)
        for failure in told:
            if isinstance(failure, DeliveryFailed):
                log.warning("the workspace could not be read", extra={"reason": failure.reason})
            elif failure:
                raise failure
        if any(told):
            return
        self.read = True
        for channel in self._unseen:
            await self._look_for(channel)
        for incident, channel in await self._uow.read(incidents.private_channels):
            await self._look_into(incident, channel)

    async def _read_channels(self) -> None:
        for part in (Part.PRIVATE, Part.PUBLIC):
            await self._read(part)

    async def _read(self, part: Part) -> None:
        """Read one list page by page: each is kept, with where to go on, before the next is asked for."""
        method, key, which = _LISTS[part]
        cursor, number = await self._uow.read(reading.cursor, part), 0
        while True:
            with understood(method):
                try:
                    rows, cursor = await self._slack.page_of(method, key, cursor, **which)
                except SlackError as error:
                    if error.code != "invalid_cursor" or not cursor:
                        raise
                    cursor = None
                    continue
                await self._keep(part, rows, cursor)
            number += 1
            if not cursor:
                return
            if number % SAY_EVERY == 0:
                log.info("reading the workspace", extra={one.value: self._counts[one] for one in Part})

    async def _keep(self, part: Part, rows: list[Mapping[str, Any]], cursor: str | None) -> None:
        self._counts[part] += len(rows)
        who: list[Person] = [person_of(row) for row in rows] if part is Part.PEOPLE else []
        self._unseen.difference_update(row["id"] for row in rows)
        places = [] if part is Part.PEOPLE else [_place(row) for row in rows]
        await self._uow.perform(learned_page, who, places, part, cursor)
        for row in rows if part is Part.PEOPLE else ():
            if until := away_until(row.get("profile") or {}, self._uow.clock.now()):
                await self._uow.perform(follow_status, row["id"], until)

    async def _look_up(self, entry: str) -> None:
        method, key = ("users.lookupByEmail", "email") if "@" in entry else ("users.info", "user")
        try:
            with understood(method):
                asked: dict[str, Any] = {key: entry}
                answer = await self._slack.call(method, **asked)
                await self._uow.perform(changed, answer["user"])
        except DeliveryFailed as failure:
            if not failure.permanent:
                return
            if not (isinstance(failure, SlackError) and failure.code in _NOBODY):
                log.warning("somebody who is named cannot be looked up", extra={"reason": failure.reason})
                return
            log.info("Slack does not know somebody who is named", extra={"reason": failure.reason})
        self._asked.add(entry)

    async def _look_for(self, channel: str) -> None:
        """Ask for a public incident's channel that no list shows: it may have been deleted unheard."""
        try:
            await self._slack.call("conversations.info", channel=channel)
        except DeliveryFailed as failure:
            if isinstance(failure, SlackError) and failure.code == "channel_not_found":
                await self._uow.perform(deleted, channel)

    async def _look_into(self, incident: int, channel: str) -> None:
        """Read who may see a private incident."""
        at = self._uow.clock.now()
        try:
            with understood("conversations.members"):
                members: list[Any] = await self._slack.pages_of(
                    "conversations.members", "members", channel=channel
                )
        except DeliveryFailed as failure:
            log.warning("members could not be read", extra={"incident": incident, "reason": failure.reason})
            return
        await self._uow.perform(found, incident, members, at=at, own=self.own_user)


def _place(row: Mapping[str, Any]) -> Place:
    return Place(row["id"], row["name"], row.get("is_archived", False))
