"""Payloads that have Slack's form and lack what Slack would send: answered in words, never by a fault."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from handlers.register import LISTENERS
from sandbox.http_mode import FORM
from tests.scenarios.conftest import World

ACTIONS = sorted(
    one.constraint for one in LISTENERS if one.kind == "action" and isinstance(one.constraint, str)
)
SHORTCUTS = sorted(one.constraint for one in LISTENERS if one.kind == "shortcut")
VIEWS = sorted(one.constraint for one in LISTENERS if one.kind == "view")


async def sent(world: World, body: dict[str, Any]) -> int:
    ws = world.slack.workspace
    common = {
        "user": {"id": world.person("dev").id, "team_id": ws.team["id"]},
        "team": {"id": ws.team["id"], "domain": "acme"},
        "api_app_id": ws.app.id,
        "trigger_id": "1.2.x",
    }
    payload = urlencode({"payload": json.dumps(common | body)}).encode()
    status, _, _ = await world.slack.http.post(payload, {"Content-Type": FORM}, 10)
    await world.settle()
    return int(status)


@pytest.mark.parametrize("value", ["1", "", "x:y", "999999", "1:"])
async def test_a_press_without_its_surroundings_breaks_nothing(http_world: World, value: str):
    await http_world.declare()

    for action in ACTIONS:
        pressed = {"type": "button", "action_id": action, "block_id": "b", "value": value}
        assert await sent(http_world, {"type": "block_actions", "actions": [pressed]}) == 200, action


async def test_a_shortcut_without_its_message_breaks_nothing(http_world: World):
    for name in SHORTCUTS:
        assert await sent(http_world, {"type": "shortcut", "callback_id": name}) == 200, name


@pytest.mark.parametrize("metadata", ["", "1", "x", "999999", "1:::"])
async def test_a_form_without_its_fields_breaks_nothing(http_world: World, metadata: str):
    await http_world.declare()

    for name in VIEWS:
        view = {
            "id": f"V{name}",
            "hash": "1.x",
            "type": "modal",
            "callback_id": name,
            "private_metadata": metadata,
            "state": {"values": {}},
        }
        assert await sent(http_world, {"type": "view_submission", "view": view}) == 200, name
