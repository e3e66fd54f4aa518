"""An app's Home tab, for the apps that have one."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import expect
from slack_bolt.async_app import AsyncApp

from sandbox.slack import Slack
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def greeting(text: str) -> dict[str, Any]:
    button = {"type": "button", "action_id": "again", "text": {"type": "plain_text", "text": "Again"}}
    words = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return {"type": "home", "blocks": [words, {"type": "actions", "elements": [button]}]}


async def test_an_app_shows_its_home(slack: Slack, app: AsyncApp, open_page: Open) -> None:
    slack.workspace.app = replace(slack.workspace.app, home_tab=True)
    pressed = asyncio.Event()

    @app.action("again")
    async def again(ack: Any) -> None:
        await ack()
        pressed.set()
        await app.client.views_publish(user_id="U0BO000002", view=greeting("Here *again*"))

    opened = await app.client.conversations_open(users="U0BO000002")
    await app.client.chat_postMessage(channel=opened["channel"]["id"], text="hello")
    bo = await open_page("bo")
    await bo.get_by_role("link", name="muster").click()
    await bo.get_by_role("button", name="Home", exact=True).click()
    home = bo.get_by_role("region", name="Home")
    await expect(home).to_contain_text("nothing here yet")

    await app.client.views_publish(user_id="U0BO000002", view=greeting("Welcome *home*"))
    await expect(home.locator("strong")).to_have_text("home")
    await home.get_by_role("button", name="Again").click()
    await expect(home.locator("strong")).to_have_text("again")

    assert pressed.is_set()
    await bo.get_by_role("button", name="Messages", exact=True).click()
    await expect(bo.locator("#pane .message")).to_contain_text("hello")
    await expect(home).to_have_count(0)
