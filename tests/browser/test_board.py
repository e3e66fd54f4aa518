"""The board in a browser: signed in with Slack, wide and on a phone, in the light and in the dark."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import is_wrong
from tests.browser.test_page_accessibility import complaints
from tests.scenarios.browser.conftest import signed_in, with_pages
from tests.scenarios.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = "<img src=x onerror=alert(1)> \u202edaol 'quoted' & \"double\" " + "long" * 30


async def test_the_board_stays_current_and_can_be_read_anywhere(browser: Browser, muster: World):
    await with_pages(muster)
    assert muster.muster.live
    muster.muster.live.every = 0.05
    await muster.declare("dev", name=HOSTILE, severity="S1")
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    page = await context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(f"{said.text} {said.location}") if is_wrong(said) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(f"{muster.muster.links.base}/")
    await page.get_by_role("link", name="Sign in with Slack").click()
    await page.get_by_role("button", name="(dev)").click()
    await expect(page.get_by_role("heading", name="Open incidents")).to_be_visible()
    await expect(page.get_by_text("S1 Critical")).to_be_visible()

    await muster.declare("sam", name="Second one", severity="S3")

    await expect(page.get_by_text("Second one")).to_be_visible()
    assert await complaints(page) == []
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 360, "height": 740})
    assert await page.locator("html").evaluate("e => e.scrollWidth") <= 360
    assert await complaints(page) == []
    assert [one for one in errors if "favicon" not in one] == []
    await context.close()


HIDE = """hidden => { Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
    document.dispatchEvent(new Event('visibilitychange')) }"""
"""What a browser says to a page that goes behind another one, or comes back: one that is tested shows all."""


async def test_boards_behind_others_hold_no_connection_and_are_current_when_they_come_back(
    browser: Browser, muster: World
):
    await with_pages(muster)
    base = muster.muster.links.base or ""
    context = await browser.new_context()
    cookies = signed_in(muster, "dev").items()
    await context.add_cookies([{"name": name, "value": text, "url": base} for name, text in cookies])
    pages = []
    for _ in range(8):  # a browser opens six connections
        pages.append(await context.new_page())
        await pages[-1].goto(base)
        await expect(pages[-1].get_by_role("heading", name="Open incidents")).to_be_visible()
        await pages[-1].evaluate(HIDE, True)

    await muster.declare("sam", name="Second one", severity="S3")
    await pages[0].evaluate(HIDE, False)

    await expect(pages[0].get_by_text("Second one")).to_be_visible()
    await expect(pages[1].get_by_text("Second one")).to_have_count(0)
    await context.close()
