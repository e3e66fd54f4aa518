"""The bare script: the same calls as soon as what they need is known, over one session, and nothing else.

A program of its own, so that it shares no interpreter with the Slack it calls. It reads a plan as a line of
JSON, and makes the plan's calls at each line `go`.
"""

import asyncio
import json
import os
import sys
from typing import Any

import aiohttp
import click

from tests.bench.replay import made

_SENT_AS_JSON = ("chat.", "views.")


class Floor:
    """Makes the calls of a plan."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str) -> None:
        self._session = session
        self._api_url = api_url
        self._known: dict[str, str] = {}

    async def run(self, plan: list[dict[str, Any]]) -> None:
        """Make every call, each as soon as those it needs have been answered."""
        tasks: list[asyncio.Task[None]] = []
        for call in plan:
            tasks.append(asyncio.create_task(self._make(call, [tasks[number] for number in call["after"]])))
        await asyncio.gather(*tasks)

    async def _make(self, call: dict[str, Any], needed: list[asyncio.Task[None]]) -> None:
        await asyncio.gather(*needed)
        text = call["body"]
        for old, new in self._known.items():
            text = text.replace(old, new)
        url = f"{self._api_url}{call['method']}"
        if call["method"].startswith(_SENT_AS_JSON):
            headers = {"Content-Type": "application/json; charset=utf-8"}
            sending = self._session.post(url, data=text.encode(), headers=headers)
        else:
            sending = self._session.post(url, data=json.loads(text))
        async with sending as response:
            answer = await response.json()
        if not answer["ok"] and call["ok"]:
            raise SystemExit(f"{call['method']}: {answer['error']}")
        pairs = zip(call["makes"], made(answer), strict=True)
        self._known.update((old, new) for old, new in pairs if old and old != new)


async def main(api_url: str, token: str) -> None:
    """Serve the bench until it closes the pipe."""
    reader = asyncio.StreamReader(limit=2**24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    plan: list[dict[str, Any]] = []
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        while line := await reader.readline():
            if line == b"go\n":
                await Floor(session, api_url).run(plan)
                click.echo("done")
            else:
                plan = json.loads(line)
                click.echo("ready")


if __name__ == "__main__":
    asyncio.run(main(os.environ["SLACK_API_URL"], os.environ["SLACK_BOT_TOKEN"]))
