"""What axe-core has to say about the page: nothing serious, in any of the main views."""

from importlib.resources import files
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import Open, message, write
from tests.browser.steps import NARROW, advance, declare, form, open_muster
from tests.scenarios.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
SETTLED = """() => document.getAnimations().every(
    one => one.playState !== 'running' || one.effect.getComputedTiming().endTime === Infinity)"""
"""What began before motion was reduced goes on to its end."""
BAD = {"serious", "critical"}
SCHEMES = pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.proof)])


async def complaints(page: Page) -> list[str]:
    """What axe-core finds serious, as `rule: where`. Nothing moves meanwhile: a colour half faded is none."""
    await page.emulate_media(reduced_motion="reduce")
    await expect(page.locator(".busy")).to_have_count(0)
    await page.wait_for_function(SETTLED)
    await page.evaluate(AXE)
    found: dict[str, Any] = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['target'][-1]} {node['failureSummary'].splitlines()[-1].strip()}"
        for one in found["violations"]
        if one["impact"] in BAD
        for node in one["nodes"]
    ]


@pytest_asyncio.fixture(loop_scope="session")
async def declared(muster: World, open_page: Open) -> World:
    """An incident is under way, and those on call are paged."""
    lia = await open_page("lia", "incidents")
    await declare(lia, "S1")
    await muster.settle()
    return muster


@SCHEMES
async def test_a_channel(declared: World, open_page: Open, scheme: str) -> None:
    ana = await open_page("ana", "inc-1-checkout-is-down", color_scheme=scheme)
    await message(ana, "checkout is down").first.wait_for()
    await message(ana, "checkout is down").first.hover()

    assert await complaints(ana) == []


@SCHEMES
async def test_a_page_by_direct_message(declared: World, open_page: Open, scheme: str) -> None:
    ana = await open_page("ana", color_scheme=scheme)
    await open_muster(ana)
    await ana.locator(".countdown").first.wait_for()

    assert await complaints(ana) == []
    await advance(ana, 15)
    await expect(ana.locator("#pane .message").first).to_be_visible()
    assert await complaints(ana) == []


@SCHEMES
async def test_an_open_form(muster: World, open_page: Open, scheme: str) -> None:
    ana = await open_page("ana", color_scheme=scheme)
    await write(ana, "/inc declare")
    declare_form = form(ana, "Declare an incident")
    await declare_form.wait_for()

    assert await complaints(ana) == []
    await declare_form.get_by_role("button", name="Declare", exact=True).click()
    await declare_form.locator(".error").first.wait_for()
    assert await complaints(ana) == []


@SCHEMES
async def test_a_thread(muster: World, open_page: Open, scheme: str) -> None:
    said = await muster.slack.person("bo").say("general", "who looks at this?")
    await muster.slack.person("bo").say("general", "I do", said["ts"])
    ana = await open_page("ana", color_scheme=scheme)
    await ana.get_by_role("button", name="1 reply").click()
    await ana.locator("#thread .message", has_text="I do").wait_for()

    assert await complaints(ana) == []


@SCHEMES
async def test_the_inspector(declared: World, open_page: Open, scheme: str) -> None:
    ana = await open_page("ana", color_scheme=scheme)
    await ana.get_by_role("button", name="Inspector").click()
    await ana.locator(".entry summary").first.click()

    assert await complaints(ana) == []
    await ana.get_by_role("tab", name="Faults").click()
    await ana.get_by_text("Another fault").click()
    await ana.get_by_role("switch", name="Slack is down").check()
    await expect(ana.locator(".switch-top")).to_contain_text("disturbed")
    assert await complaints(ana) == []


@SCHEMES
async def test_menus_and_dialogs(declared: World, open_page: Open, scheme: str) -> None:
    ana = await open_page("ana", color_scheme=scheme)
    await ana.keyboard.press("Alt+p")
    await ana.get_by_role("menu", name="Be somebody else").wait_for()
    assert await complaints(ana) == []

    await ana.keyboard.press("Escape")
    await ana.keyboard.press("Control+k")
    await ana.get_by_role("dialog", name="Jump to").wait_for()
    assert await complaints(ana) == []

    await ana.keyboard.press("Escape")
    await ana.get_by_role("button", name="Details of general").click()
    await ana.get_by_role("dialog").wait_for()
    assert await complaints(ana) == []


@SCHEMES
async def test_the_tour_on_a_phone(declared: World, open_page: Open, scheme: str) -> None:
    ana = await open_page(
        "ana", "inc-1-checkout-is-down", color_scheme=scheme, viewport=NARROW, has_touch=True, tour=True
    )
    await expect(ana.get_by_role("region", name="Guided tour")).to_contain_text("1 of 7")

    assert await complaints(ana) == []
    await ana.get_by_role("button", name="Open the sidebar").click()
    await ana.get_by_role("navigation").wait_for()
    assert await complaints(ana) == []
