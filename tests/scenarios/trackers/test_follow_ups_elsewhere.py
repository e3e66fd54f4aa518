"""Follow-ups' issues in GitHub and in Jira: made once through every failure, and followed both ways."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import World
from tests.scenarios.look import asks, inc, presses, shown, told
from tests.scenarios.trackers.others import GitHub, Jira, Server
from tests.scenarios.trackers.test_others import followed

ADD = "followup Add a node @ana due 2026-04-01 as corrective action"
HERE = "inc-1-disk-full"


@pytest.fixture(params=[GitHub, Jira])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    async with request.param().running() as running:
        yield running


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path, server: Server) -> AsyncIterator[World]:
    async with followed(slack, clock, tmp_path, server) as world:
        yield world


def titled(server: Server, title: str = "Add a node") -> list[dict[str, Any]]:
    return [one for one in server.issues.values() if title in str(one.get("title") or one.get("summary"))]


def closed(server: Server, issue: dict[str, Any]) -> bool:
    return bool(issue["state"] == "closed" if isinstance(server, GitHub) else issue["status"] == "31")


def closes(server: Server, issue: dict[str, Any], *, done: bool = True) -> None:
    if isinstance(server, GitHub):
        issue["state"] = "closed" if done else "open"
    else:
        issue["status"] = "31" if done else "21"


async def test_the_page_of_a_proxy_does_not_say_that_there_is_none(world: World, server: Server) -> None:
    await world.declare(severity="S2")
    await world.pass_minutes(2)
    server.faults = [("POST", "lost"), ("GET", "html")]

    await inc(world, "dev", ADD)
    await world.pass_minutes(6)

    assert server.faults == []
    assert len(titled(server)) == 1


@pytest.mark.parametrize("fault", ["lost", 502, 429, "limit", "secondary"])
async def test_it_is_made_once_whatever_happens(
    world: World, server: Server, clock: FakeClock, fault: int | str
) -> None:
    await world.declare(severity="S2")
    await world.pass_minutes(2)
    server.resets = int(clock.now().timestamp()) + 120
    server.faults = [("POST", fault)]

    await inc(world, "dev", ADD)
    await world.pass_minutes(0.5)
    assert server.faults == []
    await world.pass_minutes(6)

    [issue] = titled(server)
    assert issue["assignees"][0]["login"] == "ana-f" if "assignees" in issue else issue["assignee"]
    assert "the token" not in str(world.person("dev").messages(HERE))
    if isinstance(server, Jira):
        assert (issue["duedate"], len(server.links)) == ("2026-04-01", 1)


async def test_the_hour_of_githubs_limit_is_waited_for(
    world: World, server: Server, clock: FakeClock
) -> None:
    await world.declare(severity="S2")
    await world.pass_minutes(2)
    server.resets = int(clock.now().timestamp()) + 600
    server.faults = [("POST", "limit")]
    await inc(world, "dev", ADD)
    await world.pass_minutes(0.5)

    calls = len(server.calls)
    await world.pass_minutes(8)
    assert len(server.calls) == calls
    await world.pass_minutes(4)
    assert len(titled(server)) == 1


async def test_it_is_followed_both_ways(world: World, server: Server) -> None:
    dev = await world.declare(severity="S2")
    await inc(world, "dev", ADD)
    await world.pass_minutes(2)
    [issue] = titled(server)

    closes(server, issue)
    await world.pass_minutes(61)
    listed = await asks(world, "dev", "followups all")
    assert "Done:* ~Add a node~" in shown(listed)
    server.faults = [("PATCH", "lost")] if isinstance(server, GitHub) else [("POST", "lost")]
    await presses(world, dev, listed, "Reopen")
    await world.pass_minutes(3)
    assert (closed(server, issue), server.faults) == (False, [])
    before = len([one for one in server.calls if one != "GET"])
    await world.pass_minutes(61)
    assert len([one for one in server.calls if one != "GET"]) == before

    await presses(world, dev, await asks(world, "dev", "followups"), "Done")
    await world.pass_minutes(2)
    assert closed(server, issue)
    closes(server, issue, done=False)
    await world.pass_minutes(61)
    assert "Add a node" in shown(await asks(world, "dev", "followups"))
    assert len(titled(server)) == 1


async def test_who_cannot_be_assigned_there_holds_nothing_up(world: World, server: Server) -> None:
    server.assignable = set()
    await world.declare(severity="S2")
    await inc(world, "dev", ADD)
    await inc(world, "dev", "lead @ana")
    await world.pass_minutes(2)

    assert len(server.issues) == 2
    [issue] = titled(server)
    assert not issue.get("assignees")
    assert not issue.get("assignee")
    await inc(world, "ana", "severity S1")
    await world.pass_minutes(2)
    labels = [one["name"] if isinstance(one, dict) else one for one in server.issues[1]["labels"]]
    assert "severity::1" in labels


async def test_an_expired_token_is_waited_for_and_what_is_deleted_is_told(
    world: World, server: Server
) -> None:
    dev = await world.declare(severity="S2")
    await world.pass_minutes(2)
    server.tokens = False
    await inc(world, "dev", ADD)
    await world.pass_minutes(4)
    server.tokens = True
    await world.pass_minutes(8)
    [issue] = titled(server)

    number = next(number for number, one in server.issues.items() if one is issue)
    server.deleted.add(number)
    await world.pass_minutes(61)
    assert [one for one in told(dev, HERE) if f"issue #{number} of a follow-up is gone" in one]
    assert "Add a node" in shown(await asks(world, "dev", "followups"))
    calls = len(server.calls)
    await world.pass_minutes(61)
    assert len(server.calls) == calls


async def test_what_jira_has_no_field_for_holds_nothing_up(world: World, server: Server) -> None:
    if isinstance(server, Jira):
        server.has_days = False
    await world.declare(severity="S2")
    await inc(world, "dev", ADD)
    await world.pass_minutes(3)

    assert len(titled(server)) == 1
    assert "could not be kept" not in str(world.person("dev").messages(HERE))
