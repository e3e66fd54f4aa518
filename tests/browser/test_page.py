"""What people do in the browser: writing, marking, threads, and two of them at once."""

import re

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncApp

from sandbox.slack import Slack
from tests.browser.conftest import Open, box, message, write

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_two_windows_see_each_other_live(slack: Slack, open_page: Open) -> None:
    ana, bo = await open_page("ana"), await open_page("bo")

    await write(ana, "hello <b>there</b> @bo, see *this* :eyes:")

    seen = message(bo, "hello <b>there</b>")
    await expect(seen.locator(".mention.me")).to_have_text("@Bo Seo")
    await expect(seen.locator("strong")).to_have_text("this")
    await expect(seen.locator(".author")).to_have_text("Ana Ferreira")
    await expect(bo.locator("#announcer")).to_contain_text("Ana Ferreira: hello")


async def test_a_message_elsewhere_is_marked_unread(slack: Slack, open_page: Open) -> None:
    bo = await open_page("bo", "backend")

    await slack.person("ana").say("general", "lunch?")
    await slack.person("ana").say("general", "@bo lunch!")

    place = bo.locator("[data-place=C0GENERAL1]")
    await expect(place).to_have_class(re.compile("unread"))
    await expect(place.locator(".mentions")).to_have_text("1")
    await place.click()
    await expect(bo.locator(".fresh")).to_be_visible()
    await expect(place).not_to_have_class(re.compile("unread"))


async def test_a_pushpin_is_the_first_reaction_offered(slack: Slack, open_page: Open) -> None:
    said = await slack.person("bo").say("general", "it began at nine")
    ana = await open_page("ana")

    await message(ana, "it began").hover()
    first = ana.get_by_role("toolbar", name="Message actions").get_by_role("button").first
    await expect(first).to_have_accessible_name("React with pushpin")
    await first.click()

    pill = message(ana, "it began").locator(".reaction", has_text="1")
    await expect(pill).to_have_attribute("aria-pressed", "true")
    assert slack.workspace.channel("general").find(said["ts"])["reactions"][0]["name"] == "pushpin"  # type: ignore[index]
    await pill.click()
    await expect(pill).to_have_count(0)


async def choose_action(page: Page, text: str, action: str) -> None:
    await message(page, text).hover()
    await page.get_by_role("button", name="More actions", exact=True).click()
    await page.get_by_role("menuitem", name=action).click()


async def test_a_message_is_pinned_and_let_go(slack: Slack, open_page: Open) -> None:
    await slack.person("bo").say("general", "the database is full")
    ana, bo = await open_page("ana"), await open_page("bo")

    await choose_action(ana, "database", "Pin to channel")

    await expect(message(ana, "database")).to_contain_text("Pinned by you")
    await expect(message(bo, "database")).to_contain_text("Pinned by Ana Ferreira")
    await bo.get_by_role("button", name="1 Pinned").click()
    await expect(bo.get_by_role("dialog", name="Pinned messages")).to_contain_text("the database is full")
    await bo.keyboard.press("Escape")
    await choose_action(ana, "database", "Un-pin")
    await expect(message(bo, "database")).not_to_contain_text("Pinned")


async def test_people_answer_in_a_thread(slack: Slack, open_page: Open) -> None:
    said = await slack.person("bo").say("general", "who looks at this?")
    ana = await open_page("ana")
    await message(ana, "who looks").hover()
    await ana.get_by_role("button", name="Reply in thread").click()

    reply = ana.get_by_role("textbox", name="Reply")
    await reply.fill("I do")
    await reply.press("Enter")
    await reply.fill("/inc declare")
    await reply.press("Enter")

    thread = ana.locator("#thread")
    await expect(thread.locator(".message", has_text="I do")).to_be_visible()
    await expect(thread).to_contain_text("/inc is not supported in threads. Sorry!")
    await expect(message(ana, "who looks").locator(".reply-count")).to_have_text("1 reply")
    assert [one["text"] for one in slack.person("bo").messages("general", said["ts"])][1:] == ["I do"]


async def test_own_messages_are_edited_and_deleted(slack: Slack, open_page: Open) -> None:
    ana = await open_page("ana")
    await write(ana, "teh @bo typo")

    await choose_action(ana, "typo", "Edit message")
    area = ana.get_by_role("textbox", name="Edit message")
    await expect(area).to_have_value("teh @bo typo")
    await area.fill("the @bo typo")
    await area.press("Enter")

    await expect(message(ana, "typo")).to_contain_text("the @Bo Seo typo (edited)")
    await choose_action(ana, "typo", "Delete message")
    await ana.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(message(ana, "typo")).to_have_count(0)


async def test_shift_enter_makes_a_line_and_names_are_completed(slack: Slack, open_page: Open) -> None:
    ana = await open_page("ana")

    await box(ana).press_sequentially("ask @in")
    await expect(ana.get_by_role("listbox", name="Suggestions")).to_contain_text("Inés Navarro")
    await box(ana).press("Enter")
    await box(ana).press("Shift+Enter")
    await box(ana).press_sequentially("in #back")
    await box(ana).press("Tab")
    await box(ana).press("Enter")

    await expect(message(ana, "ask")).to_have_count(1)
    assert (
        slack.person("bo").messages("general")[-1]["text"] == "ask <@U0INES0003> \nin <#C0BACKEND7|backend> "
    )


async def test_a_stranger_to_a_channel_joins_it_first(slack: Slack, open_page: Open) -> None:
    bo = await open_page("bo", "frontend")
    await expect(box(bo)).to_have_count(0)

    await bo.get_by_role("button", name="Join Channel").click()

    await expect(box(bo)).to_be_visible()
    await expect(message(bo, "joined #frontend.")).to_be_visible()
    await expect(bo.locator("[data-place=C0FRONTND8]")).to_have_attribute("aria-current", "page")


async def test_a_link_to_a_message_leads_to_it(slack: Slack, app: AsyncApp, open_page: Open) -> None:
    said = await slack.person("bo").say("general", "the very message")
    link = (await app.client.chat_getPermalink(channel="C0GENERAL1", message_ts=said["ts"]))["permalink"]
    await slack.person("bo").say("backend", f"see {link}")
    ana = await open_page("ana", "backend")

    await message(ana, "see https://").get_by_role("link").click()

    await expect(message(ana, "the very message")).to_be_focused()
    await expect(ana).to_have_title(re.compile("#general"))


async def test_the_clock_is_moved_on(slack: Slack, open_page: Open) -> None:
    ana, bo = await open_page("ana"), await open_page("bo")
    await expect(ana.locator(".clock-time")).to_have_text("Today 12:00 PM")

    await ana.get_by_role("button", name="Start a message").click()
    await ana.get_by_role("dialog").get_by_text("Ren Sato").click()
    await expect(ana.locator("#pane .topic")).to_contain_text(":00 PM in ")
    await ana.get_by_role("button", name="Move the time on by 15 minutes").click()

    await expect(ana.locator(".clock-time")).to_have_text("Today 12:15 PM")
    await expect(ana.locator(".whoami-time")).to_have_text("12:15 PM in Lisbon")
    await expect(ana.locator("#pane .topic")).to_contain_text(":15 PM in ")
    await expect(bo.locator(".clock-time")).to_have_text("Today 9:15 PM")


async def test_one_becomes_somebody_else(slack: Slack, open_page: Open) -> None:
    ana = await open_page("ana")

    await ana.get_by_role("button", name="You are Ana Ferreira").click()
    await ana.get_by_role("menuitemradio", name="Ren Sato").click()

    await expect(ana.locator(".whoami")).to_contain_text("Ren Sato")
    await expect(ana).to_have_url(re.compile(r"\?user=ren#C0GENERAL1"))

    await ana.goto(slack.url)
    await expect(ana.locator(".whoami")).to_contain_text("Ren Sato")


async def test_a_private_channel_is_nowhere_for_outsiders(slack: Slack, open_page: Open) -> None:
    ana, lena = await open_page("ana"), await open_page("lena")

    await expect(lena.locator(".place", has_text="leadership")).to_be_visible()
    await expect(ana.locator(".place", has_text="leadership")).to_have_count(0)
    await ana.goto(f"{slack.url}/?user=ana#C0LEADERS9")
    await expect(ana.get_by_role("alert")).to_contain_text("you cannot see it")


async def test_on_a_phone_the_sidebar_is_a_drawer(slack: Slack, open_page: Open) -> None:
    ana = await open_page("ana", viewport={"width": 360, "height": 740}, has_touch=True)
    await expect(ana.locator("#sidebar")).not_to_be_visible()

    await ana.get_by_role("button", name="Open the sidebar").click()
    await ana.get_by_role("link", name="backend").click()

    await expect(ana.locator("h1")).to_contain_text("backend")
    await expect(ana.locator("#sidebar")).not_to_be_visible()
    assert await ana.evaluate("document.documentElement.scrollWidth") == 360
