"""Signed payloads that Slack never sends: refused in one short line, and nothing breaks."""

import json
import logging
import random
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from sandbox.http_mode import FORM
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, Json, acknowledged, answer, card, inc, presses, sends

MUTATIONS = 3_000
LONGEST_LINE = 300
"""Characters of what a line in the log says."""
WEIRD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**63, 10**40, 1.5, "", " ", "0", "-1", "9" * 40, "x" * 5_000, "\x00", "\ud800",
    "٣", "nan", "<!channel>", "INC-1", [], [[]], {}, {"id": None}, {"value": {}}, [None], "' OR 1=1 --",
)  # fmt: skip


async def recorded(world: World) -> list[tuple[str, Json]]:
    """Have people do a little of everything, and return what Slack sent of it: its kind and payload."""
    http, found = world.slack.http, []
    post = http.post

    async def listening(body: bytes, headers: dict[str, str], *rest: Any, **more: Any) -> Any:
        found.append((headers["Content-Type"], taken_apart(body, headers["Content-Type"])))
        return await post(body, headers, *rest, **more)

    http.post = listening  # type: ignore[method-assign]
    dev = await world.declare(severity="S1")
    ana = await acknowledged(world)
    for words, answers in (
        ("update", {"text": "Half of it works"}),
        ("summary", {"causes": "Disk"}),
        ("action", {"title": "Drain"}),
        ("escalate liaison", {"message": "Please look"}),
        ("severity", {}),
        ("status", {"status": "Fixing"}),
        ("role", {"role": "EOC", "person": "ana"}),
        ("rename", {"name": "Disks full"}),
    ):
        await inc(world, "dev", words)
        await sends(world, dev, **answers)
    for words in ("timeline all", "list", "oncall", "actions", "ack", "updaet x", "severity S2"):
        await inc(world, "dev", words)
    await presses(world, ana, card(ana), "More")
    await presses(world, ana, answer(ana), "Timeline")
    said = await dev.say(CHANNEL, "Found it")
    await dev.react(said, "pushpin")
    await dev.pin(said)
    await dev.edit(said, "Found it now")
    await dev.delete(said)
    await world.person("ren").join(CHANNEL)
    await world.person("ren").leave(CHANNEL)
    await world.settle()
    http.post = post  # type: ignore[method-assign]
    return found


def taken_apart(body: bytes, kind: str) -> Json:
    if kind != FORM:
        return dict(json.loads(body))
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return dict(json.loads(fields["payload"])) if "payload" in fields else fields


def put_together(payload: Json, kind: str) -> bytes:
    if kind != FORM:
        return json.dumps(payload).encode()
    if "command" in payload:
        fields = {key: "" if one is None else str(one) for key, one in payload.items()}
        return urlencode(fields, errors="replace").encode()
    return urlencode({"payload": json.dumps(payload)}).encode()


def places(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a payload."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [one for key, value in inner for one in ((*path, key), *places(value, (*path, key)))]


def mutated(payload: Json, dice: random.Random) -> Json:
    """Change one to three places: something weird, nothing, or what stands elsewhere."""
    changed: Json = json.loads(json.dumps(payload))
    for _ in range(dice.randint(1, 3)):
        known = places(changed)
        if not known:
            break
        # What we read lies high up; deep in the blocks nothing matters.
        *way, last = min(dice.sample(known, min(4, len(known))), key=len)
        holder: Any = changed
        for step in way:
            holder = holder[step]
        what = dice.randrange(5)
        if what == 0:
            del holder[last]
        elif what == 1:
            other: Any = changed
            for step in dice.choice(known):
                other = other[step] if isinstance(other, dict | list) and _has(other, step) else other
            holder[last] = json.loads(json.dumps(other))
        else:
            holder[last] = dice.choice(WEIRD)
    return changed


def written(record: logging.LogRecord) -> str:
    """Return what a line says, with all that is named in it."""
    usual = logging.makeLogRecord({}).__dict__
    named = {key: value for key, value in record.__dict__.items() if key not in usual}
    return f"{record.getMessage()} {named}"


def _has(holder: Any, step: Any) -> bool:
    return step in holder if isinstance(holder, dict) else isinstance(step, int) and step < len(holder)


@pytest.mark.proof
@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_no_mutation_of_a_real_payload_breaks_anything(
    http_world: World, caplog: pytest.LogCaptureFixture
):
    world, dice = http_world, random.Random(20)
    real = await recorded(world)
    kinds = {payload.get("type") or "command" for _, payload in real}
    assert kinds >= {"command", "block_actions", "view_submission", "event_callback"}
    caplog.clear()
    caplog.set_level(logging.INFO)
    answers: dict[int, int] = {}

    for _ in range(MUTATIONS):
        kind, payload = dice.choice(real)
        body = put_together(mutated(payload, dice), kind)
        status, text, _ = await world.slack.http.post(body, {"Content-Type": kind}, 30)
        assert status < 500, (status, text, body[:2_000])
        answers[status] = answers.get(status, 0) + 1
    await world.settle()

    assert answers[400] > MUTATIONS / 10
    assert answers[200] > MUTATIONS / 20
    assert [line for line in map(written, caplog.records) if len(line) > LONGEST_LINE] == []
    assert [one.getMessage() for one in caplog.records if one.exc_info] == []
