"""An incident's issue in GitLab: made once, kept current, never over people's words."""

import hmac
import json
import re
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.config import load
from handlers.trackers import signed_with
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import CHANNEL, inc, sends, shown, told
from tests.scenarios.trackers.gitlab import PROJECT, TOKEN, GitLab

HOOK = "hook-secret"


@pytest.fixture
async def gitlab() -> AsyncIterator[GitLab]:
    async with GitLab().running() as running:
        yield running


def tracked(
    slack: Slack, clock: FakeClock, folder: Path, gitlab: GitLab, *, more: str = "", hook_token: str = HOOK
) -> World:
    config = folder / "muster.yml"
    people = "{ana@example.com: ana.f}"
    section = f"gitlab:\n  url: {gitlab.url}\n  project: {PROJECT}\n  people: {people}\n{more}"
    config.write_text(f"{CONFIG.read_text()}\n{section}")
    environ = {"GITLAB_TOKEN": TOKEN, "GITLAB_WEBHOOK_TOKEN": hook_token}
    return World(slack, clock, folder / "muster.db", load(config, environ))


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path, gitlab: GitLab) -> AsyncIterator[World]:
    world = tracked(slack, clock, tmp_path, gitlab)
    await world.start()
    yield world
    await world.stop()


SIGNING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""The secret of the example that Standard Webhooks publishes."""


async def hook(world: World, token: str = HOOK, **said: Any) -> int:
    """Have GitLab send its webhook; return the answer's status."""
    body = {
        "object_kind": "issue",
        "user": {"id": 3, "name": "Sam <!channel>"},
        "project": {"path_with_namespace": PROJECT},
        "object_attributes": {"iid": 1, "action": "close", "updated_at": "2026-03-02"},
    }
    url = f"http://127.0.0.1:{world.muster.web.port}/v1/gitlab"
    headers = {"X-Gitlab-Token": token, "X-Gitlab-Event": "Issue Hook"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=json.dumps(body | said), headers=headers) as answer,
    ):
        status = answer.status
    await world.settle()
    return status


async def test_an_issue_follows_its_incident_to_its_end_and_back(world: World, gitlab: GitLab) -> None:
    dev = await world.declare(severity="S2", name="Disk full @all #12")
    here = "inc-1-disk-full-all-12"
    [issue] = gitlab.issues.values()
    assert issue["title"].replace("\u200b", "") == "INC-1: Disk full @all #12"
    assert {"incident", "severity::2", "Incident::Active", "blocks deployments"} <= {*issue["labels"]}
    assert (issue["confidential"], issue["issue_type"], issue["state"]) == (False, "incident", "opened")
    assert issue["assignees"] == [{"id": 7}]  # found by the e-mail address
    assert issue["web_url"] in str(dev.messages(here))

    issue["description"] += "\n\nSeen in the logs: `ENOSPC`"
    await inc(world, "dev", "severity S1", channel=here)
    await inc(world, "dev", "lead @ana", channel=here)
    await inc(world, "dev", "summary", channel=here)
    text = "/close this\n/label ~bug\nby @root, see #7 and <!channel>"
    assert await sends(world, dev, summary=text) == {}
    await world.pass_minutes(1)
    assert "severity::1" in issue["labels"]
    assert "severity::2" not in issue["labels"]
    assert issue["assignees"] == [{"id": 8}]  # named in the configuration
    assert "Seen in the logs: `ENOSPC`" in issue["description"]
    assert issue["description"].count("<!-- muster:INC-1 ") == 1
    assert issue["state"] == "opened"

    await inc(world, "ana", "update Still full\n/close\n@all look at !3", channel=here)
    await inc(world, "ana", "status Fixing", channel=here)
    await inc(world, "ana", "resolve fix", channel=here)
    await world.pass_minutes(1)
    assert issue["state"] == "closed"
    assert "Incident::Resolved" in issue["labels"]
    assert "Incident::Active" not in issue["labels"]
    [note] = gitlab.notes[1]
    assert note["internal"]
    assert "Still full" in note["body"]
    assert "by ana" in note["body"]

    await inc(world, "ana", "reopen It is back", channel=here)
    await world.pass_minutes(1)
    assert issue["state"] == "opened"
    assert gitlab.disturbed == []
    quiet = len(gitlab.calls)
    await world.pass_minutes(5)
    assert not [one for one in gitlab.calls[quiet:] if one.startswith(("PUT", "POST"))]


async def test_a_lost_answer_makes_no_second_issue_or_note(world: World, gitlab: GitLab) -> None:
    gitlab.faults = [("POST", "lost")]
    dev = await world.declare()
    await world.pass_minutes(1)
    assert len(gitlab.issues) == 1

    gitlab.faults = [("POST", "lost")]
    await inc(world, "dev", "update Still full")
    await world.pass_minutes(1)
    assert len(gitlab.notes[1]) == 1
    gitlab.faults = [("GET", 429), ("GET", 500), ("PUT", "lost"), ("PUT", 502)]
    await inc(world, "dev", "severity S2")
    await world.pass_minutes(8)
    assert "severity::2" in gitlab.issues[1]["labels"]
    assert not [one for one in told(dev) if "GitLab issue could not" in one]


async def test_while_gitlab_refuses_us_pages_leave_and_the_issue_is_made_later(
    world: World, gitlab: GitLab
) -> None:
    gitlab.token = "glpat-renewed"
    await world.declare(severity="S1")
    assert world.person("ana").dm()
    await world.pass_minutes(3)
    assert not gitlab.issues
    gitlab.token = TOKEN
    await world.pass_minutes(8)
    assert len(gitlab.issues) == 1


async def test_a_deleted_issue_is_told_of_once(world: World, gitlab: GitLab) -> None:
    dev = await world.declare()
    del gitlab.issues[1]
    await inc(world, "dev", "severity S2")
    await world.pass_minutes(1)
    await inc(world, "dev", "severity S1")
    await world.pass_minutes(2)
    assert len([one for one in dev.messages(CHANNEL) if "The GitLab issue #1 is gone" in shown(one)]) == 1


async def test_what_is_done_there_is_told_and_not_obeyed(world: World, gitlab: GitLab) -> None:
    dev = await world.declare()
    await world.pass_minutes(1)
    assert [await hook(world, token=one) for one in ("wrong", "é", "\udcff")] == [401] * 3
    gitlab.issues[1]["state"] = "closed"

    assert await hook(world) == 200
    assert await hook(world) == 200  # sent again
    assert await hook(world, object_kind="note") == 200
    assert await hook(world, user=None) == 200

    heard = [one for one in dev.messages(CHANNEL) if "closed the GitLab issue #1" in shown(one)]
    assert len(heard) == 1
    assert "<!channel>" not in shown(heard[0])
    await inc(world, "dev", "severity S2")
    await world.pass_minutes(1)
    assert gitlab.issues[1]["state"] == "closed"  # whoever closed it there had a reason
    before = [{"title": "severity::2"}, {"title": "incident"}]
    changes = {"labels": {"previous": before, "current": [{"title": "severity::4"}]}}
    action = {"iid": 1, "action": "update", "updated_at": "2026-03-03"}
    assert await hook(world, object_attributes=action, changes=changes) == 200
    assert [one for one in dev.messages(CHANNEL) if "changed labels of the GitLab issue" in shown(one)]
    await inc(world, "dev", "resolve fix")
    ours = {"iid": 1, "action": "close", "updated_at": "2026-03-04"}
    assert await hook(world, object_attributes=ours) == 200
    assert len([one for one in dev.messages(CHANNEL) if "closed the GitLab issue #1" in shown(one)]) == 1


async def test_a_private_incident_has_none_and_one_that_turns_private_says_no_more(
    world: World, gitlab: GitLab
) -> None:
    await world.declare(severity="S3", name="Stolen laptop", visibility="private")
    await world.pass_minutes(1)
    assert not gitlab.issues

    await world.declare(who="ana", name="Mail is slow")
    ana = await inc(world, "ana", "summary", channel="inc-2-mail-is-slow")
    assert await sends(world, ana, summary="The mail of Rose is read") == {}
    await world.pass_minutes(1)
    assert "Rose" in gitlab.said
    await inc(world, "ana", "private yes Personal data", channel="inc-2-mail-is-slow")
    await world.pass_minutes(1)
    assert gitlab.issues[1]["confidential"]
    assert not re.search("Rose|Mail", gitlab.said)
    assert "Stolen" not in gitlab.said


async def test_an_issue_is_confidential_from_the_start_where_the_field_says_so(
    slack: Slack, clock: FakeClock, tmp_path: Path, gitlab: GitLab
) -> None:
    world = tracked(slack, clock, tmp_path, gitlab, more="  private: true\n  notes: none\n")
    await world.start()
    try:
        await world.declare(name="Stolen laptop", visibility="private")
        dev = await world.declare(who="ana", name="Mail is slow")
        assert dev
        await inc(world, "ana", "field Keep GitLab Issue Confidential: yes", channel="inc-2-mail-is-slow")
        await inc(world, "ana", "update Slow", channel="inc-2-mail-is-slow")
        await world.pass_minutes(1)
        assert [one["confidential"] for one in gitlab.issues.values()] == [True, True]
        assert not any(gitlab.notes.values())
    finally:
        await world.stop()
    again = tracked(slack, clock, tmp_path, gitlab)
    await again.start()
    await again.pass_minutes(2)
    assert len(gitlab.issues) == 2
    await again.stop()


async def test_a_duplicate_is_linked_and_closed(world: World, gitlab: GitLab) -> None:
    await world.declare()
    await world.declare(who="ana", name="Mail is slow")
    ana = await inc(world, "ana", "merge INC-1", channel="inc-2-mail-is-slow")
    assert await sends(world, ana) == {}
    await world.pass_minutes(1)
    assert gitlab.issues[2]["state"] == "closed"
    assert gitlab.links == [(2, 1)]
    assert "merged into INC-1" in gitlab.issues[2]["description"]


@pytest.mark.parametrize(
    "said",
    [
        {"object_attributes": {"iid": 10**30, "action": "close", "updated_at": "x"}},
        {"object_attributes": {"iid": "1", "action": "close", "updated_at": "\ud800"}},
        {"object_attributes": {"iid": float("inf"), "action": "close"}},
        {"user": {"name": "Sam \ud800\0"}},
        {
            "object_attributes": {"iid": 1, "action": "update"},
            "changes": {"labels": {"previous": [], "current": [{"title": "\ud800\0"}]}},
        },
        {"changes": {"labels": {"current": 7}}},
    ],
)
async def test_whatever_gitlab_tells_its_webhook_is_never_disabled(
    world: World, said: dict[str, Any]
) -> None:
    await world.declare(severity="S2", name="Disk full")

    assert await hook(world, **said) == 200


async def test_an_issue_with_a_long_description_is_heard_of(world: World) -> None:
    dev = await world.declare(severity="S2", name="Disk full")
    issue = {"iid": 1, "action": "close", "updated_at": "x", "description": "x" * 1_000_000}

    assert await hook(world, object_attributes=issue) == 200

    assert "closed" in str(dev.messages("inc-1-disk-full"))


async def posted(world: World, raw: bytes, headers: dict[str, str]) -> int:
    url = f"http://127.0.0.1:{world.muster.web.port}/v1/gitlab"
    async with aiohttp.ClientSession() as session, session.post(url, data=raw, headers=headers) as answer:
        status = answer.status
    await world.settle()
    return status


async def test_a_signing_token_is_checked(
    slack: Slack, clock: FakeClock, tmp_path: Path, gitlab: GitLab
) -> None:
    world = tracked(slack, clock, tmp_path, gitlab, hook_token=SIGNING)
    await world.start()
    try:
        raw, at = b'{"object_kind": "note"}', int(clock.now().timestamp())
        said = f"msg_1.{at}.".encode() + raw
        key = b64decode(SIGNING.removeprefix("whsec_"))
        mark = b64encode(hmac.digest(key, said, "sha256")).decode()
        good = {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": f"v1,{mark}"}
        assert await posted(world, raw, good) == 200
        assert await posted(world, raw + b" ", good) == 401
        assert await posted(world, raw, {"X-Gitlab-Token": SIGNING}) == 401
    finally:
        await world.stop()


def test_signatures_are_those_that_standard_webhooks_publishes() -> None:
    key, raw = b64decode(SIGNING.removeprefix("whsec_")), b'{"test": 2432232314}'
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert signed_with(key, headers, raw, at + timedelta(minutes=5))
    for name, value in (
        *(("webhook-id", "other"), ("webhook-timestamp", "soon"), ("webhook-timestamp", "1614265331")),
        *(("webhook-signature", "v1,"), ("webhook-signature", "")),
    ):
        assert not signed_with(key, headers | {name: value}, raw, at)
    assert not signed_with(key, headers, raw + b" ", at)
    for late in (-301, 301):
        assert not signed_with(key, headers, raw, at + timedelta(seconds=late))
