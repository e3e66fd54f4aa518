"""What the page asks for, does and hears."""

import asyncio
import json
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Slack
from tests.patience import PATIENCE
from tests.sandbox.conftest import Ear, FakeClock, key

ANA = "U0ANA00001"


async def got(session: aiohttp.ClientSession, slack: Slack, path: str) -> dict[str, Any]:
    async with session.get(f"{slack.url}/ui/{path}", headers=key(slack)) as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


async def did(session: aiohttp.ClientSession, slack: Slack, do: str, **given: Any) -> dict[str, Any]:
    async with session.post(
        f"{slack.url}/ui/act", json={"user": ANA, "do": do, **given}, headers=key(slack)
    ) as response:
        answer: dict[str, Any] = await response.json()
        return answer


async def test_the_world(slack: Slack, session: aiohttp.ClientSession) -> None:
    world = await got(session, slack, "world")

    assert world["team"]["name"] == "Tanuki"
    assert "ana" in {person["handle"] for person in world["people"]}
    assert world["commands"][0]["command"] == "/inc"
    assert world["can_advance"] is False


async def test_the_sidebar_counts_what_is_new(
    slack: Slack, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="general", text="one")
    await client.chat_postMessage(channel="general", text=f"two, <@{ANA}>")
    await client.chat_postMessage(channel=ANA, text="three")

    before = await got(session, slack, f"sidebar?user={ANA}")
    await got(session, slack, f"conversation?user={ANA}&id=C0GENERAL1")
    after = await got(session, slack, f"sidebar?user={ANA}")

    general = {"id": "C0GENERAL1", "name": "general"}.items()
    (then,) = [channel for channel in before["channels"] if general <= channel.items()]
    (now,) = [channel for channel in after["channels"] if general <= channel.items()]
    assert (then["unread"], then["mentions"], now["unread"], now["mentions"]) == (2, 1, 0, 0)
    assert before["dms"][0]["with"]["bot"] is True
    assert before["dms"][0]["unread"] == 1
    assert "frontend" in {channel["name"] for channel in before["browse"]}
    assert "leadership" not in str(before)


async def test_a_conversation_has_authors(slack: Slack, session: aiohttp.ClientSession) -> None:
    await did(session, slack, "send", channel="C0GENERAL1", text="hello")

    shown = await got(session, slack, f"conversation?user={ANA}&id=C0GENERAL1")

    (message,) = shown["messages"]
    assert (message["text"], message["author"]["name"], message["ephemeral"]) == (
        "hello",
        "Ana Ferreira",
        False,
    )
    assert shown["member"] is True


async def test_a_stranger_sees_nothing_private(slack: Slack, session: aiohttp.ClientSession) -> None:
    async with session.get(
        f"{slack.url}/ui/conversation?user={ANA}&id=C0LEADERS9", headers=key(slack)
    ) as response:
        assert response.status == 404
    assert (await did(session, slack, "join", channel="C0LEADERS9"))["error"] == "channel_not_found"


async def test_refusals_are_answers(slack: Slack, session: aiohttp.ClientSession) -> None:
    slashed = await did(session, slack, "slash", channel="C0GENERAL1", command="/inc", text="x")

    assert slashed == {
        "ok": False,
        "error": '/inc failed with the error "dispatch_failed"',
        "code": '/inc failed with the error "dispatch_failed"',
    }
    assert (await did(session, slack, "fly"))["ok"] is False
    assert (await did(session, slack, "send", channel="C0GENERAL1"))["ok"] is False


async def test_a_form_by_way_of_the_page(
    slack: Slack, session: aiohttp.ClientSession, client: AsyncWebClient, ear: Ear
) -> None:
    await did(session, slack, "slash", channel="C0GENERAL1", command="/inc", text="")
    element = {"type": "plain_text_input", "action_id": "a"}
    label = {"type": "plain_text", "text": "Name"}
    view = {
        "type": "modal",
        "title": label,
        "submit": label,
        "blocks": [{"type": "input", "block_id": "n", "label": label, "element": element}],
    }
    await client.views_open(trigger_id=ear.payloads[-1]["trigger_id"], view=view)

    shown = await got(session, slack, f"modal?user={ANA}")
    view_id = shown["view"]["id"]
    empty = await did(session, slack, "submit", view_id=view_id, state={})
    wrong = await got(session, slack, f"modal?user={ANA}")
    state = {"n": {"a": {"type": "plain_text_input", "value": "x"}}}
    full = await did(session, slack, "submit", view_id=view_id, state=state)

    assert shown["depth"] == 1
    assert empty["errors"] == wrong["errors"] == {"n": "Please complete this required field."}
    assert full == {"ok": True, "errors": {}, "error": None}
    assert (await got(session, slack, f"modal?user={ANA}"))["view"] is None


async def test_the_stream_tells_what_changed(
    slack: Slack, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    async with session.get(f"{slack.url}/ui/stream?user={ANA}", headers=key(slack)) as stream:
        assert await stream.content.readline() == b": hello\n"
        await client.chat_postMessage(channel="general", text=f"<@{ANA}>")
        await client.chat_postMessage(channel="general", text="again")
        told = [await next_change(stream) for _ in range(3)]

    assert {"type": "conversation", "id": "C0GENERAL1"} in told
    assert {"type": "sidebar"} in told
    assert {"type": "page_sound", "id": "C0GENERAL1"} in told


async def next_change(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while True:
            line = await stream.content.readline()
            if line.startswith(b"data: "):
                change: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return change


async def test_time_moves_only_where_it_can(
    slack: Slack, session: aiohttp.ClientSession, clock: FakeClock
) -> None:
    async with session.post(f"{slack.url}/ui/advance", json={"seconds": 60}, headers=key(slack)) as response:
        assert response.status == 409

    async def advance(seconds: float) -> None:
        clock.advance(seconds=seconds)

    slack.on_advance = advance
    before = clock.now()
    async with session.post(f"{slack.url}/ui/advance", json={"seconds": 60}, headers=key(slack)) as response:
        assert (await response.json())["clock"] == clock.now().isoformat()
    assert (clock.now() - before).total_seconds() == 60


async def test_the_record_can_be_read_on(
    slack: Slack, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    await client.auth_test()
    await client.chat_postMessage(channel="general", text="x")

    whole = (await got(session, slack, "record"))["entries"]
    rest = (await got(session, slack, "record?after=0"))["entries"]

    assert [entry["method"] for entry in whole] == ["auth.test", "chat.postMessage"]
    assert [entry["method"] for entry in rest] == ["chat.postMessage"]
    assert rest[0]["args"]["text"] == "x"
    assert rest[0]["ms"] >= 0


async def test_nothing_outside_the_page_is_served(slack: Slack, session: aiohttp.ClientSession) -> None:
    for path in ("/slack.py", "/%2e%2e/slack.py", "/nothing.js"):
        async with session.get(slack.url + path) as response:
            assert response.status == 404
