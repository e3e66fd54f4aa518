"""The first minutes: seven steps with the bot, and how one gets rid of them."""

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


async def test_the_tours_buttons_lead_through_the_story(muster: World, open_page: Open) -> None:
    dev = await open_page("", tour=True)
    await expect(tour(dev)).to_contain_text("1 of 7 Declare an incident")
    await help_me(dev, "Type it for me")
    await dev.keyboard.press("Enter")
    await form(dev, "Declare an incident").get_by_role("radio", name="S3").check()
    await send(dev, "Declare an incident", "Declare")

    await expect(tour(dev)).to_contain_text("2 of 7 Look at the page")
    await muster.settle()
    await help_me(dev, "Become Ana Ferreira")
    await help_me(dev, "Open your page")
    await expect(message(dev, "You are paged").get_by_role("timer")).to_have_text(re.compile("^in 1"))
    await expect(tour(dev)).to_contain_text("3 of 7 Let it go unanswered")
    await keep(dev, "tour")

    await help_me(dev, "Skip 15 minutes")
    await expect(tour(dev)).to_contain_text("4 of 7 Answer")
    await muster.settle()
    await help_me(dev, "Become Inés Navarro")
    await help_me(dev, "Open your page")
    await message(dev, "You are paged").get_by_role("button", name="Acknowledge").click()
    await muster.settle()
    await help_me(dev, "Open the channel")

    await expect(tour(dev)).to_contain_text("5 of 7 Read what happened")
    await message(dev, "acknowledged").last.hover()
    await dev.get_by_role("button", name="React with pushpin").click()
    await write(dev, "/inc timeline")

    await expect(tour(dev)).to_contain_text("6 of 7 Take Slack away")
    await help_me(dev, "Become Dev Kulkarni")
    await help_me(dev, "Type it for me")
    await dev.keyboard.press("Enter")
    await form(dev, "Declare an incident").get_by_role("radio", name="S3").check()
    await send(dev, "Declare an incident", "Declare")
    await muster.settle()
    await help_me(dev, "Take Slack away, skip 16 minutes")
    await expect(tour(dev)).to_contain_text("7 of 7 Answer on the phone")
    await help_me(dev, "Open the phone")
    others = dev.get_by_role("list", name="Other phones with something")
    await others.get_by_role("button", name="Be Inés Navarro").click()
    async with dev.context.expect_page() as opened:
        await dev.get_by_role("complementary", name="’s phone").get_by_role("link").last.click()
    answer = await opened.value
    await answer.get_by_role("button", name="Acknowledge").click()
    await expect(answer.get_by_role("main")).to_contain_text("You acknowledged this page.")
    await help_me(dev, "Bring Slack back")

    await expect(tour(dev)).to_contain_text("That is what good looks like")
    assert not muster.slack.api.down
    await tour(dev).get_by_role("button", name="Skip the tour").click()
    await dev.reload()
    await expect(tour(dev)).to_have_count(0)


async def test_the_tour_is_skipped_once_and_taken_again(app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana", tour=True)
    await tour(ana).get_by_role("button", name="Next").click()
    await ana.reload()
    await expect(tour(ana)).to_contain_text("2 of 7")

    await tour(ana).get_by_role("button", name="Skip the tour").click()
    await ana.reload()
    await ana.locator("#pane h1").wait_for()
    await expect(tour(ana)).to_have_count(0)

    await ana.get_by_role("button", name="Help and settings").click()
    await ana.get_by_role("menuitem", name="Take the tour").click()
    await expect(tour(ana)).to_contain_text("1 of 7")


async def test_the_tour_covers_nothing(app: AsyncApp, open_page: Open) -> None:
    for viewport in ({"width": 1280, "height": 800}, NARROW):
        ana = await open_page("ana", viewport=viewport, tour=True)
        strip, pane = await tour(ana).bounding_box(), await ana.locator("#pane").bounding_box()

        assert strip is not None
        assert pane is not None
        assert strip["y"] + strip["height"] <= pane["y"]
        assert pane["height"] > 400
        await ana.get_by_role("combobox", name="Message #general").click()
