"""HTTP mode, with Bolt's own server-side checks as the judge."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.http_mode import signature
from sandbox.slack import Slack
from tests.sandbox.conftest import FakeClock, key, until


class Listener:
    """An app's address that keeps what it is sent, and answers what a test wants."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], str]] = []
        self.answers: list[web.Response] = []

    async def serve(self, request: web.Request) -> web.Response:
        headers = {key.lower(): value for key, value in request.headers.items()}
        self.requests.append((headers, await request.text()))
        return self.answers.pop(0) if self.answers else web.Response()


@pytest.fixture
def manifest(manifest: dict[str, Any]) -> dict[str, Any]:
    manifest["settings"]["socket_mode_enabled"] = False
    return manifest


async def served(handler: Any) -> tuple[web.AppRunner, str]:
    application = web.Application()
    application.router.add_post("/slack/events", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"


@pytest.fixture
async def listener(slack: Slack) -> AsyncIterator[Listener]:
    listener = Listener()
    runner, slack.request_url = await served(listener.serve)
    yield listener
    await runner.cleanup()


def test_signatures_are_slacks_own() -> None:
    body = b"token=xyz&text=hi"
    expected = hmac.new(b"secret", b"v0:1531420618:" + body, hashlib.sha256).hexdigest()

    assert signature("secret", 1531420618, body) == f"v0={expected}"


async def test_commands_are_signed_forms(slack: Slack, listener: Listener, clock: FakeClock) -> None:
    await slack.person("ana").slash("/inc", "check the payload size")

    ((headers, body),) = listener.requests
    assert parse_qs(body)["text"] == ["check the payload size"]
    verifier = SignatureVerifier(slack.signing_secret)
    given = verifier.generate_signature(timestamp=headers["x-slack-request-timestamp"], body=body)
    assert headers["x-slack-signature"] == given
    assert int(headers["x-slack-request-timestamp"]) == int(clock.now().timestamp())


async def test_interactions_are_one_field_of_a_form(slack: Slack, listener: Listener) -> None:
    await slack.person("ana").shortcut("declare_anywhere")

    ((_, body),) = listener.requests
    assert json.loads(parse_qs(body)["payload"][0])["callback_id"] == "declare_anywhere"


async def test_events_come_again_after_a_minute(
    slack: Slack, listener: Listener, client: AsyncWebClient, clock: FakeClock
) -> None:
    listener.answers = [web.Response(), *(web.Response(status=500) for _ in range(3))]
    await client.conversations_create(name="inc-1")
    await until(lambda: len(listener.requests) == 3)
    clock.advance(minutes=1)
    await until(lambda: len(listener.requests) == 4)
    clock.advance(minutes=5)
    await until(lambda: len(listener.requests) == 5)

    retries = [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h, _ in listener.requests[2:]]
    assert retries == [("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in listener.requests[1:]}) == 1


async def test_an_app_may_forgo_retries(slack: Slack, listener: Listener, client: AsyncWebClient) -> None:
    refusal = {"x-slack-no-retry": "1"}
    listener.answers = [web.Response(status=500, headers=refusal) for _ in range(2)]

    await client.conversations_create(name="inc-1")
    await slack.idle()

    assert len(listener.requests) == 2


async def test_sockets_are_refused(slack: Slack, session: aiohttp.ClientSession) -> None:
    opening = {"Authorization": f"Bearer {slack.app_token}"}
    async with session.post(f"{slack.api_url}apps.connections.open", headers=opening) as response:
        assert (await response.json())["error"] == "forbidden_team"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(f"{slack.url}/link/?ticket=old")


async def test_bolt_believes_it(slack: Slack, client: AsyncWebClient, clock: FakeClock) -> None:
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)

    @app.command("/inc")
    async def inc(ack: AsyncAck) -> None:
        await ack("heard")

    runner, slack.request_url = await served(app.server().handle_post_requests)
    # Bolt compares signatures with the machine's own time.
    now = int((await machine_time(slack)).timestamp())
    clock.advance(seconds=now - int(clock.now().timestamp()))

    assert await slack.http.verify()
    assert (await slack.person("ana").slash("/inc")).text == "heard"
    body, kind = b"token=x&command=%2Finc", {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await slack.http.post(body, kind, 3, at=now - 360))[0] == 401
    forged = {**kind, "X-Slack-Signature": "v0=0"}
    assert (await slack.http.post(body, forged, 3))[0] == 401
    await runner.cleanup()


async def machine_time(slack: Slack) -> datetime:
    async with (
        aiohttp.ClientSession() as session,
        session.get(slack.url + "/ui/world", headers=key(slack)) as response,
    ):
        return parsedate_to_datetime(response.headers["Date"])
