"""A few of Slack's answers over HTTP, as one test needs them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.cli.manifest import SCOPES

CHANNELS = ("incidents", "incidents-dotcom", "incidents-dedicated", "incidents-dotcom-triage")
PEOPLE = ("eoc", "im", "cmoc", "leader", "liaison")


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"id": f"U{name.upper()}", "name": name, "deleted": False, "is_bot": False, **more}


@dataclass
class SlackStub:
    """A workspace in which everything is in order, until a test changes it.

    `refused` may name `*`, all; `needed` is the scope for want of which it was.
    """

    people: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {f"{name}@example.com": person(name) for name in PEOPLE}
    )
    channels: list[dict[str, Any]] = field(default_factory=lambda: [{"name": name} for name in CHANNELS])
    scopes: frozenset[str] = frozenset(SCOPES)
    refused: dict[str, str] = field(default_factory=dict)
    needed: dict[str, str] = field(default_factory=dict)
    broken: web.Response | None = None
    page: int = 2
    calls: list[str] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        if self.broken:
            return self.broken
        method = request.match_info["method"]
        self.calls.append(method)
        said = {**request.query, **{key: str(value) for key, value in (await request.post()).items()}}
        if error := self.refused.get(method) or self.refused.get("*"):
            needed = {"needed": self.needed[method]} if method in self.needed else {}
            return web.json_response({"ok": False, "error": error, **needed})
        result = self._results(method, said, request.headers.get("Authorization", ""))
        headers = {"x-oauth-scopes": ",".join(sorted(self.scopes))}
        return web.json_response({"ok": "error" not in result, **result}, headers=headers)

    def _results(self, method: str, said: dict[str, str], token: str) -> dict[str, Any]:
        if method == "auth.test":
            return {"user": "muster", "team": "Tanuki", "user_id": "UBOT", "team_id": "T1", "bot_id": "B1"}
        if method == "apps.connections.open":
            return (
                {"url": "ws://x"} if token.startswith("Bearer xapp-") else {"error": "not_allowed_token_type"}
            )
        if method == "users.lookupByEmail":
            found = self.people.get(said["email"])
            return {"user": found} if found else {"error": "users_not_found"}
        if method == "users.info":
            found = next((one for one in self.people.values() if one["id"] == said["user"]), None)
            return {"user": found} if found else {"error": "user_not_found"}
        if method == "users.list":
            return {"members": []}
        start = int(said.get("cursor") or 0)
        more = str(start + self.page) if start + self.page < len(self.channels) else ""
        rows = [{"id": f"C{row['name']}", **row} for row in self.channels[start : start + self.page]]
        return {"channels": rows, "response_metadata": {"next_cursor": more}}


@asynccontextmanager
async def served(stub: SlackStub) -> AsyncIterator[SlackStub]:
    """Serve the stub while the block runs."""
    app = web.Application()
    app.router.add_route("*", "/api/{method}", stub.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    try:
        yield stub
    finally:
        await runner.cleanup()
