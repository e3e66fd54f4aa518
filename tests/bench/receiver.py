"""The bare receiver of alerts: aiohttp and SQLite, one commit for all that came meanwhile, and nothing else.

`python -m tests.bench.receiver DATABASE` serves until it is ended, and prints its port first.
"""

import asyncio
import hashlib
import hmac
import json
import sqlite3
import sys
from contextlib import closing

import click
from aiohttp import web

from tests.bench.intake import DIGEST, PATH

Row = tuple[str, str, str]


class Receiver:
    """Keeps alerts, and answers when they are kept."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._waiting: list[tuple[Row, asyncio.Future[None]]] = []
        self._woken = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        key = request.headers.get("Authorization", "").partition(" ")[2]
        if not hmac.compare_digest(hashlib.sha256(key.encode()).hexdigest(), DIGEST):
            return web.Response(status=401)
        body = await request.json()
        for alert in body["alerts"]:
            kept = asyncio.get_running_loop().create_future()
            row = alert["fingerprint"], alert["labels"]["alertname"], json.dumps(alert)
            self._waiting.append((row, kept))
        self._woken.set()
        await kept
        return web.json_response({"status": "success"}, status=202)

    async def commit(self) -> None:
        """Commit what waits, again and again."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            now, self._waiting = self._waiting, []
            await asyncio.to_thread(self._write, [row for row, _ in now])
            for _, kept in now:
                kept.set_result(None)

    def _write(self, rows: list[Row]) -> None:
        with self._database:
            self._database.executemany(
                """INSERT INTO alerts (key, title, raw, fired) VALUES (?, ?, ?, 1)
                ON CONFLICT (key) DO UPDATE SET fired = fired + 1, raw = excluded.raw""",
                rows,
            )


async def main(path: str) -> None:
    with closing(sqlite3.connect(path, check_same_thread=False)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE alerts (key TEXT PRIMARY KEY, title TEXT, raw TEXT, fired INTEGER)")
        receiver = Receiver(database)
        application = web.Application()
        application.router.add_post(PATH, receiver.take)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        click.echo(runner.addresses[0][1])
        await receiver.commit()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
