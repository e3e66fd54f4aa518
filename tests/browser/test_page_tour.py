"""The first minute: six steps with the bot, and how one gets rid of them."""

import re

import pytest
from playwright.async_api import Locator, Page, expect
from slack_bolt.async_app import AsyncApp

from tests.browser.conftest import Open, message, write
from tests.browser.steps import NARROW, form, keep, send
from tests.scenarios.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def tour(page: Page) -> Locator:
    return page.get_by_role("region", name="Guided tour")


async def help_me(page: Page, label: str) -> None:
    await tour(page).get_by_role("button", name=re.compile(label)).click()


async def test_the_tour_from_end_to_end(muster: World, open_page: Open) -> None:
    ana = await open_page("ana", tour=True)
    await expect(tour(ana)).to_contain_text("1 of 6 Declare an incident")
    await help_me(ana, "Type it for me")
    await ana.keyboard.press("Enter")
    await form(ana, "Declare an incident").get_by_role("radio", name="S1").check()
    await send(ana, "Declare an incident", "Declare")

    await expect(tour(ana)).to_contain_text("2 of 6 See the page")
    await muster.settle()
    await help_me(ana, "Become Inés Navarro")
    await expect(message(ana, "You are paged").get_by_role("timer")).to_have_text(re.compile("^in 1"))
    await expect(tour(ana)).to_contain_text("3 of 6 Let it go unanswered")
    await keep(ana, "tour")

    await help_me(ana, "Skip 15 minutes")
    await expect(tour(ana)).to_contain_text("4 of 6 Take Slack away")
    await muster.settle()
    await help_me(ana, "Take Slack away, skip 16 minutes")
    await expect(tour(ana)).to_contain_text("5 of 6 Answer on the phone")
    await help_me(ana, "Open the phone")
    phone = ana.get_by_role("complementary", name="Lena Brandt’s phone")
    await expect(phone.get_by_role("listitem")).to_contain_text([re.compile("INC-1 the database is down")])
    await keep(ana, "tour-phone")
    async with ana.context.expect_page() as opened:
        await phone.get_by_role("link").click()
    answer = await opened.value
    await answer.get_by_role("button", name="Acknowledge").click()
    await expect(answer.get_by_role("main")).to_contain_text("You acknowledged this page.")
    await help_me(ana, "Bring Slack back")

    await expect(tour(ana)).to_contain_text("6 of 6 Pin, and look at the timeline")
    assert not muster.slack.api.down
    await help_me(ana, "Open the channel")
    await expect(phone).to_have_count(0)
    await message(ana, "acknowledged").last.hover()
    await ana.get_by_role("button", name="React with pushpin").click()
    await write(ana, "/inc timeline")
    await expect(message(ana, "Timeline of INC-1")).to_be_visible()
    await expect(tour(ana)).to_contain_text("That is the whole idea.")
    await tour(ana).get_by_role("button", name="Skip the tour").click()
    await ana.reload()
    await expect(tour(ana)).to_have_count(0)


async def test_the_tour_is_skipped_once_and_taken_again(app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana", tour=True)
    await tour(ana).get_by_role("button", name="Next").click()
    await ana.reload()
    await expect(tour(ana)).to_contain_text("2 of 6")

    await tour(ana).get_by_role("button", name="Skip the tour").click()
    await ana.reload()
    await ana.locator("#pane h1").wait_for()
    await expect(tour(ana)).to_have_count(0)

    await ana.get_by_role("button", name="Help and settings").click()
    await ana.get_by_role("menuitem", name="Take the tour").click()
    await expect(tour(ana)).to_contain_text("1 of 6")


async def test_the_tour_covers_nothing(app: AsyncApp, open_page: Open) -> None:
    for viewport in ({"width": 1280, "height": 800}, NARROW):
        ana = await open_page("ana", viewport=viewport, tour=True)
        strip, pane = await tour(ana).bounding_box(), await ana.locator("#pane").bounding_box()

        assert strip is not None
        assert pane is not None
        assert strip["y"] + strip["height"] <= pane["y"]
        assert pane["height"] > 400
        await ana.get_by_role("combobox", name="Message #general").click()
