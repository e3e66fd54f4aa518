"""Steps that people take on the page with the bot, and the pictures that are kept of it."""

import re
from pathlib import Path
from typing import Any

from playwright.async_api import Page, ViewportSize

from tests.browser.conftest import message, write

SHOTS = Path(__file__).parents[2] / "artifacts" / "screenshots"
WIDE, NARROW = ViewportSize(width=1280, height=800), ViewportSize(width=360, height=740)
CHANNEL = "inc-1-checkout-is-down"


async def keep(page: Page, name: str) -> None:
    """Keep four pictures of what is shown now: wide and narrow, light and dark."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for width, size in (("1280", WIDE), ("360", NARROW)):
        await page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await page.screenshot(path=SHOTS / f"{name}-{width}-{scheme}.png", animations="disabled")
    await page.emulate_media(color_scheme=None, reduced_motion=None)
    if before:
        await page.set_viewport_size(before)


async def go(page: Page, place: str) -> None:
    """Choose a channel or a conversation at the left."""
    links = page.get_by_role("navigation").get_by_role("link")
    await links.filter(has=page.get_by_text(place, exact=True)).click()
    await page.locator("#pane .head h1").get_by_text(place, exact=True).wait_for()


async def open_muster(page: Page) -> None:
    """Open the messages that the bot wrote to this person."""
    await go(page, "muster")


async def advance(page: Page, minutes: int) -> None:
    """Press a button of the clock bar."""
    await page.get_by_role("button", name=re.compile(f"by {minutes} minute")).click()


def form(page: Page, name: str) -> Any:
    return page.get_by_role("dialog", name=name)


async def send(page: Page, name: str, button: str) -> None:
    """Send a form, and see it close."""
    await form(page, name).get_by_role("button", name=button, exact=True).click()
    await form(page, name).wait_for(state="detached")


async def declare(page: Page, *choices: str, name: str = "Checkout is down") -> None:
    """Declare an incident and see its form close. `choices` are radio buttons: how their labels begin."""
    await write(page, "/inc")
    opened = form(page, "Declare an incident")
    await opened.get_by_label("Name").fill(name)
    for chosen in choices:
        await opened.get_by_role("radio", name=re.compile(f"^{chosen}")).check()
    await send(page, "Declare an incident", "Declare")


def card(page: Page) -> Any:
    return message(page, "INC-1 Checkout is down").filter(has=page.get_by_role("heading", name="INC-1"))


async def act_on(page: Page, text: str, action: str) -> None:
    """Choose from a message's menu."""
    await message(page, text).first.hover()
    await page.get_by_role("button", name="More actions", exact=True).click()
    await page.get_by_role("menuitem", name=action).click()
