"""A real browser in front of the sandbox, with the bot behind it, or a small Bolt app."""

import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from playwright.async_api import Browser, ConsoleMessage, Page, Playwright, async_playwright, expect
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.paging.rehearsal_page import choices, rehearsed
from sandbox.slack import Slack
from tests.browser import little_app
from tests.fakes import FakeClock
from tests.patience import PATIENCE
from tests.scenarios.conftest import World, as_tried_out

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "no Chromium on this machine, so nobody has clicked through the page"
MILLISECONDS = PATIENCE * 1000
TOUR_IS_OVER = "localStorage.setItem('sandbox-tour', 'over')"
WIDE_DIGITS = str(Path(__file__).with_name("fonts") / "fonts.conf")

# What a page is drawn with: its own font; what the machine has instead; either, where the machine also has
# an emoji font, whose digits and spaces are two em wide.
FONTS = ("own", "machine", "own with emoji", "machine with emoji")
ANY_FONTS = pytest.mark.parametrize(
    "fonts", [FONTS[0], *(pytest.param(fonts, marks=pytest.mark.proof) for fonts in FONTS[1:])]
)

Open = Callable[..., Awaitable[Page]]


def installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def chromium() -> str:
    """Where it is installed; without one the tests are skipped, or fail where they must run."""
    found = installed()
    if found is None and os.environ.get("MUSTER_REQUIRE_BROWSER") == "1":
        pytest.fail(MISSING)
    return found or pytest.skip(MISSING)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if installed() is None:
        terminalreporter.write_line(f"tests/browser: {MISSING}", yellow=True)


class Browsers:
    """The browser, and another one on a machine with an emoji font; each is started when it is needed."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._running: dict[bool, Browser] = {}

    async def get(self, *, emoji: bool = False) -> Browser:
        if emoji not in self._running:
            extra = {"FONTCONFIG_FILE": WIDE_DIGITS} if emoji else {}
            self._running[emoji] = await self._playwright.chromium.launch(
                executable_path=chromium(), args=FLAGS, env={**os.environ, **extra}
            )
        return self._running[emoji]

    async def close(self) -> None:
        for browser in self._running.values():
            await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers() -> AsyncIterator[Browsers]:
    expect.set_options(timeout=MILLISECONDS)
    async with async_playwright() as playwright:
        browsers = Browsers(playwright)
        yield browsers
        await browsers.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(browsers: Browsers) -> Browser:
    return await browsers.get()


@pytest.fixture
def fonts() -> str:
    """One of FONTS; tests of what is where take all of them."""
    return os.environ.get("MUSTER_PAGE_FONTS", FONTS[0])


@pytest_asyncio.fixture(loop_scope="session")
async def slack(browser: Browser, clock: FakeClock) -> AsyncIterator[Slack]:
    async def skip(seconds: float) -> None:
        clock.advance(seconds)

    slack = Slack(yaml.safe_load(MANIFEST.read_text("utf-8")), clock)
    slack.on_advance = skip
    slack.patience = PATIENCE
    await slack.start()
    yield slack
    await slack.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def app(slack: Slack) -> AsyncIterator[AsyncApp]:
    """Connected, and a member of #general."""
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, trust_env_in_session=False)
    app = AsyncApp(client=client, signing_secret="unused")
    little_app.listen(app)
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()
    await slack.person("ana").invite("general", "muster")
    await slack.idle()
    yield app
    await handler.close_async()


@pytest_asyncio.fixture(loop_scope="session")
async def muster(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    """The bot itself; the clock bar moves its time."""
    world = World(slack, clock, tmp_path / "muster.db", as_tried_out(slack))
    world.public_url = "http://127.0.0.1:{port}"
    await world.start()
    slack.twilio.sms_url = f"http://127.0.0.1:{world.muster.web.port}/twilio/sms"

    async def skip(seconds: float) -> None:
        await world.muster.advance(clock, seconds)

    slack.on_advance = skip
    rehearse = partial(rehearsed, world.muster.uow, world.muster.rehearsals)
    slack.simulation.offer(choices(world.config.process), rehearse)
    yield world
    await world.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browsers: Browsers, slack: Slack, fonts: str) -> AsyncIterator[Open]:
    """`await open_page("ana", "general")`: that person's window. What goes wrong in it fails the test.

    With `tour=True` they are new here, and are offered the tour.
    """
    wrong: list[str] = []
    contexts = []

    async def open_page(who: str, channel: str = "general", *, tour: bool = False, **options: Any) -> Page:
        browser = await browsers.get(emoji="emoji" in fonts)
        context = await browser.new_context(**options)
        if fonts.startswith("machine"):
            await context.route("**/fonts/*", lambda route: route.abort())
        if not tour:
            await context.add_init_script(TOUR_IS_OVER)
        contexts.append(context)
        context.set_default_timeout(MILLISECONDS)
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if is_wrong(said) else None)
        page.on("request", lambda asked: None if asked.url.startswith(slack.url) else wrong.append(asked.url))
        where = slack.workspace.channel(channel).id
        await page.goto(f"{slack.url}/?user={who}#{where}" if who else slack.url)
        await page.locator("#pane .head h1").wait_for()
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert wrong == []


def is_wrong(said: ConsoleMessage) -> bool:
    """A conversation that somebody may not see is an answer like any other, and a test may withhold fonts."""
    known = ("/ui/conversation", "/fonts/")
    return said.type == "error" and not any(path in said.location["url"] for path in known)


def box(page: Page) -> Any:
    """Where one writes."""
    return page.get_by_role("combobox", name=re.compile("^Message "))


async def write(page: Page, text: str) -> None:
    await box(page).fill(text)
    await box(page).press("Enter")


def message(page: Page, text: str) -> Any:
    return page.locator("#pane .message", has_text=text)
