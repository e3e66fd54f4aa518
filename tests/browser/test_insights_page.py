"""The page of insights in a browser: wide and on a phone, in the light and in the dark."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_page_accessibility import complaints
from tests.scenarios.browser.conftest import signed_in, with_pages
from tests.scenarios.conftest import World
from tests.scenarios.look import inc

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_figures_are_read_by_keyboard_and_without_a_script(browser: Browser, muster: World) -> None:
    await with_pages(muster)
    for severity in ("S2", "S3"):
        await muster.declare("dev", name=f"{'long' * 30} <b>", severity=severity)
    await inc(muster, "ana", f"field Affected services {'x' * 100}", channel=_channel(muster))
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    cookies = signed_in(muster, "dev")
    base = muster.muster.links.base or ""
    await context.add_cookies(
        [{"name": name, "value": value, "url": base} for name, value in cookies.items()]
    )
    page = await context.new_page()
    answered = await page.goto(f"{base}/insights")
    assert answered
    assert len(await answered.body()) < 60_000
    await expect(page.get_by_role("img", name="Incidents by day, 2 at most")).to_be_visible()
    await page.get_by_text("The same as a table").press("Enter")
    await expect(page.get_by_role("table").first).to_be_visible()
    await expect(page.get_by_role("row", name="2 March 2026 0 1 1 0 2")).to_be_visible()

    for scheme, width in (("light", 1280), ("dark", 360)):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await page.set_viewport_size({"width": width, "height": 740})
        assert await page.locator("html").evaluate("e => e.scrollWidth") <= width
        await page.screenshot()

    await page.get_by_role("link", name="2 incidents").press("Enter")
    await expect(page.get_by_role("heading", name="All that are counted")).to_be_visible()
    assert await page.locator("html").evaluate("e => e.scrollWidth") <= 360
    await context.close()


async def test_nothing_of_it_is_hard_to_read_for_anybody(browser: Browser, muster: World) -> None:
    await with_pages(muster)
    await muster.declare("dev", severity="S2")
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    base = muster.muster.links.base or ""
    cookies = signed_in(muster, "dev")
    await context.add_cookies(
        [{"name": name, "value": value, "url": base} for name, value in cookies.items()]
    )
    page = await context.new_page()

    for path in ("/insights", "/insights?from=1969-01-01&to=2026-03-01", "/insights/incidents?of=all"):
        await page.goto(f"{base}{path}")
        for each in await page.locator("summary").all():
            await each.click()
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert await complaints(page) == []
    await context.close()


def _channel(world: World) -> str:
    names = (one.name or "" for one in world.slack.workspace.channels.values())
    return next(one for one in names if one.startswith("inc-1-"))
