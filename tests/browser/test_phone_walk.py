"""An incident from its declaration to its end, on a phone's screen: nothing is out of reach."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Open, message, write
from tests.browser.steps import CHANNEL, NARROW, card, declare, form, go, keep, open_muster, send
from tests.scenarios.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


class Phone:
    """A narrow window, and what is seen in it after each step."""

    def __init__(self, page: Page, muster: World) -> None:
        self.page, self.muster = page, muster

    async def press(self, where: Locator, label: str) -> None:
        """Press a button that a thumb can reach once it is scrolled to."""
        button = where.get_by_role("button", name=label, exact=True).last
        await button.scroll_into_view_if_needed()
        await expect(button).to_be_in_viewport(ratio=1)
        await button.click()
        await self.muster.settle()

    async def shows(self, name: str) -> None:
        """Keep a picture; nothing is wider than the screen."""
        assert await self.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        await keep(self.page, f"phone-walk-{name}")

    async def become(self, name: str, place: str = CHANNEL) -> None:
        await self.page.keyboard.press("Alt+p")
        await self.page.get_by_role("menuitemradio", name=name).click()
        await self.page.get_by_role("heading", level=1).first.wait_for()
        await self.opens(place)

    async def opens(self, place: str) -> None:
        await self.page.locator(".drawer-button").first.click()
        await (open_muster(self.page) if place == "muster" else go(self.page, place))

    async def types(self, text: str) -> None:
        await write(self.page, text)
        await self.muster.settle()


async def test_from_the_declaration_to_the_end(muster: World, open_page: Open) -> None:
    page = await open_page("dev", viewport=NARROW)
    phone = Phone(page, muster)
    await declare(page, "S2")
    await muster.settle()
    await phone.shows("declared")

    await phone.become("Ana Ferreira", "muster")
    await phone.press(message(page, "paged").last, "Acknowledge")
    await phone.shows("acknowledged")
    await phone.become("Inés Navarro", "muster")
    await phone.press(message(page, "paged").last, "Acknowledge")

    await phone.opens(CHANNEL)
    await phone.press(card(page), "Update")
    await form(page, "Send an update").get_by_role("textbox").fill("One in ten payments fails.")
    await send(page, "Send an update", "Send")
    await expect(message(page, "Update on INC-1").last).to_contain_text("One in ten payments fails.")
    await phone.types("It began with the deployment of 11:48")
    await message(page, "It began").hover()
    await page.get_by_role("button", name="React with pushpin").click()
    await phone.types("/inc action Roll back @ana")
    await expect(message(page, "Roll back").last).to_be_visible()
    await phone.types("/inc field customer-impact yes")
    await phone.types("/inc status monitoring")
    await expect(card(page)).to_contain_text("Monitoring")
    await phone.types("/inc")
    await phone.shows("panel")

    await phone.types("/inc resolve")
    await form(page, "Resolve INC-1").get_by_role("radio").first.check()
    await phone.shows("resolving")
    await send(page, "Resolve INC-1", "Resolve")
    await muster.settle()
    await phone.shows("resolved")
    await phone.types("/inc status post-incident")
    await phone.types("/inc review done anyway")
    await phone.types("/inc close")
    await muster.settle()
    await expect(card(page)).to_contain_text("Closed")
    await expect(message(page, "INC-1 is now Closed").get_by_role("button", name="Undo")).to_have_count(1)
    await phone.shows("closed")
