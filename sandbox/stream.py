"""Tells open pages what changed for them, as server-sent events."""

import asyncio
import json
from collections.abc import Iterator

from aiohttp import web

from sandbox.state import Json
from sandbox.workspace import Workspace

PAUSE = 0.03
HEARTBEAT = 15.0


class Streams:
    """One open stream for each page. Changes that come close together are told once."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._open: list[tuple[str, dict[str, Json], asyncio.Event]] = []
        self._closing = False
        ws.watchers.append(self.changed)

    def changed(self, kind: str, which: str, user: str) -> None:
        for viewer, waiting, woken in self._open:
            if user in ("", viewer) and (kind != "conversation" or self._sees(viewer, which)):
                change: Json = {"type": kind, **({"id": which} if which else {})}
                waiting[json.dumps(change)] = change
                woken.set()

    def _sees(self, viewer: str, channel_id: str) -> bool:
        channel = self._ws.channels.get(channel_id)  # none once it was deleted
        return channel is None or not channel.private or viewer in channel.members

    def tick(self, how: Json) -> None:
        """The time was moved on, or goes differently now."""
        told = {"type": "clock", **{key: how[key] for key in ("now", "speed", "paused")}}
        for _, waiting, woken in self._open:
            waiting["clock"] = told
            woken.set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        try:
            viewer = self._ws.user(request.query["user"]).id
        except KeyError as unknown:
            raise web.HTTPNotFound(text=f"no such user: {unknown}") from None
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        entry: tuple[str, dict[str, Json], asyncio.Event] = (viewer, {}, asyncio.Event())
        self._open.append(entry)
        try:
            await response.write(b": hello\n\n")
            while not self._closing:
                await self._write_next(response, entry[1], entry[2])
        except ConnectionError:
            pass
        finally:
            self._open.remove(entry)
        return response

    async def _write_next(
        self, response: web.StreamResponse, waiting: dict[str, Json], woken: asyncio.Event
    ) -> None:
        try:
            await asyncio.wait_for(woken.wait(), HEARTBEAT)
        except TimeoutError:
            await response.write(b": still here\n\n")
            return
        await asyncio.sleep(PAUSE)
        woken.clear()
        text = "".join(_drained(waiting))
        if text:
            await response.write(text.encode())

    def close(self) -> None:
        self._closing = True
        for _, _, woken in self._open:
            woken.set()


def _drained(waiting: dict[str, Json]) -> Iterator[str]:
    while waiting:
        key = next(iter(waiting))
        yield f"event: message\ndata: {json.dumps(waiting.pop(key))}\n\n"
