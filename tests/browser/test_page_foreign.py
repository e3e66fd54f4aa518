"""Another website, open in the same browser, tries to use the sandbox."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser
from slack_bolt.async_app import AsyncApp

from sandbox.slack import Slack

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

EVIL = """<!doctype html><meta charset="utf-8"><title>evil</title>"""
# Everything that a page may send elsewhere without asking first, and what it should not get back.
ATTACKS = """async ({url, socket, bot, key}) => {
    const seen = {};
    const quiet = async (name, doing) => {
        seen[name] = await doing.catch((error) => String(error));
    };
    const said = JSON.stringify({user: "ana", do: "send", channel: "C0GENERAL1", text: "evil"});
    const simple = {method: "POST", mode: "no-cors", body: said};
    await quiet("simple", fetch(url + "/ui/act", simple).then(() => "sent"));
    const headers = {"Content-Type": "application/json", "X-Sandbox-Key": key};
    await quiet("json", fetch(url + "/ui/act", {method: "POST", headers, body: said}).then(() => "read"));
    await quiet("key", fetch(url + "/").then((answer) => answer.text()));
    const posting = url + "/api/chat.postMessage?channel=C0GENERAL1&text=evil&token=" + bot;
    await quiet("get", fetch(posting, {mode: "no-cors"}).then(() => "sent"));
    await quiet("img", new Promise((done) => {
        const img = new Image(); img.onload = img.onerror = () => done("asked"); img.src = posting; }));
    await quiet("socket", new Promise((done) => {
        const it = new WebSocket(socket);
        it.onopen = () => done("open"); it.onerror = () => done("refused"); }));
    await quiet("stream", new Promise((done) => {
        const it = new EventSource(url + "/ui/stream?user=ana&key=" + key);
        it.onopen = () => done("open"); it.onerror = () => done("refused"); }));
    await quiet("frame", new Promise((done) => {
        const it = document.createElement("iframe"); it.src = url; it.name = "framed";
        it.onload = () => done("loaded"); document.body.append(it); }));
    return seen;
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def evil() -> AsyncIterator[str]:
    """A website on another port: the same machine is another origin too."""

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=EVIL, content_type="text/html")

    application = web.Application()
    application.add_routes([web.get("/", page)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_website_that_knows_everything_gets_nothing(
    slack: Slack, app: AsyncApp, browser: Browser, evil: str
) -> None:
    before = slack.sockets.count
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(evil)

    told = {"url": slack.url, "socket": slack.sockets.new_url(), "bot": slack.bot_token}
    seen = await page.evaluate(ATTACKS, {**told, "key": slack.credentials.page_key})

    framed = page.frame(name="framed")
    assert framed
    assert await framed.locator("#app").count() == 0
    assert (seen["socket"], seen["stream"]) == ("refused", "refused")
    assert "Failed to fetch" in seen["key"]
    assert "Failed to fetch" in seen["json"]
    assert slack.person("ana").messages("general")[-1].get("text") != "evil"
    assert slack.calls("chat.postMessage") == []
    assert slack.sockets.count == before
    await context.close()
