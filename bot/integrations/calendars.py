"""Reads calendars that say who is on call, in the background: files and addresses of other products.

Nothing that pages waits for it. What cannot be read leaves the last good copy as it is.
"""

import asyncio
import hashlib
import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.domain.oncall.calendars import Event
from bot.domain.oncall.schedules import Calendar
from bot.domain.process import Process
from bot.operations.oncall.sources import BACK, calendar_failed, calendar_read
from bot.unit_of_work import UnitOfWork
from storage import chores
from storage.database import DatabaseBusy

log = logging.getLogger("muster.calendars")

LOOK_EVERY = 30.0
"""Seconds between two looks which calendars are to be read."""
EVERY = timedelta(minutes=5)
SMALL = 1.0
"""Seconds for which the start waits for them."""
AT_ONCE = 4
LARGEST = 5_000_000
"""Bytes. A year of three shifts a day has a tenth."""
FETCHING, READING = 15.0, 40.0
"""Seconds that a calendar may take to arrive, and to be read."""
READ_AGAIN = timedelta(hours=6)
"""How long events of the same text are good: they are read for a limited time ahead."""
AHEAD = timedelta(days=90)
MOST_REDIRECTS = 3


class Unread(Exception):
    """A calendar could not be read; it says why, as the rest of a sentence without its address."""


@dataclass(frozen=True, slots=True)
class Found:
    """The events of a calendar, and what is odd about some."""

    events: tuple[Event, ...]
    odd: tuple[str, ...] = ()


@dataclass(slots=True)
class _Seen:
    """What was read last: how to ask whether there is something new, and what it was."""

    conditions: Mapping[str, str]
    digest: bytes
    at: datetime


class CalendarSources:
    """Reads each calendar every few minutes: of several replicas one does."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._seen: dict[str, _Seen] = {}
        self._failing: set[str] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Read them in the background, and return at once when that takes a moment only."""
        if any(one.calendar for one in self._uow.process.schedules.values()):
            self._task = asyncio.create_task(self.look(), name="calendars")
            await asyncio.wait({self._task}, timeout=SMALL)

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Read the calendars whose time has come."""
        each = {name: one.calendar for name, one in self._uow.process.schedules.items() if one.calendar}
        await asyncio.gather(*(self._in_turn(name, one) for name, one in each.items()))

    async def _in_turn(self, name: str, calendar: Calendar) -> None:
        async with self._turns:
            try:
                if await self._uow.perform(chores.falls_to_us, f"calendar of {name}", EVERY):
                    await self._read(name, calendar)
            except DatabaseBusy:
                log.warning("a calendar could not be kept", extra={"schedule": name})

    async def _read(self, name: str, calendar: Calendar) -> None:
        try:
            found = await self._news(name, calendar)
        except Unread as failure:
            if name not in self._failing:
                log.warning("a calendar cannot be read", extra={"schedule": name, "reason": str(failure)})
            self._failing.add(name)
            self._seen.pop(name, None)
            await self._uow.perform(calendar_failed, name, str(failure))
            return
        self._failing.discard(name)
        await self._uow.perform(calendar_read, name, (found.events, found.odd) if found else None)

    async def _news(self, name: str, calendar: Calendar) -> Found | None:
        """Return what a calendar says, or None while its text is as it was."""
        now, seen = self._uow.clock.now(), self._seen.get(name)
        if seen and not seen.at <= now < seen.at + READ_AGAIN:
            seen = None
        text, conditions = await _text(calendar, seen.conditions if seen else {})
        digest = hashlib.sha256(text).digest() if text is not None else b""
        if seen and (text is None or digest == seen.digest):
            return None
        found = await read(text or b"", calendar, now)
        self._seen[name] = _Seen(conditions, digest, now)
        return found


async def read_all(process: Process, now: datetime, ahead: timedelta = AHEAD) -> dict[str, Found | str]:
    """Return what each calendar says so far ahead, or why it cannot be read."""
    each = {name: one.calendar for name, one in process.schedules.items() if one.calendar}

    async def one(calendar: Calendar) -> Found | str:
        try:
            text, _ = await _text(calendar, {})
            return await read(text or b"", calendar, now, ahead)
        except Unread as failure:
            return str(failure)

    return dict(zip(each, await asyncio.gather(*map(one, each.values())), strict=True))


async def read(text: bytes, calendar: Calendar, now: datetime, ahead: timedelta = AHEAD) -> Found:
    """Return the events in a text, read by a process that is ended when it takes too long. Raises Unread."""
    span = ((now - BACK).isoformat(), (now + ahead).isoformat())
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.imports.events", calendar.zone.key, *span),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        said, _ = await asyncio.wait_for(reader.communicate(text), READING)
    except TimeoutError:
        raise Unread(f"takes longer than {READING:.0f} s to read") from None
    finally:
        if reader.returncode is None:
            reader.kill()
            await reader.wait()
    try:
        answer = json.loads(said)
    except ValueError:
        raise Unread("takes more time or memory to read than a calendar of shifts does") from None
    if why := answer.get("trouble"):
        raise Unread(why)
    events = (
        Event(datetime.fromisoformat(start), datetime.fromisoformat(end), priority, tuple(who), title)
        for start, end, priority, who, title in answer["events"]
    )
    return Found(tuple(events), tuple(answer["odd"]))


async def _text(calendar: Calendar, conditions: Mapping[str, str]) -> tuple[bytes | None, Mapping[str, str]]:
    """Return the text of a calendar, None if it is as it was, and how to ask for news. Raises Unread."""
    if calendar.file:
        return await asyncio.to_thread(_of_file, calendar.file), {}
    if not calendar.url:
        raise Unread("has no address here: its variable is not in the environment")
    try:
        async with asyncio.timeout(FETCHING), aiohttp.ClientSession(trust_env=True) as session:
            return await _fetched(session, calendar.url, conditions)
    except TimeoutError:
        raise Unread(f"did not arrive within {FETCHING:.0f} s") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Unread(f"could not be fetched ({type(error).__name__})") from None


def _of_file(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            text = file.read(LARGEST + 1)
    except OSError as error:
        raise Unread(f"cannot be read from {path}: {error.strerror or type(error).__name__}") from None
    _see_that_it_is_bounded(len(text))
    return text


async def _fetched(
    session: aiohttp.ClientSession, url: str, conditions: Mapping[str, str]
) -> tuple[bytes | None, Mapping[str, str]]:
    """Return what an address answers. A redirect to another host is not followed: it may lead into our own
    network.
    """
    for _ in range(MOST_REDIRECTS + 1):
        async with session.get(url, headers=conditions, allow_redirects=False) as answer:
            if answer.status in {301, 302, 303, 307, 308}:
                url = _further(url, answer.headers.get("Location", ""))
                continue
            if answer.status == 304 and conditions:
                return None, conditions
            if answer.status != 200:
                raise Unread(f"could not be fetched: it answered {answer.status}")
            text = bytearray()
            async for chunk in answer.content.iter_chunked(65_536):
                text += chunk
                _see_that_it_is_bounded(len(text))
            asked = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
            return bytes(text), {to: answer.headers[name] for name, to in asked if name in answer.headers}
    raise Unread("is redirected again and again")


def _further(url: str, location: str) -> str:
    before, after = urlsplit(url), urlsplit(urljoin(url, location))
    if before.hostname != after.hostname or after.scheme not in {"https", before.scheme}:
        raise Unread("is redirected to another place. Write the address that it leads to")
    return after.geturl()


def _see_that_it_is_bounded(size: int) -> None:
    if size > LARGEST:
        raise Unread(f"has more than {LARGEST // 1_000_000} MB")
