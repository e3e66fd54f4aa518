"""The status page's editor in a browser: wide and on a phone, in the dark, by keyboard, without scripts."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.config import load
from tests.browser.test_page_accessibility import complaints
from tests.scenarios.browser.test_status_page import SECTION
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import inc

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = "<img src=x onerror=alert(1)> 'quoted' & \"double\" " + "long" * 40


async def fits(page: Page) -> None:
    """See that a page is whole and readable on a phone and on a desk, in the light and in the dark."""
    for width in (1280, 360):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.locator("html").evaluate("e => e.scrollWidth") <= width
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            assert await complaints(page) == []
    assert len((await page.content()).encode()) < 60_000


async def test_a_notice_is_written_by_keyboard_without_a_script(
    browser: Browser, muster: World, tmp_path: Path
):
    path = tmp_path / "muster.yml"
    path.write_text(CONFIG.read_text() + SECTION)
    await muster.stop()
    muster.config, muster.public_url = load(path), "http://127.0.0.1:{port}"
    await muster.start()
    muster.slack.sign_in.redirects = (f"{muster.muster.links.base}",)
    await muster.declare("dev", name=HOSTILE[:90], severity="S3")
    await muster.pass_minutes(1)
    channel = next(
        one.name for one in muster.slack.workspace.channels.values() if (one.name or "").startswith("inc-1-")
    )
    await inc(muster, "dev", "public degraded", channel=str(channel))
    await inc(muster, "ana", "ack", channel=str(channel))
    await inc(muster, "ana", "public confirm", channel=str(channel))
    await inc(muster, "ana", 'maintenance "Upgrade" C3 tomorrow 09:00-11:00 services web', "general")
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.route("**/static/*.js*", lambda route: route.abort())
    await page.goto(f"{muster.muster.links.base}/incidents/INC-1/public")
    await page.get_by_role("link", name="Sign in with Slack").click()
    await page.get_by_role("button", name="(ana)").click()

    await page.get_by_label("What customers read").fill(HOSTILE)
    async with context.expect_page() as opened:
        await page.get_by_label("API").check()
        await page.get_by_role("button", name="Preview").press("Enter")
    preview = await opened.value
    await expect(preview.get_by_text("Nothing of this is published yet")).to_be_visible()
    await expect(preview.get_by_role("article").filter(has_text=HOSTILE)).to_be_visible()
    assert await complaints(preview) == []
    await preview.close()
    await page.get_by_role("button", name="Save the draft").press("Enter")
    await expect(page.get_by_label("What customers read")).to_have_value(HOSTILE)
    await expect(page.get_by_label("API")).to_be_checked()
    await page.get_by_label("API").uncheck()
    await page.get_by_role("button", name="Publish", exact=True).press("Enter")
    await expect(page.get_by_role("alert").filter(has_text="Choose what is affected")).to_be_visible()
    await fits(page)
    await page.get_by_label("API").check()
    await page.get_by_role("button", name="Publish", exact=True).press("Enter")
    await expect(page.get_by_role("heading", name="Degraded Performance: API")).to_be_visible()
    await fits(page)
    await page.get_by_role("link", name="Status page", exact=True).first.click()
    await expect(page.get_by_role("heading", name="Degraded Performance: API")).to_be_visible()
    await fits(page)
    await page.get_by_role("link", name="MNT-1").click()
    await expect(page.get_by_label("What customers read")).to_be_visible()
    await fits(page)
    await context.close()
