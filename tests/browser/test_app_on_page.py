"""What an app shows in the browser: commands, forms, buttons and private answers."""

import re

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncApp

from sandbox.slack import Slack
from tests.browser.conftest import Open, box, message, write

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_command_is_completed_and_answered_in_private(app: AsyncApp, open_page: Open) -> None:
    ana, bo = await open_page("ana"), await open_page("bo")

    await box(ana).press_sequentially("/in")
    offers = ana.get_by_role("listbox", name="Suggestions")
    await expect(offers).to_contain_text("[declare | update")
    await box(ana).press("Enter")
    await expect(box(ana)).to_have_value("/inc ")
    await box(ana).press_sequentially("status")
    await box(ana).press("Enter")

    await expect(message(ana, "You typed status")).to_contain_text("Only visible to you")
    await expect(message(bo, "You typed status")).to_have_count(0)
    await ana.reload()
    await expect(message(ana, "You typed status")).to_have_count(0)


async def test_what_slack_itself_says_is_shown(slack: Slack, app: AsyncApp, open_page: Open) -> None:
    slack.patience = 0.2
    ana = await open_page("ana")

    await write(ana, "/nonsense")
    await write(ana, "/inc hang")

    await expect(message(ana, "/nonsense is not a valid command")).to_be_visible()
    await expect(message(ana, '/inc failed with the error "operation_timeout"')).to_be_visible()
    await expect(box(ana)).to_have_value("/inc hang")


async def open_form(page: Page) -> None:
    await write(page, "/inc form")
    await page.get_by_role("dialog", name="Report a problem").wait_for()


async def test_a_form_complains_under_the_field_and_is_sent(app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana")
    await open_form(ana)
    form = ana.get_by_role("dialog")
    name, severity = form.get_by_label("Name"), form.get_by_role("combobox", name="Severity")
    await expect(name).to_be_focused()

    await form.get_by_role("button", name="Send").click()
    await expect(form.locator("[data-block=severity] .error")).to_have_text(
        "Please complete this required field."
    )
    await name.fill("nothing")
    await severity.click()
    await form.get_by_role("option", name="S2").click()
    await expect(form.locator("[data-block=severity] .error")).to_have_count(0)
    await form.get_by_role("button", name="Send").click()
    await expect(form.locator("[data-block=name] .error")).to_have_text("That is not a problem.")
    await expect(name).to_be_focused()
    await expect(name).to_have_attribute("aria-invalid", "true")

    await name.fill("disk full")
    await form.get_by_role("combobox", name="Who").press_sequentially("bo")
    await ana.keyboard.press("Enter")
    await ana.keyboard.press("Escape")
    await form.get_by_role("combobox", name="Service").press_sequentially("web")
    await form.get_by_role("option", name="web-2").click()
    await form.get_by_role("button", name="Send").click()

    await expect(form).to_have_count(0)
    await expect(message(ana, "disk full / s2 / web-2 / @Bo Seo")).to_be_visible()


async def test_forms_lie_on_each_other_and_escape_takes_one_away(app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana")
    await open_form(ana)
    await ana.get_by_role("dialog").get_by_label("Name").fill("half written")

    await ana.get_by_role("button", name="Explain").click()
    await ana.get_by_role("dialog", name="Explained").wait_for()
    await ana.keyboard.press("Escape")

    form = ana.get_by_role("dialog", name="Report a problem")
    await expect(form.get_by_label("Name")).to_have_value("half written")
    await ana.keyboard.press("Escape")
    await expect(form).to_have_count(0)


async def test_the_focus_stays_in_a_form(app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana")
    await open_form(ana)

    for _ in range(30):
        await ana.keyboard.press("Tab")
        inside = await ana.evaluate(
            "document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))"
        )
        assert inside


async def test_an_app_that_is_silent_leaves_the_form_open(
    slack: Slack, app: AsyncApp, open_page: Open
) -> None:
    ana = await open_page("ana")
    await open_form(ana)
    form = ana.get_by_role("dialog")
    await form.get_by_label("Name").fill("disk full")
    await form.get_by_role("combobox", name="Severity").click()
    await form.get_by_role("option", name="S1").click()
    slack.patience = 0.0

    await form.get_by_role("button", name="Send").click()

    await expect(form.get_by_role("alert").last).to_have_text("We had some trouble connecting. Try again?")
    await expect(form.get_by_label("Name")).to_have_value("disk full")


async def test_a_card_is_drawn_and_its_buttons_work(slack: Slack, app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana")
    await write(ana, "/inc card")
    card = message(ana, "INC-7 Checkout is slow")
    await expect(card.locator(".section-text")).to_have_text("Lead: @Ana Ferreira <!channel> <script>")
    await expect(card.locator(".byline")).to_contain_text("APP")

    await card.get_by_role("button", name="Acknowledge").click()
    await expect(message(ana, "Pressed ack")).to_contain_text("Only visible to you")
    await card.get_by_role("combobox", name="Change severity").click()
    await ana.get_by_role("option", name="S1").click()
    await expect(message(ana, "Pressed pick s1")).to_be_visible()
    await card.get_by_role("button", name="More actions").first.click()
    await ana.get_by_role("menuitem", name="Close").click()
    await expect(message(ana, "Pressed more close")).to_be_visible()


async def test_a_question_comes_before_a_dangerous_button(app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana")
    await write(ana, "/inc card")
    button = message(ana, "INC-7").get_by_role("button", name="Escalate")

    await button.click()
    await expect(ana.get_by_role("dialog", name="Really?")).to_contain_text("Somebody is woken.")
    await ana.get_by_role("button", name="Not now").click()
    await expect(message(ana, "Pressed wake")).to_have_count(0)
    await button.click()
    await ana.get_by_role("button", name="Wake them").click()
    await expect(message(ana, "Pressed wake")).to_be_visible()


async def test_a_button_nobody_answers_gets_a_warning(slack: Slack, app: AsyncApp, open_page: Open) -> None:
    ana = await open_page("ana")
    await write(ana, "/inc card")
    slack.patience = 0.0

    await message(ana, "INC-7").get_by_role("button", name="Broken").click()

    await expect(message(ana, "INC-7").get_by_role("alert")).to_contain_text("did not answer in time")


async def test_shortcuts_open_the_form(slack: Slack, app: AsyncApp, open_page: Open) -> None:
    await slack.person("bo").say("general", "something smells")
    ana = await open_page("ana")

    await ana.get_by_role("button", name="Shortcuts").click()
    await ana.get_by_role("menuitem", name="Declare an incident").click()
    form = ana.get_by_role("dialog", name="Report a problem")
    await form.get_by_role("button", name="Cancel").click()
    await expect(form).to_have_count(0)
    await message(ana, "something smells").hover()
    await ana.get_by_role("button", name="More actions", exact=True).click()
    await ana.get_by_role("menuitem", name=re.compile("Declare an incident")).click()
    await expect(form).to_be_visible()


async def test_the_apps_direct_message_is_reached_from_the_sidebar(
    slack: Slack, app: AsyncApp, open_page: Open
) -> None:
    ana = await open_page("ana")
    await app.client.chat_postMessage(channel=slack.person("ana").id, text=":rotating_light: You are paged")

    place = ana.get_by_role("region", name="Apps").get_by_role("link")
    await expect(place.locator(".mentions")).to_have_text("1")
    await place.click()

    await expect(message(ana, "You are paged")).to_be_visible()
    await expect(ana.locator(".foot")).to_contain_text("has been turned off")


async def test_times_are_the_viewers_own(app: AsyncApp, open_page: Open) -> None:
    ana, bo = await open_page("ana"), await open_page("bo")
    token = "<!date^1772442000^due {date_short_pretty} at {time}|soon>"

    await app.client.chat_postMessage(channel="C0GENERAL1", text=token)

    await expect(message(ana, "due today at 9:00 AM")).to_be_visible()
    await expect(message(bo, "due today at 6:00 PM")).to_be_visible()
