"""The review in a browser: without a script, by keyboard, wide and on a phone, in light and in dark."""

import re
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page, expect

from bot.config.trackers import GitlabSettings
from bot.domain.reviews.issue import IssuePlace
from tests.browser.test_oncall_pages import looked_at, opened
from tests.scenarios.browser.conftest import with_pages
from tests.scenarios.conftest import World
from tests.scenarios.look import inc
from tests.scenarios.test_reviews import resolved
from tests.scenarios.trackers.gitlab import PROJECT, TOKEN, GitLab

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

REVIEW = "/incidents/INC-1/review"
LONG = (
    "\n\n| " + " | ".join(["A wide table"] * 12) + " |\n|" + "---|" * 12 + "\n\n```\n" + "x" * 300 + "\n```\n"
)


async def an_incident(world: World) -> None:
    """Have one that is over, with something of everything that a review tells."""
    await with_pages(world)
    await world.declare(severity="S2", summary="Checkout fails for every third customer")
    await inc(world, "ana", "ack")
    for text in (
        "note Decision: roll back web-1842",
        "update We roll back",
        "note Learnt: the alert came late",
    ):
        await inc(world, "ana", text)
    world.clock.advance(minutes=14)
    await world.settle()
    await inc(world, "dev", "followup Add a redundant database node @ana")
    await world.settle()


async def write(page: Page, text: str) -> None:
    await page.get_by_label("The document, in Markdown").fill(text)


async def test_it_is_read_edited_and_approved_by_keyboard(browser: Browser, muster: World):
    await an_incident(muster)
    page = await opened(browser, muster, "dev", REVIEW)
    await expect(page.get_by_role("heading", name="Review of INC-1")).to_be_visible()
    await expect(page.get_by_role("heading", name="What to look at")).to_be_visible()
    above = await page.locator(".document h3").first.evaluate(
        "e => parseFloat(getComputedStyle(e).marginTop)"
    )
    assert above >= 30, "a heading stands too close to the table before it"
    await looked_at(page)

    await page.get_by_role("link", name="Edit").focus()
    await page.keyboard.press("Enter")
    await write(page, f"# Checkout failed\n\nA **full** disk.{LONG}")
    await page.get_by_role("button", name="Preview").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".document strong")).to_have_text("full")
    await looked_at(page)
    await page.get_by_role("button", name="Save").focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("Version 1, the newest, by dev")).to_be_visible()
    await page.get_by_role("button", name="Approve").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Approved by dev").first).to_be_visible()
    await page.get_by_label("Your comment").fill("Which disk?")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#comments .said")).to_have_text("Which disk?")
    await looked_at(page)
    await page.context.close()


async def test_two_editors_read_what_each_wrote_and_what_changed(browser: Browser, muster: World):
    await an_incident(muster)
    mine = await opened(browser, muster, "dev", f"{REVIEW}/edit")
    theirs = await opened(browser, muster, "ana", f"{REVIEW}/edit")
    await write(theirs, "# Checkout failed\n\nThe disk was full.")
    await theirs.get_by_role("button", name="Save").click()
    await expect(theirs.get_by_text("Version 1, the newest")).to_be_visible()

    await write(mine, "# Checkout failed\n\nA log grew.")
    await mine.get_by_role("button", name="Save").click()

    await expect(mine.get_by_role("alert")).to_contain_text("saved version 1 while you wrote")
    await expect(mine.get_by_label("The document, in Markdown")).to_have_value(
        "# Checkout failed\n\nA log grew."
    )
    await expect(mine.get_by_label("All of version 1")).to_have_value(
        "# Checkout failed\n\nThe disk was full.\n"
    )
    await looked_at(mine)
    await mine.get_by_role("button", name="Save").click()
    await expect(mine.get_by_text("Version 2, the newest, by dev")).to_be_visible()
    await inc(muster, "ana", "note Went well: the runbook")
    await muster.settle()
    await mine.reload()
    await expect(mine.get_by_role("status")).to_contain_text("The facts have changed")
    await mine.get_by_role("link", name="See what changed").click()
    await expect(mine.locator("ins").first).to_be_visible()
    await looked_at(mine)
    for page in (mine, theirs):
        await page.context.close()


async def test_it_becomes_an_issue_by_keyboard(browser: Browser, muster: World):
    async with GitLab().running() as gitlab:
        at = (gitlab.url, PROJECT, "incident", "none")
        tracker = GitlabSettings(*at, private=False, people={}, token=TOKEN, hook_token=None)
        process = muster.config.process
        reviews = replace(process.reviews, issues=IssuePlace("GitLab", gitlab.url, PROJECT))
        muster.config = replace(muster.config, tracker=tracker, process=replace(process, reviews=reviews))
        await an_incident(muster)
        page = await opened(browser, muster, "dev", REVIEW)
        await looked_at(page)

        await page.get_by_text("Take it elsewhere").focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="As a GitLab issue").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Version 1, the newest, by dev")).to_be_visible()
        await muster.settle()
        await page.reload()

        link = page.get_by_role("link", name="GitLab issue #")
        (issue,) = (one for one in gitlab.issues.values() if one["title"] == "Review of INC-1")
        await expect(link).to_have_attribute("href", issue["web_url"])
        await expect(page.get_by_role("button", name="GitLab issue")).to_have_count(0)
        await page.get_by_role("link", name="Edit").click()
        await write(page, "# Checkout failed")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_text("Take it elsewhere").click()
        await expect(page.get_by_role("button", name="Update the GitLab issue")).to_be_visible()
        await expect(page.get_by_text("which is not the newest")).to_be_visible()
        await looked_at(page)
        await page.context.close()


async def test_what_people_wrote_in_the_wiki_is_put_together_by_keyboard(browser: Browser, muster: World):
    async with GitLab().running() as gitlab:
        at = (gitlab.url, PROJECT, "incident", "none")
        tracker = GitlabSettings(*at, private=False, people={}, token=TOKEN, hook_token=None)
        process = muster.config.process
        place = IssuePlace("GitLab", gitlab.url, PROJECT, wiki="reviews", files="reviews")
        reviews = replace(process.reviews, issues=place)
        muster.config = replace(muster.config, tracker=tracker, process=replace(process, reviews=reviews))
        await an_incident(muster)
        page = await opened(browser, muster, "dev", REVIEW)
        for what in ("wiki page", "merge request"):
            await page.get_by_text("Take it elsewhere").focus()
            await page.keyboard.press("Enter")
            await page.get_by_role("button", name=f"As a GitLab {what}").focus()
            await page.keyboard.press("Enter")
            await expect(page.get_by_text("Version 1, the newest, by dev")).to_be_visible()
            await muster.settle()
            await page.goto(page.url.partition("?")[0])
        await page.get_by_text("Take it elsewhere").click()
        await looked_at(page)

        (name,) = gitlab.files.pages
        gitlab.files.pages[name] = gitlab.files.pages[name].replace("# Incident review", "# The outage")
        await page.get_by_role("link", name="Edit").click()
        await write(page, "# Checkout failed")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_text("Take it elsewhere").click()
        await page.get_by_role("button", name="Fetch edits of the wiki page").click()
        await muster.settle()
        await page.reload()
        await expect(page.get_by_text("Somebody edited the wiki page in GitLab")).to_be_visible()
        await looked_at(page)
        await page.get_by_role("link", name="Put it together with what is here").click()
        await expect(page.get_by_role("heading", name="What Somebody wrote in the wiki page")).to_be_visible()
        await looked_at(page)
        await page.context.close()


async def test_a_review_is_ended_by_keyboard_and_then_the_incident_is_closed(browser: Browser, muster: World):
    await resolved(await with_pages(muster))
    await inc(muster, "dev", "status Post-incident")
    await muster.settle_down()
    page = await opened(browser, muster, "dev", REVIEW)
    await page.get_by_text("Do without it").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Why is there no review?").fill("   ")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Why is there no review?")).to_have_attribute("aria-invalid", "true")
    await looked_at(page)
    await page.get_by_text("Change a task").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Who does it").fill("bo")
    await page.get_by_role("button", name="Save").press("Enter")
    await expect(page.get_by_text(", bo").first).to_be_visible()

    await page.get_by_role("button", name="It is done").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("tasks are open")
    await looked_at(page)
    await page.get_by_role("button", name="It is done all the same").press("Enter")

    await expect(page.locator("#tasks > .soft").first).to_contain_text("The review is done by dev")
    await looked_at(page)
    await page.get_by_role("button", name="Close the incident").press("Enter")
    await expect(page.get_by_role("button", name="Close the incident")).to_have_count(0)
    await expect(page.get_by_role("button", name="Reopen the review")).to_be_visible()
    await muster.settle_down()
    await page.context.close()


async def test_it_becomes_a_canvas_by_keyboard(browser: Browser, muster: World):
    await an_incident(muster)
    page = await opened(browser, muster, "dev", REVIEW)
    await page.get_by_text("Take it elsewhere").focus()
    await page.keyboard.press("Enter")
    await looked_at(page)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="As a canvas in Slack")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Version 1, the newest, by dev")).to_be_visible()
    await muster.settle()
    await page.reload()

    link = page.get_by_role("link", name="The canvas in the channel")
    (canvas,) = muster.slack.workspace.canvases.values()
    await expect(link).to_have_attribute("href", re.compile(f"/docs/T[A-Z0-9]+/{canvas.id}$"))
    await expect(page.get_by_text("Take it elsewhere")).to_have_count(0)
    await page.get_by_role("link", name="Edit").click()
    await write(page, "# Checkout failed")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("Take it elsewhere").click()
    await expect(page.get_by_role("button", name="Update the canvas in Slack")).to_be_visible()
    await looked_at(page)
    await page.context.close()
