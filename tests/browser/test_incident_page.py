"""The page of an incident in a browser: wide and on a phone, in the light and in the dark."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_page_accessibility import complaints
from tests.scenarios.browser.conftest import with_pages
from tests.scenarios.conftest import World
from tests.scenarios.look import inc

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = "<img src=x onerror=alert(1)> \u202edaol 'quoted' & \"double\" " + "long" * 30


CUT = "e => e.scrollWidth - e.clientWidth"
"""By how many pixels a table is wider than what is shown of it."""


async def test_an_incident_is_read_and_written_without_a_script(browser: Browser, muster: World):
    await with_pages(muster)
    await muster.declare("dev", name=HOSTILE, severity="S2", summary=f"{HOSTILE} https://x.test/{'y' * 90}")
    await muster.pass_minutes(3)
    await inc(muster, "ana", "ack", channel=_channel(muster))
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=True)
    page = await context.new_page()
    await page.route("**/static/*.js*", lambda route: route.abort())
    await page.goto(f"{muster.muster.links.base}/incidents/INC-1?show=all")
    await page.get_by_role("link", name="Sign in with Slack").click()
    await page.get_by_role("button", name="(dev)").click()
    await expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    await expect(page.get_by_role("img", name="Course of the incident")).to_be_visible()

    await page.get_by_text("Add to the timeline").click()
    await page.get_by_label("What happened").fill("The provider confirms it")
    await page.get_by_role("button", name="Add").click()

    await expect(page.get_by_text("The provider confirms it")).to_be_visible()
    await page.emulate_media(media="print")
    await expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    for what in ("Sign out", "Edit, hide or move in time", "Filter", "Add to the timeline"):
        await expect(page.get_by_text(what, exact=True)).to_be_hidden()
    await page.emulate_media(media="screen")
    await page.get_by_text("Filter", exact=True).click()
    assert await complaints(page) == []
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 360, "height": 740})
    assert await page.locator("html").evaluate("e => e.scrollWidth") <= 360
    assert await page.get_by_role("region", name="Who was called").evaluate(CUT) == 0
    assert await complaints(page) == []
    await page.goto(f"{muster.muster.links.base}/incidents")
    assert await page.locator("html").evaluate("e => e.scrollWidth") <= 360
    assert await page.get_by_role("region", name="Incidents found").evaluate(CUT) == 0
    assert await complaints(page) == []
    await context.close()


def _channel(world: World) -> str:
    names = (one.name or "" for one in world.slack.workspace.channels.values())
    return next(one for one in names if one.startswith("inc-1-"))
