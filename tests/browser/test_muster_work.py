"""Working on an incident in a browser: updates, the summary, actions, the timeline, help."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open, message, write
from tests.browser.steps import CHANNEL, NARROW, act_on, card, declare, form, go, keep, send
from tests.scenarios.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def at_work(open_page: Open, who: str = "dev") -> Page:
    """Return the window of somebody who declared an incident and looks at its channel."""
    page = await open_page(who)
    await declare(page, "S3")
    await go(page, CHANNEL)
    await card(page).wait_for()
    return page


async def test_an_update_stands_in_the_channel_and_under_the_announcement(
    muster: World, open_page: Open
) -> None:
    dev = await at_work(open_page)

    await card(dev).get_by_role("button", name="Update").click()
    update = form(dev, "Send an update")
    await expect(update.get_by_role("textbox")).to_be_focused()
    await update.get_by_role("textbox").fill("One in ten payments fails.\nWe roll back.")
    await update.get_by_role("combobox", name="Status").click()
    await update.get_by_role("option", name="Fixing").click()
    await keep(dev, "update-form")
    await send(dev, "Send an update", "Send")

    await expect(message(dev, "Update on INC-1")).to_contain_text("We roll back.")
    await expect(card(dev)).to_contain_text("S3 Moderate · Fixing")
    await keep(dev, "update")
    await go(dev, "incidents")
    await message(dev, "INC-1").get_by_role("button", name="1 reply").click()
    await expect(dev.locator("#thread")).to_contain_text("One in ten payments fails.")
    await keep(dev, "update-under-the-announcement")


async def test_the_summary_is_written_and_shown_on_the_card(muster: World, open_page: Open) -> None:
    dev = await at_work(open_page)

    await write(dev, "/inc summary")
    summary = form(dev, "Summary")
    await expect(summary).to_be_visible()
    await keep(dev, "summary-form")
    await summary.get_by_label("Summary (optional)", exact=True).fill("Checkout answers 500 since 11:50.")
    await summary.get_by_label("Causes").fill("Suspected: the deployment of 11:48.")
    await send(dev, "Summary", "Save")

    await expect(card(dev)).to_contain_text("Checkout answers 500 since 11:50.")
    await keep(dev, "summary")


async def test_an_action_is_added_taken_and_done(muster: World, open_page: Open) -> None:
    dev = await at_work(open_page)

    await card(dev).get_by_role("button", name="More").click()
    await dev.get_by_role("button", name="Add action").last.click()
    await keep(dev, "action-form")
    await form(dev, "Add an action").get_by_label("Action").fill("Drain node 3")
    await send(dev, "Add an action", "Add")
    posted = message(dev, "Drain node 3").first
    await expect(posted).to_contain_text("For nobody yet")
    await keep(dev, "action")
    await posted.get_by_role("button", name="Take it").click()
    await expect(posted).to_contain_text("dev")
    await posted.get_by_role("button", name="Done").click()

    await expect(posted).to_contain_text("Action done by dev")
    await expect(posted.get_by_role("button", name="Done")).to_have_count(0)
    await write(dev, "/inc actions")
    await expect(message(dev, "0 open, 1 done")).to_be_visible()
    await keep(dev, "actions")


async def test_a_pin_puts_a_message_on_the_timeline_and_takes_it_off(muster: World, open_page: Open) -> None:
    dev = await at_work(open_page)
    await write(dev, "The error rate rose at 11:50")

    await message(dev, "The error rate").hover()
    await dev.get_by_role("button", name="React with pushpin").click()
    await muster.settle()
    await write(dev, "/inc timeline")
    shown = message(dev, "Timeline of INC-1").last
    await expect(shown).to_contain_text("Highlights")
    await expect(shown).to_contain_text("@Dev Kulkarni:")
    await expect(shown).to_contain_text("The error rate rose at 11:50")
    await keep(dev, "timeline-highlights")
    await shown.get_by_role("button", name="All activity").click()
    await expect(message(dev, "All activity").last).to_contain_text("declared the incident")
    await keep(dev, "timeline-everything")

    said = message(dev, "The error rate").filter(has=dev.locator(".reaction"))
    await said.locator(".reaction[aria-pressed=true]").click()
    await muster.settle()
    await write(dev, "/inc timeline")
    await expect(message(dev, "Timeline of INC-1").last).not_to_contain_text("The error rate")
    await act_on(dev, "The error rate", "Pin to channel")
    await muster.settle()
    await write(dev, "/inc timeline")
    await expect(message(dev, "Timeline of INC-1").last).to_contain_text("The error rate")


async def test_a_form_says_under_the_field_what_is_wrong(muster: World, open_page: Open) -> None:
    dev = await open_page("dev")
    await write(dev, "/inc")
    opened = form(dev, "Declare an incident")

    await opened.get_by_role("button", name="Declare", exact=True).click()

    wrong = opened.locator("[data-block=severity] .error")
    await expect(wrong).to_have_text("Please complete this required field.")
    await expect(wrong).to_be_in_viewport(ratio=1)
    await keep(dev, "declare-form-incomplete")
    await dev.keyboard.press("Escape")
    await expect(opened).to_have_count(0)
    await declare(dev, "S3")
    await go(dev, CHANNEL)
    await write(dev, "/inc update")
    await form(dev, "Send an update").get_by_role("textbox").fill("   ")
    await form(dev, "Send an update").get_by_role("button", name="Send", exact=True).click()
    await expect(form(dev, "Send an update").locator("[data-block=text] .error")).to_be_visible()
    await keep(dev, "update-form-empty")


async def test_help_fits_on_a_phone(muster: World, open_page: Open) -> None:
    dev = await open_page("dev", viewport=NARROW)

    await write(dev, "/inc help")

    shown = message(dev, "Something is broken?")
    await expect(shown).to_contain_text("timeline")
    box = await shown.bounding_box()
    assert box
    lines = len((await shown.inner_text()).splitlines())
    assert box["height"] < 25 * lines  # none takes a second line on the screen


async def test_help_names_every_command_and_explains_one(muster: World, open_page: Open) -> None:
    dev = await open_page("dev")

    await write(dev, "/inc help")
    await expect(message(dev, "Something is broken?")).to_contain_text("timeline")
    await keep(dev, "help")
    await write(dev, "/inc help escalate")
    await expect(message(dev, "Page a team or a person that you")).to_contain_text("/inc escalate")
    await write(dev, "/inc esclate")
    await expect(message(dev, "Did you mean")).to_contain_text("/inc escalate")
    await keep(dev, "help-escalate")
    await message(dev, "Something is broken?").get_by_role("button", name="Declare an incident").click()
    await expect(form(dev, "Declare an incident")).to_be_visible()


async def test_the_panel_leads_to_everything(muster: World, open_page: Open) -> None:
    dev = await at_work(open_page)

    await write(dev, "/inc")
    panel = message(dev, "Everything here is a command too")
    await expect(panel).to_contain_text("Only visible to you")
    await keep(dev, "panel")
    await panel.get_by_role("button", name="Escalate", exact=True).click()
    await expect(form(dev, "Escalate").get_by_role("combobox", name="On-call teams")).to_be_visible()
    await keep(dev, "escalate-form")
    await dev.keyboard.press("Escape")
    await panel.get_by_role("button", name="Severity").click()
    await expect(form(dev, "Change the severity")).to_be_visible()
    await keep(dev, "severity-form")
    await dev.keyboard.press("Escape")
    await panel.get_by_role("button", name="Status", exact=True).click()
    await form(dev, "Change the status").get_by_role("radio", name="Fixing").check()
    await keep(dev, "status-form")
    await send(dev, "Change the status", "Save")

    await expect(card(dev)).to_contain_text("S3 Moderate · Fixing")
    await write(dev, "/inc resolve fix")
    await expect(card(dev)).to_contain_text("Resolved · S3 Moderate")
    await keep(dev, "resolved")
