"""Twilio and ntfy as the sandbox plays them: who is let in, what rings, what is pressed and what is told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox.slack import Slack
from sandbox.twilio import signature
from tests.sandbox.conftest import FakeClock
from tests.sandbox.test_page_api import did, got

ANA, NUMBER, FROM = "U0ANA00001", "+351215550101", "+15005550006"


class App:
    """What Twilio asks: it says one sentence and waits for a key, and thanks for one."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        self.url = ""

    async def serve(self, request: web.Request) -> web.Response:
        fields = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append((request.path, fields, request.headers.get("X-Twilio-Signature", "")))
        if "Digits" in fields:
            return web.Response(text="<Response><Say>Thank you.</Say></Response>")
        if "Body" in fields:
            return web.Response(text="<Response><Message>Done.</Message></Response>")
        return web.Response(text="<Response><Gather><Say>Press 1.</Say></Gather></Response>")


@asynccontextmanager
async def served() -> AsyncIterator[App]:
    app, application = App(), web.Application()
    application.router.add_post("/{path:.*}", app.serve)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield app
    await runner.cleanup()


async def created(
    slack: Slack, session: aiohttp.ClientSession, what: str, *, token: str | None = None, **fields: str
) -> tuple[int, dict[str, Any]]:
    known = slack.credentials
    headers = {"Authorization": aiohttp.encode_basic_auth(known.twilio_sid, token or known.twilio_token)}
    url = f"{slack.url}/2010-04-01/Accounts/{known.twilio_sid}/{what}.json"
    async with session.post(url, data={"To": NUMBER, "From": FROM, **fields}, headers=headers) as answer:
        return answer.status, await answer.json()


async def pressed(slack: Slack, session: aiohttp.ClientSession, label: str) -> dict[str, Any]:
    text = slack.person("ana").phone()[-1]
    return await did(session, slack, "press_phone", name=text.id, value=label)


def labels(slack: Slack) -> list[str]:
    return [button["label"] for button in slack.person("ana").phone()[-1].buttons]


async def test_a_call_rings_is_answered_and_hears_a_key(slack: Slack, session: aiohttp.ClientSession) -> None:
    async with served() as app:
        status, answer = await created(
            slack, session, "Calls", Url=f"{app.url}/say", StatusCallback=f"{app.url}/told"
        )
        assert (status, answer["status"], labels(slack)) == (201, "queued", ["Answer", "Decline"])

        assert await pressed(slack, session, "Answer") == {"ok": True}
        shown = (await got(session, slack, f"phone?user={ANA}"))["texts"][-1]
        assert (shown["title"], shown["text"]) == (f"Call from {FROM}: in-progress", "Press 1.")
        assert labels(slack) == ["1", "2", "3", "Hang up"]
        await pressed(slack, session, "1")

    assert slack.person("ana").phone()[-1].text == "Press 1.\nThank you."
    assert labels(slack) == []
    assert [(path, fields.get("Digits"), fields["CallStatus"]) for path, fields, _ in app.asked] == [
        ("/say", None, "in-progress"),
        ("/say", "1", "in-progress"),
        ("/told", None, "completed"),
    ]
    token = slack.credentials.twilio_token
    assert all(sign == signature(token, app.url + path, fields) for path, fields, sign in app.asked)
    assert (await pressed(slack, session, "1"))["error"] == "there is no 1 to press"


async def test_a_call_that_is_declined_was_not_answered(slack: Slack, session: aiohttp.ClientSession) -> None:
    async with served() as app:
        await created(slack, session, "Calls", Url=f"{app.url}/say", StatusCallback=f"{app.url}/told")
        await pressed(slack, session, "Decline")

    assert [(path, fields["CallStatus"]) for path, fields, _ in app.asked] == [("/told", "no-answer")]


@pytest.mark.parametrize(
    ("what", "fields", "wanted"),
    [
        ("Calls", {"Url": "http://x", "token": "wrong"}, (401, 20003)),
        ("Calls", {"Url": "http://x", "To": "020 7946"}, (400, 21211)),
        ("Calls", {}, (400, 21205)),
        ("Messages", {"Body": ""}, (400, 21602)),
    ],
)
async def test_what_twilio_refuses_is_refused(
    slack: Slack, session: aiohttp.ClientSession, what: str, fields: dict[str, str], wanted: tuple[int, int]
) -> None:
    status, answer = await created(slack, session, what, **fields)

    assert (status, answer["code"]) == wanted
    assert slack.person("ana").phone() == []


async def test_a_text_arrives_and_is_replied_to(slack: Slack, session: aiohttp.ClientSession) -> None:
    async with served() as app:
        slack.twilio.sms_url = f"{app.url}/sms"
        await created(slack, session, "Messages", Body="Paged", StatusCallback=f"{app.url}/told")

        assert await slack.twilio.reply(NUMBER, "ack") == "Done."

    assert [text.text for text in slack.person("ana").phone()] == ["Paged", "Done."]
    (_, told, _), (_, replied, _) = app.asked
    assert (told["MessageStatus"], replied["From"], replied["Body"]) == ("delivered", NUMBER, "ack")


async def test_a_text_is_replied_to_on_the_phone_that_shows_it(
    slack: Slack, session: aiohttp.ClientSession
) -> None:
    async with served() as app:
        slack.twilio.sms_url = f"{app.url}/sms"
        assert not (await did(session, slack, "reply_phone", value="1"))["ok"]
        await created(slack, session, "Messages", Body="Paged")

        assert (await did(session, slack, "reply_phone", value=" 1 ")) == {"ok": True}

    assert [(text.title, text.text) for text in slack.person("ana").phone()] == [
        ("", "Paged"),
        ("You replied", "1"),
        ("", "Done."),
    ]
    assert [(fields["From"], fields["Body"]) for path, fields, _ in app.asked] == [(NUMBER, "1")]


@pytest.mark.parametrize("skipped", [0, 60])
async def test_a_call_that_nobody_takes_rings_for_half_a_minute(
    slack: Slack, session: aiohttp.ClientSession, clock: FakeClock, skipped: int
) -> None:
    async with served() as app:
        slack.workspace.skips_to = clock.now() + timedelta(seconds=skipped)  # it begins to ring meanwhile
        await created(slack, session, "Calls", Url=f"{app.url}/say", StatusCallback=f"{app.url}/told")
        clock.advance(seconds=skipped + 29)
        await slack.idle()
        assert labels(slack) == ["Answer", "Decline"]

        clock.advance(seconds=1)
        await slack.idle()

    assert labels(slack) == []
    assert [fields["CallStatus"] for _, fields, _ in app.asked] == ["no-answer"]


async def test_a_push_message_has_a_button_that_posts(slack: Slack, session: aiohttp.ClientSession) -> None:
    async with served() as app:
        action = {"action": "http", "label": "Acknowledge", "url": f"{app.url}/ack", "method": "POST"}
        body = {"topic": "ana", "message": "Paged", "priority": 5, "actions": [action]}
        async with session.post(f"{slack.url}/ntfy", json=body) as answer:
            assert answer.status == 200

        await pressed(slack, session, "Acknowledge")

    (text,) = slack.person("ana").phone()
    assert (text.priority, text.text.splitlines()[0], text.buttons) == (5, "Paged", [])
    assert [path for path, _, _ in app.asked] == ["/ack"]
