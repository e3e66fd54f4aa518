"""The page without a mouse, and on the narrowest of phones."""

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncApp

from sandbox.slack import Slack
from tests.browser.conftest import ANY_FONTS, Open, box, message, write
from tests.browser.steps import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FOCUSED = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"


async def tab_through(page: Page, most: int = 60) -> list[str]:
    """What gets the focus, in order, from the top of the page."""
    await page.locator("#skip").focus()
    found: list[str] = [await page.evaluate(FOCUSED)]
    for _ in range(most):
        await page.keyboard.press("Tab")
        name = await page.evaluate(FOCUSED)
        found.append(name)
    return found


async def test_the_focus_goes_from_the_top_to_the_message_box(slack: Slack, open_page: Open) -> None:
    await slack.person("bo").say("general", "hello")
    ana = await open_page("ana")
    await message(ana, "hello").wait_for()

    names = await tab_through(ana)

    wanted = [
        "Skip to the message box",
        "Move the time on by 1 minute",
        "Help and settings",
        "backend",
    ]
    wanted += ["Details of general", "Bo Seo, 12:00 PM", "Message #general", "Send now"]
    assert [one for one in wanted if not any(name.startswith(one) for name in names)] == []
    places = [next(i for i, name in enumerate(names) if name.startswith(one)) for one in wanted]
    assert places == sorted(places)


async def test_a_whole_conversation_without_a_mouse(app: AsyncApp, slack: Slack, open_page: Open) -> None:
    ana = await open_page("ana", "backend")
    await ana.keyboard.press("Control+k")
    await ana.keyboard.type("gener")
    await ana.keyboard.press("Enter")
    await expect(ana.locator("#pane h1")).to_contain_text("general")

    await ana.keyboard.press("Tab")
    await ana.get_by_role("link", name="Skip to the message box").focus()
    await ana.keyboard.press("Enter")
    await expect(box(ana)).to_be_focused()
    await ana.keyboard.type("first")
    await ana.keyboard.press("Enter")
    await ana.keyboard.type("second")
    await ana.keyboard.press("Enter")
    await message(ana, "second").wait_for()

    await message(ana, "second").focus()
    await ana.keyboard.press("ArrowUp")
    await expect(message(ana, "first")).to_be_focused()
    await ana.get_by_role("toolbar", name="Message actions").get_by_role("button").first.focus()
    await ana.keyboard.press("Enter")
    await expect(message(ana, "first").locator(".reaction.mine")).to_be_visible()

    await ana.keyboard.press("Alt+ArrowUp")
    await expect(ana.locator("#pane h1")).to_contain_text("backend")


async def test_the_keys_are_told(app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana")

    await ana.keyboard.press("Control+/")

    await expect(ana.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Be somebody else")


async def test_unread_conversations_are_walked(slack: Slack, open_page: Open) -> None:
    ana = await open_page("ana", "backend")
    await slack.person("bo").say("random", "look at this")
    await expect(ana.locator(".place.unread")).to_have_count(1)

    await ana.keyboard.press("Alt+Shift+ArrowDown")

    await expect(ana.locator("#pane h1")).to_contain_text("random")


@ANY_FONTS
async def test_nothing_is_wider_than_a_phone(app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana", viewport=NARROW, has_touch=True)
    wide = "document.documentElement.scrollWidth"
    assert await ana.evaluate(wide) == 360
    for name in ("Move the time on by 15 minutes", "Let the time run 60 times as fast", "Help and settings"):
        await expect(ana.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)

    await ana.get_by_role("button", name="Help and settings").click()
    await ana.get_by_role("menuitem", name="Inspector").click()
    await ana.get_by_role("tab", name="Faults").click()
    assert await ana.evaluate(wide) == 360
    await ana.get_by_role("button", name="Close the inspector").click()
    await write(ana, "x" * 200)
    await message(ana, "xxx").wait_for()
    assert await ana.evaluate(wide) == 360
