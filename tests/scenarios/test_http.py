"""The same bot without a socket: Slack posts signed requests to its HTTP server."""

from urllib.parse import urlencode

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from bot.domain.incidents.incident import Status
from sandbox.faults import Fault
from sandbox.http_mode import FORM
from storage import incidents
from tests.scenarios.conftest import World

CHANNEL = "inc-1-disk-full"


async def test_the_whole_story_over_http(http_world: World):
    world = http_world
    dev = await world.declare()
    ana, ines = world.person("ana"), world.person("ines")
    assert "You are paged" in ana.dm()[0]["text"]

    await world.pass_minutes(15)
    assert not await ines.click(ines.dm()[0], text="Acknowledge")
    message = await dev.say(CHANNEL, "It is /dev/sda1")
    await dev.react(message, "pushpin")
    await dev.slash("/inc", "update", channel=CHANNEL)
    await world.settle()
    await dev.fill({"text": "Half of the disks are full", "status": "Fixing"})
    assert await dev.submit() == {}
    await world.settle()
    await dev.slash("/inc", "timeline", channel=CHANNEL)
    await world.settle()

    shown = str([one for one in dev.messages(CHANNEL) if one.get("is_ephemeral")])
    assert "It is /dev/sda1" in shown
    assert "Half of the disks are full" in shown
    assert "You acknowledged this page" in ines.dm()[0]["text"]


async def test_a_command_that_holds_the_word_payload_is_understood(http_world: World):
    dev = http_world.person("dev")

    await dev.slash("/inc", "check the payload size", channel="general")
    await http_world.settle()

    assert "check the payload size" in str(dev.modal)


async def test_an_error_shows_under_its_field_over_http(http_world: World):
    dev = await http_world.declare()
    await dev.slash("/inc", "update", channel=CHANNEL)
    await http_world.settle()
    await dev.fill({"text": "   "})

    errors = await dev.submit()

    assert list(errors) == ["text"]
    assert dev.modal


async def test_a_form_sent_twice_declares_once(http_world: World):
    dev = http_world.person("dev")
    await dev.slash("/inc", "", channel="general")
    await http_world.settle()
    await dev.fill({"name": "Disk full", "severity": "S3"})
    http_world.slack.manners.twice = True
    await dev.submit()
    await http_world.settle()

    assert len([one for one in http_world.person("ana").dm() if "You are paged" in one["text"]]) == 1


async def test_a_command_that_is_replayed_after_a_restart_acts_once(http_world: World):
    dev = await http_world.declare()
    await dev.slash("/inc", "status Fixing", channel=CHANNEL)
    await http_world.settle()
    typed = http_world.slack.deliveries("slash_commands")[-1].args
    body, stamp = urlencode(typed).encode(), str(int(http_world.clock.now().timestamp()))
    signed = SignatureVerifier(http_world.slack.signing_secret).generate_signature(timestamp=stamp, body=body)
    headers = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": str(signed),
        "Content-Type": "application/x-www-form-urlencoded",
    }

    async def sent() -> int:
        async with (
            aiohttp.ClientSession() as session,
            session.post(str(http_world.slack.request_url), data=body, headers=headers) as answer,
        ):
            await http_world.settle()
            return answer.status

    await dev.slash("/inc", "status Investigating", channel=CHANNEL)
    await http_world.settle()
    await http_world.stop()
    await http_world.start()

    assert await sent() == 200
    assert (await http_world.muster.uow.read(incidents.get, 1)).status is Status.INVESTIGATING


async def test_what_is_replayed_over_http_is_counted_once(http_world: World):
    dev = await http_world.declare()
    await dev.slash("/inc", "roles", channel=CHANNEL)
    await http_world.settle()
    typed = http_world.slack.deliveries("slash_commands")[-1].args

    for other in ("", "9"):
        body = urlencode(typed | {"trigger_id": typed["trigger_id"] + other}).encode()
        found = [await http_world.slack.http.post(body, {"Content-Type": FORM}, 10) for _ in range(3)]
        assert {status for status, *_ in found} == {200}
        await http_world.settle()

    answers = [one for one in dev.messages(CHANNEL) if one.get("is_ephemeral")]
    assert len(answers) == 2  # what was sent, and what only looks like it


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"{}", 401),
        ({"X-Slack-Signature": "v0=abc", "X-Slack-Request-Timestamp": "yesterday"}, b"{}", 401),
        ({"X-Slack-Signature": "", "X-Slack-Request-Timestamp": ""}, b"{}", 401),
        ({"X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": "1"}, b"{}", 401),
        ({}, b"x" * (256 * 1024 + 1), 413),
    ],
)
async def test_requests_that_are_not_slacks_are_turned_away(http_world: World, headers, body, status):
    url = f"http://127.0.0.1:{http_world.muster.web.port}/slack/events"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        assert answer.status == status


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault("auth.test", "status", 503), 503),
        (Fault("auth.test", "error", "token_revoked"), 503),
        (Fault("auth.test", "ratelimit", 30), 200),
    ],
)
async def test_readiness_asks_slack_where_no_connection_tells(http_world: World, fault: Fault, status: int):
    url = f"http://127.0.0.1:{http_world.muster.web.port}/readyz"
    http_world.slack.faults.append(fault)
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as answer:
            assert answer.status == status
        async with session.get(url) as answer:
            assert answer.status == 200


async def test_readiness_names_what_is_wrong(world: World):
    url = f"http://127.0.0.1:{world.muster.web.port}"
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}/readyz") as answer:
            assert answer.status == 200
        world.clock.advance(seconds=6)
        async with session.get(f"{url}/readyz") as answer:
            assert answer.status == 503
            assert "scheduler" in await answer.text()
        async with session.get(f"{url}/healthz") as answer:
            assert answer.status == 200
        async with session.post(f"{url}/slack/events", data=b"{}") as answer:
            assert answer.status == 404
