"""The drawer: what went over the wire, and the switches that make Slack misbehave."""

import re

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncApp

from sandbox.slack import Slack
from tests.browser.conftest import Open, message, write

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def inspect(page: Page, tab: str = "Traffic") -> None:
    await page.get_by_role("button", name="Inspector").click()
    await page.get_by_role("tab", name=tab).click()


async def test_every_call_event_and_ack_is_shown(app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana")
    await expect(ana.locator("#inspector")).to_be_hidden()
    await inspect(ana)

    await write(ana, "/inc status")
    await message(ana, "You typed status").wait_for()

    entries = ana.get_by_role("listitem").filter(has=ana.locator(".entry-method"))
    sent = entries.filter(has_text="The app was sent").filter(has_text="slash_commands").first
    await expect(sent.locator(".entry-note")).to_have_text(re.compile(r"^[\d.]+ ms$"))
    await expect(sent.locator(".entry-time")).to_have_text(re.compile(r"^12:\d\d:\d\d PM$"))
    await sent.locator("summary").click()
    await expect(sent.get_by_role("region", name="Arguments")).to_contain_text('"text": "status"')
    await expect(entries.filter(has_text="The app answered").first).to_be_visible()


async def test_traffic_is_filtered(app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana")
    await inspect(ana)
    methods = ana.locator(".entry-method")
    await expect(methods.filter(has_text="auth.test").first).to_be_visible()

    await ana.get_by_role("searchbox", name="Filter by method").fill("apps.*")
    await expect(methods).to_have_text(["apps.connections.open"])
    await ana.get_by_role("button", name="Calls").click()
    await expect(ana.get_by_text("Nothing yet.")).to_be_visible()
    await ana.get_by_role("button", name="Calls").click()
    await expect(methods).to_have_text(["apps.connections.open"])


async def test_a_call_is_copied_as_python(slack: Slack, app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana", permissions=["clipboard-read", "clipboard-write"])
    await app.client.chat_postMessage(channel="C0GENERAL1", text="hello")
    await inspect(ana)
    call = ana.locator(".entry", has_text="chat.postMessage").first
    await call.locator("summary").click()

    await call.get_by_role("button", name="Copy as Python").click()

    await expect(call.get_by_role("button", name="Copied")).to_be_visible()
    copied = await ana.evaluate("navigator.clipboard.readText()")
    assert "chat_postMessage(" in copied
    compile(copied, "copied", "exec")


async def test_slack_is_switched_off_and_on(slack: Slack, app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana")
    await inspect(ana, "Faults")
    down = ana.get_by_role("switch", name="Slack is down")

    await down.check()
    await expect(ana.locator(".switch-top")).to_contain_text("Slack is being disturbed.")
    assert slack.api.down
    await ana.get_by_role("button", name="Back to normal").click()

    await expect(down).not_to_be_checked()
    await expect(ana.locator(".switch-top")).to_contain_text("Slack works as it should.")
    assert not slack.api.down


async def test_faults_are_made(slack: Slack, app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana")
    await inspect(ana, "Faults")

    await ana.get_by_role("button", name="Three calls are rate limited").click()
    await expect(ana.locator(".waiting li")).to_have_text(["* ratelimit 5 · 3 times"])
    await ana.get_by_text("Another fault").click()
    await ana.get_by_label("Method", exact=True).fill("pins.*")
    await ana.get_by_label("Fault", exact=True).select_option("error")
    await ana.get_by_label("Slack's error code").fill("no_pin")
    await ana.get_by_role("button", name="Add").click()
    await expect(ana.locator(".waiting li")).to_have_count(2)
    await ana.get_by_role("switch", name="Everything arrives twice").check()
    await ana.get_by_role("spinbutton", name="Every call takes longer").fill("300")
    await ana.get_by_role("spinbutton", name="Every call takes longer").press("Tab")

    await expect(ana.locator("body")).to_have_class(re.compile("has-faults"))
    made = [(fault.method, fault.kind, fault.value) for fault in slack.faults]
    assert made == [("*", "ratelimit", 5), ("pins.*", "error", "no_pin")]


async def test_the_drawer_is_left_by_escape(app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana")
    await ana.keyboard.press("Alt+i")
    await expect(ana.get_by_role("tab", name="Traffic")).to_be_focused()
    await ana.keyboard.press("ArrowRight")
    await expect(ana.get_by_role("tab", name="Faults")).to_be_focused()

    await ana.keyboard.press("Escape")

    await expect(ana.locator("#inspector")).to_be_hidden()
