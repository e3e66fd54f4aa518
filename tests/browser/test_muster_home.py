"""The Home tab: somebody's shifts, and the phone that they add and verify by a code."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.steps import form, keep, open_muster
from tests.scenarios.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def home_of(page: Page) -> Any:
    await open_muster(page)
    await page.get_by_role("button", name="Home", exact=True).click()
    home = page.get_by_role("region", name="Home")
    await expect(home).to_contain_text("Your contact methods")
    return home


async def test_somebody_sees_their_shifts_and_adds_a_phone(muster: World, open_page: Open) -> None:
    await muster.declare("dev", name="Checkout is down")
    page = await open_page("ana")
    home = await home_of(page)
    await expect(home).to_contain_text("INC-1 Checkout is down")
    await expect(home.locator("pre")).to_contain_text("Mar [ 2][ 3][ 4]")
    await keep(page, "home")
    await home.get_by_text("Your contact methods").scroll_into_view_if_needed()

    await home.get_by_role("button", name="Add", exact=True).click()
    opened = form(page, "Contact method")
    await opened.get_by_label("Phone number for call").fill("21 555 0101")
    await opened.get_by_role("button", name="Send the code").click()
    await expect(opened).to_contain_text("no phone number with a country code")
    await opened.get_by_label("Phone number for call").fill("+351 21 555 0101")
    await opened.get_by_role("button", name="Send the code").click()
    asked = form(page, "Verify")
    await expect(asked).to_contain_text("+351215550101")
    await keep(page, "home-code")
    await muster.settle()
    said = await muster.slack.twilio.calls[-1].answer()
    await asked.get_by_label("Code").fill(re.sub(r"\D", "", said)[:6])
    await asked.get_by_role("button", name="Verify", exact=True).click()

    await expect(home).to_contain_text("Verified")
    await home.get_by_role("button", name="Change").nth(1).scroll_into_view_if_needed()
    await keep(page, "home-methods")
    await home.get_by_role("button", name="Change").nth(1).click()
    await expect(form(page, "Loud pages")).to_contain_text("Slack always calls you at once")
    await keep(page, "home-rule")
