"""The page of the rehearsal: a story of what would happen, and each wrong field named."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Open
from tests.browser.steps import NARROW, WIDE, keep
from tests.browser.test_page_accessibility import complaints
from tests.scenarios.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PRESS = "Rehearse"


async def test_a_rehearsal_names_what_is_wrong_and_then_tells_its_story(
    muster: World, open_page: Open
) -> None:
    page = await open_page("ana")
    await page.get_by_role("navigation").get_by_role("link", name="Rehearse an incident").click()
    when, silent = page.get_by_label("When it is declared"), page.get_by_label("Who does not answer")
    await page.get_by_label("Severity").select_option("S3")
    await when.fill("whenever")
    await silent.fill("EOX, IM")
    await page.get_by_label("For how many hours").fill("90m")
    await page.get_by_role("button", name=PRESS).click()

    await expect(page.locator("[data-field=at] .error")).to_contain_text(
        "I do not understand the time whenever"
    )
    await expect(page.locator("[data-field=silent] .error")).to_contain_text("Did you mean EOC?")
    await expect(page.locator("[data-field=hours] .error")).to_contain_text("Write how many hours, up to 24")
    await expect(page.get_by_label("Severity")).to_have_value("S3")
    await expect(silent).to_have_value("EOX, IM")
    await expect(when).to_be_focused()
    assert await complaints(page) == []
    await keep(page, "simulate-wrong")

    await when.fill("2026-12-25 23:40")
    await silent.fill("EOC")
    await page.get_by_label("For how many hours").fill("0.5")
    await page.get_by_role("button", name=PRESS).click()
    story = page.get_by_role("region", name="The story")
    await expect(story).to_contain_text("declared Friday, 2026-12-25 23:40 in Europe/Lisbon")
    await expect(story.get_by_role("listitem").first).to_contain_text("23:40ana, by SlackYou are paged")
    await expect(story).to_contain_text("Why: you are on call as Engineer On Call")
    await expect(story).to_contain_text("23:57ines acknowledges")
    await expect(story.get_by_role("listitem").last).to_have_text("00:10Every page is answered.")
    await expect(page.locator(".wrong")).to_have_count(0)
    assert muster.person("ana").dm() == []
    assert await complaints(page) == []
    await keep(page, "simulate-story")
    for viewport in (WIDE, NARROW):
        await page.set_viewport_size(viewport)
        assert await page.evaluate("document.body.scrollWidth <= innerWidth")

    await page.reload()
    await expect(silent).to_have_value("EOC")
    await page.get_by_role("link", name="Back to Slack").click()
    await expect(page.get_by_role("button", name="You are Ana Ferreira")).to_be_attached()
