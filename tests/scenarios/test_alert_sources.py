"""Each source sends what its documentation shows, over HTTP, and somebody is asked about it."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import pytest

from bot.config import load
from tests.intake.payloads import EACH, OPSGENIE, SENTRY_ISSUE_ALERT
from tests.intake.test_changes import FLAG, GITLAB, PAGERDUTY
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import acknowledged, asks, presses, shown
from tests.scenarios.look import answer as answer_of
from tests.scenarios.test_alerts import KEY, asked

BASIC = base64.b64encode(f":{KEY}gitlab".encode()).decode()
SECRET = "the client secret of an integration"
PLAIN = [one for one in EACH if one != "sns"]


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
            if form == "gitlab":
                (told,) = await answer.json()
                assert (type(told["iid"]), told["title"]) == (int, "Incident title")
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


async def test_what_changed_is_shown_to_whoever_looks_for_a_cause(
    world: World, sources: aiohttp.ClientSession
):
    event = PAGERDUTY | {"routing_key": f"{KEY}datadog"}
    for path, body, headers, status in (
        ("/v2/change/enqueue", event, {}, 202),
        ("/v2/change/enqueue", event | {"payload": {}}, {}, 400),
        ("/v2/change/enqueue", PAGERDUTY, {}, 400),
        (f"/v1/changes/gitlab/{KEY}gitlab", GITLAB, {}, 202),
        ("/v1/alerts/gitlab", GITLAB, {"X-Gitlab-Token": f"{KEY}gitlab"}, 202),
        ("/v1/alerts/gitlab", FLAG, {"X-Gitlab-Token": f"{KEY}gitlab"}, 202),
        ("/v1/changes/gitlab", GITLAB, {}, 401),
        (f"/v1/changes/gitlab/{KEY}gitlab", {}, {}, 400),
    ):
        async with sources.post(path, json=body, headers=headers) as answer:
            assert answer.status == status, path
    await world.pass_minutes(0.1)

    assert asked(world) == []
    listed = shown(await asks(world, "dev", "changes", "general"))
    assert listed.count("Deployment of root/webhooks to staging: success") == 2
    assert "Build Success" in listed
    assert "(datadog)" in listed
    await world.declare(severity="S3")
    ana = await acknowledged(world)
    assert "What changed in the 1 h before" in shown(ana.dm()[-1])
    assert "Feature flag test-feature-flag switched on" in shown(ana.dm()[-1])
    beside = await asks(world, "ana", "duties EOC")
    assert "What changed in the last 1 h" in shown(beside)
    await presses(world, world.person("ana"), beside, "All changes")
    assert "Build Success" in shown(answer_of(world.person("ana")))
    await world.pass_minutes(61)
    assert "Nothing that a tool told of" in shown(await asks(world, "dev", "changes", "general"))
    assert "Build Success" in shown(await asks(world, "dev", "changes 2h", "general"))
    assert "I do not understand how far back" in shown(await asks(world, "dev", "changes soon", "general"))


async def test_a_client_of_opsgenie_creates_looks_closes_and_notes(
    world: World, sources: aiohttp.ClientSession
):
    async def calls(method: str, path: str, body: Any = None, key: str = "opsgenie") -> tuple[int, Any]:
        headers = {"Authorization": f"GenieKey {KEY}{key}"}
        async with sources.request(method, f"/v2/alerts{path}", json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    status, told = await calls("POST", "", OPSGENIE)
    assert (status, told["result"]) == (202, "Request will be processed")
    assert uuid.UUID(told["requestId"])
    _, became = await calls("GET", f"/requests/{told['requestId']}")
    assert became["data"]["isSuccess"]
    assert (became["data"]["action"], became["data"]["alias"]) == ("Create", OPSGENIE["alias"])
    number, alias = became["data"]["alertId"], quote(OPSGENIE["alias"], safe="")
    await calls("POST", "", OPSGENIE)
    _, shows = await calls("GET", f"/{number}")
    assert (shows["data"]["status"], shows["data"]["count"], shows["data"]["priority"]) == ("open", 2, "P1")
    await world.pass_minutes(0.1)
    await world.settle_down()
    (question,) = asked(world)
    assert "An example alert message" in shown(question)

    by_alias = "?identifierType=alias"
    assert (await calls("PUT", f"/{alias}/message{by_alias}", {"message": "Worse"}))[0] == 202
    assert (await calls("PUT", f"/{number}/description", {"description": "By the hour"}))[0] == 202
    _, shows = await calls("GET", f"/{number}")
    assert (shows["data"]["message"], shows["data"]["description"]) == ("Worse", "By the hour")
    await world.pass_minutes(0.1)
    assert "Worse" in shown(asked(world)[0])
    assert (await calls("POST", f"/{alias}/acknowledge{by_alias}", {}))[0] == 202
    assert (await calls("GET", f"/{alias}{by_alias}"))[1]["data"]["acknowledged"]
    assert (await calls("POST", f"/{alias}/notes{by_alias}", {"note": "Seen by the night shift"}))[0] == 202
    assert (await calls("POST", f"/{number}/close", {"note": "The disk was changed"}))[0] == 202
    await world.pass_minutes(0.1)
    assert (await calls("GET", f"/{number}"))[1]["data"]["status"] == "closed"
    assert "Decided" in shown(asked(world)[0])
    listed = shown(await asks(world, "dev", "timeline INC-1 all", "general"))
    assert "Seen by the night shift" in listed
    assert "The disk was changed" in listed

    for method, path, body, key, status in (
        ("POST", "", OPSGENIE, "wrong", 401),
        ("POST", "", OPSGENIE, "gitlab", 401),
        ("POST", "/77/snooze", {}, "opsgenie", 404),
        ("PUT", "/77/message", {"message": "Nothing"}, "opsgenie", 202),
        ("GET", "/77", None, "opsgenie", 404),
        ("GET", "/requests/0123", None, "opsgenie", 404),
        ("POST", "/77/close", {}, "opsgenie", 202),
        ("DELETE", "/77", None, "opsgenie", 202),
        ("GET", "?query=status:open", None, "opsgenie", 404),
    ):
        assert (await calls(method, path, body, key))[0] == status, (method, path)
    await calls("POST", "", {**OPSGENIE, "alias": "deleted"})
    await calls("DELETE", f"/deleted{by_alias}")
    assert (await calls("GET", f"/deleted{by_alias}"))[1]["data"]["status"] == "closed"
    assert (await calls("POST", "", {"alias": "x"}))[0] == 202
    await world.pass_minutes(0.1)
    await world.settle_down()
    assert "Unreadable alert from opsgenie" in shown(asked(world)[-1])
