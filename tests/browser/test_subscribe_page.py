"""How customers subscribe to the status page, in a browser: wide, on a phone, in the dark, by keyboard."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.config import load
from tests.browser.test_page_accessibility import complaints
from tests.browser.test_status_page_editor import fits
from tests.mail import mail_server
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.statuspages.test_subscribers import SECTION, link

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_customer_subscribes_and_ends_it_by_keyboard(browser: Browser, muster: World, tmp_path: Path):
    path = tmp_path / "muster.yml"
    path.write_text(CONFIG.read_text() + SECTION)
    async with mail_server() as mail:
        environ = {"SMTP_URL": f"smtp://127.0.0.1:{mail.port}", "SMTP_FROM": "status@example.com"}
        await muster.stop()
        muster.config = load(path, environ)
        await muster.start()
        assert muster.muster.public_page
        base = f"http://127.0.0.1:{muster.muster.public_page.port}"
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(f"{base}/subscribe")

        await fits(page)
        await page.get_by_label("Your e-mail address").fill("reader@example")
        await page.get_by_role("button", name="Send me the link").press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("Write it as ana@example.com")
        await expect(page.get_by_label("Your e-mail address")).to_have_value("reader@example")
        assert await complaints(page) == []
        await page.get_by_label("Your e-mail address").fill("reader@example.com")
        await page.get_by_role("button", name="Send me the link").press("Enter")
        await expect(page.get_by_role("heading", name="Look at your mailbox")).to_be_visible()
        await muster.settle()
        (asked,) = mail.arrived
        await page.goto(f"{base}{link(asked, 'confirm')}")
        await page.get_by_role("button", name="Mail me what is published").press("Enter")
        await expect(page.get_by_role("heading", name="You are subscribed")).to_be_visible()
        await fits(page)
        await page.goto(f"{base}{link(asked, 'confirm').replace('confirm', 'unsubscribe')}")
        await page.get_by_role("button", name="Send me no more mails").press("Enter")
        await expect(page.get_by_role("heading", name="No more mails")).to_be_visible()
        await context.close()
