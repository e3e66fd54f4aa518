"""The page's own calls are taken; another website's are not, whatever it makes a browser send."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.credentials import VARIABLES, Credentials, chosen_in
from sandbox.errors import Unusable
from sandbox.guard import KEY
from sandbox.keeping import write
from sandbox.slack import Slack
from tests.sandbox.conftest import Ear, FakeClock, key

ANA = "U0ANA00001"
GENERAL = "C0GENERAL1"
SAID = {"user": ANA, "do": "send", "channel": GENERAL, "text": "written by a website"}
# What a browser adds to what another website, or another port of this machine, asks for.
ELSEWHERE = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://localhost"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
]
FOREIGN = pytest.mark.parametrize("headers", ELSEWHERE, ids=lambda given: "-".join(given.values()))
READS = (
    "/",
    "/main.js",
    "/ui/world",
    "/ui/stream?user=ana",
    "/ui/record",
    "/ui/phone?user=ana",
    "/ui/file?user=ana&id=F1",
    "/api/auth.test",
    "/link/?ticket=t",
    "/files-pri/T1-F1/a.txt",
    "/openid/connect/authorize",
    "/.well-known/openid-configuration",
)
WRITES = (
    "/ui/act",
    "/ui/advance",
    "/ui/faults",
    "/api/chat.postMessage",
    "/phones/ana",
    "/hooks/x",
    "/upload/v1/x",
)
HOSTS = (
    "evil.example",
    "evil.example:8055",
    "127.0.0.1.evil.example",
    "a@127.0.0.1",
    "10.0.0.1",
    "[",
    "x:y",
)


@pytest.fixture
async def evil(slack: Slack) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who even knows every token."""
    known = {KEY: slack.credentials.page_key, "Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession(slack.url, headers=known) as session:
        yield session


@FOREIGN
@pytest.mark.parametrize("path", READS)
async def test_another_website_reads_nothing(
    evil: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    async with evil.get(path, headers=headers) as answer:
        assert answer.status == 403


@FOREIGN
@pytest.mark.parametrize("path", WRITES)
async def test_another_website_does_nothing(
    slack: Slack, evil: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    async with evil.post(path, json={**SAID, "message": "x"}, headers=headers) as answer:
        assert answer.status == 403

    assert slack.person("ana").messages("general") == []
    assert slack.record == []


@FOREIGN
async def test_another_website_gets_no_socket(slack: Slack, headers: dict[str, str]) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(slack.sockets.new_url(), headers=headers)

    assert slack.sockets.count == 0


@pytest.mark.parametrize("ticket", ["", "t01", "t01-abc", "-", "é-é"])
async def test_a_socket_needs_a_ticket(slack: Slack, ticket: str) -> None:
    url = f"{slack.url.replace('http', 'ws')}/link/?ticket={ticket}&app_id={slack.workspace.app.id}"

    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_a_ticket_outlives_a_restart_with_the_same_token(
    manifest: dict[str, Any], clock: FakeClock, slack: Slack, session: aiohttp.ClientSession
) -> None:
    again = Slack(manifest, clock, credentials=Credentials.made({"app_token": slack.app_token}))
    await again.start()
    ear = Ear(again, session)

    await ear.connect(slack.sockets.new_url().replace(slack.url[4:], again.url[4:]))

    assert again.sockets.count == 1
    await ear.close()
    await again.stop()


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/", "/ui/world", "/api/auth.test", "/main.js", "/nothing"])
async def test_a_website_whose_name_leads_here_is_refused(
    evil: aiohttp.ClientSession, path: str, host: str
) -> None:
    async with evil.get(path, headers={"Host": host}) as answer:
        assert answer.status == 403
        assert "--allow-host" in await answer.text()


@pytest.mark.parametrize("host", ["localhost:8055", "127.0.0.1", "[::1]:8055", "muster.lan:80", "LOCALHOST"])
async def test_the_machines_own_names_and_those_allowed_are_served(
    manifest: dict[str, Any], clock: FakeClock, session: aiohttp.ClientSession, host: str
) -> None:
    slack = Slack(manifest, clock, names=("muster.lan",))
    await slack.start()
    headers = {"Host": host, "Origin": f"http://{host}", **key(slack)}

    async with session.get(f"{slack.url}/ui/world", headers=headers) as answer:
        assert answer.status == 200

    await slack.stop()


async def test_a_link_on_another_website_may_open_the_page(evil: aiohttp.ClientSession) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

    async with evil.get("/", headers=followed) as page, evil.get("/ui/world", headers=followed) as world:
        assert (page.status, world.status) == (200, 403)


@pytest.mark.parametrize("given", ["", "x", "é"])
async def test_the_page_needs_its_key(slack: Slack, session: aiohttp.ClientSession, given: str) -> None:
    for path in ("world", "clock", "stream?user=ana", f"stream?user=ana&key={given}"):
        async with session.get(f"{slack.url}/ui/{path}", headers={KEY: given}) as answer:
            assert answer.status == 403
    async with session.post(f"{slack.url}/ui/act", json=SAID, headers={KEY: given}) as answer:
        assert answer.status == 403

    assert slack.person("ana").messages("general") == []


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("application/json", 400)],
)
@pytest.mark.parametrize("path", ["act", "advance", "faults", "clock"])
async def test_only_json_acts(
    slack: Slack, session: aiohttp.ClientSession, path: str, content_type: str, status: int
) -> None:
    headers = {"Content-Type": content_type, **key(slack)}
    async with session.post(f"{slack.url}/ui/{path}", data=b"[]", headers=headers) as answer:
        assert answer.status == status


@pytest.mark.parametrize(
    "path", ["/", "/main.js", "/fonts/inter-latin.woff2", "/api/api.test", "/nothing", "/ui/world"]
)
async def test_no_answer_can_be_framed_or_mistaken(
    slack: Slack, session: aiohttp.ClientSession, path: str
) -> None:
    async with session.get(slack.url + path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        sniffed = answer.headers["X-Content-Type-Options"]
        shared = answer.headers.get("Access-Control-Allow-Origin")

    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert (sniffed, shared) == ("nosniff", None)


async def test_the_font_comes_with_its_licence(slack: Slack, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{slack.url}/fonts/OFL.txt") as licence:
        assert "SIL OPEN FONT LICENSE" in await licence.text()
    async with session.get(f"{slack.url}/fonts/inter-latin.woff2") as font:
        assert (font.content_type, (await font.read())[:4]) == ("font/woff2", b"wOF2")


async def test_nothing_that_opens_something_is_the_same_twice(
    manifest: dict[str, Any], clock: FakeClock, slack: Slack, session: aiohttp.ClientSession
) -> None:
    again = Slack(manifest, clock)
    ones, others = (set(vars(one.credentials).values()) for one in (slack, again))
    tickets = {one.sockets.new_url().partition("ticket=")[2] for one in (slack, again)}
    secrets = {one.workspace.ids.secret("h") for one in (slack, again)}
    async with session.get(slack.url) as answer:
        [in_page] = re.findall(r'name="sandbox-key" content="([^"]+)"', await answer.text())

    assert not ones & others
    assert (len(tickets), len(secrets)) == (2, 2)
    assert in_page == slack.credentials.page_key
    assert all(len(value) > 40 for value in ones)


def test_tokens_are_chosen_in_the_environment() -> None:
    chosen = {
        "SANDBOX_BOT_TOKEN": "xoxb-of-my-choice",
        "SANDBOX_APP_TOKEN": " xapp-of-my-choice\n",
        "SANDBOX_PAGE_KEY": "page-of-my-choice",
    }

    made = Credentials.made(chosen_in(chosen))

    assert (made.bot_token, made.app_token) == ("xoxb-of-my-choice", "xapp-of-my-choice")
    assert made.page_key == "page-of-my-choice"
    assert len(made.signing_secret) > 40


def test_a_token_that_is_none_is_named_without_its_value() -> None:
    with pytest.raises(Unusable) as refusal:
        chosen_in(dict.fromkeys(VARIABLES.values(), "a b"))

    assert [line.partition(":")[0] for line in refusal.value.problems] == list(VARIABLES.values())
    assert "a b" not in str(refusal.value)


def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path) -> None:
    kept = Credentials.made().kept

    write(tmp_path / "kept.json", json.dumps(kept))

    assert (tmp_path / "kept.json").stat().st_mode & 0o777 == 0o600
    assert "page_key" not in kept
