"""Carries things to the app: asks and waits for its answer, or tells it of an event until it has heard."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from sandbox.record import Log, Record
from sandbox.state import Json
from sandbox.workspace import Workspace

log = logging.getLogger(__name__)
RETRIES = 3
STALE = timedelta(hours=2)


@dataclass(frozen=True)
class Ack:
    """The app's answer. Without one, `error` says why: timeout, unreachable, lost or http_error."""

    payload: Any = None
    error: str | None = None
    retry: bool = True

    @property
    def ok(self) -> bool:
        return self.error is None

    @property
    def shown(self) -> str:
        """Slack's own name for what went wrong."""
        return "operation_timeout" if self.error == "timeout" else "dispatch_failed"


@dataclass(frozen=True)
class Parcel:
    """One attempt at one delivery. `kind` is slash_commands, interactive or events_api."""

    kind: str
    payload: Json
    attempt: int = 0
    reason: str = ""

    @property
    def name(self) -> str:
        """What people call it: `message`, `block_actions`, `slash_commands`..."""
        if self.kind == "events_api":
            return str(self.payload["event"]["type"])
        return str(self.payload.get("type", self.kind))


class Transport(Protocol):
    async def ready(self) -> None:
        """Return when there is somebody to deliver to."""
        ...

    async def once(self, parcel: Parcel, patience: float) -> Ack: ...

    async def pause(self, attempt: int) -> None:
        """Wait as long as Slack does before this retry."""
        ...


@dataclass
class Manners:
    """Liberties that Slack takes with events; all are off at first.

    `copies` says how often each delivery is made, also of commands and clicks; `mix` puts the events that are
    sent together in another order.
    """

    twice: bool = False
    backwards: bool = False
    delay: float = 0.0
    copies: Callable[[], int] = lambda: 1
    mix: Callable[[list[Json]], None] = lambda events: None


class Courier:
    """The one way out to the app. `patience` is how long an answer may take, in real seconds."""

    def __init__(self, ws: Workspace, records: Log, transport: Transport) -> None:
        self._ws, self._records = ws, records
        self.transport = transport
        self.patience = 3.0
        self.manners = Manners()
        self.waiting = 0
        self._here = asyncio.Event()
        self._here.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[Json] = []
        self._flush: asyncio.Task[None] | None = None

    async def ask(self, kind: str, payload: Json) -> Ack:
        """Deliver a command or an interaction, once, and return what the app says to it."""
        parcel = Parcel(kind, json.loads(json.dumps(payload)))
        for _ in range(self.manners.copies() - 1):
            self._start(self._attempt(parcel))
        return await self._attempt(parcel)

    @property
    def away(self) -> bool:
        """Slack is down: commands and clicks fail, and events wait."""
        return not self._here.is_set()

    @away.setter
    def away(self, away: bool) -> None:
        (self._here.clear if away else self._here.set)()

    def tell(self, payload: Json) -> None:
        """Deliver an event, again and again if need be. Returns at once."""
        self._held.append(json.loads(json.dumps(payload)))
        if self._flush is None or self._flush.done():
            self._flush = self._start(self._send_held())

    def _start(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _send_held(self) -> None:
        if self.manners.delay:
            await asyncio.sleep(self.manners.delay)
        held, self._held = self._held, []
        if self.manners.backwards:
            held.reverse()
        held = [payload for payload in held for _ in range(self.manners.copies())]
        self.manners.mix(held)
        for payload in held * (2 if self.manners.twice else 1):
            self._start(self._persist(payload))

    async def _persist(self, payload: Json) -> None:
        born, reason = self._ws.clock.now(), ""
        for attempt in range(RETRIES + 1):
            if attempt:
                await self.transport.pause(attempt)
            await self._here.wait()
            await self.transport.ready()
            if self._ws.clock.now() - born > STALE:
                return
            ack = await self._attempt(Parcel("events_api", payload, attempt, reason))
            if ack.ok or not ack.retry:
                return
            reason = ack.error or ""
        log.warning("event %s was never acknowledged", payload["event_id"])

    async def _attempt(self, parcel: Parcel) -> Ack:
        record = self._write("event", parcel)
        self.waiting += 1
        try:
            ack = Ack(error="unreachable")
            if not self.away:
                ack = await self.transport.once(parcel, self.patience)
        finally:
            self.waiting -= 1
        answer = self._write("ack", parcel)
        for entry in (record, answer):
            entry.ended, entry.ok, entry.error, entry.result = answer.started, ack.ok, ack.error, ack.payload
        return ack

    def _write(self, kind: Any, parcel: Parcel) -> Record:
        started = asyncio.get_running_loop().time()
        record = self._records.add(kind, parcel.name, parcel.payload, self._ws.clock.now(), started)
        record.attempt = parcel.attempt
        return record

    @property
    def busy(self) -> bool:
        return bool(self.waiting or self._held)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
