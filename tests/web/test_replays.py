"""The same signed request again: the same answer, and no second effect."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_bolt.response import BoltResponse

from bot import replays
from bot.replays import Replays
from bot.web import EVENTS_PATH, Web
from tests.fakes import FakeClock
from tests.web.test_slack_requests import COMMAND, SECRET, Front


class Slow:
    """Something that acts, counts, and answers when it may."""

    def __init__(self) -> None:
        self.acted = 0
        self.status = 200
        self.body = {"response_type": "ephemeral", "text": "Done"}
        self.came, self.go = asyncio.Event(), asyncio.Event()
        self.go.set()

    async def dispatch(self, *_: Any) -> BoltResponse:
        self.acted += 1
        self.came.set()
        await self.go.wait()
        return BoltResponse(status=self.status, body=self.body)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
async def front(slow: Slow) -> AsyncIterator[Front]:
    clock = FakeClock()
    web = Web(slow.dispatch, {}, SECRET, clock, port=0)
    await web.start()
    async with aiohttp.ClientSession() as session:
        yield Front(f"http://127.0.0.1:{web.port}{EVENTS_PATH}", session, clock, [])
    await web.stop()


BODY = urlencode({**COMMAND, "text": "severity S2"}).encode()


async def test_a_replayed_request_acts_once_and_is_answered_the_same(front: Front, slow: Slow) -> None:
    signed = front.signed(BODY)
    answers = [await front.post(BODY, headers=signed) for _ in range(3)]

    assert [(one.status, json.loads(one.text)["text"]) for one in answers] == [(200, "Done")] * 3
    assert slow.acted == 1


async def test_the_same_command_typed_again_acts_again(front: Front, slow: Slow) -> None:
    await front.post(BODY)
    front.clock.advance(1)
    await front.post(BODY)

    assert slow.acted == 2


async def test_a_repetition_while_the_first_is_under_way_waits_for_it(front: Front, slow: Slow) -> None:
    slow.go.clear()
    signed = front.signed(BODY)
    both = [asyncio.create_task(front.post(BODY, headers=signed)) for _ in range(2)]
    await slow.came.wait()
    slow.go.set()

    assert [(await one).status for one in both] == [200, 200]
    assert slow.acted == 1


async def test_what_failed_is_handled_when_it_comes_again(front: Front, slow: Slow) -> None:
    signed = front.signed(BODY)
    slow.status = 503
    assert (await front.post(BODY, headers=signed)).status == 503
    slow.status = 200

    assert (await front.post(BODY, headers=signed)).status == 200
    assert slow.acted == 2


def test_a_signature_is_known_for_as_long_as_it_holds_and_a_flood_takes_no_memory() -> None:
    clock = FakeClock()
    known = Replays(clock)
    assert known.earlier("a") is None
    known.answered("a", 200, b"x" * (replays.LARGEST + 1), "text/plain")
    clock.advance(minutes=9)
    kept = known.earlier("a")
    assert kept
    assert (kept.status, kept.body) == (200, b"")

    clock.advance(minutes=2)
    assert known.earlier("a") is None
    for number in range(replays.MOST * 2):
        known.earlier(str(number))
    assert len(known._known) <= replays.MOST


@pytest.mark.parametrize("padded", ["+{}", "0x{}", "{}.0", "{}\u00a0", "1{}", "{}１"])
async def test_a_timestamp_is_digits_and_nothing_else(front: Front, slow: Slow, padded: str) -> None:
    signed = front.signed(BODY)
    stamp = padded.format(signed["X-Slack-Request-Timestamp"])
    status = await sent_raw(front, BODY, signed | {"X-Slack-Request-Timestamp": stamp})

    assert status in {400, 401}
    assert slow.acted == 0


async def sent_raw(front: Front, body: bytes, headers: dict[str, str]) -> int:
    """Send bytes as they are: a client library would tidy the headers."""
    port = int(front.url.split(":")[2].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"{name}:{value}" for name, value in headers.items()]
    kind = "Content-Type: application/x-www-form-urlencoded"
    head = [f"POST {EVENTS_PATH} HTTP/1.1", "Host: x", kind, f"Content-Length: {len(body)}", *lines]
    writer.write("\r\n".join(head).encode() + b"\r\nConnection: close\r\n\r\n" + body)
    first = await reader.readline()
    writer.close()
    return int(first.split()[1])
