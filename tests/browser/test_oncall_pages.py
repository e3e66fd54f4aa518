"""The on-call pages in a browser: without a script, wide and on a phone, in the light and in the dark."""

from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_page_accessibility import complaints
from tests.scenarios.browser.conftest import signed_in, with_pages
from tests.scenarios.conftest import World
from tests.scenarios.look import inc
from tests.scenarios.test_api_outbox import update_lost

WRONG = (
    "silence.after is set aside; all else counts. /etc/muster/muster.yml:17: silence.after: found `4m`, "
    "expected a duration from 5m to 24h, such as 20m. The default counts until then."
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def opened(browser: Browser, world: World, who: str, path: str) -> Page:
    """Return a page as somebody reads it whose browser runs none of our scripts."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    base = str(world.muster.links.base)
    await context.add_cookies(
        [{"name": name, "value": value, "url": base} for name, value in signed_in(world, who).items()]
    )
    page = await context.new_page()
    await page.route("**/static/*.js*", lambda route: route.abort())
    await page.goto(f"{base}{path}")
    return page


async def looked_at(page: Page) -> None:
    """See that nothing is out of reach, wide and on a phone, in the light and in the dark."""
    for width, height, scheme in ((1280, 800, "light"), (360, 740, "dark")):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.locator("html").evaluate("e => e.scrollWidth") <= width
        assert await complaints(page) == []


async def test_somebody_reads_who_is_on_call_and_when(browser: Browser, muster: World):
    await with_pages(muster)
    await inc(muster, "bo", "override EOC me tomorrow 09:00-17:00", "general")
    await muster.settle()
    page = await opened(browser, muster, "dev", "/on-call")
    await expect(page.get_by_role("heading", name="Engineer On Call")).to_be_visible()
    await looked_at(page)

    await page.get_by_role("link", name="Four weeks of dotcom EOC").focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", name="On call: EOC")).to_be_visible()
    await expect(page.get_by_role("list", name="Day by day").get_by_role("listitem")).to_have_count(28)
    await expect(page.get_by_text("(override, instead of ana)")).to_have_count(1)
    await looked_at(page)
    await page.context.close()


async def test_somebody_takes_a_time_by_keyboard_and_reads_what_is_wrong_under_its_field(
    browser: Browser, muster: World
):
    await with_pages(muster)
    page = await opened(browser, muster, "bo", "/on-call/mine")
    await page.get_by_text("Take or give a time").focus()
    await page.keyboard.press("Enter")
    form = page.locator("#override-form")
    await form.get_by_label("Who is on call").fill("zoe")
    await page.keyboard.press("Enter")
    await expect(form.get_by_text("I know nobody called “zoe”.")).to_be_visible()
    who = form.get_by_label("Who is on call")
    await expect(who).to_have_attribute("aria-invalid", "true")
    await expect(who).to_have_value("zoe")
    await looked_at(page)

    await who.fill("me")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("status")).to_contain_text("The override is made")
    await page.get_by_text("In my calendar").click()
    await looked_at(page)
    await page.context.close()


async def test_somebody_rehearses_an_incident_at_christmas(browser: Browser, muster: World):
    await with_pages(muster)
    page = await opened(browser, muster, "ana", "/on-call/rehearsal")
    await looked_at(page)
    await page.get_by_label("Declared, on your clock").fill("2026-12-25T03:10")
    await page.get_by_label("Nobody answers").check()

    await page.get_by_role("button", name="Rehearse").press("Enter")

    await expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    await expect(page.get_by_text("Not answered:")).to_be_visible()
    await expect(page.get_by_label("Nobody answers")).to_be_checked()
    await looked_at(page)
    await page.context.close()


async def test_somebody_adds_a_phone_and_chooses_when_it_rings(browser: Browser, muster: World):
    await with_pages(muster)
    page = await opened(browser, muster, "ana", "/on-call/reach")
    await looked_at(page)
    call = page.get_by_role("region", name="call")
    await call.get_by_text("Add", exact=True).click()
    await call.get_by_label("Phone number for call").fill("+34 91 555 0103")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("A code of six digits is on its way")
    await call.get_by_label("Code").fill("no code")
    await page.keyboard.press("Enter")
    await expect(call.get_by_role("alert")).to_have_text("That is not the code. 4 more tries.")

    quiet = page.get_by_role("region", name="Quiet pages")
    await quiet.get_by_text("Change").click()
    await looked_at(page)
    await quiet.get_by_label("sms").select_option(label="after 2 min")
    await quiet.get_by_role("button", name="Save").click()

    await expect(quiet.get_by_text("Slack now, sms after 2 min")).to_be_visible()
    await page.context.close()


async def test_whoever_manages_a_schedule_reads_its_load(browser: Browser, muster: World):
    await with_pages(muster)
    await muster.declare("dev", severity="S2")
    await muster.pass_minutes(2)
    page = await opened(browser, muster, "lena", "/on-call/load")
    await expect(page.get_by_role("rowheader", name="ana", exact=True)).to_be_visible()
    await looked_at(page)
    await page.context.close()


async def test_an_operator_reads_how_muster_is(browser: Browser, muster: World):
    admins = ("lena@example.com", "luis@example.com")
    process = replace(muster.config.process, admins=admins, set_aside={"silence.after": WRONG})
    odd = "teams.Database: a page for this team reaches nobody. Name people in `on_call`."
    muster.config = replace(muster.config, process=process, warnings=(WRONG, odd))
    await with_pages(muster)
    page = await opened(browser, muster, "lena", "/operator")
    await expect(page.get_by_role("heading", name="Health")).to_be_visible()
    await expect(page.get_by_text("Everything was sent.")).to_be_visible()
    await muster.declare("dev", severity="S3")
    await update_lost(muster, "The first")

    await page.reload()

    other = await opened(browser, muster, "luis", "/operator")
    await expect(page.get_by_text("silence.after is set aside")).to_have_count(1)
    await expect(page.get_by_text(odd)).to_have_count(1)
    await looked_at(page)
    await page.get_by_role("button", name="Send again").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("It goes out again.")
    await other.get_by_role("button", name="Send again").press("Enter")
    await expect(other.get_by_text("The list may be older")).to_be_visible()
    await looked_at(other)
    await other.get_by_role("link", name="Back to the operator's page").press("Enter")
    await expect(other.get_by_role("heading", name="Health")).to_be_visible()
    await page.context.close()
    await other.context.close()
