"""The page behind an acknowledgement link, on a phone and without JavaScript."""

from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, expect

from bot.views.paging import link_page
from bot.views.paging.link_page import HEADERS, Shown
from tests.browser.test_page_accessibility import SCHEMES, complaints

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WAITING = Shown(
    "INC-12 " + "Disk full on the primary database " * 3,
    (
        "S1 · Investigating",
        "You are paged as Engineer On Call (dotcom EOC).",
        "Please answer by 12:15 (America/Argentina/Buenos_Aires), or it goes on.",
    ),
    "Acknowledge",
    link_page.ACKNOWLEDGE,
    others=(("way:5", "On my way: 5 min"), ("way:10", "On my way: 10 min"), ("way:15", "On my way: 15 min")),
    reasons=("No computer or network", "At work on another incident"),
    cannot="The next level is paged.",
    footer="Opening this page changes nothing; only a button does.",
)
DONE = Shown("INC-12 Disk full", ("You acknowledged this page. The paging has stopped.",))


@pytest_asyncio.fixture(loop_scope="session")
async def address() -> AsyncIterator[str]:
    """Serve the page with its headers: once the button is pressed, it shows that."""
    acts: list[object] = []

    async def show(_: web.Request) -> web.Response:
        text = link_page.drawn(DONE if acts else WAITING)
        return web.Response(text=text, content_type="text/html", headers=HEADERS)

    async def answer(request: web.Request) -> web.Response:
        acts.append((await request.post())["act"])
        return web.Response(status=303, headers=HEADERS | {"Location": request.match_info["token"]})

    app = web.Application()
    app.add_routes([web.get("/behind/p/{token}", show), web.post("/behind/p/{token}", answer)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/behind/p/token"
    await runner.cleanup()


async def test_the_button_works_without_javascript_and_behind_a_path(browser: Browser, address: str):
    context = await browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(address)
    button = page.get_by_role("button", name="Acknowledge")
    where = await button.bounding_box()
    assert where
    assert where["height"] >= 56
    assert where["width"] >= 270
    assert await page.locator("html").evaluate("e => e.scrollWidth") <= 320

    await button.click()

    await expect(page.get_by_text("The paging has stopped.")).to_be_visible()
    assert page.url == address
    await context.close()


async def test_whoever_cannot_take_it_chooses_why(browser: Browser, address: str):
    context = await browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(address)
    await page.get_by_text("Cannot take it").first.click()
    await page.get_by_label("Why? The next level is paged.").select_option("At work on another incident")

    await page.get_by_role("button", name="Cannot take it").click()

    await expect(page.get_by_text("The paging has stopped.")).to_be_visible()
    await context.close()


@SCHEMES
async def test_nothing_is_hard_to_read_in_light_or_dark(
    browser: Browser, address: str, scheme: Literal["light", "dark"]
):
    context = await browser.new_context(viewport={"width": 360, "height": 640}, bypass_csp=True)
    page = await context.new_page()
    await page.emulate_media(color_scheme=scheme)
    await page.goto(address)

    assert await complaints(page) == []
    ink = await page.locator("h1").evaluate("e => getComputedStyle(e).color")
    assert (ink == "rgb(240, 240, 240)") is (scheme == "dark")
    await context.close()
