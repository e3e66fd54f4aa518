"""Each source sends what its documentation shows, over HTTP, and somebody is asked about it."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.config import load
from tests.intake.payloads import EACH, SENTRY_ISSUE_ALERT
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import asks, shown
from tests.scenarios.test_alerts import KEY, asked

BASIC = base64.b64encode(f":{KEY}gitlab".encode()).decode()
SECRET = "the client secret of an integration"
PLAIN = [one for one in EACH if one not in {"sns", "opsgenie"}]


@pytest.fixture
async def sources(world: World, tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """Have the bot take alerts of each format, with the format's name for the source and in its key."""
    said = ["", "alerts:", "  sources:"]
    for form in PLAIN:
        digest = hashlib.sha256(f"{KEY}{form}".encode()).hexdigest()
        more = ", secret: '${SENTRY_SECRET}'" if form == "sentry" else ""
        said.append(f"    {form}: {{format: {form}, key: 'sha256:{digest}'{more}}}")
    file = tmp_path / "muster.yml"
    file.write_text("\n".join([CONFIG.read_text(), *said, ""]))
    await world.stop()
    world.config = load(file, {"SENTRY_SECRET": SECRET})
    await world.start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{world.muster.web.port}") as session:
        yield session


def signed(raw: bytes) -> dict[str, str]:
    return {"Sentry-Hook-Signature": hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()}


async def test_an_alert_of_each_source_is_triaged(world: World, sources: aiohttp.ClientSession):
    for form in PLAIN:
        raw = urlencode(EACH[form]).encode() if form == "nagios" else json.dumps(EACH[form]).encode()
        headers = signed(raw) if form == "sentry" else {}
        async with sources.post(f"/v1/alerts/{form}/{KEY}{form}", data=raw, headers=headers) as answer:
            assert answer.status in {200, 202}, form
    await world.pass_minutes(0.1)
    await world.settle_down()

    questions = "\n".join(shown(one) for one in asked(world))
    for words in (
        "Incident title",
        "heck is not defined",
        "CPU is high",
        "Nightly backup is down",
        "Shop is down",
        "Free disk space",
        "Disk on db-1 is CRITICAL",
    ):
        assert words in questions


WAYS: tuple[tuple[dict[str, str], str, int], ...] = (
    ({"Authorization": f"Bearer {KEY}gitlab"}, "", 200),
    ({"Authorization": f"Basic {BASIC}"}, "", 200),
    ({"X-Muster-Key": f"{KEY}gitlab"}, "", 200),
    ({"X-Gitlab-Token": f"{KEY}gitlab"}, "", 200),
    ({}, f"/{KEY}gitlab", 200),
    ({}, "", 401),
    ({"Authorization": f"Bearer {KEY}sentry"}, "", 401),
    ({"Authorization": "Basic §"}, "", 401),
    ({}, f"/{KEY}", 401),
)


async def test_a_key_is_taken_by_each_way_and_a_wrong_one_is_counted(
    world: World, sources: aiohttp.ClientSession
):
    for headers, path, status in WAYS:
        async with sources.post(f"/v1/alerts/gitlab{path}", json=EACH["gitlab"], headers=headers) as answer:
            assert answer.status == status, (headers, path)
            assert status != 401 or answer.headers["WWW-Authenticate"].startswith("Basic")
    raw = json.dumps(SENTRY_ISSUE_ALERT).encode()
    for signature in ({}, {"Sentry-Hook-Signature": "0" * 64}):
        path = f"/v1/alerts/sentry/{KEY}sentry"
        async with sources.post(path, data=raw, headers=signature) as answer:
            assert answer.status == 401

    shows = shown(await asks(world, "dev", "alerts sources", "general"))
    assert "gitlab* (gitlab): 5 taken" in shows
    assert "4 refused" in shows
    assert "2 refused" in shows
    assert "the signature is missing" in shows
