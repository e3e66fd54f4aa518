"""The API's document, walked with what fits it and what does not: each answer is one that it names."""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import aiohttp

from handlers.rest.document import document, page
from handlers.rest.endpoints import ENDPOINTS
from tests.scenarios.conftest import World
from tests.scenarios.fitting import misfits
from tests.scenarios.test_api_incidents import ALL, CI, MINE, given_token

ODD = [
    "",
    "x" * 2000,
    "\ud800",
    "a\0b",
    "<!channel>",
    "' OR 1=1",
    -1,
    2**70,
    1e308,
    None,
    True,
    [],
    {},
    "S3",
    "Fixing",
]
ODD += [
    "2026-03-02T12:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "2026-03-02",
    ["a"],
    {"a": "b"},
]
ROUNDS = int(os.environ.get("MUSTER_FUZZ", "6"))
"""How often each way of the document is tried; 500 take some minutes."""
BEGUN: dict[str, dict[str, Any]] = {
    "/incidents/1/follow-ups": {"title": "Improve it", "issue": "https://github.com/acme/one/issues/7"},
    "/incidents/1/actions": {"title": "Add a disk"},
    "/incidents/1/updates": {"text": "It is full"},
    "/incidents/1/timeline": {"text": "Seen at noon"},
}
"""What there is at first, so that answers are not empty."""
TAGS = ["*", '"0"', 'W/"a"', "no tag", '"a", "b"']
KEYS = ["k1", "k2", "x" * 300, "\u00e9"]
JSON = "application/json"


TEXTS = ["It is full", "UREP", "ana@example.com", "dotcom EOC", "2026-03-02T13:00:00Z"]


def value(schema: dict[str, Any], whole: dict[str, Any], rolled: random.Random) -> Any:
    """Return something of a schema, one time of four something odd."""
    if rolled.random() < 0.25:
        return rolled.choice(ODD)
    if "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in schema:
        return value(rolled.choice(schema["anyOf"]), whole, rolled)
    if schema.get("type") == "object":
        must, fields = schema.get("required", []), schema.get("properties", {}).items()
        return {n: value(one, whole, rolled) for n, one in fields if n in must or rolled.random() < 0.5}
    made = {"boolean": [True, False], "integer": [0, 1, 30], "string": schema.get("enum", TEXTS)}
    return rolled.choice(made.get(schema.get("type", ""), [None]))


def asked(one: dict[str, Any], whole: dict[str, Any], rolled: random.Random) -> tuple[dict[str, str], Any]:
    """Return a query and a body for an endpoint of the document."""
    query = {
        each["name"]: str(value(each["schema"], whole, rolled)).encode("utf-8", "replace").decode()
        for each in one["parameters"]
        if each["in"] == "query" and rolled.random() < 0.3
    }
    content = one.get("requestBody", {}).get("content", {}).get("application/json")
    return query, json.dumps(value(content["schema"], whole, rolled)) if content else None


def odd_headers(one: dict[str, Any], rolled: random.Random) -> dict[str, str]:
    """Return headers that the document names, some of them as nobody should send them."""
    made = {"Idempotency-Key": KEYS, "If-Match": TAGS, "If-None-Match": TAGS}
    named = [each["name"] for each in one["parameters"] if each["in"] == "header"]
    return {name: rolled.choice(made[name]) for name in named if rolled.random() < 0.1}


def as_documented(answer: aiohttp.ClientResponse, said: str, one: Any, whole: Any) -> Iterator[str]:
    """Yield what of an answer is not as the document says: its status, its type, what is in it."""
    documented = one["responses"].get(str(answer.status))
    if documented is None:
        yield f"{answer.status} is not in the document"
        return
    content = documented.get("content", {})
    if not content:
        yield from ["it is not empty"] if said else []
        return
    if answer.content_type not in content:
        yield f"{answer.content_type} is none of {[*content]}"
        return
    found = json.loads(said)
    yield from misfits(found, content[answer.content_type]["schema"], whole)
    if answer.status >= 400 and found["status"] != answer.status:
        yield "its status is another one"


def test_what_does_not_fit_the_document_is_found() -> None:
    whole = document("1")
    update = whole["components"]["schemas"]["Update"]
    good = {"id": 1, "text": "x", "status": "Fixing", "severity": "S1", "at": "2026-03-02T12:00:00Z"}
    good |= {"by": {"kind": "bot", "id": "", "name": "Muster"}, "next_update_at": None}
    assert [*misfits(good, update, whole)] == []
    for wrong in (
        {"id": "1"},
        {"id": True},
        {"status": "Gone"},
        {"at": "noon"},
        {"by": {"kind": "cat", "id": "", "name": ""}},
        {"next_update_at": 7},
        {"more": 1},
    ):
        assert len([*misfits(good | wrong, update, whole)]) == 1, wrong
    assert [*misfits({}, update, whole)]


def test_the_document_is_whole_and_says_what_is_served() -> None:
    whole = document("1")
    assert whole["openapi"] == "3.1.0"
    served = {(one.url, one.method.lower()) for one in ENDPOINTS} | {("/api/v1/blocks", "get")}
    assert {(path, how) for path, ways in whole["paths"].items() for how in ways} == served
    text, names = json.dumps(whole), whole["components"]["schemas"]
    referred = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert referred <= set(names)
    operations = [one["operationId"] for ways in whole["paths"].values() for one in ways.values()]
    assert len(operations) == len(set(operations))
    shown = page("1")
    assert all(path in shown for path in whole["paths"])
    assert not any(word in shown for word in ("http://", "https://", "<script", "src="))


async def test_whatever_is_sent_is_answered_as_documented(world: World) -> None:
    await given_token(world, "ci", CI, *ALL, "incidents:private")
    dev = await world.declare("dev", severity="S3")
    await given_token(world, "dev", MINE, *ALL, person=dev.id)
    whole, rolled, done = document("1"), random.Random(7), Counter[int]()
    ways = [(path, how, one) for path, each in whole["paths"].items() for how, one in each.items()]

    async with aiohttp.ClientSession(f"http://127.0.0.1:{world.muster.web.port}") as http:
        for path, sent in BEGUN.items():
            good = {"Authorization": f"Bearer {CI}", "Content-Type": JSON}
            async with http.post(f"/api/v1{path}", data=json.dumps(sent), headers=good) as answer:
                assert answer.status == 201, await answer.text()
        for path, method, one in ways * ROUNDS:
            url = path.replace("{incident}", rolled.choice(["1", "INC-1", "2", "x", "%00"]))
            url = (
                url.replace("{action}", "1")
                .replace("{override}", "1")
                .replace("{delivery}", "1")
                .replace("{alert}", "1")
                .replace("{follow_up}", rolled.choice(["1", "2", "x"]))
                .replace("{task}", rolled.choice(["1", "x"]))
                .replace("{role}", "EOC")
            )
            query, body = asked(one, whole, rolled)
            headers = {"Authorization": f"Bearer {rolled.choice([CI, MINE])}", "Content-Type": JSON}
            headers |= odd_headers(one, rolled)
            async with http.request(method, url, params=query, data=body, headers=headers) as answer:
                said = await answer.text()
                place = (method, url, query, body, headers, said)
                assert [*as_documented(answer, said, one, whole)] == [], place
            done[answer.status] += 1
            world.clock.advance(seconds=1)

    await world.pass_minutes(1)
    assert done[200] + done[201] > len(ways)
    assert done[422] > len(ways) / 2
