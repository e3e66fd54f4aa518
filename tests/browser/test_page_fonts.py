"""Which font draws what: the page's own, on any machine, and an emoji font nothing but emoji."""

from typing import Any

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncApp

from sandbox.slack import Slack
from tests.browser.conftest import ANY_FONTS, Open, message, write
from tests.browser.steps import NARROW, WIDE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

EMOJI = "Noto Color Emoji"
TEXT = "0 1 2 3 4 5 6 7 8 9 # * and words"
SIZES = pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "360"])
OFF_THE_SIDE = """() => [...document.querySelectorAll("button")].filter((one) => {
    const {left, right, width} = one.getBoundingClientRect();
    return one.checkVisibility() && width && !one.closest(".sidebar") && (left < 0 || right > innerWidth);
}).map((one) => one.outerHTML)"""


WIDTH = """(text) => {
    const node = document.querySelector(".clock-time").cloneNode();
    node.style.cssText = "min-width:0; position:absolute";
    node.textContent = text;
    document.body.append(node);
    return node.getBoundingClientRect().width;
}"""


async def drawn_with(page: Page, selector: str) -> set[str]:
    """The families that draw the text in the elements that fit."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("DOM.enable")
    await devtools.send("CSS.enable")
    root = (await devtools.send("DOM.getDocument"))["root"]["nodeId"]
    found = await devtools.send(
        "DOM.querySelectorAll", {"nodeId": root, "selector": f"{selector}, {selector} *"}
    )
    used = [await devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node}) for node in found["nodeIds"]]
    return {font["familyName"] for one in used for font in one["fonts"]}


@ANY_FONTS
async def test_an_emoji_font_draws_no_digits_signs_or_spaces(
    app: AsyncApp, open_page: Open, fonts: str
) -> None:
    ana = await open_page("ana")
    await write(ana, TEXT)
    await message(ana, TEXT).wait_for()

    for selector in (".clock", ".message .text", ".message time", "#pane h1"):
        used = await drawn_with(ana, selector)
        assert used
        assert EMOJI not in used, selector
        if fonts.startswith("own"):
            assert {name.split()[0] for name in used} == {"Inter"}, selector


@pytest.mark.parametrize(
    "fonts", ["own with emoji", pytest.param("machine with emoji", marks=pytest.mark.proof)]
)
async def test_emoji_come_from_the_machine(app: AsyncApp, open_page: Open, fonts: str) -> None:
    ana = await open_page("ana")
    await write(ana, "done :tada: and typed 📌")
    await message(ana, "done").wait_for()

    assert EMOJI in await drawn_with(ana, ".message .emoji")
    assert EMOJI in await drawn_with(ana, ".message .text")


@ANY_FONTS
@SIZES
async def test_every_button_is_on_the_screen(
    slack: Slack, app: AsyncApp, open_page: Open, fonts: str, viewport: Any
) -> None:
    ana = await open_page("ana", viewport=viewport, has_touch=True)
    await ana.evaluate("document.fonts.ready")

    for name in ("Move the time on by 15 minutes", "Inspector", "Ana Ferreira’s phone", "Help and settings"):
        await expect(ana.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    assert await ana.evaluate(OFF_THE_SIDE) == []


async def test_figures_that_count_are_equally_wide(app: AsyncApp, open_page: Open, fonts: str) -> None:
    ana = await open_page("ana")
    assert await ana.evaluate(WIDTH, "11:11") == await ana.evaluate(WIDTH, "08:48")
