"""The webhooks of GitHub and Jira: told in the incident's channel and not obeyed there; follow-ups follow."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from handlers.trackers import signature
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import World
from tests.scenarios.look import asks, inc, shown, told
from tests.scenarios.trackers.others import KEY, REPOSITORY, GitHub, Jira, Server
from tests.scenarios.trackers.test_others import HOOK, followed

HERE = "inc-1-disk-full"


@pytest.fixture(params=[GitHub, Jira])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    async with request.param().running() as running:
        yield running


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path, server: Server) -> AsyncIterator[World]:
    async with followed(slack, clock, tmp_path, server) as world:
        yield world


def of_github(number: int, action: str, label: str = "") -> dict[str, Any]:
    labels = [{"name": "severity::4"}] if label else []
    issue = {"number": number, "labels": labels, "state_reason": "not_planned", "updated_at": action}
    return {
        "action": action,
        "issue": issue,
        "repository": {"full_name": REPOSITORY},
        "sender": {"login": "sam"},
        **({"label": {"name": label}} if label else {}),
    }


def of_jira(number: int, status: str, labels: str = "") -> dict[str, Any]:
    changes = [{"field": "status"}] if status else []
    changes += [{"field": "labels", "fromString": "incident", "toString": labels}] if labels else []
    fields = {"status": {"statusCategory": {"key": status}}, "labels": labels.split()}
    return {
        "timestamp": status,
        "webhookEvent": "jira:issue_updated",
        "user": {"displayName": "sam"},
        "issue": {"key": f"{KEY}-{number}", "fields": fields},
        "changelog": {"items": changes},
    }


async def hook(
    world: World, server: Server, body: Any, event: str = "", secret: str = HOOK
) -> tuple[int, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    name, proof, by = (
        ("github", "X-Hub-Signature-256", "X-GitHub-Delivery")
        if isinstance(server, GitHub)
        else ("jira", "X-Hub-Signature", "X-Atlassian-Webhook-Identifier")
    )
    headers = {"X-GitHub-Event": "issues", proof: signature(raw, secret), "Content-Type": "application/json"}
    headers |= {by: event} if event else {}
    url = f"http://127.0.0.1:{world.muster.web.port}/v1/{name}"
    async with aiohttp.ClientSession() as http, http.post(url, data=raw, headers=headers) as answer:
        found = answer.status, await answer.json()
    await world.settle()
    return found


def touched(server: Server, number: int, did: str) -> dict[str, Any]:
    """Return what is sent when somebody closes, reopens or labels an issue there."""
    if isinstance(server, GitHub):
        action = {"close": "closed", "reopen": "reopened", "label": "labeled"}.get(did, "deleted")
        return of_github(number, action, "severity::4" if did == "label" else "")
    if did == "label":
        return of_jira(number, "", "incident severity::4 blocks-deployments")
    if did == "delete":
        return of_jira(number, "done") | {"webhookEvent": "jira:issue_deleted"}
    return of_jira(number, "done" if did == "close" else "indeterminate")


async def test_what_is_done_there_is_told_once_and_changes_no_incident(world: World, server: Server) -> None:
    dev = await world.declare(severity="S2")
    await world.pass_minutes(1)

    for _ in range(2):
        assert await hook(world, server, touched(server, 1, "close"), "e1") == (200, {"heard": True})
    await hook(world, server, touched(server, 1, "reopen"), "e2")
    await hook(world, server, touched(server, 1, "label"), "e3")
    await world.pass_minutes(1)

    name = "GitHub" if isinstance(server, GitHub) else "Jira"
    said = [shown(one) for one in dev.messages(HERE) if f"{name} issue #1" in shown(one)]
    assert [one for one in said if "changed labels" in one and "severity::4" in one]
    assert len([one for one in said if f"sam closed the {name} issue #1. The incident stays" in one]) == 1
    assert not [one for one in said if "reopened" in one]
    assert "Investigating" in shown(await asks(world, "dev", "list", "general"))


async def test_a_follow_up_follows_at_once(world: World, server: Server) -> None:
    await world.declare(severity="S2")
    await inc(world, "dev", "followup Add a node @ana")
    await world.pass_minutes(2)
    calls = len(server.calls)

    assert (await hook(world, server, touched(server, 2, "close")))[0] == 200
    over = shown(await asks(world, "dev", "followups all"))
    assert ("Cancelled:*" if isinstance(server, GitHub) else "Done:*") in over
    assert (await hook(world, server, touched(server, 2, "reopen")))[0] == 200
    assert "Add a node" in shown(await asks(world, "dev", "followups"))
    await world.pass_minutes(2)
    assert not {"PATCH", "PUT", "POST"} & {*server.calls[calls:]}


async def test_a_deletion_is_told_at_once_and_the_follow_up_stays(world: World, server: Server) -> None:
    dev = await world.declare(severity="S2")
    await inc(world, "dev", "followup Add a node @ana")
    await world.pass_minutes(2)
    server.deleted.add(2)

    assert await hook(world, server, touched(server, 2, "delete"), "d1") == (200, {"heard": True})

    assert [one for one in told(dev, HERE) if "issue #2 of a follow-up is gone" in one]
    assert "Add a node" in shown(await asks(world, "dev", "followups"))


async def test_what_jira_closes_as_not_to_be_done_is_cancelled(world: World, server: Server) -> None:
    if not isinstance(server, Jira):
        return
    await world.declare(severity="S2")
    await inc(world, "dev", "followup Add a node @ana")
    await world.pass_minutes(2)
    body = touched(server, 2, "close")
    body["issue"]["fields"]["resolution"] = {"name": "Declined"}

    assert await hook(world, server, body) == (200, {"heard": True})
    assert "Cancelled:* ~Add a node~" in shown(await asks(world, "dev", "followups all"))


@pytest.mark.parametrize(
    ("body", "secret", "status"),
    [
        ({}, "another", 401),
        (b"{", HOOK, 400),
        (b"[" * 100_000, HOOK, 400),
        ([], HOOK, 200),
        ({"action": "closed", "webhookEvent": "jira:issue_updated", "issue": 7}, HOOK, 200),
        ({"action": "pinned", "webhookEvent": "jira:issue_deleted"}, HOOK, 200),
    ],
)
async def test_what_is_not_theirs_or_of_no_interest_changes_nothing(
    world: World, server: Server, body: Any, secret: str, status: int
) -> None:
    dev = await world.declare(severity="S2")
    before = len(dev.messages(HERE))

    found = await hook(world, server, body, secret=secret)

    assert found[0] == status
    assert found[1].get("heard") is (False if status == 200 else None)
    elsewhere = touched(server, 1, "close")
    elsewhere |= {"repository": {"full_name": "other/one"}} if "repository" in elsewhere else {}
    if "webhookEvent" in elsewhere:
        elsewhere["issue"]["key"] = "OTHER-1"
    assert await hook(world, server, elsewhere) == (200, {"heard": False})
    odd = touched(server, 10**30, "close")
    odd |= {"sender": {"login": "\ud800\0"}} if "sender" in odd else {"user": {"displayName": "\ud800\0"}}
    assert await hook(world, server, odd) == (200, {"heard": False})
    odd |= touched(server, 1, "close") | {"long": "x" * 1_000_000}
    assert (await hook(world, server, odd))[0] == 200
    await world.pass_minutes(1)
    before += 1
    assert len(dev.messages(HERE)) == before
