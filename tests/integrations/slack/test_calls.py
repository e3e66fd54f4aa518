"""Each method is sent as slack_sdk sends it, and as Slack reads it."""

import ast
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.checks.answers import call
from bot.health.measures import Measures
from bot.integrations.slack.client import SlackClient
from bot.integrations.slack.web import CountedClient, session
from sandbox.catalogue import FORM_ONLY
from tests.fakes import FakeClock, nobody
from tests.test_scopes import FOLDERS, ROOT, called

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*A & B*"}}]
VIEW = {"type": "modal", "title": {"type": "plain_text", "text": "New"}, "blocks": BLOCKS}
CONTENT = {"type": "markdown", "markdown": "# A & B"}
LISTED = {"types": "public_channel", "exclude_archived": True, "limit": 200, "cursor": "bmV4dA=="}
READ = {"channel": "C1", "oldest": "1.000000", "latest": "2.000000", "inclusive": True, "limit": 200}

GIVEN: dict[str, dict[str, Any]] = {
    "apps.connections.open": {"app_token": "xapp-1"},
    "auth.test": {},
    "bots.info": {"bot": "B1"},
    "chat.postMessage": {
        "channel": "C1",
        "text": "A & B",
        "blocks": BLOCKS,
        "thread_ts": "1.000000",
        "unfurl_links": False,
        "metadata": {"event_type": "muster", "event_payload": {"delivery": "1"}},
    },
    "canvases.access.delete": {"canvas_id": "F1", "channel_ids": ["C1"]},
    "canvases.access.set": {"canvas_id": "F1", "access_level": "read", "channel_ids": ["C1"]},
    "canvases.create": {"title": "A & B", "document_content": CONTENT, "channel_id": "C1"},
    "canvases.delete": {"canvas_id": "F1"},
    "canvases.edit": {
        "canvas_id": "F1",
        "changes": [{"operation": "replace", "document_content": CONTENT}],
    },
    "canvases.getContent": {"canvas_id": "F1"},
    "canvases.sections.lookup": {"canvas_id": "F1", "criteria": {"contains_text": "A & B"}},
    "chat.postEphemeral": {"channel": "C1", "user": "U1", "text": "A & B", "blocks": BLOCKS},
    "bookmarks.add": {"channel_id": "C1", "title": "Card", "type": "link", "link": "https://a.b/?c=1&d"},
    "bookmarks.edit": {"channel_id": "C1", "bookmark_id": "Bk1", "title": "A & B"},
    "bookmarks.remove": {"channel_id": "C1", "bookmark_id": "Bk1"},
    "bookmarks.list": {"channel_id": "C1"},
    "chat.delete": {"channel": "C1", "ts": "1.000000"},
    "chat.update": {"channel": "C1", "ts": "1.000000", "text": "A & B", "blocks": BLOCKS},
    "conversations.archive": {"channel": "C1"},
    "conversations.create": {"name": "inc-1", "is_private": True},
    "conversations.history": {**READ, "include_all_metadata": True},
    "conversations.info": {"channel": "C1"},
    "conversations.invite": {"channel": "C1", "users": "U1,U2", "force": True},
    "conversations.join": {"channel": "C1"},
    "conversations.kick": {"channel": "C1", "user": "U1"},
    "conversations.list": LISTED,
    "conversations.members": {"channel": "C1", "limit": 200, "cursor": "bmV4dA=="},
    "conversations.rename": {"channel": "C1", "name": "inc-1"},
    "conversations.replies": {**READ, "ts": "1.000000"},
    "conversations.setTopic": {"channel": "C1", "topic": "A & B <c>"},
    "files.list": {"channel": "C1", "user": "U1", "types": "canvas", "count": 100},
    "pins.add": {"channel": "C1", "timestamp": "1.000000"},
    "reactions.add": {"channel": "C1", "timestamp": "1.000000", "name": "pushpin"},
    "reactions.remove": {"channel": "C1", "timestamp": "1.000000", "name": "pushpin"},
    "usergroups.list": {},
    "usergroups.users.list": {"usergroup": "S1"},
    "usergroups.users.update": {"usergroup": "S1", "users": ["U1", "U2"]},
    "users.info": {"user": "U1"},
    "users.list": {"limit": 200, "cursor": "bmV4dA=="},
    "users.lookupByEmail": {"email": "ana@example.com"},
    "views.open": {"trigger_id": "1.2.a", "view": VIEW},
    "views.publish": {"user_id": "U1", "view": {"type": "home", "blocks": BLOCKS}},
    "views.push": {"trigger_id": "1.2.a", "view": VIEW},
    "views.update": {"view_id": "V1", "view": VIEW, "hash": "1.h"},
}
"""What every method that stands in the code is called with here: a new one is missed below."""


@dataclass(frozen=True)
class Sent:
    """A request as it arrived."""

    verb: str
    path: str
    kind: str
    query: tuple[tuple[str, str], ...]
    body: str
    token: str


class Recorder:
    """Answers every call, and keeps how it was sent."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.url = ""

    async def serve(self, request: web.Request) -> web.Response:
        self.sent.append(
            Sent(
                request.method,
                request.path,
                request.headers.get("Content-Type", ""),
                tuple(sorted(request.query.items())),
                await request.text(),
                request.headers.get("Authorization", ""),
            )
        )
        return web.json_response({"ok": True})


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    recorder, application = Recorder(), web.Application()
    application.add_routes([web.route("*", "/api/{method}", recorder.serve)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    recorder.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    yield recorder
    await runner.cleanup()


def generated(client: AsyncWebClient, method: str) -> Any:
    """Return slack_sdk's own method."""
    return getattr(client, method.replace(".", "_"))


async def both_ways(recorder: Recorder, method: str) -> tuple[Sent, Sent]:
    """Return how slack_sdk sends a call, and how the bot does."""
    async with session(5) as shared:
        how: dict[str, Any] = {"token": "xoxb-1", "base_url": recorder.url, "session": shared}
        await generated(AsyncWebClient(**how), method)(**GIVEN[method])
        counted = CountedClient(FakeClock(), Measures(), **how)
        if method.startswith("views."):
            await generated(counted, method)(**GIVEN[method])
        else:
            await SlackClient(counted, "mark", FakeClock(), nobody).call(method, **GIVEN[method])
        theirs, ours = recorder.sent
        return theirs, ours


@pytest.mark.parametrize("method", sorted(called()))
async def test_it_is_sent_as_slack_sdk_sends_it(method: str, recorder: Recorder) -> None:
    theirs, ours = await both_ways(recorder, method)

    assert ours == theirs


@pytest.mark.parametrize("method", sorted(called()))
async def test_the_arguments_are_where_slack_reads_them(method: str, recorder: Recorder) -> None:
    _, ours = await both_ways(recorder, method)

    as_json = ours.kind.startswith("application/json")
    arguments = json.loads(ours.body) if as_json else dict(ours.query)
    assert set(arguments) == set(GIVEN[method]) - {"app_token"}
    assert not (as_json and method in FORM_ONLY)
    assert as_json or not ours.body
    assert ours.kind in {"application/x-www-form-urlencoded", "application/json;charset=utf-8"}


async def test_a_method_that_slack_sdk_does_not_have_is_sent_as_a_form(recorder: Recorder) -> None:
    async with session(5) as shared:
        counted = CountedClient(
            FakeClock(), Measures(), token="xoxb-1", base_url=recorder.url, session=shared
        )
        slack = SlackClient(counted, "mark", FakeClock(), nobody)
        await slack.call("canvases.ofTomorrow", canvas_id="F1")

    (sent,) = recorder.sent
    assert (sent.verb, sent.path, sent.query) == ("POST", "/api/canvases.ofTomorrow", (("canvas_id", "F1"),))
    assert sent.kind == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("method", ["auth.test", "users.info", "users.lookupByEmail", "conversations.list"])
async def test_the_check_sends_as_slack_sdk_does(method: str, recorder: Recorder) -> None:
    client = AsyncWebClient("xoxb-1", base_url=recorder.url)

    await generated(client, method)(**GIVEN[method])
    await call(client, method, **GIVEN[method])

    assert recorder.sent[0] == recorder.sent[1]


def test_nobody_says_by_hand_how_a_call_is_sent() -> None:
    """`api_call` leaves verb and content type to whoever calls it. Our client counts what goes through
    it, and calls it for a method that slack_sdk does not have.
    """
    found = [
        path.name
        for folder in FOLDERS
        for path in Path(ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "api_call"
    ]

    assert found == ["web.py"] * 2
