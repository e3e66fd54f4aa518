"""What the API refuses is said in its own words: endpoints in the place of Slack's commands."""

import re
from pathlib import Path

from handlers.rest.endpoints import ENDPOINTS
from handlers.rest.words import WAYS, by_api
from tests.scenarios.conftest import World
from tests.scenarios.test_api_incidents import Asking, ci, http

__all__ = ["ci", "http"]

ROOT = Path(__file__).parents[2]


def test_each_endpoint_that_is_named_is_there() -> None:
    there = {f"{one.method} {one.path}" for one in ENDPOINTS}
    assert {*WAYS.values()} <= there


def test_no_command_of_a_refusal_is_left_as_if_it_could_be_typed() -> None:
    files = [one for room in ("domain", "operations") for one in (ROOT / "bot" / room).rglob("*.py")]
    found = {word for one in files for word in re.findall(r"`/inc ?([a-z-]*)", one.read_text())}
    assert {"reopen", "followups", "merge"} <= found

    for word in found:
        said = by_api(f"Try `/inc {word} <x>` or `/inc {word}`.", {"incident": "INC-7"})
        assert said.count("/inc ") == said.count("` in Slack"), said
        assert ("/api/v1" in said) == (word in WAYS)


async def test_refusals_name_what_to_ask_for_instead(world: World, ci: Asking) -> None:
    await ci("POST", "/incidents", {"name": "Disk full", "severity": "S3"})
    await world.settle()
    made = (await ci("POST", "/follow-ups", {"incident": "1", "title": "Add a disk"}))[1]
    await ci("PATCH", f"/follow-ups/{made['id']}", {"state": "done"})
    await ci("POST", "/incidents/1/cancel", {"reason": "A test"})

    update = await ci("POST", "/incidents/INC-1/updates", {"text": "We look"})
    over = await ci("PATCH", f"/follow-ups/{made['id']}", {"title": "Add two"})

    assert (update[0], over[0]) == (409, 409)
    assert update[1]["detail"].endswith("To work on it again: `POST /api/v1/incidents/INC-1/reopen`.")
    assert over[1]["detail"].endswith("in the list of `GET /api/v1/follow-ups`.")
