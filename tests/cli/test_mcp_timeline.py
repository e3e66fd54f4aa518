"""An assistant reads a whole timeline, whose latest entries stand on its last page."""

import json
from typing import Any

import pytest

from bot.cli.assistants import Bot
from bot.cli.mcp import Server


def test_a_long_timeline_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def get(self: Bot, path: str, **query: str) -> Any:
        if not path.endswith("/timeline"):
            return {"number": 7, "private": False}
        past = int(query.get("cursor", "0"))
        return {"data": [{"id": past}], "next_cursor": str(past + 1) if past < 2 else None}

    monkeypatch.setenv("MUSTER_TOKEN", "muster_ci")
    monkeypatch.setattr(Bot, "get", get)
    call = {"name": "get_timeline", "arguments": {"incident": "INC-7"}}
    line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})

    answer = Server("http://muster.test").answered(line)

    assert answer
    text = answer["result"]["content"][0]["text"]
    assert json.loads(text.split("\n", 1)[1].rsplit("\n", 1)[0]) == [{"id": 0}, {"id": 1}, {"id": 2}]


def test_half_a_character_is_an_error_of_the_protocol_and_the_next_is_answered() -> None:
    half = {"name": "get_incident", "arguments": {"incident": "\ud800"}}
    server = Server("http://muster.test")

    odd = server.answered(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": half}))
    good = server.answered(json.dumps({"jsonrpc": "2.0", "id": 2, "method": "ping"}))

    assert odd
    assert odd["error"]["code"] == -32700
    assert good == {"jsonrpc": "2.0", "id": 2, "result": {}}


@pytest.mark.parametrize("method", ["nothing", "notifications/initialized", "tools/call"])
def test_a_notification_is_never_answered(method: str) -> None:
    assert Server("http://muster.test").answered(json.dumps({"jsonrpc": "2.0", "method": method})) is None
