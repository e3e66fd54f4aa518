"""The API's document, walked with what fits it and what does not: each answer is one that it names."""

import json
import random
from collections import Counter
from typing import Any

import aiohttp

from handlers.rest.document import document, page
from handlers.rest.endpoints import ENDPOINTS
from tests.scenarios.conftest import World
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
ROUNDS = 6
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
    models = {one.answer.__name__: one.returns for one in ENDPOINTS}
    ways = [(path, how, one) for path, each in whole["paths"].items() for how, one in each.items()]

    async with aiohttp.ClientSession(f"http://127.0.0.1:{world.muster.web.port}") as http:
        for path, method, one in ways * ROUNDS:
            url = path.replace("{incident}", rolled.choice(["1", "INC-1", "2", "x", "%00"]))
            url = (
                url.replace("{action}", "1")
                .replace("{override}", "1")
                .replace("{delivery}", "1")
                .replace("{alert}", "1")
                .replace("{follow_up}", rolled.choice(["1", "2", "x"]))
                .replace("{role}", "EOC")
            )
            query, body = asked(one, whole, rolled)
            headers = {"Authorization": f"Bearer {rolled.choice([CI, MINE])}", "Content-Type": JSON}
            async with http.request(method, url, params=query, data=body, headers=headers) as answer:
                said = await answer.text()
                assert str(answer.status) in one["responses"], (method, url, query, body, said)
            done[answer.status] += 1
            if answer.status < 300 and one["operationId"] in models:
                models[one["operationId"]].model_validate_json(said)
            world.clock.advance(seconds=1)

    await world.pass_minutes(1)
    assert done[200] + done[201] > len(ways)
    assert done[422] > len(ways) / 2
