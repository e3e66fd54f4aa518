"""The record: what the inspector shows of it, and what it forgets."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from slack_sdk.web import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.catalogue import METHODS
from sandbox.record import Log
from sandbox.slack import Slack
from tests.sandbox.conftest import Ear, FakeClock, key, until

GENERAL = "C0GENERAL1"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def shown(session: aiohttp.ClientSession, slack: Slack, query: str = "") -> dict[str, Any]:
    async with session.get(f"{slack.url}/ui/record?{query}", headers=key(slack)) as response:
        assert response.status == 200, await response.text()
        answer: dict[str, Any] = await response.json()
        return answer


async def test_a_call_is_shown_with_all_there_is_to_know(
    slack: Slack, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    await client.conversations_join(channel=GENERAL)
    await client.conversations_join(channel=GENERAL)

    found = await shown(session, slack, "kind=call")

    first, second = found["entries"]
    assert (second["method"], second["ok"], second["status"], second["error"]) == (
        "conversations.join",
        True,
        200,
        None,
    )
    assert (second["args"]["channel"], second["result"]["channel"]["id"]) == (GENERAL, GENERAL)
    assert (first["warnings"], second["warnings"]) == ([], ["already_in_channel"])
    assert second["ms"] > 0
    assert second["time"].startswith("2026-03-02T09:00")


async def test_entries_are_filtered_and_paged(
    slack: Slack, session: aiohttp.ClientSession, client: AsyncWebClient, ear: Ear
) -> None:
    for _ in range(3):
        await client.auth_test()
    await slack.person("ana").slash("/inc")
    await client.users_list()

    pages = [await shown(session, slack, "method=auth.*&limit=2")]
    pages.append(await shown(session, slack, f"method=auth.*&limit=2&after={pages[0]['next']}"))
    commands = await shown(session, slack, "kind=event,ack&method=slash*")

    assert [[entry["method"] for entry in page["entries"]] for page in pages] == [
        ["auth.test"] * 2,
        ["auth.test"],
    ]
    assert pages[1]["next"] == slack.record[-1].n
    assert [entry["kind"] for entry in commands["entries"]] == ["event", "ack"]
    assert commands["entries"][0]["args"]["command"] == "/inc"


async def test_what_was_under_way_can_be_asked_for_again(
    slack: Slack, session: aiohttp.ClientSession, client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = asyncio.Event()
    monkeypatch.setattr(slack.api, "_take_time", lambda method: go_on.wait())
    calling = asyncio.ensure_future(client.auth_test())
    await until(lambda: slack.api.in_flight)

    (before,) = (await shown(session, slack))["entries"]
    go_on.set()
    await calling
    (after,) = (await shown(session, slack, f"only={before['n']},99"))["entries"]

    assert (before["ms"], before["ok"]) == (None, None)
    assert after["ok"] is True
    assert after["ms"] is not None


async def test_numbers_must_be_numbers(slack: Slack, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{slack.url}/ui/record?after=x", headers=key(slack)) as response:
        assert response.status == 400


def methods_of_slack_sdk() -> set[str]:
    return {name for name in METHODS if hasattr(WebClient, name.replace(".", "_"))}


def test_every_method_of_the_sandbox_is_one_of_slack_sdk() -> None:
    assert methods_of_slack_sdk() == set(METHODS)


async def test_a_call_can_be_repeated_as_python(
    slack: Slack,
    session: aiohttp.ClientSession,
    client: AsyncWebClient,
    capsys: pytest.CaptureFixture[str],
    clean_proxies: None,
) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": 'it\'s "quoted"\n' * 20}}
    metadata = {"event_type": "x", "event_payload": {"a": None}}
    await client.chat_postMessage(channel=GENERAL, text="hello", blocks=[section], metadata=metadata)
    await client.conversations_list(types="public_channel", limit=3)
    await client.conversations_create(name="new-one", is_private=True)
    await client.apps_connections_open(app_token=slack.app_token)
    entries = (await shown(session, slack))["entries"]

    for entry in entries:
        await asyncio.to_thread(exec, entry["python"].replace("new-one", "new-two"), {})

    again = slack.calls()[len(entries) :]
    assert [call.method for call in again] == [entry["method"] for entry in entries]
    assert all(call.ok for call in again)
    assert again[0].args["blocks"] == [section]
    assert again[0].args["metadata"] == metadata
    assert "'ok': True" in capsys.readouterr().out


async def test_an_answer_to_a_response_url_can_be_repeated(
    slack: Slack, session: aiohttp.ClientSession, ear: Ear, clean_proxies: None
) -> None:
    await slack.person("ana").slash("/inc")
    await session.post(ear.payloads[-1]["response_url"], json={"text": "later"})
    (entry,) = (await shown(session, slack, "method=response_url"))["entries"]

    await asyncio.to_thread(exec, entry["python"], {})

    texts = [message["text"] for message in slack.person("ana").messages("general")]
    assert texts == ["later", "later"]


@pytest.fixture
def clean_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


def filled(most: int | None, count: int) -> Log:
    log = Log(most=most)
    for number in range(count):
        log.add("call", f"method.{number}", {}, NOON, float(number))
    return log


def test_the_oldest_entries_are_forgotten_and_numbers_go_on() -> None:
    log = filled(100, 1000)

    assert 100 <= len(log.entries) <= 110
    assert log.entries[-1].n == 999
    assert log.entries[0].n == log.first
    assert (log.get(0), log.get(1000)) == (None, None)
    assert log.get(999) is log.entries[-1]
    assert [entry.n for entry in log.matching("call", "*", since=998)] == [998, 999]


def test_nothing_is_forgotten_in_tests() -> None:
    assert len(filled(None, 6000).entries) == 6000


async def test_the_inspector_says_what_is_forgotten(
    slack: Slack, session: aiohttp.ClientSession, client: AsyncWebClient, clock: FakeClock
) -> None:
    slack.log.most = 10
    for _ in range(30):
        await client.api_test()

    found = await shown(session, slack)

    assert found["first"] == found["entries"][0]["n"] > 0
    assert found["next"] == 29
