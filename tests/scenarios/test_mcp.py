"""What an assistant is served by `muster mcp`: it reads, and declares only what was confirmed."""

import asyncio
import json
import re
from threading import Thread
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.cli.mcp import Server
from bot.cli.over_http import HttpServer
from tests.scenarios.conftest import World
from tests.scenarios.test_api_incidents import ALL, CI, given_token


def calls(name: str, /, **arguments: str) -> dict[str, Any]:
    return {"method": "tools/call", "params": {"name": name, "arguments": arguments}}


async def served(world: World, *asked: Any, words: tuple[str, ...] = ()) -> list[Any]:
    """Return the answers of one server to these requests, by a token that knows of private incidents."""
    env = {"MUSTER_URL": f"http://127.0.0.1:{world.muster.web.port}", "MUSTER_TOKEN": CI}
    lines = [
        one if isinstance(one, str) else json.dumps({"jsonrpc": "2.0", "id": number, **one})
        for number, one in enumerate(asked)
    ]
    run = await asyncio.to_thread(CliRunner().invoke, main, ["mcp", *words], env=env, input="\n".join(lines))
    assert run.exit_code == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def data(answer: Any) -> Any:
    """Return what stands between the marks, which differ from one answer to the next."""
    text = answer["result"]["content"][0]["text"]
    found = re.fullmatch(r"<(untrusted-data-[0-9a-f]{16})>\n(.*)\n</\1>", text, re.DOTALL)
    assert found, text
    return json.loads(found[2])


async def test_it_reads_and_leaves_private_incidents_out(world: World) -> None:
    await given_token(world, "ci", CI, *ALL, "incidents:private")
    await world.declare("dev", severity="S3")
    await world.declare("sam", name="Stolen keys", severity="S3", visibility="private")

    hello, tools, listed, shown, on_call, pages, draft, *hidden = await served(
        world,
        {"method": "initialize", "params": {"protocolVersion": "2025-03-26"}},
        '{"jsonrpc": "2.0", "method": "notifications/initialized"}',
        {"method": "tools/list"},
        calls("list_incidents", which="all"),
        calls("get_incident", incident="INC-1"),
        calls("who_is_on_call"),
        calls("explain_pages", incident="1"),
        calls("draft_update", incident="INC-1"),
        *(
            calls(one, incident="2")
            for one in ("get_incident", "get_timeline", "explain_pages", "draft_update")
        ),
    )

    assert (hello["result"]["protocolVersion"], hello["id"]) == ("2025-03-26", 0)
    assert all(one["annotations"]["readOnlyHint"] for one in tools["result"]["tools"])
    assert [one["id"] for one in data(listed)] == ["INC-1"]
    assert data(shown)["name"] == "Disk full"
    assert data(on_call)
    assert data(pages)[0]["reason"]
    assert data(draft)["draft"].startswith("INC-1 is S3 and Investigating.")
    for one in hidden:
        assert one["result"]["isError"]
        assert data(one) == {"refused": "I know no incident `2`."}


async def test_it_declares_only_when_it_may_and_what_was_confirmed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await given_token(world, "ci", CI, *ALL)
    wanted = {"name": "Disk full", "severity": "S3"}

    (refused,) = await served(world, calls("declare_incident", **wanted))
    proposed, unconfirmed = await served(
        world,
        calls("declare_incident", **wanted),
        calls("declare_incident", confirmation="00000000", **wanted),
        words=("--allow-declare",),
    )

    assert refused["error"]["code"] == -32602
    assert data(proposed)["would_declare"] == wanted
    assert unconfirmed["result"]["isError"]
    assert data((await served(world, calls("list_incidents")))[0]) == []

    monkeypatch.setenv("MUSTER_TOKEN", CI)
    server = Server(f"http://127.0.0.1:{world.muster.web.port}", declares=True)

    async def asks(**given: str) -> Any:
        line = json.dumps({"jsonrpc": "2.0", "id": 1, **calls("declare_incident", **given)})
        return await asyncio.to_thread(server.answered, line)

    (code,) = re.findall(r"confirmation=(\w+)", data(await asks(**wanted))["next"])
    assert (await asks(name="Another", severity="S1", confirmation=code))["result"]["isError"]
    assert data(await asks(**wanted, confirmation=code))["id"] == "INC-1"
    assert data(await asks(**wanted, confirmation=code))["id"] == "INC-1"
    assert len(data((await served(world, calls("list_incidents")))[0])) == 1


async def test_what_is_no_request_is_an_error_of_the_protocol(world: World) -> None:
    answers = await served(
        world,
        "{",
        "[]",
        {"method": "nothing"},
        calls("none"),
        calls("get_incident"),
        calls("who_is_on_call", x="y"),
    )

    assert [one["error"]["code"] for one in answers] == [-32700, -32600, -32601, -32602, -32602, -32602]


@pytest.mark.parametrize(
    ("headers", "path", "body", "status"),
    [
        ({}, "/mcp", "ping", 200),
        ({}, "/mcp", "notifications/initialized", 202),
        ({}, "/other", "ping", 404),
        ({"Authorization": "Bearer other"}, "/mcp", "ping", 401),
        ({"Origin": "https://evil.example"}, "/mcp", "ping", 403),
    ],
)
async def test_over_http_only_who_has_the_token_is_answered(
    headers: dict[str, str], path: str, body: str, status: int
) -> None:
    number = {} if body.startswith("notifications") else {"id": 1}
    with HttpServer("127.0.0.1", 0, CI, Server("http://127.0.0.1:1", declares=False).answered) as serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{serving.server_address[1]}{path}"
        asked = {"jsonrpc": "2.0", "method": body, **number}
        sent = {"Authorization": f"Bearer {CI}"} | headers
        async with aiohttp.ClientSession() as http, http.post(url, json=asked, headers=sent) as answer:
            assert answer.status == status
            assert status != 200 or (await answer.json())["result"] == {}
        serving.shutdown()
