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
from bot.domain.actors import BOT
from bot.domain.incidents.incident import Draft, Severity
from bot.operations.incidents.declare import declare
from storage.transaction import Tx
from tests.scenarios.conftest import World
from tests.scenarios.look import inc
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
    assert [one["id"] for one in data(listed)["data"]] == ["INC-1"]
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
    assert data((await served(world, calls("list_incidents")))[0])["data"] == []

    monkeypatch.setenv("MUSTER_TOKEN", CI)
    server = Server(f"http://127.0.0.1:{world.muster.web.port}", {"incidents"})

    async def asks(**given: str) -> Any:
        line = json.dumps({"jsonrpc": "2.0", "id": 1, **calls("declare_incident", **given)})
        return await asyncio.to_thread(server.answered, line)

    (code,) = re.findall(r"confirmation=(\w+)", data(await asks(**wanted))["next"])
    assert (await asks(name="Another", severity="S1", confirmation=code))["result"]["isError"]
    assert data(await asks(**wanted, confirmation=code))["id"] == "INC-1"
    assert data(await asks(**wanted, confirmation=code))["id"] == "INC-1"
    assert len(data((await served(world, calls("list_incidents")))[0])["data"]) == 1


async def test_follow_ups_are_listed_and_added_once_confirmed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev = await world.declare("dev", severity="S2")
    await given_token(world, "ci", CI, *ALL, "incidents:private", person=dev.id)
    await world.declare("dev", name="Stolen keys", severity="S3", visibility="private")
    for text in ("INC-1 followup Add a disk @ana", "INC-1 followup private: Rotate @ana"):
        await inc(world, "dev", text)
    await inc(world, "dev", "INC-2 followup Change all keys @ana")
    monkeypatch.setenv("MUSTER_TOKEN", CI)
    server = Server(f"http://127.0.0.1:{world.muster.web.port}", {"follow-ups"})

    async def asks(name: str, /, **given: str) -> Any:
        line = json.dumps({"jsonrpc": "2.0", "id": 1, **calls(name, **given)})
        return await asyncio.to_thread(server.answered, line)

    listed = data(await asks("list_follow_ups"))
    assert ([one["title"] for one in listed["data"]], listed["next_cursor"]) == (["Add a disk"], None)
    assert data(await asks("list_follow_ups", incident="INC-2"))["data"] == []
    assert data(await asks("list_follow_ups", which="overdue"))["data"] == []
    assert (await asks("declare_incident", name="x", severity="S1"))["error"]["code"] == -32602
    assert data(await asks("add_follow_up", incident="2", title="x")) == {
        "refused": "I know no incident `2`."
    }

    wanted = {"incident": "INC-1", "title": "Improve alerts", "kind": "corrective"}
    drafted = data(await asks("add_follow_up", **wanted))
    assert drafted["would_add"] == {"title": "Improve alerts", "kind": "corrective"}
    assert drafted["better_worded_like"].startswith("(Time-bounded")
    (code,) = re.findall(r"confirmation=(\w+)", drafted["next"])
    assert (await asks("add_follow_up", **wanted | {"title": "y"}, confirmation=code))["result"]["isError"]
    made = [data(await asks("add_follow_up", **wanted, confirmation=code)) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0]["kind"] == "Corrective action"
    assert len(data(await asks("list_follow_ups", which="all"))["data"]) == 2
    await world.settle()


async def test_a_list_goes_on_where_it_ended(world: World) -> None:
    await given_token(world, "ci", CI, *ALL)

    def add(tx: Tx) -> None:
        for number in range(51):
            draft = Draft(f"Problem {number}", "GitLab.com", Severity.S4, triage=True)
            declare(tx, draft, by=BOT, form=None, anyway=True)

    await world.muster.uow.perform(add)

    (first,) = await served(world, calls("list_incidents"))
    (rest,) = await served(world, calls("list_incidents", cursor=data(first)["next_cursor"]))

    assert (len(data(first)["data"]), data(first)["next_cursor"]) == (50, "2")
    assert ([one["id"] for one in data(rest)["data"]], data(rest)["next_cursor"]) == (["INC-1"], None)
    await world.settle()


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
    with HttpServer("127.0.0.1", 0, CI, Server("http://127.0.0.1:1").answered) as serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{serving.server_address[1]}{path}"
        asked = {"jsonrpc": "2.0", "method": body, **number}
        sent = {"Authorization": f"Bearer {CI}"} | headers
        async with aiohttp.ClientSession() as http, http.post(url, json=asked, headers=sent) as answer:
            assert answer.status == status
            assert status != 200 or (await answer.json())["result"] == {}
        serving.shutdown()
