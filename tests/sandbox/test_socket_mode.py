"""Socket Mode: greetings, turns, retries and drills."""

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Slack
from tests.sandbox.conftest import Ear, refused, until


async def test_hello_comes_first(slack: Slack, ear: Ear) -> None:
    await until(lambda: ear.frames)

    assert ear.frames[0]["type"] == "hello"
    assert ear.frames[0]["num_connections"] == 1
    assert ear.frames[0]["connection_info"] == {"app_id": slack.workspace.app.id}


async def test_every_address_is_new(slack: Slack, session: aiohttp.ClientSession) -> None:
    client = AsyncWebClient(slack.app_token, base_url=slack.api_url, session=session)

    urls = {(await client.apps_connections_open(app_token=slack.app_token))["url"] for _ in range(3)}

    assert len(urls) == 3


async def test_envelopes_take_turns(slack: Slack, session: aiohttp.ClientSession, ear: Ear) -> None:
    other = Ear(slack, session)
    await other.connect()

    for _ in range(4):
        await slack.person("ana").slash("/inc", "help")

    assert len(ear.payloads) == len(other.payloads) == 2
    ids = [frame["envelope_id"] for frame in ear.frames + other.frames if "payload" in frame]
    assert len(set(ids)) == 4
    await other.close()


async def test_the_eleventh_socket_is_sent_away(slack: Slack, session: aiohttp.ClientSession) -> None:
    ears = [Ear(slack, session) for _ in range(11)]
    for ear in ears:
        await ear.connect()
    await until(lambda: ears[-1].frames)

    assert ears[-1].frames[0]["reason"] == "too_many_websockets"
    for ear in ears:
        await ear.close()


async def test_pings_are_echoed(slack: Slack, session: aiohttp.ClientSession) -> None:
    socket = await session.ws_connect(slack.sockets.new_url(), autoping=False)
    await socket.ping(b"sdk-ping-pong:1.5")
    assert (await socket.receive()).type is aiohttp.WSMsgType.TEXT
    pong = await socket.receive()

    assert (pong.type, bytes(pong.data)) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1.5")
    await socket.close()


async def test_an_unacknowledged_event_comes_again(slack: Slack, client: AsyncWebClient, ear: Ear) -> None:
    slack.patience, slack.sockets.retry_gap, ear.deaf = 0.05, 0.05, True
    await client.conversations_create(name="inc-1")
    await until(lambda: len(ear.payloads) >= 4)
    ear.deaf = False

    joined = [
        frame for frame in ear.frames if frame.get("payload", {}).get("event", {}).get("type") != "message"
    ]
    events = [frame for frame in joined if frame.get("type") == "events_api"]
    assert [frame["retry_attempt"] for frame in events][:2] == [0, 1]
    assert len({frame["payload"]["event_id"] for frame in events}) == 1


async def test_events_survive_a_reconnect(
    slack: Slack, client: AsyncWebClient, session: aiohttp.ClientSession, ear: Ear
) -> None:
    slack.sockets.retry_gap, ear.deaf = 0.01, True
    await client.conversations_create(name="inc-1")
    await until(lambda: len(ear.payloads) == 2)
    await ear.close()

    other = Ear(slack, session)
    await other.connect()
    await until(lambda: len(other.payloads) == 2)

    assert {p["event_id"] for p in other.payloads} == {p["event_id"] for p in ear.payloads}
    assert all(frame["retry_attempt"] == 1 for frame in other.frames if "payload" in frame)
    await other.close()


async def test_a_warning_closes_the_socket_later(slack: Slack, ear: Ear) -> None:
    slack.sockets.notice = 0.3
    await slack.sockets.drill("warning")
    await until(lambda: len(ear.frames) == 2)
    assert ear.frames[1]["reason"] == "warning"
    assert not ear.socket.closed

    await until(lambda: ear.socket.closed)
    assert slack.sockets.count == 0


async def test_a_disabled_link_stays_closed(slack: Slack, session: aiohttp.ClientSession, ear: Ear) -> None:
    old = slack.sockets.new_url()
    await slack.sockets.drill("link_disabled")
    client = AsyncWebClient(slack.app_token, base_url=slack.api_url, session=session)

    assert await refused(client.apps_connections_open(app_token=slack.app_token)) == "forbidden_team"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(old)


async def test_nobody_connected_fails_at_once(slack: Slack) -> None:
    seen = await slack.person("ana").slash("/inc", "help")

    assert seen.error == '/inc failed with the error "dispatch_failed"'


async def test_silence_is_shown_to_the_caller(slack: Slack, ear: Ear) -> None:
    slack.patience, ear.deaf = 0.05, True

    seen = await slack.person("ana").slash("/inc", "help")

    assert seen.error == '/inc failed with the error "operation_timeout"'
    assert slack.person("ana").messages("general") == []


async def test_a_late_answer_is_not_shown(slack: Slack, ear: Ear) -> None:
    slack.patience, ear.deaf = 0.05, True
    await slack.person("ana").slash("/inc", "help")
    envelope = ear.frames[-1]["envelope_id"]

    await ear.socket.send_json({"envelope_id": envelope, "payload": {"text": "sorry, late"}})
    await slack.idle()

    assert slack.person("ana").messages("general") == []


async def test_events_may_come_twice_and_backwards(slack: Slack, client: AsyncWebClient, ear: Ear) -> None:
    slack.manners.twice = slack.manners.backwards = True

    await client.conversations_create(name="inc-1")
    await slack.idle()

    assert ear.names == ["channel_join", "member_joined_channel"] * 2


async def test_an_event_may_come_before_its_cause_has_returned(
    slack: Slack, client: AsyncWebClient, ear: Ear
) -> None:
    slack.api.answer_delay = 0.5

    await client.conversations_create(name="inc-1")

    (call,), heard = slack.calls("conversations.create"), slack.deliveries()
    assert heard[0].ended is not None
    assert call.ended is not None
    assert heard[0].ended < call.ended
