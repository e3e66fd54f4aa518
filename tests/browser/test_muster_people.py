"""Several people at once, outsiders, and somebody without a mouse."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open, box, message, write
from tests.browser.steps import CHANNEL, card, declare, form, go, keep, open_muster
from tests.scenarios.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_two_windows_follow_each_other(muster: World, open_page: Open) -> None:
    dev, ana = await open_page("dev"), await open_page("ana")
    await declare(dev, "S3")
    await go(dev, CHANNEL)
    await open_muster(ana)
    await expect(card(dev)).to_contain_text("Paging ana")

    await message(ana, "You are paged").get_by_role("button", name="Acknowledge").click()
    await expect(card(dev)).to_contain_text("Lead: ana")
    await expect(message(dev, "ana acknowledged as EOC")).to_be_visible()

    await go(ana, CHANNEL)
    await write(dev, "The new certificate is wrong")
    await expect(message(ana, "The new certificate is wrong")).to_be_visible()
    await message(ana, "The new certificate").hover()
    await ana.get_by_role("button", name="React with pushpin").click()
    await expect(message(dev, "The new certificate").locator(".reaction").first).to_contain_text("1")


async def test_an_outsider_sees_nothing_of_a_private_incident(muster: World, open_page: Open) -> None:
    dev, sam = await open_page("dev"), await open_page("sam")

    await declare(dev, "S3", "Private")
    await go(dev, CHANNEL)
    await expect(card(dev)).to_contain_text("private")
    await keep(dev, "private-channel")

    await expect(sam.get_by_role("navigation")).not_to_contain_text("checkout")
    await sam.get_by_role("button", name="Browse channels").click()
    browser = sam.get_by_role("dialog")
    await expect(browser).to_contain_text("frontend")
    await expect(browser).not_to_contain_text("checkout")
    await sam.keyboard.press("Escape")
    await go(sam, "incidents")
    await write(sam, "/inc list")
    await expect(message(sam, "Only visible to you")).to_contain_text("No incident is open")
    await expect(sam.locator("#pane")).not_to_contain_text("Checkout")


async def test_a_problem_is_triaged_and_accepted(muster: World, open_page: Open) -> None:
    sam, ines, ana = [await open_page(who) for who in ("sam", "ines", "ana")]
    await declare(sam, "S3", "Triage a problem")
    await go(ines, "incidents-dotcom-triage")
    asked = message(ines, "Is this an incident?")
    await expect(asked).to_contain_text("INC-1 Checkout is down")
    await keep(ines, "triage")

    await asked.get_by_role("button", name="Accept").click()

    await expect(message(ines, "Decided")).to_contain_text("It is Investigating now.")
    await keep(ines, "triage-accepted")
    await open_muster(ana)
    await expect(message(ana, "You are paged")).to_be_visible()
    await open_muster(sam)
    await expect(message(sam, "INC-1 Checkout is down")).to_be_visible()
    await keep(sam, "triage-greeting")


async def tab_to(page: Page, name: str, role: str = "button") -> None:
    """Press Tab until something of that name has the focus."""
    wanted = page.get_by_role(role, name=re.compile(f"^{name}"))  # type: ignore[arg-type]
    for _ in range(120):
        focused = page.locator(":focus")
        if await focused.count() and await wanted.and_(focused).count():
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached the {role} {name!r}")


async def test_declaring_and_acknowledging_without_a_mouse(muster: World, open_page: Open) -> None:
    dev = await open_page("dev")
    await tab_to(dev, "Message #general", "combobox")
    await dev.keyboard.type("/inc declare Checkout is down")
    await dev.keyboard.press("Enter")
    await form(dev, "Declare an incident").wait_for()
    await tab_to(dev, "Active incident", "radio")
    await tab_to(dev, "^S1", "radio")
    await dev.keyboard.press("Space")
    await expect(dev.get_by_role("radio", name=re.compile("^S1"))).to_be_checked()
    await dev.keyboard.press("ArrowDown")
    await dev.keyboard.press("ArrowDown")
    await expect(dev.get_by_role("radio", name=re.compile("^S3"))).to_be_checked()
    await tab_to(dev, "Declare$")
    await dev.keyboard.press("Enter")
    await form(dev, "Declare an incident").wait_for(state="detached")

    ana = await open_page("ana")
    await tab_to(ana, "muster", "link")
    await ana.keyboard.press("Enter")
    await message(ana, "You are paged").wait_for()
    await tab_to(ana, "Acknowledge")
    await ana.keyboard.press("Enter")

    await expect(message(ana, "You acknowledged this page")).to_be_visible()
    await tab_to(ana, CHANNEL, "link")
    await ana.keyboard.press("Enter")
    await expect(card(ana)).to_contain_text("Lead: ana")
    await expect(box(ana)).to_be_visible()
