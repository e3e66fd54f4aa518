"""A way to Slack that can be closed: whoever then calls is refused."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit


class Relay:
    """Passes bytes on to an address, from a port of its own that stays the same."""

    def __init__(self, to: str) -> None:
        self._to = urlsplit(to)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self._to.path}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse new connections, and cut those that are open."""
        if self._server:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.close()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_connection(self._to.hostname, self._to.port)
        self._open |= {writer, onward}
        await asyncio.gather(_pass(reader, onward), _pass(there, writer))
        self._open -= {writer, onward}


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
