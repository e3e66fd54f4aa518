"""What a source of ours sends and nobody can read pages all the same: it may be a grave alert."""

import asyncio
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from storage import alert_pages
from storage.transaction import Tx
from tests.scenarios.conftest import World
from tests.scenarios.look import asks, shown
from tests.scenarios.test_alerts import KEY, asked, with_sources

ALERTS = f"/v1/alerts/prometheus/{KEY}"
BROKEN = b'{"title": "the disk of "db-1" is full"}'


async def posts(world: World, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
    url = f"http://127.0.0.1:{world.muster.web.port}{path}"
    async with aiohttp.ClientSession() as http, http.post(url, data=BytesIO(body), headers=headers) as answer:
        said = await answer.json(content_type=None)
    await world.pass_minutes(0.05)
    await world.settle_down()
    return answer.status, said


@pytest.fixture
async def source(world: World, tmp_path: Path) -> None:
    await with_sources(world, tmp_path, prometheus=("alertmanager", KEY))


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(
    "body", [BROKEN, b"[" * 100_000, "name=é".encode("latin-1"), b'{"n": 1' + b"0" * 6000 + b"}"]
)
async def test_what_is_no_json_is_refused_and_opens_a_triage(world: World, body: bytes):
    status, _ = await posts(world, ALERTS, body)

    assert status == 400
    (message,) = asked(world)
    assert "Unreadable alert from prometheus" in shown(message)
    said = shown(await asks(world, "dev", "alerts sources", "general"))
    assert "1 refused" in said
    assert "no JSON" in said


@pytest.mark.usefixtures("source")
async def test_its_triage_shows_what_was_sent(world: World):
    await posts(world, ALERTS, BROKEN)

    assert 'the disk of "db-1" is full' in shown(asked(world)[0])


@pytest.mark.usefixtures("source")
async def test_without_a_key_it_opens_nothing(world: World):
    answers = [
        await posts(world, "/v1/alerts/prometheus/wrong", BROKEN),
        await posts(world, ALERTS, b" "),  # in which there is no alert
        await posts(world, "/v2/enqueue", BROKEN),
        await posts(world, f"/v1/changes/prometheus/{KEY}", BROKEN),
    ]

    assert [status for status, _ in answers] == [401, 400, 400, 400]
    assert asked(world) == []


@pytest.mark.parametrize("path", ["/v2/enqueue", "/v2/alerts"])
async def test_what_keeps_its_key_elsewhere_is_known_by_it(world: World, tmp_path: Path, path: str):
    form = "pagerduty" if path == "/v2/enqueue" else "opsgenie"
    await with_sources(world, tmp_path, pager=(form, KEY))
    body = b'{"routing_key": "%s", "payload": {"summary": "say "hi""}}' % KEY.encode()

    status, said = await posts(world, path, body, Authorization=f"GenieKey {KEY}")

    assert (status, bool(said["message"])) == (400, True)
    (message,) = asked(world)
    assert "Unreadable alert from pager" in shown(message)
    assert 'say "hi"' in shown(message)
    assert KEY not in shown(message)
    assert KEY not in await world.muster.uow.read(alert_pages.raw_of, 1)


async def test_of_sentry_no_body_is_kept(world: World, tmp_path: Path):
    await with_sources(world, tmp_path, sentry=("sentry", KEY))
    event = {"issue_id": "1", "title": "Boom", "level": "error", "exception": {"values": ["a secret frame"]}}
    body = {"action": "triggered", "data": {"event": event, "triggered_rule": "r"}}

    await posts(world, f"/v1/alerts/sentry/{KEY}", json.dumps(body).encode())
    await posts(world, f"/v1/alerts/sentry/{KEY}", b'{"action": "triggered", "frame": "a "secret" frame"}')

    def kept(tx: Tx) -> list[str]:
        return [f"{one.title}|{one.text}|{alert_pages.raw_of(tx, one.id)}" for one in alert_pages.every(tx)]

    assert await world.muster.uow.read(kept) == ["Boom||", "Unreadable alert from sentry||"]


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(
    ("body", "packed", "why"),
    [
        (b"x" * 3_000_000, "", "the body is longer than 2097152 bytes"),
        (b"not packed", "gzip", "not as its Content-Encoding"),
        (b"(\xb5/\xfd", "zstd", "Content-Encoding is zstd; expected gzip, deflate or none"),
    ],
)
async def test_what_cannot_even_be_read_is_counted_and_opens_a_triage(
    world: World, body: bytes, packed: str, why: str
):
    headers = {"Content-Encoding": packed} if packed else {}

    changed, _ = await posts(world, f"/v1/changes/prometheus/{KEY}", body, **headers)
    stranger, _ = await posts(world, "/v1/alerts/prometheus/wrong", body, **headers)
    assert asked(world) == []
    status, _ = await posts(world, ALERTS, body, **headers)

    assert (status, stranger, changed) == ({"gzip": 400, "zstd": 415}.get(packed, 413),) * 3
    (message,) = asked(world)
    assert "Unreadable alert from prometheus" in shown(message)
    assert why in shown(message)
    said = shown(await asks(world, "dev", "alerts sources", "general"))
    assert "3 refused" in said  # one of them by a wrong key, of a source that is known
    assert why in said


async def test_what_has_to_be_signed_pages_only_where_it_can_be_checked(world: World, tmp_path: Path):
    await with_sources(world, tmp_path, aws=("sns", KEY), pager=("opsgenie", f"{KEY}2"))

    await posts(world, f"/v1/alerts/aws/{KEY}", b"x" * 3_000_000)
    await posts(world, "/v2/alerts", b"x" * 300_000, Authorization=f"GenieKey {KEY}2")

    (message,) = asked(world)
    assert "Unreadable alert from pager" in shown(message)
    said = shown(await asks(world, "dev", "alerts sources", "general"))
    assert said.count("1 refused") == 2


@pytest.mark.usefixtures("source")
async def test_a_sender_that_breaks_off_sends_it_again_and_opens_nothing(world: World):
    _, writer = await asyncio.open_connection("127.0.0.1", world.muster.web.port)
    writer.write(f"POST {ALERTS} HTTP/1.1\r\nHost: m\r\nContent-Length: 1000\r\n\r\n{{".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await world.pass_minutes(0.1)

    assert asked(world) == []
    assert "refused" not in shown(await asks(world, "dev", "alerts sources", "general"))
