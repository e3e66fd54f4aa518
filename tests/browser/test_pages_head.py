"""The head of every page in a browser: one line wide, and a menu on a phone that needs no script."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_oncall_pages import looked_at, opened
from tests.scenarios.browser.conftest import with_pages
from tests.scenarios.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TWO_LINES = 90
"""What two lines of the head take at most, in pixels."""


async def test_a_phone_has_a_menu_in_two_lines_that_opens_by_keyboard(browser: Browser, muster: World):
    await with_pages(muster)
    page = await opened(browser, muster, "dev", "/")
    head, menu = page.get_by_role("banner"), page.get_by_text("Menu", exact=True)
    for width in (700, 360):
        await page.set_viewport_size({"width": width, "height": 740})
        assert await head.evaluate("e => e.offsetHeight") < TWO_LINES
    await expect(page.get_by_role("link", name="Insights")).to_be_hidden()

    await menu.focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("navigation", name="Pages")).to_have_count(1)
    await looked_at(page)
    await page.get_by_role("link", name="Insights").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Insights")).to_be_visible()
    await page.context.close()


async def test_a_wide_screen_has_all_of_it_in_one_line(browser: Browser, muster: World):
    await with_pages(muster)
    page = await opened(browser, muster, "dev", "/")

    await expect(page.get_by_role("navigation", name="Pages")).to_have_count(1)
    await expect(page.get_by_role("link", name="Insights")).to_be_visible()
    await expect(page.get_by_text("Menu", exact=True)).to_be_hidden()
    assert await page.get_by_role("banner").evaluate("e => e.offsetHeight") < TWO_LINES / 2 + 10
    await page.context.close()
