"""Slack's requests over HTTP: only its own are taken, and Bolt gets each of them whole."""

import gzip
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier

from bot.web.server import EVENTS_PATH, LARGEST_BODY, Headers, Web
from tests.fakes import NOON, FakeClock

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FORM = "application/x-www-form-urlencoded"
COMMAND = {"command": "/inc", "user_id": "U1", "team_id": "T1", "channel_id": "C1"}


@dataclass
class Answer:
    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Front:
    """A server with a real Bolt app behind it, and Slack's side of the wire."""

    url: str
    session: aiohttp.ClientSession
    clock: FakeClock
    heard: list[AsyncBoltRequest]
    refused: list[None] = field(default_factory=list)

    def signed(self, body: bytes, *, at: float | None = None) -> dict[str, str]:
        timestamp = str(int(self.clock.now().timestamp() if at is None else at))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body)
        assert signature
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}

    async def post(
        self, body: bytes, kind: str = FORM, headers: dict[str, str] | None = None, **more: str
    ) -> Answer:
        sent = {"Content-Type": kind, **(self.signed(body) if headers is None else headers), **more}
        async with self.session.post(self.url, data=body, headers=sent) as response:
            return Answer(response.status, await response.text())

    async def command(self, text: str) -> Answer:
        return await self.post(urlencode({**COMMAND, "text": text}).encode())

    async def interaction(self, payload: dict[str, Any]) -> Answer:
        return await self.post(urlencode({"payload": json.dumps(payload)}).encode())


def bolt() -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="UBOT")

    app = AsyncApp(authorize=authorize, request_verification_enabled=False)

    async def echo(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack(text=command["text"])

    async def refuse(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"name": "Too long"})

    async def hear(ack: AsyncAck) -> None:
        await ack()

    app.command("/inc")(echo)
    app.view("declare")(refuse)
    app.action("ack")(hear)
    app.event("pin_added")(hear)
    return app


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    clock = FakeClock()
    app = bolt()
    heard: list[AsyncBoltRequest] = []

    async def dispatch(body: dict[str, Any], headers: Headers) -> Any:
        request = AsyncBoltRequest(body=body, headers=headers, mode="socket_mode")
        heard.append(request)
        return await app.async_dispatch(request)

    refused: list[None] = []
    web = Web(dispatch, {}, SECRET, clock, port=0, refused=lambda: refused.append(None))
    await web.start()
    async with aiohttp.ClientSession() as session:
        yield Front(f"http://127.0.0.1:{web.port}{EVENTS_PATH}", session, clock, heard, refused)
    await web.stop()


@pytest.mark.parametrize(
    "text", ["declare db down", "check the payload size", "payload={}&x=%7B", "", "{", "é 日本 & = +"]
)
async def test_the_text_of_a_command_arrives_as_typed(front: Front, text: str) -> None:
    answer = await front.command(text)

    assert answer.status == 200
    assert answer.text == text
    assert front.heard[0].body["text"] == text


async def test_slacks_check_of_the_url_is_answered(front: Front) -> None:
    body = json.dumps({"type": "url_verification", "token": "t", "challenge": "abc"}).encode()

    answer = await front.post(body, "application/json")

    assert (answer.status, answer.json) == (200, {"challenge": "abc"})


async def test_slacks_check_of_the_certificate_is_answered(front: Front) -> None:
    assert (await front.post(b"ssl_check=1&token=abc")).status == 200


async def test_a_form_with_errors_shows_them(front: Front) -> None:
    answer = await front.interaction(
        {
            "type": "view_submission",
            "team": {"id": "T1"},
            "user": {"id": "U1"},
            "view": {"type": "modal", "callback_id": "declare", "state": {"values": {}}},
        }
    )

    assert answer.status == 200
    assert answer.json == {"response_action": "errors", "errors": {"name": "Too long"}}


async def test_a_button_is_heard(front: Front) -> None:
    answer = await front.interaction(
        {
            "type": "block_actions",
            "team": {"id": "T1"},
            "user": {"id": "U1"},
            "actions": [{"type": "button", "action_id": "ack", "block_id": "b", "value": "7"}],
        }
    )

    assert (answer.status, answer.text) == (200, "")


async def test_the_headers_of_a_retried_event_reach_bolt(front: Front) -> None:
    event = {"type": "pin_added", "user": "U1", "channel_id": "C1"}
    body = json.dumps({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event}).encode()

    answer = await front.post(
        body, "application/json", None, **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    )

    assert answer.status == 200
    assert front.heard[0].headers["x-slack-retry-num"] == ["1"]
    assert front.heard[0].body["event_id"] == "Ev1"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=" + "a" * 64},
        {"X-Slack-Request-Timestamp": str(int(NOON.timestamp()))},
        {"X-Slack-Request-Timestamp": "", "X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=" + "a" * 64},
        {"X-Slack-Request-Timestamp": "inf", "X-Slack-Signature": "v0=" + "a" * 64},
        {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=" + "a" * 64},
        {"X-Slack-Request-Timestamp": str(int(NOON.timestamp())), "X-Slack-Signature": "v0=é"},
        {"X-Slack-Request-Timestamp": str(int(NOON.timestamp())), "X-Slack-Signature": "v0=" + "a" * 64},
        {"X-Slack-Request-Timestamp": str(int(NOON.timestamp())), "X-Slack-Signature": "a" * 67},
    ],
)
async def test_a_request_that_slack_did_not_sign_is_refused(front: Front, headers: dict[str, str]) -> None:
    answer = await front.post(b"text=a", headers=headers)

    assert answer.status == 401
    assert "signature" in answer.json["error"]
    assert front.heard == []


async def test_a_signature_by_another_secret_is_logged_and_counted(
    front: Front, caplog: pytest.LogCaptureFixture
) -> None:
    await front.post(b"text=a", headers={})
    assert (front.refused, caplog.messages) == ([], [])
    made_by_another = {**front.signed(b"text=a"), "X-Slack-Signature": "v0=" + "a" * 64}

    await front.post(b"text=a", headers=made_by_another)

    assert len(front.refused) == 1
    [said] = caplog.messages
    assert "Compare SLACK_SIGNING_SECRET with" in said
    assert "clock" in said


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-299, 200), (299, 200), (301, 401)])
async def test_a_signature_holds_for_five_minutes(front: Front, seconds: int, status: int) -> None:
    body = urlencode({**COMMAND, "text": "x"}).encode()

    answer = await front.post(body, headers=front.signed(body, at=NOON.timestamp() + seconds))

    assert answer.status == status


async def test_a_changed_body_is_refused(front: Front) -> None:
    assert (await front.post(b"text=b", headers=front.signed(b"text=a"))).status == 401


async def test_bytes_that_are_no_text_are_refused(front: Front) -> None:
    headers = {"X-Slack-Request-Timestamp": str(int(NOON.timestamp())), "X-Slack-Signature": "v0=" + "a" * 64}

    assert (await front.post(b"\xff\xfe", headers=headers)).status == 401


async def test_a_body_over_the_limit_is_refused_before_it_is_read_whole(front: Front) -> None:
    assert (await front.post(b"x" * (LARGEST_BODY + 1))).status == 413


async def test_a_body_at_the_limit_is_read(front: Front) -> None:
    start = urlencode({**COMMAND, "text": ""}).encode()

    assert (await front.post(start + b"x" * (LARGEST_BODY - len(start)))).status == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM),
        (b"{", "application/json"),
        (b"", "application/json"),
        (b"[1]", "application/json"),
        (b'"text"', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"no form", FORM),
        (b"payload=", FORM),
        (b"payload=%7B", FORM),
        (b"payload=7", FORM),
        (b"&".join(b"a%d=1" % number for number in range(1001)), FORM),
    ],
)
async def test_a_signed_body_that_makes_no_sense_is_refused(front: Front, body: bytes, kind: str) -> None:
    answer = await front.post(body, kind)

    assert answer.status == 400
    assert front.heard == []


async def test_with_socket_mode_nothing_is_taken_over_http(front: Front) -> None:
    async def never(*_: Any) -> Any:
        raise AssertionError

    web = Web(never, {}, None, front.clock, port=0)
    await web.start()

    async with front.session.post(f"http://127.0.0.1:{web.port}{EVENTS_PATH}", data=b"a=b") as response:
        status = response.status
    await web.stop()

    assert status == 404


@pytest.mark.parametrize("packed", ["gzip", "deflate"])
async def test_what_is_not_packed_as_it_says_is_refused(
    front: Front, packed: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await front.post(b"this is not packed", headers={"Content-Encoding": packed})
    again = await front.command("help")  # by another connection: this one is not read on

    assert (answer.status, again.status) == (400, 200)
    assert (
        json.loads(answer.text)["error"]
        == "the body is not as its Content-Encoding or Transfer-Encoding says"
    )
    assert not caplog.records


async def test_a_body_that_is_cut_in_its_pack_is_refused(front: Front) -> None:
    packed = gzip.compress(b"text=" + bytes(range(256)) * 40)

    answer = await front.post(packed[: len(packed) // 2], headers={"Content-Encoding": "gzip"})

    assert 400 <= answer.status < 500


@pytest.mark.parametrize("packed", ["zstd", "br", "ZSTD"])
async def test_a_pack_that_is_not_read_here_is_refused_without_a_word_in_the_log(
    front: Front, packed: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await front.post(b"(\xb5/\xfd", headers={"Content-Encoding": packed})

    assert answer.status == 415
    assert "expected gzip, deflate or none" in json.loads(answer.text)["error"]
    assert not caplog.records


async def test_a_program_is_told_of_a_bad_pack_as_a_problem(front: Front) -> None:
    url = front.url.replace("/slack/events", "/api/v1/incidents")
    sent = {"Content-Type": "application/json", "Content-Encoding": "gzip"}

    async with front.session.post(url, data=b"{}", headers=sent) as answer:
        told = await answer.json(content_type="application/problem+json")

    assert (answer.status, told["status"]) == (400, 400)
    assert "Content-Encoding" in told["detail"]
