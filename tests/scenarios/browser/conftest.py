"""Pages as a browser without scripts reads them: cookies are kept, redirects are followed by hand."""

import re
from collections.abc import AsyncIterator, Mapping
from html import unescape
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp
import pytest
from yarl import URL

from bot.web.sessions import Sessions
from tests.scenarios.conftest import World


class Answer(NamedTuple):
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def to(self) -> str:
        return self.headers.get("Location", "")


class Reader:
    """Somebody at a browser."""

    def __init__(self, world: World, http: aiohttp.ClientSession) -> None:
        self.world, self.http = world, http
        self.open: list[aiohttp.ClientResponse] = []

    @property
    def base(self) -> str:
        return self.world.muster.links.base or ""

    @property
    def home(self) -> URL:
        return URL(self.base)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self._ask("GET", path, headers=headers)

    async def post(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        return await self._ask("POST", path, form=form, headers=headers)

    async def send(self, page: str, path: str, **form: str) -> Answer:
        """Send a form of a page, with the mark that it carries."""
        text = (await self.get(page)).text
        mark = re.search(r'name="mark" value="([^"]+)"', text)
        return await self.post(path, form | ({"mark": mark[1]} if mark else {}))

    async def sign_in(self, handle: str, to: str = "/") -> Answer:
        """Sign in with Slack, as the sandbox plays it, and return what the last step answered."""
        begun = await self.get(f"/sign-in/slack?to={to}")
        chosen = await self.choose(begun.to, handle)
        return await self.get(chosen)

    async def choose(self, address: str, handle: str) -> str:
        """Say to Slack who one is; return where it leads."""
        page = await self._ask("GET", address)
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        form = {name: unescape(value) for name, value in hidden.items()}
        form["user"] = self.world.person(handle).id if handle else ""
        at = urlsplit(address)
        return (await self._ask("POST", f"{at.scheme}://{at.netloc}{at.path}", form=form)).to

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        url = path if path.startswith("http") else f"{self.base}{path}"
        async with self.http.request(
            method, url, data=form, headers=headers, allow_redirects=False
        ) as answer:
            return Answer(answer.status, await answer.text(), answer.headers)


def signed_in(world: World, handle: str) -> dict[str, str]:
    """Return the cookie of a session without signing in."""
    muster = world.muster
    sessions = Sessions(f"{world.slack.sign_in.client_secret} {world.slack.bot_token}", muster._database.id)
    session = sessions.begin(world.person(handle).id, world.clock.now())
    return {"muster_session": sessions.cookie(session)}


async def with_pages(world: World) -> World:
    """Start the bot anew, with pages for a browser."""
    await world.stop()
    world.public_url = "http://127.0.0.1:{port}"
    await world.start()
    world.slack.sign_in.redirects = (f"{world.muster.links.base}",)
    return world


@pytest.fixture
async def web_world(world: World) -> World:
    return await with_pages(world)


@pytest.fixture
async def reader(web_world: World) -> AsyncIterator[Reader]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        reader = Reader(web_world, http)
        yield reader
        for answer in reader.open:
            answer.close()


@pytest.fixture
async def reader_without(world: World) -> AsyncIterator[Reader]:
    """Somebody at a browser, where nothing of the pages is configured."""
    async with aiohttp.ClientSession() as http:
        yield Reader(world, http)
