"""An incident's issue in GitHub and in Jira: made once, linked, kept current and closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.config import load
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import inc, sends, told
from tests.scenarios.trackers.others import (
    EMAIL,
    GITHUB_TOKEN,
    JIRA_TOKEN,
    KEY,
    REPOSITORY,
    GitHub,
    Jira,
    Server,
)

HOOK = "hook-secret"
ENVIRON = {"GITHUB_TOKEN": GITHUB_TOKEN, "JIRA_TOKEN": JIRA_TOKEN, "JIRA_EMAIL": EMAIL}
ENVIRON |= {"GITHUB_WEBHOOK_SECRET": HOOK, "JIRA_WEBHOOK_SECRET": HOOK}
SLOW = "inc-2-mail-is-slow"


@pytest.fixture
async def github() -> AsyncIterator[GitHub]:
    async with GitHub().running() as running:
        yield running


@pytest.fixture
async def jira() -> AsyncIterator[Jira]:
    async with Jira().running() as running:
        yield running


@asynccontextmanager
async def followed(
    slack: Slack, clock: FakeClock, folder: Path, server: Server, more: str = ""
) -> AsyncIterator[World]:
    name, where, person = (
        ("github", f"repository: {REPOSITORY}", "ana-f")
        if isinstance(server, GitHub)
        else ("jira", f"project: {KEY}", "712020:ana")
    )
    section = f"{name}:\n  url: {server.url}\n  {where}\n  people: {{ana@example.com: {person}}}\n{more}"
    config = folder / "muster.yml"
    config.write_text(f"{CONFIG.read_text()}\n{section}")
    world = World(slack, clock, folder / "muster.db", load(config, ENVIRON))
    await world.start()
    try:
        yield world
    finally:
        await world.stop()


async def test_an_issue_in_github_follows_its_incident(
    slack: Slack, clock: FakeClock, tmp_path: Path, github: GitHub
) -> None:
    async with followed(slack, clock, tmp_path, github) as world:
        github.faults = [("POST", "lost")]
        dev = await world.declare(severity="S2", name="Disk full @all #12")
        await world.pass_minutes(1)
        here = "inc-1-disk-full-all-12"
        [issue] = github.issues.values()
        assert issue["title"].replace("\u200b", "") == "INC-1: Disk full @all #12"
        assert "@all" not in issue["title"]
        assert issue["html_url"] in str(dev.messages(here))

        issue["body"] += "\n\nSeen in the logs: `ENOSPC`"
        issue["labels"].append({"name": "infra"})
        github.faults = [("PATCH", 403), ("PATCH", 502), ("PATCH", "lost")]
        await inc(world, "dev", "severity S1", channel=here)
        await inc(world, "dev", "lead @ana", channel=here)
        await world.pass_minutes(5)
        names = [one["name"] for one in issue["labels"]]
        assert {"infra", "severity::1", "Incident::Active"} <= {*names}
        assert "severity::2" not in names
        assert issue["assignees"] == [{"login": "ana-f"}]
        assert "Seen in the logs" in issue["body"]
        assert issue["body"].count("<!-- muster:INC-1 ") == 1

        await inc(world, "ana", "resolve fix", channel=here)
        await world.pass_minutes(1)
        assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
        await inc(world, "ana", "reopen It is back", channel=here)
        await world.pass_minutes(1)
        assert (issue["state"], issue["state_reason"]) == ("open", "reopened")
        quiet = len(github.calls)
        await world.pass_minutes(5)
        assert "PATCH" not in github.calls[quiet:]

        del github.issues[1]
        await inc(world, "ana", "link logs https://logs.example", channel=here)
        await world.pass_minutes(1)
        assert [one for one in told(dev, here) if "The GitHub issue #1 is gone" in one]


async def test_an_issue_in_jira_follows_its_incident(
    slack: Slack, clock: FakeClock, tmp_path: Path, jira: Jira
) -> None:
    async with followed(slack, clock, tmp_path, jira) as world:
        jira.faults = [("POST", "lost")]
        dev = await world.declare(severity="S2", name="Disk full {noformat} [~ana]")
        jira.indexed = False  # as it takes a while to know a new one
        await world.pass_minutes(0.5)
        jira.indexed = True
        await world.pass_minutes(2)
        here = "inc-1-disk-full-noformat-ana"
        [issue] = jira.issues.values()
        assert f"{jira.url}/browse/{KEY}-1" in str(dev.messages(here))
        assert {"incident", "severity::2", "blocks-deployments"} <= {*issue["labels"]}

        issue["description"] += "\n\nSeen in the logs: ENOSPC"
        issue["labels"].append("infra")
        await inc(world, "dev", "severity S1", channel=here)
        await inc(world, "dev", "lead @ana", channel=here)
        await inc(world, "dev", "summary", channel=here)
        assert await sends(world, dev, summary="{noformat}\n[~ana] h1. Boo") == {}
        await world.pass_minutes(1)
        assert {"infra", "severity::1"} <= {*issue["labels"]}
        assert "severity::2" not in issue["labels"]
        assert issue["assignee"] == {"accountId": "712020:ana"}
        assert "Seen in the logs" in issue["description"]
        assert issue["description"].count("{noformat}") == 2
        assert issue["description"].count("kept by Muster") == 1

        await inc(world, "ana", "resolve fix", channel=here)
        await world.pass_minutes(1)
        assert issue["status"] == "31"
        quiet = len(jira.calls)
        await world.pass_minutes(5)
        assert not {"PUT", "POST"} & {*jira.calls[quiet:]}
        await inc(world, "ana", "reopen It is back", channel=here)
        await world.pass_minutes(1)
        assert issue["status"] == "21"
        jira.needs_resolution = True
        await inc(world, "ana", "resolve fix", channel=here)
        await world.pass_minutes(1)
        assert [one for one in told(dev, here) if "Resolution is required" in one]


@pytest.mark.parametrize("kind", [GitHub, Jira])
async def test_what_is_secret_is_nowhere_where_all_may_read_it(
    slack: Slack, clock: FakeClock, tmp_path: Path, kind: type[Server]
) -> None:
    async with kind().running() as server, followed(slack, clock, tmp_path, server) as world:
        await world.declare(severity="S3", name="Stolen laptop", visibility="private")
        await world.pass_minutes(1)
        assert not server.issues

        await world.declare(who="ana", name="Mail is slow", status="triage")
        await inc(world, "ana", "field Keep GitLab Issue Confidential: yes", channel=SLOW)
        await inc(world, "ana", "accept", channel=SLOW)
        await world.pass_minutes(1)
        assert not server.issues
        await inc(world, "ana", "field Keep GitLab Issue Confidential: no", channel=SLOW)
        await world.pass_minutes(1)
        assert "Mail" in str(server.issues)
        await inc(world, "ana", "field Keep GitLab Issue Confidential: yes", channel=SLOW)
        await world.pass_minutes(1)
        assert "Mail" not in str(server.issues)
        await inc(world, "ana", "field Keep GitLab Issue Confidential: no", channel=SLOW)
        await world.pass_minutes(1)
        assert "Mail" in str(server.issues)
        assert len(server.issues) == 1


async def test_one_that_need_not_be_secret_any_more_has_one(
    slack: Slack, clock: FakeClock, tmp_path: Path, github: GitHub
) -> None:
    async with followed(slack, clock, tmp_path, github, more="  private: true\n") as world:
        await world.declare(severity="S3", name="Stolen laptop", visibility="private")
        await world.pass_minutes(1)
        assert "Stolen" in str(github.issues)
