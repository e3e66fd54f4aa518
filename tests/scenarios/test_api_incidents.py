"""The API of incidents: what programs do is what people do, by the same rules and in the same places."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.domain.tokens import hashed
from storage import tokens
from storage.transaction import Tx
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, inc

CI, SECRETIVE, MINE = "muster_ci", "muster_secretive", "muster_mine"
ALL = (
    *("incidents:read", "incidents:write", "pages:write", "oncall:read", "oncall:write", "alerts:read"),
    *("outbox:read", "outbox:write", "follow_ups:read", "follow_ups:write"),
)


async def given_token(world: World, name: str, secret: str, *scopes: str, person: str = "") -> None:
    def add(tx: Tx) -> None:
        expires = tx.now + timedelta(days=9)
        tokens.add(tx, name, hashed(secret), frozenset(scopes), expires, person=person)

    await world.muster.uow.perform(add)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Asking:
    """Somebody with a token."""

    def __init__(self, world: World, http: aiohttp.ClientSession, token: str = CI) -> None:
        self.world, self.http, self.token = world, http, token
        self.headers: Mapping[str, str] = {}

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Authorization": f"Bearer {self.token}"}
        if body is not None and "Content-Type" not in sent:
            sent["Content-Type"] = "application/json"
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.world.muster.web.port}/api/v1{path}"
        async with self.http.request(method, url, data=data, headers=sent) as answer:
            text = await answer.text()
            self.headers = answer.headers
            if answer.status >= 400:
                assert answer.content_type == "application/problem+json", text
            return answer.status, json.loads(text) if text else None


@pytest.fixture
async def ci(world: World, http: aiohttp.ClientSession) -> Asking:
    await given_token(world, "ci", CI, *ALL)
    return Asking(world, http)


async def test_a_type_for_practice_pages_whom_it_names_and_nobody_else(world: World, ci: Asking) -> None:
    drill = {"name": "Disk full", "severity": "S1", "type": "Gameday"}

    status, refused = await ci("POST", "/incidents", drill)
    assert (status, refused["detail"].partition(" This is needed. ")[0]) == (422, "practice:")
    status, made = await ci("POST", "/incidents", drill | {"practice": [world.person("ren").id]})
    assert (status, made["drill"]) == (201, True)
    await world.settle()
    await world.pass_minutes(16)

    assert next(one["text"] for one in world.person("ren").dm()).startswith("DRILL · ")
    assert not [one for one in ("ana", "ines", "lena", "carla") if world.person(one).dm()]


async def test_an_incident_from_its_declaration_to_its_end(world: World, ci: Asking) -> None:
    status, made = await ci("POST", "/incidents", {"name": "Disk <!channel>", "severity": "S3"})
    assert (status, made["id"], made["status"], made["lead"]) == (201, "INC-1", "Investigating", None)
    assert made["reporter"] == {"kind": "token", "id": "ci", "name": "API token ci"}
    await world.settle()

    status, changed = await ci("PATCH", "/incidents/inc-1", {"summary": "It is full", "severity": "S2"})
    assert (status, changed["summary"], changed["severity"]) == (200, "It is full", "S2")
    assert changed["review"] is None
    assert (await ci("POST", "/incidents/1/updates", {"text": "We look"}))[1]["by"]["id"] == "ci"
    action = (await ci("POST", "/incidents/1/actions", {"title": "Add a disk"}))[1]
    done = (await ci("POST", f"/incidents/1/actions/{action['id']}/done"))[1]
    assert done["done_by"]["name"] == "API token ci"
    assert (await ci("POST", "/incidents/1/timeline", {"text": "Seen at noon"}))[0] == 201
    page = await ci("POST", "/incidents/1/escalate", {"team": "Release managers", "message": "Hold"})
    assert page[0] in {201, 409}
    await world.settle()

    timeline = (await ci("GET", "/incidents/1/timeline?limit=100"))[1]["data"]
    kinds = {one["kind"]: one["by"] for one in timeline if one["by"] and one["by"]["kind"] == "token"}
    assert {"declared", "severity", "summary", "update", "action", "action_done", "note"} <= set(kinds)

    status, ended = await ci("POST", "/incidents/1/resolve", {"reason": "A new disk"})
    assert (status, ended["status"], ended["review"]) == (200, "Resolved", "open")
    assert (await ci("POST", "/incidents/1/resolve", {}))[0] == 409
    figures = (await ci("GET", "/metrics/incidents"))[1]
    assert (figures["declared"], figures["by_severity"]["S2"]) == (1, 1)


async def test_only_the_lead_resolves_and_a_persons_token_is_that_person(
    world: World, http: aiohttp.ClientSession, ci: Asking
) -> None:
    dev = await world.declare("dev", severity="S3")
    await given_token(world, "mine", MINE, *ALL, person=dev.id)
    mine = Asking(world, http, MINE)

    status, refused = await ci("POST", "/incidents/1/resolve", {})
    assert (status, "<@" in refused["detail"]) == (409, False)
    assert (await ci("POST", "/incidents/1/acknowledge"))[0] == 403
    assert (await mine("POST", "/incidents/1/acknowledge"))[0] in {200, 409}
    assert (await mine("POST", "/incidents/1/resolve", {"reason": "It went"}))[1]["status"] == "Resolved"


async def test_private_incidents_need_their_own_scope(
    world: World, http: aiohttp.ClientSession, ci: Asking
) -> None:
    sam = await world.declare("sam", name="Stolen keys", severity="S3", visibility="private")
    await given_token(world, "secretive", SECRETIVE, *ALL, "incidents:private")
    await given_token(world, "mine", MINE, *ALL, person=sam.id)
    doors = [
        ("GET", ""),
        ("PATCH", ""),
        *(("POST", f"/{one}") for one in ("resolve", "reopen", "cancel", "escalate", "acknowledge")),
        *((how, f"/{one}") for one in ("updates", "actions", "timeline") for how in ("GET", "POST")),
        ("POST", "/actions/1/done"),
        ("GET", "/roles"),
        ("PUT", "/roles/EOC"),
        ("GET", "/fields"),
        ("PATCH", "/fields"),
        ("GET", "/pages"),
    ]
    bodies = {"reopen": {"reason": "x"}, "cancel": {"reason": "x"}, "updates": {"text": "x"}}
    bodies |= {"actions": {"title": "x"}, "timeline": {"text": "x"}, "EOC": {"person": sam.id}}

    for asking in (ci, Asking(world, http, MINE)):
        for method, path in doors:
            body = None if method == "GET" else bodies.get(path.rsplit("/", 1)[-1], {})
            if path.endswith("done"):
                body = None
            there = await asking(method, f"/incidents/1{path}", body)
            nowhere = await asking(method, f"/incidents/77{path}", body)
            if path == "/acknowledge" and asking is ci:
                assert there[0] == nowhere[0] == 404
            assert there[0] == nowhere[0] == 404, (method, path, there)
            assert there[1]["detail"].replace("INC-1", "INC-77") == nowhere[1]["detail"]
        assert (await asking("GET", "/incidents"))[1]["data"] == []
        assert (await asking("GET", "/metrics/incidents"))[1]["declared"] == 0
        assert (await asking("POST", "/incidents", {"severity": "S4", "private": True}))[0] == 403

    secretive = Asking(world, http, SECRETIVE)
    assert (await secretive("GET", "/incidents/1"))[1]["name"] == "Stolen keys"
    assert [one["id"] for one in (await secretive("GET", "/incidents"))[1]["data"]] == ["INC-1"]
    assert (await secretive("POST", "/incidents", {"severity": "S4", "private": True}))[1]["private"]


async def test_the_same_key_does_it_once(world: World, ci: Asking) -> None:
    body = {"name": "Disk full", "severity": "S3"}
    sent = await asyncio.gather(*(ci("POST", "/incidents", body, Idempotency_Key="k") for _ in range(5)))
    assert {status for status, _ in sent} == {201}
    assert {made["id"] for _, made in sent} == {"INC-1"}

    await world.stop()
    await world.start()

    assert (await ci("POST", "/incidents", {**body, "idempotency_key": "k"}))[0] == 409
    assert (await ci("POST", "/incidents", body, Idempotency_Key="k"))[1] == sent[0][1]
    assert ci.headers["Idempotent-Replayed"] == "true"
    assert (await ci("POST", "/incidents", {"severity": "S4"}, Idempotency_Key="k"))[0] == 409
    assert len((await ci("GET", "/incidents"))[1]["data"]) == 1

    update = {"text": "It was the disk"}
    assert (await ci("POST", "/incidents/1/updates", update, Idempotency_Key="u"))[0] == 201
    await world.person("dev").join(CHANNEL)
    await world.settle()
    await inc(world, "dev", "private yes Customer data")
    unknown = await ci("GET", "/incidents/1")
    assert unknown[0] == 404
    assert await ci("POST", "/incidents", body, Idempotency_Key="k") == unknown
    assert await ci("POST", "/incidents/1/updates", update, Idempotency_Key="u") == unknown


async def test_pages_filters_and_tags(world: World, ci: Asking) -> None:
    for severity in ("S3", "S4", "S4"):
        await ci("POST", "/incidents", {"name": "Slow", "severity": severity, "triage": True})

    first = (await ci("GET", "/incidents?limit=2"))[1]
    assert [one["number"] for one in first["data"]] == [3, 2]
    rest = (await ci("GET", f"/incidents?limit=2&cursor={first['next_cursor']}"))[1]
    assert ([one["number"] for one in rest["data"]], rest["next_cursor"]) == ([1], None)
    for query, found in (
        ("severity=S3", 1),
        ("severity=S3,S4&status=Triage", 3),
        ("q=slow", 3),
        ("open=false", 0),
        ("created_after=2099-01-01T00:00:00Z", 0),
        ("type=Dedicated", 0),
        ("lead=U1", 0),
    ):
        assert len((await ci("GET", f"/incidents?{query}"))[1]["data"]) == found, query

    await ci("GET", "/incidents/1")
    tag = ci.headers["ETag"]
    assert int(ci.headers["RateLimit-Remaining"]) < int(ci.headers["RateLimit-Limit"])
    assert (await ci("GET", "/incidents/1", If_None_Match=tag))[0] == 304
    assert (await ci("PATCH", "/incidents/1", {"name": "Fast"}, If_Match=tag))[0] == 200
    assert (await ci("PATCH", "/incidents/1", {"name": "Slow"}, If_Match=tag))[0] == 412
    for odd in (tag.strip('"'), ""):  # else whoever forgot the quotes would have no guard
        assert (await ci("PATCH", "/incidents/1", {"name": "Slow"}, If_Match=odd))[0] == 400, odd


async def test_what_cannot_be_meant_is_a_problem_with_a_reason(world: World, ci: Asking) -> None:
    for method, path, body, headers, status in (
        ("POST", "/incidents", b"{", {}, 400),
        ("POST", "/incidents", b"[" * 90_000, {}, 400),
        ("POST", "/incidents", {"severity": "S9"}, {}, 422),
        ("POST", "/incidents", {"severity": "S3", "name": "a\0b"}, {}, 422),
        ("POST", "/incidents", {"severity": "S3", "colour": "red"}, {}, 422),
        ("POST", "/incidents", {"severity": "S3", "anyway": 0}, {}, 422),
        ("POST", "/incidents", {"severity": "S3", "fields": {"": "x"}}, {}, 409),
        ("POST", "/incidents", {"severity": "S3", "fields": {"None such": "x"}}, {}, 409),
        ("POST", "/incidents", {"severity": "S3", "private": "no"}, {}, 422),
        ("POST", "/incidents", {"severity": "S3"}, {"Content_Type": "text/plain"}, 415),
        ("POST", "/incidents", b'"' + b"x" * 300_000 + b'"', {}, 413),
        ("POST", "/incidents", {"severity": "S3", "type": "None such"}, {}, 409),
        ("GET", "/incidents?limit=0", None, {}, 422),
        ("GET", "/incidents?nothing=1", None, {}, 422),
        ("GET", "/incidents/INC-x", None, {}, 404),
        ("GET", "/metrics/incidents?since=2099-01-01T00:00:00Z", None, {}, 422),
        ("GET", "/metrics/incidents?until=2026-01-01T00:00:00Z", None, {}, 200),
        ("GET", "/incidents/99999999999", None, {}, 404),
        ("DELETE", "/incidents/1", None, {}, 405),
        ("DELETE", "/overrides/1", None, {}, 403),
        ("GET", "/nothing", None, {}, 404),
    ):
        found = await ci(method, path, body, **headers)
        assert found[0] == status, (method, path, found)


async def test_who_is_on_call(world: World, ci: Asking) -> None:
    teams = (await ci("GET", "/oncall"))[1]["data"]
    assert {"dotcom EOC", "dotcom IMOC"} <= {one["team"] for one in teams}
    assert (await ci("GET", "/schedules?days=3"))[0] == 200
    assert (await ci("GET", "/overrides"))[1] == {"data": []}
    assert (await ci("GET", "/alerts"))[1] == {"data": [], "next_cursor": None}
