"""A wire that a test can cut: TCP in front of a server, on this machine."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from psycopg.conninfo import conninfo_to_dict

Pipe: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Proxy:
    """Hands bytes on to where `there` leads: a port of this machine, or the path of a socket."""

    def __init__(self, there: int | str) -> None:
        self._there = there
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._unanswered: dict[asyncio.StreamWriter, bytes] = {}
        self._is_cut = False

    @classmethod
    def before(cls, database: str) -> "Proxy":
        """Return a wire to a PostgreSQL that listens on a socket of this machine."""
        return cls(str(Path(str(conninfo_to_dict(database)["host"])) / ".s.PGSQL.5432"))

    @property
    def database(self) -> str:
        """Return the address of the PostgreSQL behind it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def port(self) -> int:
        assert self._server
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    def cut(self) -> None:
        """Cut every connection, and take no more until it is mended."""
        self._is_cut = True
        for task in self._tasks:
            task.cancel()

    def mend(self) -> None:
        self._is_cut = False

    def waits_for_an_answer_to(self, *words: str) -> bool:
        """Say whether something with all these words was sent there, and nothing came back since."""
        return any(all(one.encode() in said for one in words) for said in self._unanswered.values())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            if not self._is_cut:
                await self._connect((reader, writer))
        except asyncio.CancelledError:
            pass  # it is cut
        finally:
            self._tasks.discard(task)
            self._unanswered.pop(writer, None)
            writer.transport.abort()

    async def _connect(self, near: Pipe) -> None:
        if isinstance(self._there, int):
            far = await asyncio.open_connection("127.0.0.1", self._there)
        else:
            far = await asyncio.open_unix_connection(self._there)
        both = [asyncio.create_task(self._there_and(near, far)), asyncio.create_task(self._back(far, near))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            far[1].transport.abort()
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _there_and(self, near: Pipe, far: Pipe) -> None:
        with suppress(ConnectionError):
            while data := await near[0].read(65536):
                self._unanswered[near[1]] = self._unanswered.get(near[1], b"") + data
                far[1].write(data)
                await far[1].drain()

    async def _back(self, far: Pipe, near: Pipe) -> None:
        with suppress(ConnectionError):
            while data := await far[0].read(65536):
                self._unanswered.pop(near[1], None)
                near[1].write(data)
                await near[1].drain()
