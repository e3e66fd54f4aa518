"""Follow-ups' issues in GitHub and in Jira: made once through every failure, and followed both ways."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import World
from tests.scenarios.look import asks, buttons, inc, presses, sends, shown, told
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


def drops(server: Server, issue: dict[str, Any]) -> None:
    """Have somebody close an issue there as what will not be done."""
    if isinstance(server, GitHub):
        issue |= {"state": "closed", "state_reason": "not_planned"}
    else:
        issue |= {"status": "31", "resolution": {"name": "Won\u2019t Do"}}


async def test_what_will_not_be_done_is_cancelled_on_both_sides(world: World, server: Server) -> None:
    dev = await world.declare(severity="S2")
    await inc(world, "dev", ADD)
    await inc(world, "dev", "followup Buy a tape robot @dev")
    await world.pass_minutes(2)
    drops(server, titled(server)[0])
    await world.pass_minutes(61)
    assert "Cancelled:* ~Add a node~" in shown(await asks(world, "dev", "followups all"))

    await presses(world, dev, await asks(world, "dev", "followups"), "Cancel it")
    await world.pass_minutes(2)
    [tape] = titled(server, "tape robot")
    if isinstance(server, GitHub):
        assert (tape["state"], tape["state_reason"]) == ("closed", "not_planned")
    else:
        assert tape["status"] == "30"
    await world.pass_minutes(61)
    assert "Cancelled:* ~Buy a tape robot~" in shown(await asks(world, "dev", "followups all"))


async def test_one_that_is_moved_is_followed_to_where_it_is(world: World, server: Server) -> None:
    dev = await world.declare(severity="S2")
    await inc(world, "dev", ADD)
    await world.pass_minutes(2)
    [issue] = titled(server)
    number = next(number for number, one in server.issues.items() if one is issue)
    if isinstance(server, GitHub):
        server.transferred.add(number)
        address = f"{server.url}/acme/website/issues/{number}9|acme/website#{number}9"
    elif isinstance(server, Jira):
        server.moved[number] = "NET-7"
        address = f"{server.url}/browse/NET-7|NET-7"

    await world.pass_minutes(61)
    assert address in shown(await asks(world, "dev", "followups"))
    closes(server, issue)
    if isinstance(server, Jira):
        await world.pass_minutes(61)
        assert "Done:* ~Add a node~" in shown(await asks(world, "dev", "followups all"))
    assert "gone" not in "\n".join(told(dev, HERE))


async def test_jira_relates_it_though_it_has_another_link_and_keeps_our_part(
    world: World, server: Server
) -> None:
    if not isinstance(server, Jira):
        return
    dev = await world.declare(severity="S2")
    await inc(world, "dev", ADD)
    await world.pass_minutes(2)
    [issue] = titled(server)
    issue["issuelinks"] = [{"type": {"name": "Blocks"}, "outwardIssue": {"key": "NET-1"}}]
    issue["description"] += "\n\nSeen in the logs."
    server.links.clear()

    await presses(world, dev, await asks(world, "dev", "followups"), "Change")
    assert await sends(world, dev, due="2026-05-07") == {}
    await world.pass_minutes(2)

    assert len(server.links) == 1
    assert "Due: 2026\\-05\\-07" in issue["description"]
    assert issue["description"].endswith("Seen in the logs.")


async def test_the_title_of_a_private_repositorys_issue_is_told_nowhere(world: World, server: Server) -> None:
    if not isinstance(server, GitHub):
        return
    dev = await world.declare(severity="S2")
    for server.private, number in ((True, 3), (False, 4)):
        await dev.say(HERE, f"{server.url}/acme/secret/issues/{number}")
        await world.settle()
        offer = next(one for one in reversed(dev.messages(HERE)) if "Add as follow-up" in buttons(one))
        await presses(world, dev, offer, "Add as follow-up")

        assert ("leaked key" in str(dev.messages(HERE))) is not server.private
    assert "acme/secret#3" in shown(await asks(world, "dev", "followups"))


async def test_where_nothing_is_confidential_it_waits_until_it_need_not_be(
    world: World, server: Server
) -> None:
    await world.declare(severity="S2")
    await inc(world, "dev", "field Keep GitLab Issue Confidential: yes")
    await inc(world, "dev", ADD)
    await world.pass_minutes(2)
    assert titled(server) == []

    await inc(world, "dev", "field Keep GitLab Issue Confidential: no")
    await world.pass_minutes(2)
    assert len(titled(server)) == 1
    await inc(world, "dev", "field Keep GitLab Issue Confidential: yes")
    await world.pass_minutes(2)
    assert titled(server) == []
