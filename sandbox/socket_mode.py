"""Socket Mode: the WebSocket side of Slack, with its drills."""

import asyncio
import json
import logging
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.courier import Ack, Parcel
from sandbox.credentials import Credentials
from sandbox.errors import SlackError
from sandbox.workspace import Workspace

log = logging.getLogger(__name__)
MOST_SOCKETS = 10
RETRY_GAP = 1.0
NOTICE = 10.0


class SocketMode:
    """Hands each envelope to one of the open sockets, in turn."""

    def __init__(self, ws: Workspace, credentials: Credentials) -> None:
        self._ws, self._credentials = ws, credentials
        self._sockets: list[web.WebSocketResponse] = []
        self._pending: dict[str, tuple[asyncio.Future[Ack], web.WebSocketResponse]] = {}
        self._turn = 0
        self._told: set[web.WebSocketResponse] = set()
        self._open = asyncio.Event()
        self._closers: set[asyncio.Task[None]] = set()
        self.disabled = self.away = False
        self.notice = NOTICE
        self.retry_gap = RETRY_GAP

    @property
    def count(self) -> int:
        return len(self._sockets)

    def new_url(self) -> str:
        """A fresh address to connect to."""
        if self.disabled or not self._ws.app.socket_mode:
            raise SlackError("forbidden_team")
        base, ticket = self._ws.url.replace("http", "ws", 1), self._credentials.ticket(self._ws.ids.new("t"))
        return f"{base}/link/?ticket={ticket}&app_id={self._ws.app.id}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.away:
            raise web.HTTPServiceUnavailable(text="Slack is down.")
        if self.disabled or not self._ws.app.socket_mode:
            raise web.HTTPForbidden(text="Socket Mode is off for this app.")
        if not self._credentials.admits(request.query.get("ticket", "")):
            raise web.HTTPForbidden(text="no such ticket: ask apps.connections.open for an address")
        socket = web.WebSocketResponse(heartbeat=20, timeout=1)
        await socket.prepare(request)
        if self.count >= MOST_SOCKETS:
            await self._notify(socket, "too_many_websockets")
            await socket.close()
            return socket
        self._sockets.append(socket)
        await socket.send_json(self._hello())
        self._open.set()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(socket, message.data)
        finally:
            self._gone(socket)
        return socket

    def _hello(self) -> dict[str, Any]:
        started = f"{self._ws.clock.now():%Y-%m-%d %H:%M:%S}.000"
        about = {
            "host": "sandbox",
            "started": started,
            "build_number": 1,
            "approximate_connection_time": 18060,
        }
        return {
            "type": "hello",
            "num_connections": self.count,
            "connection_info": {"app_id": self._ws.app.id},
            "debug_info": about,
        }

    def _heard(self, socket: web.WebSocketResponse, text: str) -> None:
        """An answer counts on the socket alone that brought what it answers."""
        try:
            frame = json.loads(text)
            future, carrier = self._pending[frame["envelope_id"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            carrier = None
        if carrier is not socket:
            log.warning("not an answer to anything that is waited for: %s", text[:200])
            return
        del self._pending[frame["envelope_id"]]
        if not future.done():
            future.set_result(Ack(frame.get("payload") or None))

    def _gone(self, socket: web.WebSocketResponse) -> None:
        self._told.discard(socket)
        if socket in self._sockets:
            self._sockets.remove(socket)
        if not self._sockets:
            self._open.clear()
        for key, (future, carrier) in list(self._pending.items()):
            if carrier is socket:
                del self._pending[key]
                if not future.done():
                    future.set_result(Ack(error="lost"))

    async def ready(self) -> None:
        await self._open.wait()

    async def pause(self, attempt: int) -> None:
        await asyncio.sleep(self.retry_gap)

    async def once(self, parcel: Parcel, patience: float) -> Ack:
        alive = [socket for socket in self._sockets if not socket.closed]
        # One that was told to go gets nothing new as soon as there is another.
        open_ones = [socket for socket in alive if socket not in self._told] or alive
        if not open_ones:
            return Ack(error="unreachable")
        self._turn += 1
        socket = open_ones[self._turn % len(open_ones)]
        envelope_id = self._ws.ids.new("envelope-")
        future: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._pending[envelope_id] = (future, socket)
        try:
            await socket.send_json(_envelope(envelope_id, parcel))
            return await asyncio.wait_for(future, patience)
        except TimeoutError:
            return Ack(error="timeout")
        except ConnectionError:
            return Ack(error="lost")
        finally:
            self._pending.pop(envelope_id, None)

    async def drill(self, reason: str) -> None:
        """Announce a disconnection on every socket, and close those still open `notice` seconds later."""
        if reason == "link_disabled":
            self.disabled = True
        for socket in list(self._sockets):
            await self._notify(socket, reason)
            self._told.add(socket)
            task = asyncio.get_running_loop().create_task(self._close_later(socket))
            self._closers.add(task)
            task.add_done_callback(self._closers.discard)

    async def _notify(self, socket: web.WebSocketResponse, reason: str) -> None:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})

    async def _close_later(self, socket: web.WebSocketResponse) -> None:
        await asyncio.sleep(self.notice)
        await socket.close()

    async def close(self) -> None:
        closers = list(self._closers)
        for task in closers:
            task.cancel()
        await asyncio.gather(*closers, return_exceptions=True)
        await self.drop()

    async def drop(self) -> None:
        """Close every socket, unannounced."""
        for socket in list(self._sockets):
            await socket.close()


def _envelope(envelope_id: str, parcel: Parcel) -> dict[str, Any]:
    envelope = {"envelope_id": envelope_id, "type": parcel.kind, "payload": parcel.payload}
    if parcel.kind == "events_api":
        reason = "timeout" if parcel.attempt else ""
        return {
            **envelope,
            "accepts_response_payload": False,
            "retry_attempt": parcel.attempt,
            "retry_reason": reason,
        }
    answers = parcel.name in ("slash_commands", "view_submission", "block_suggestion", "block_actions")
    return {**envelope, "accepts_response_payload": answers}
