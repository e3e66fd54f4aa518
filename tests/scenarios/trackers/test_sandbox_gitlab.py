"""What a newcomer tries in the sandbox: an incident, a follow-up and a review become issues in its GitLab."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.config import load
from sandbox.serving import environment
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import asks, inc, shown

PAGES = "/gitlab/tanuki/production/-/issues"


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    file = tmp_path / "muster.yml"
    address = f"http://{urlsplit(slack.url).netloc}/gitlab"
    file.write_text(f"{CONFIG.read_text()}\ngitlab: {{project: tanuki/production, url: '{address}'}}\n")
    config = load(file, environment(slack))
    assert not config.process.set_aside
    world = World(slack, clock, tmp_path / "muster.db", config)
    await world.start()
    slack.gitlab.hook_url = f"http://127.0.0.1:{world.muster.web.port}/v1/gitlab"
    yield world
    await world.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def pressed(http: aiohttp.ClientSession, url: str, do: str, **headers: str) -> int:
    async with http.post(url, data={"do": do}, headers=headers) as answer:
        return answer.status


async def read(http: aiohttp.ClientSession, url: str) -> str:
    async with http.get(url) as answer:
        return await answer.text()


async def test_a_follow_up_becomes_an_issue_and_what_is_closed_there_is_done_here(
    world: World, http: aiohttp.ClientSession
) -> None:
    gitlab, base = world.slack.gitlab, world.slack.url
    dev = await world.declare(severity="S2")
    await inc(world, "dev", "followup Add a <b>node</b> @ana due 2026-04-01 as corrective action")
    await world.pass_minutes(1)
    assert [one["title"] for one in gitlab.issues.values()][1:] == ["Add a <b>node</b>"]
    assert gitlab.links == [(2, 1)]
    assert gitlab.issues[2]["assignees"][0]["name"] == "Ana Ferreira"
    listed = await read(http, f"{base}{PAGES}")
    assert "#2 Add a &lt;b&gt;node" in listed
    assert "<b>" not in listed
    page = await read(http, f"{base}{PAGES}/2")
    for part in ("due 2026-04-01", "corrective action", "Ana Ferreira", "#1 "):
        assert part in page

    assert await pressed(http, f"{base}{PAGES}/2", "close") == 200

    assert gitlab.issues[2]["state"] == "closed"
    assert "Done:* ~Add a" in shown(await asks(world, "dev", "followups all"))
    assert await pressed(http, f"{base}{PAGES}/2", "reopen") == 200
    assert "~Add a" not in shown(await asks(world, "dev", "followups all"))
    assert dev


async def test_it_takes_nothing_from_elsewhere_and_says_what_is_wrong(
    world: World, http: aiohttp.ClientSession
) -> None:
    base, gitlab = world.slack.url, world.slack.gitlab
    await world.declare(severity="S3")
    await world.pass_minutes(1)
    api = f"{base}/gitlab/api/v4/projects/tanuki%2Fproduction/issues"

    async def answered(verb: str, url: str, token: str, **more: object) -> int:
        async with http.request(verb, url, headers={"PRIVATE-TOKEN": token}, **more) as answer:  # type: ignore[arg-type]
            return answer.status

    assert await answered("GET", api, "wrong") == 401
    assert await answered("GET", api.replace("tanuki", "other"), gitlab.token) == 404
    assert await answered("GET", f"{api}/99", gitlab.token) == 404
    assert await answered("GET", f"{api}/x", gitlab.token) == 404
    assert await answered("POST", api, gitlab.token, json={"title": ""}) == 400
    assert await answered("POST", api, gitlab.token, json={"title": "x" * 256}) == 400
    assert await answered("PUT", f"{api}/1", gitlab.token, json={"stat": "closed"}) == 400
    assert await answered("POST", f"{api}/1/links", gitlab.token, json={"target_issue_iid": 9}) == 404
    assert await answered("POST", f"{api}/1/notes", gitlab.token, json={"body": "/close"}) == 202
    assert gitlab.issues[1]["state"] == "closed"
    assert await pressed(http, f"{base}{PAGES}/99", "close") == 404
    assert await pressed(http, f"{base}{PAGES}/1", "burn") == 400
    assert await pressed(http, f"{base}{PAGES}/1", "reopen", Origin="https://elsewhere.test") == 403
    assert gitlab.issues[1]["state"] == "closed"


async def test_another_site_may_lead_there_and_do_nothing(world: World, http: aiohttp.ClientSession) -> None:
    headers = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

    async with http.get(f"{world.slack.url}{PAGES}", headers=headers) as led:
        assert led.status == 200
    async with http.get(f"{world.slack.url}/ui/world", headers=headers) as refused:
        assert refused.status == 403
