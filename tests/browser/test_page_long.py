"""Very long conversations and very many channels: the page holds only what is near."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from sandbox.slack import Slack
from tests.browser.conftest import Open, message, write
from tests.fakes import FakeClock

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MESSAGES, CHANNELS = 5_000, 500
MOST_HELD = 160
MOST_NODES = 8_000


def fill(slack: Slack, clock: FakeClock) -> list[str]:
    """Write thousands of messages, as if they had been said long ago. Return their times."""
    general = slack.workspace.channel("general")
    began = clock.now() - timedelta(days=4)
    for n in range(MESSAGES):
        ts = f"{(began + timedelta(minutes=n)).timestamp():.6f}"
        text = f"message {n}."
        general.messages.append({"type": "message", "ts": ts, "user": "U0BO000002", "text": text})
    return [message["ts"] for message in general.messages]


async def held(page: Page) -> int:
    return await page.locator("#pane .message").count()


async def nodes(page: Page) -> int:
    found: int = await page.evaluate("document.querySelectorAll('*').length")
    return found


async def back(page: Page) -> None:
    """Scroll as far up as what is there allows, and let the page fetch more."""
    await page.locator("#pane .messages").evaluate("node => { node.scrollTop = 0; }")
    await page.wait_for_timeout(30)


async def test_a_long_conversation_is_held_in_part(slack: Slack, clock: FakeClock, open_page: Open) -> None:
    fill(slack, clock)
    ana = await open_page("ana")
    await message(ana, "message 4999.").wait_for()
    assert await held(ana) <= MOST_HELD

    for _ in range(12):
        await back(ana)
    seen = await ana.locator("#pane .message .text").first.inner_text()
    number = int(re.sub(r"\D", "", seen))
    assert number < 4_700
    assert await held(ana) <= MOST_HELD
    assert await nodes(ana) <= MOST_NODES

    await ana.locator("#pane .messages").focus()
    for _ in range(40):
        await ana.locator("#pane .messages").evaluate("node => { node.scrollTop = node.scrollHeight; }")
        await ana.wait_for_timeout(30)
    await expect(message(ana, "message 4999.")).to_be_visible()
    assert await held(ana) <= MOST_HELD


async def test_what_is_read_stays_where_it_is(slack: Slack, clock: FakeClock, open_page: Open) -> None:
    fill(slack, clock)
    ana = await open_page("ana")
    for _ in range(6):
        await back(ana)
    await ana.locator("#pane .messages").evaluate("node => { node.scrollTop = node.scrollHeight / 2; }")
    await ana.wait_for_timeout(100)
    where = """() => {
        const top = document.querySelector('#pane .messages').getBoundingClientRect().top;
        const all = [...document.querySelectorAll('#pane .message')];
        const read = all.find(node => node.getBoundingClientRect().top > top);
        return [read.dataset.ts, Math.round(read.getBoundingClientRect().top)];
    }"""
    before = await ana.evaluate(where)

    await slack.person("bo").say("general", "one more")
    await expect(ana.locator("#announcer")).to_contain_text("one more")

    assert await ana.evaluate(where) == before


async def test_a_message_of_long_ago_is_found_by_its_link(
    slack: Slack, clock: FakeClock, open_page: Open
) -> None:
    ts = fill(slack, clock)[100]
    ana = await open_page("ana")
    await message(ana, "message 4999.").wait_for()

    await ana.evaluate(f"location.hash += '/{ts}'")

    await expect(message(ana, "message 100.")).to_be_focused()
    assert await held(ana) <= MOST_HELD
    await slack.person("bo").react({"ts": ts, "channel": "C0GENERAL1"}, "eyes")
    await expect(message(ana, "message 100.").locator(".reaction.mine, .reaction").first).to_be_visible()


async def test_one_writes_at_the_end_whatever_one_reads(
    slack: Slack, clock: FakeClock, open_page: Open
) -> None:
    fill(slack, clock)
    ana = await open_page("ana")
    for _ in range(6):
        await back(ana)

    await write(ana, "here I am")

    await expect(message(ana, "here I am")).to_be_in_viewport()


async def test_many_channels_are_redrawn_only_where_they_change(slack: Slack, open_page: Open) -> None:
    for n in range(CHANNELS):
        slack.workspace.seed(name=f"room-{n:03}", members=["ana", "bo"])
    ana = await open_page("ana")
    await expect(ana.get_by_role("link", name="room-499")).to_have_count(1)
    assert await nodes(ana) <= MOST_NODES
    await ana.evaluate("for (const row of document.querySelectorAll('.places li')) row.dataset.kept = 'yes'")

    await slack.person("bo").say("room-250", "anybody here?")

    await expect(ana.locator(".place.unread")).to_have_count(1)
    assert await ana.locator(".places li:not([data-kept])").count() <= 2
