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
from tests.scenarios.browser.conftest import Reader, with_pages
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.browser.test_review import REVIEW, saved
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import asks, inc, shown

PROJECT = "/gitlab/tanuki/production"
PAGES = f"{PROJECT}/-/issues"


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
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def pressed(http: aiohttp.ClientSession, url: str, do: str, **headers: str) -> int:
    async with http.post(url, data={"do": do}, headers=headers) as answer:
        return answer.status


async def sent(http: aiohttp.ClientSession, url: str, **fields: str) -> int:
    async with http.post(url, data=fields) as answer:
        return answer.status


async def reviewed(world: World, http: aiohttp.ClientSession) -> Reader:
    """Have an incident whose review dev has edited, and dev at its pages."""
    await with_pages(world)
    world.slack.gitlab.hook_url = f"http://127.0.0.1:{world.muster.web.port}/v1/gitlab"
    reader = Reader(world, http)
    await world.declare(severity="S2", name="Disk full")
    await world.pass_minutes(1)
    sit_down(reader, "dev")
    await saved(reader, "# Ours <b>\n")
    return reader


async def asked(reader: Reader, place: str, version: int) -> None:
    """Press the button, which has to be there."""
    path = f"{REVIEW}/copies/{place}"
    assert f'action="{path}"' in (await reader.get(REVIEW)).text
    assert (await reader.send(REVIEW, path, version=str(version))).to == REVIEW
    await reader.world.pass_minutes(2)


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


async def test_a_review_becomes_a_wiki_page_and_what_is_written_there_comes_back(
    world: World, http: aiohttp.ClientSession
) -> None:
    reader, files = await reviewed(world, http), world.slack.gitlab.files
    await asked(reader, "wiki", 1)
    wiki = f"{world.slack.url}{PROJECT}/-/wikis/reviews/INC-1-disk-full"
    assert f'href="{wiki}"' in (await reader.get(REVIEW)).text
    shown = await read(http, wiki)
    assert "# Ours &lt;b&gt;" in shown
    assert "<b>" not in shown

    theirs = files.pages["reviews/INC-1-disk-full"].replace("# Ours", "# Theirs").replace("\n", "\r\n")
    assert await sent(http, wiki, do="save", text=theirs) == 200
    await world.pass_minutes(1)

    page = seen(await reader.get(REVIEW))
    assert "Version 2, the newest, by Somebody in GitLab" in page
    assert "Theirs" in page
    assert "INC-1-disk-full" in await read(http, f"{world.slack.url}{PAGES}")
    assert await sent(http, wiki, do="save", text=" ") == 400
    assert await sent(http, f"{wiki}-2", do="save", text="x") == 404


async def test_a_review_becomes_a_merge_request_that_people_edit_and_merge(
    world: World, http: aiohttp.ClientSession
) -> None:
    reader, files = await reviewed(world, http), world.slack.gitlab.files
    await asked(reader, "file", 1)
    request = f"{world.slack.url}{PROJECT}/-/merge_requests/1"
    assert f'href="{request}"' in (await reader.get(REVIEW)).text
    assert "# Ours &lt;b&gt;" in await read(http, request)
    [(path, text)] = files.brought(files.requests[1]).items()

    theirs = text.replace("# Ours", "# Theirs")
    assert await sent(http, request, do="save", path="README.md", text=theirs) == 400
    assert await sent(http, request, do="save", path=path, text=theirs) == 200
    await world.pass_minutes(1)
    assert "Version 2, the newest, by Somebody in GitLab" in seen(await reader.get(REVIEW))

    assert await sent(http, request, do="merge") == 200
    assert files.branches["main"][path][0] == theirs
    assert "merged" in await read(http, request)
    assert await sent(http, request, do="merge") == 409
    assert await sent(http, request.replace("requests/1", "requests/7"), do="merge") == 404


async def test_its_wiki_and_repository_refuse_what_gitlab_refuses(
    world: World, http: aiohttp.ClientSession
) -> None:
    gitlab = world.slack.gitlab
    api = f"{world.slack.url}/gitlab/api/v4/projects/tanuki%2Fproduction"

    async def answered(verb: str, path: str, token: str = gitlab.token, **said: object) -> int:
        more = {"json": said} if said else {}
        headers = {"PRIVATE-TOKEN": token}
        async with http.request(verb, f"{api}/{path}", headers=headers, **more) as answer:  # type: ignore[arg-type]
            return answer.status

    made = {"action": "create", "file_path": "a.md", "content": "# A"}
    commit = {"branch": "b", "start_branch": "main", "commit_message": "A"}
    assert await answered("GET", "wikis/none") == 404
    assert await answered("GET", "wikis/none", "wrong") == 401
    assert await answered("POST", "wikis", title=7, content="x") == 400
    assert await answered("POST", "wikis", title="a b", content="x") == 201
    assert await answered("POST", "wikis", title="a b", content="x") == 422
    assert await answered("PUT", "wikis/a-b", format="markdown") == 400
    assert await answered("GET", "repository/files/README.md") == 400
    assert await answered("POST", "repository/commits", **commit, actions=["x"]) == 400
    wrong = [made, {"action": "update", "file_path": "none.md", "content": "x"}]
    assert await answered("POST", "repository/commits", **commit, actions=wrong) == 400
    assert {*gitlab.files.branches} == {"main"}
    assert await answered("POST", "repository/commits", **commit, actions=[made]) == 201
    assert await answered("POST", "repository/commits", **commit, actions=[made]) == 400
    request = {"source_branch": "b", "target_branch": "main", "title": "A"}
    assert await answered("POST", "merge_requests", **{**request, "target_branch": "no"}) == 400
    assert await answered("POST", "merge_requests", **request) == 201
    assert await answered("POST", "merge_requests", **request) == 409
    assert await answered("GET", "merge_requests/x") == 404
