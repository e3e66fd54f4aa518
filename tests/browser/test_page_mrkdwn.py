"""What an app writes in mrkdwn is drawn by Slack's rules, and in plain text it stays as it is."""

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Slack
from tests.browser.conftest import Open, message

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MRKDWN = (
    "*bold* _slanted_ ~gone~ `a < b` &lt;!channel&gt; &amp;amp; <@U0ANA00001> <#C0GENERAL1> <!here> "
    "<https://example.com/?a=1&amp;b=2|the site> <!date^1700000000^{date_num}|a date> "
    "<!unheard^of|a fallback>\n"
    "&gt; quoted"
)


async def test_mrkdwn_is_drawn_and_plain_text_is_not(slack: Slack, open_page: Open) -> None:
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "<!channel> *plain* &lt;"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": MRKDWN}},
    ]
    await client.chat_postMessage(channel="C0GENERAL1", text="all of it", blocks=blocks)

    ana = await open_page("ana")
    seen = message(ana, "slanted")

    await expect(seen).to_contain_text("<!channel> *plain* &lt;")
    await expect(seen.locator("strong").first).to_have_text("bold")
    await expect(seen.locator("em")).to_have_text("slanted")
    await expect(seen.locator("code")).to_have_text("a < b")
    await expect(seen).to_contain_text("<!channel> &amp; @Ana Ferreira")
    await expect(seen.get_by_role("link", name="the site")).to_have_attribute(
        "href", "https://example.com/?a=1&b=2"
    )
    await expect(seen).to_contain_text("2023-11-14")
    await expect(seen).to_contain_text("a fallback")
    assert "channel" not in {one.why for one in slack.notified}


async def test_a_link_to_a_channel_that_is_known_only_later_gets_its_name(
    slack: Slack, open_page: Open
) -> None:
    bo = slack.person("bo")
    await bo.create("inc-7", private=True)
    room = slack.workspace.channel("inc-7").id
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
    await client.chat_postMessage(channel="C0GENERAL1", text=f"Go on in <#{room}>")
    ana = await open_page("ana")
    seen = message(ana, "Go on in")
    await expect(seen).to_contain_text("private channel")

    await bo.invite("inc-7", "ana")

    await expect(seen.get_by_role("link", name="inc-7")).to_have_attribute("href", f"#{room}")


async def test_only_an_administrator_can_delete_a_channel(slack: Slack, open_page: Open) -> None:
    for who in ("bo", "ana"):
        await slack.person(who).join("random")
    bo, ana = await open_page("bo", "random"), await open_page("ana", "random")
    for page in (bo, ana):
        await page.locator("#pane .head h1").click()
    await expect(bo.get_by_role("button", name="Archive channel for everyone")).to_be_visible()
    await expect(bo.get_by_role("button", name="Delete channel")).to_have_count(0)

    await ana.get_by_role("button", name="Delete channel").click()
    await ana.get_by_role("button", name="Delete Channel").click()

    for page in (bo, ana):
        await expect(page.locator("#pane .head h1")).to_contain_text("general")
