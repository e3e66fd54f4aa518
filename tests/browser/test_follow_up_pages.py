"""The follow-ups in a browser: without a script, wide and on a phone, by keyboard."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_oncall_pages import looked_at, opened
from tests.scenarios.browser.conftest import with_pages
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, inc

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = "<img src=x onerror=alert(1)> \u202edaol 'quoted' & \"double\" " + "long" * 20


async def test_somebody_finds_a_follow_up_gives_it_away_and_ends_it(browser: Browser, muster: World):
    await with_pages(muster)
    await muster.declare("dev", severity="S2")
    await inc(muster, "dev", f"followup {HOSTILE} @ana due tomorrow", CHANNEL)
    await muster.settle()
    page = await opened(browser, muster, "ana", "/follow-ups?mine=yes")
    await looked_at(page)
    await page.get_by_role("link", name="img src=x").press("Enter")
    await page.get_by_text("Change", exact=True).press("Enter")
    await page.get_by_label("Owner").fill("zoe")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("I know nobody called “zoe”.")).to_be_visible()
    await looked_at(page)

    await page.get_by_label("Owner").fill("bo@example.com")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("The follow-up is changed.")
    await page.get_by_role("button", name="Done", exact=True).press("Enter")

    await expect(page.get_by_role("button", name="Open it again")).to_be_visible()
    await page.context.close()


async def test_somebody_adds_one_with_the_handbooks_examples_beside_the_form(browser: Browser, muster: World):
    await with_pages(muster)
    await muster.declare("dev", severity="S2")
    await muster.settle()
    page = await opened(browser, muster, "ana", "/incidents/INC-1")
    await page.get_by_role("link", name="Add a follow-up").press("Enter")
    await expect(page.get_by_role("table")).to_contain_text(
        "Add automated presubmit check for schema changes"
    )
    await page.get_by_label("What is to be done").fill("Improve the architecture")
    await page.get_by_label("Owner", exact=True).fill("me")
    await looked_at(page)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Better: (Time-bounded and specific)")
    await looked_at(page)

    await page.get_by_label("What is to be done").fill("Add a redundant node")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", name="Add a redundant node")).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("The follow-up is added.")
    await page.context.close()
