"""The same signed request again: the same answer, and no second effect."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_bolt.response import BoltResponse

from bot.operations.answered import note_answers
from bot.web import replays
from bot.web.replays import Replays
from bot.web.server import EVENTS_PATH, Web
from handlers.answered import Answered
from storage.answers import Answer
from storage.database import DatabaseBusy
from storage.transaction import Tx
from tests.conftest import Office
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


@dataclass
class Replicas:
    """Two servers on the office's database."""

    one: Front
    other: Front
    shared: tuple[Answered, Answered]

    async def written(self) -> None:
        """Wait until what was answered is kept: nobody who asked waits for that."""
        for each in self.shared:
            await each.stop()


@pytest.fixture
async def replicas(slow: Slow, office: Office) -> AsyncIterator[Replicas]:
    shared = Answered(office.uow), Answered(office.uow)
    webs = [Web(slow.dispatch, {}, SECRET, office.clock, port=0, shared=each) for each in shared]
    async with aiohttp.ClientSession() as session:
        for web in webs:
            await web.start()
        urls = [f"http://127.0.0.1:{web.port}{EVENTS_PATH}" for web in webs]
        one, other = (Front(url, session, office.clock, []) for url in urls)
        yield Replicas(one, other, shared)
        for web in webs:
            await web.stop()


async def test_a_request_that_another_replica_answered_acts_once(
    replicas: Replicas, slow: Slow, office: Office
) -> None:
    one, other = replicas.one, replicas.other
    signed = one.signed(BODY)
    first = await one.post(BODY, headers=signed)
    await replicas.written()
    again = await other.post(BODY, headers=signed)

    assert (again.status, again.json) == (first.status, first.json) == (200, slow.body)
    assert slow.acted == 1


async def test_what_another_replica_is_answering_is_refused_with_a_way(
    replicas: Replicas, slow: Slow
) -> None:
    one, other = replicas.one, replicas.other
    signed = one.signed(BODY)
    slow.go.clear()
    under_way = asyncio.create_task(one.post(BODY, headers=signed))
    await slow.came.wait()

    refused = await other.post(BODY, headers=signed)
    slow.go.set()

    assert (refused.status, "try again" in refused.text) == (503, True)
    assert (await under_way).status == 200
    assert slow.acted == 1


@pytest.mark.parametrize(("engine", "shared"), [("sqlite", False), ("postgres", True)])
async def test_what_died_with_its_process_is_handled_when_it_comes_again(
    office: Office, shared: bool
) -> None:
    """At once where only one process can be at work, after a lease where others may be."""
    office.uow.shared = shared
    assert await Answered(office.uow).lease("v0=a") is None
    office.clock.advance(seconds=1)
    alive = Answered(office.uow)

    at_once = await alive.lease("v0=a")
    office.clock.advance(minutes=0.5)
    later = await alive.lease("v0=a")

    known = Answer("v0=a")
    assert (at_once, later) == ((known, None) if shared else (None, known))


async def test_what_failed_at_one_replica_is_handled_by_another(
    replicas: Replicas, slow: Slow, office: Office
) -> None:
    one, other = replicas.one, replicas.other
    signed = one.signed(BODY)
    slow.status = 503
    await one.post(BODY, headers=signed)
    await replicas.written()
    slow.status = 200

    assert (await other.post(BODY, headers=signed)).status == 200
    assert slow.acted == 2


async def test_events_are_remembered_where_their_effect_is_written_and_cost_no_write_here(
    replicas: Replicas, slow: Slow, office: Office
) -> None:
    body = json.dumps({"type": "event_callback", "event_id": "Ev1"}).encode()
    signed = replicas.one.signed(body)
    for front in (replicas.one, replicas.other):
        assert (await front.post(body, "application/json", headers=signed)).status == 200

    assert slow.acted == 2
    assert await office.uow.read(all_answers) == []


async def test_without_a_database_requests_are_handled_all_the_same(
    replicas: Replicas, slow: Slow, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise DatabaseBusy("away")

    monkeypatch.setattr(office.uow, "perform", away)
    signed = replicas.one.signed(BODY)
    answers = [await replicas.one.post(BODY, headers=signed) for _ in range(2)]

    assert [one.status for one in answers] == [200, 200]
    assert slow.acted == 1


async def test_a_database_that_stands_still_keeps_no_request_waiting(
    replicas: Replicas, slow: Slow, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = asyncio.Event()

    async def stand_still(_: Any, __: Any, asked: list[str]) -> list[None]:
        await still.wait()
        return [None] * len(asked)

    monkeypatch.setattr("handlers.answered.PATIENCE", 0.01)
    monkeypatch.setattr(office.uow, "perform", stand_still)

    assert (await replicas.one.post(BODY)).status == 200
    assert slow.acted == 1
    still.set()


def test_signatures_are_forgotten_when_they_hold_no_more(office: Office) -> None:
    office.perform(note_answers, [], ["v0=a"])
    office.perform(note_answers, [Answer("v0=a", 200, "text/plain", "Done")], [])
    office.clock.advance(minutes=9)
    assert office.perform(note_answers, [], ["v0=b", "v0=a"])[1] == Answer("v0=a", 200, "text/plain", "Done")

    office.clock.advance(minutes=2)
    assert office.perform(note_answers, [], ["v0=c"]) == [None]
    assert [row["signature"] for row in office.read(all_answers)] == ["v0=b", "v0=c"]


def all_answers(tx: Tx) -> list[Any]:
    return tx.all("SELECT signature, status FROM answers ORDER BY signature")


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
