"""The bare server of pages: aiohttp, and as many bytes as the address asks for, kept in memory.

`python -m tests.bench.bare_pages` serves until it is ended, and prints its port first.
"""

import asyncio
import socket
from functools import cache

import click
from aiohttp import web


@cache
def _bytes(size: int) -> bytes:
    return b"a" * size


async def _answer(request: web.Request) -> web.Response:
    return web.Response(body=_bytes(int(request.match_info["size"])), content_type="text/html")


async def main() -> None:
    """Serve on a port of the system's choice."""
    app = web.Application()
    app.add_routes([web.get("/{size}", _answer)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listening).start()
    click.echo(listening.getsockname()[1])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
