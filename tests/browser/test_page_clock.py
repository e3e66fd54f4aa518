"""The clock bar, the deadlines that count down, and what says that somebody is wanted."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncApp

from sandbox.slack import Slack
from tests.browser.conftest import ANY_FONTS, Open, message
from tests.fakes import FakeClock

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def say_when(app: AsyncApp, clock: FakeClock, minutes: float, text: str) -> None:
    """Let the app write of a moment so many minutes from now."""
    at = int((clock.now() + timedelta(minutes=minutes)).timestamp())
    await app.client.chat_postMessage(channel="C0GENERAL1", text=f"{text} <!date^{at}^{{time}}|then>")


async def test_a_deadline_counts_down_and_passes(app: AsyncApp, clock: FakeClock, open_page: Open) -> None:
    ana = await open_page("ana")
    await say_when(app, clock, 5, "answer by")
    await say_when(app, clock, -5, "it began at")
    await say_when(app, clock, 90, "then, at")

    deadline = message(ana, "answer by").get_by_role("timer")
    await expect(deadline).to_have_text(re.compile(r"^in (5:00|4:5\d)$"))
    await expect(message(ana, "then, at").get_by_role("timer")).to_have_text(
        re.compile(r"^in 1:(30:00|29:\d\d)$")
    )
    await expect(message(ana, "it began").get_by_role("timer")).to_have_count(0)
    await ana.get_by_role("button", name="Move the time on by 5 minutes").click()
    await expect(deadline).to_have_text(re.compile(r"^passed 0:\d\d ago$"))


@ANY_FONTS
async def test_nothing_moves_while_a_deadline_counts(
    app: AsyncApp, clock: FakeClock, open_page: Open
) -> None:
    ana = await open_page("ana")
    await say_when(app, clock, 10, "answer by")
    deadline = message(ana, "answer by").get_by_role("timer")
    await expect(deadline).to_have_text(re.compile("^in "))
    before = await deadline.bounding_box()

    await expect(deadline).to_have_text(re.compile("^in 9:5"))

    assert await deadline.bounding_box() == before


async def test_time_runs_faster(slack: Slack, open_page: Open) -> None:
    ana, bo = await open_page("ana"), await open_page("bo")
    faster = ana.get_by_role("button", name="Let the time run 60 times as fast")

    await faster.click()

    await expect(faster).to_have_attribute("aria-pressed", "true")
    await expect(bo.get_by_role("button", name="60 times")).to_have_attribute("aria-pressed", "true")
    await expect(ana.locator(".clock-time")).to_have_text("Today 12:01 PM")
    await faster.click()
    await expect(faster).to_have_attribute("aria-pressed", "false")
    assert slack.pace.speed == 1


async def test_time_stands_still(slack: Slack, open_page: Open) -> None:
    held: list[bool] = []
    slack.pace.hold = held.append
    ana = await open_page("ana")

    await ana.get_by_role("button", name="Stop the time").click()
    await ana.get_by_role("button", name="Let the time run", exact=True).click()

    await expect(ana.get_by_role("button", name="Stop the time")).to_be_enabled()
    assert held == [True, False]


SILENT_AUDIO = """window.knocks = 0;
window.AudioContext = class {
    currentTime = 0;
    destination = null;
    createOscillator() {
        window.knocks += 1;
        return {frequency: {}, connect: (node) => node, start() {}, stop() {}};
    }
    createGain() {
        return {gain: {setValueAtTime() {}, exponentialRampToValueAtTime() {}}, connect: (node) => node};
    }
};
null;"""


async def knocks(page: Page) -> Any:
    return await page.evaluate("window.knocks")


async def page_bo(app: AsyncApp) -> None:
    opened = await app.client.conversations_open(users="U0BO000002")
    await app.client.chat_postMessage(channel=opened["channel"]["id"], text="You are paged")


async def test_a_page_knocks_and_shows_in_title_and_icon(app: AsyncApp, open_page: Open) -> None:
    bo = await open_page("bo")
    await bo.evaluate(SILENT_AUDIO)
    await bo.locator("#pane h1").click(position={"x": 2, "y": 2})
    await bo.keyboard.press("Escape")

    await page_bo(app)

    await expect(bo).to_have_title(re.compile(r"^\(1\) "))
    await expect(bo.locator("#icon")).to_have_attribute("href", "icon-news.svg")
    await expect(bo.get_by_role("link", name="muster").locator(".mentions")).to_have_text("1")
    await expect(bo.locator("#announcer")).to_contain_text("New notification in")
    assert await knocks(bo) == 2
    await bo.get_by_role("link", name="muster").click()
    await expect(bo).to_have_title(re.compile("^muster"))
    await expect(bo.locator("#icon")).to_have_attribute("href", "icon.svg")


async def test_the_sound_can_be_turned_off(app: AsyncApp, open_page: Open) -> None:
    bo = await open_page("bo")
    await bo.evaluate(SILENT_AUDIO)
    await bo.get_by_role("button", name="Help and settings").click()
    await bo.get_by_role("menuitem", name="Turn the sound off").click()

    await page_bo(app)

    await expect(bo).to_have_title(re.compile(r"^\(1\) "))
    assert await knocks(bo) == 0


async def test_the_switcher_shows_who_is_wanted(app: AsyncApp, open_page: Open) -> None:
    await page_bo(app)
    ana = await open_page("ana")

    await ana.keyboard.press("Alt+p")
    await expect(ana.get_by_role("menuitemradio", name="Bo Seo")).to_contain_text("1 notification")
    await expect(ana.get_by_role("menuitemradio", name="Inés")).to_contain_text("Incident Manager (IM)")
    await ana.keyboard.type("bo")
    await ana.keyboard.press("Enter")

    await expect(ana.locator(".whoami")).to_contain_text("Bo Seo")
