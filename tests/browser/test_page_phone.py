"""The phone on the page: what arrives on it, how it makes itself heard, how one puts it away."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, ViewportSize, expect
from slack_bolt.async_app import AsyncApp

from sandbox.slack import Slack
from tests.browser.conftest import ANY_FONTS, Open
from tests.browser.steps import NARROW, WIDE, keep
from tests.browser.test_page_accessibility import SCHEMES, complaints
from tests.sandbox.test_twilio import created, served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# What a note lies over, of all that one can press or has to read.
COVERED = """() => {
  const note = document.querySelector(".knock").getBoundingClientRect();
  return [...document.querySelectorAll("#app :is(button, input, textarea, h1, h2)")].filter((one) => {
    const its = one.getBoundingClientRect();
    return !one.closest("#knocks") && one.checkVisibility() && its.width > 1 && its.left < note.right
      && its.right > note.left && its.top < note.bottom && its.bottom > note.top;
  }).map((one) => one.outerHTML);
}"""
PAGED = "You are paged for INC-1: Checkout is down."


class Provider:
    """Whoever carries texts."""

    def __init__(self, slack: Slack, session: aiohttp.ClientSession) -> None:
        self._slack, self._session = slack, session
        self.link = f"{slack.url}/icon.svg"

    async def text(self, to: str, title: str = "INC-1", message: str = PAGED) -> int:
        body = {"title": title, "message": f"{message}\nAcknowledge: {self.link}."}
        async with self._session.post(f"{self._slack.url}/phones/{to}", json=body) as response:
            return response.status

    async def call(self, url: str) -> None:
        await created(self._slack, self._session, "Calls", Url=url)

    async def sms(self) -> None:
        await created(self._slack, self._session, "Messages", Body=PAGED)


@pytest_asyncio.fixture(loop_scope="session")
async def provider(slack: Slack) -> AsyncIterator[Provider]:
    async with aiohttp.ClientSession() as session:
        yield Provider(slack, session)


def button(page: Page, news: int = 0) -> Locator:
    name = "Ana Ferreira’s phone" + (f", {news} new" if news else "")
    return page.get_by_role("button", name=re.compile(f"^{name}(;|$)"))


def phone(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Ana Ferreira’s phone")


def knocks(page: Page) -> Locator:
    return page.locator(".knock")


async def test_a_text_makes_the_phone_buzz_while_slack_is_away(
    slack: Slack, open_page: Open, provider: Provider
) -> None:
    ana = await open_page("ana")
    await expect(button(ana)).to_have_attribute("aria-expanded", "false")
    await slack.switchboard.down(True)

    assert await provider.text("+351215550101") == 200
    await expect(knocks(ana)).to_have_text(re.compile("Your phone buzzes"))
    await expect(button(ana, 1)).to_be_visible()
    await expect(ana).to_have_title(re.compile(r"^\(1\) "))
    await knocks(ana).get_by_role("button", name="Look").click()

    await expect(phone(ana).get_by_role("listitem")).to_contain_text([PAGED])
    await expect(phone(ana)).to_contain_text("+351 21 555 0101")
    await expect(button(ana)).to_be_visible()
    await expect(ana).to_have_title(re.compile(r"^#general"))
    async with ana.context.expect_page() as opened:
        await phone(ana).get_by_role("link", name=provider.link, exact=True).click()
    assert (await opened.value).url == provider.link


async def test_a_call_is_taken_and_answered_with_a_key_on_the_page(
    slack: Slack, open_page: Open, provider: Provider
) -> None:
    ana = await open_page("ana")
    await button(ana).click()
    async with served() as app:
        await provider.call(f"{app.url}/say")
        await phone(ana).get_by_role("button", name="Answer", exact=True).click()
        await expect(phone(ana).get_by_role("listitem")).to_contain_text(["Press 1."])

        await phone(ana).get_by_role("button", name="1", exact=True).click()

        await expect(phone(ana).get_by_role("listitem")).to_contain_text(["Thank you."])
    await expect(phone(ana).get_by_role("button", name="Hang up")).to_have_count(0)
    assert slack.twilio.calls[0].status == "completed"


async def test_the_newest_text_is_in_sight(slack: Slack, open_page: Open, provider: Provider) -> None:
    for n in range(12):
        await provider.text("ana", f"Text {n}")
    ana = await open_page("ana")

    await button(ana, 12).click()
    await expect(phone(ana).get_by_text("Text 11")).to_be_in_viewport()
    await expect(phone(ana).get_by_text("Text 0")).not_to_be_in_viewport()
    await provider.text("ana", "Text 12")

    await expect(phone(ana).get_by_text("Text 12")).to_be_in_viewport()
    await expect(knocks(ana)).to_have_count(0)
    await expect(ana.locator("#announcer")).to_have_text("A new text on your phone")
    await expect(button(ana)).to_be_visible()
    titles = phone(ana).locator(".text-in strong")
    assert await titles.all_text_contents() == [f"Text {n}" for n in range(13)]


async def test_somebody_elses_phone_is_heard_and_answered(
    slack: Slack, open_page: Open, provider: Provider
) -> None:
    dev = await open_page("dev")
    await provider.text("ana")
    await provider.text("ines")
    await provider.text("ana")

    await expect(knocks(dev)).to_contain_text(["Inés Navarro’s phone buzzes", "Ana Ferreira’s phone buzzes"])
    await dev.keyboard.press("Alt+p")
    await expect(dev.get_by_role("menuitemradio", name="Ana Ferreira")).to_contain_text("2 notifications")
    await dev.keyboard.press("Escape")
    await knocks(dev).get_by_role("button", name="Be Ana Ferreira").click()

    await expect(phone(dev).locator(".text-in")).to_have_count(2)
    await expect(phone(dev).get_by_role("listitem")).to_contain_text(["Inés Navarro: 1 new", PAGED, PAGED])
    await dev.reload()
    await expect(phone(dev)).to_be_visible()


async def test_whose_phone_has_something_new_is_said_until_they_look(
    slack: Slack, open_page: Open, provider: Provider
) -> None:
    await provider.text("ines")
    dev = await open_page("dev")
    named = "Dev Kulkarni’s phone; Inés Navarro’s phone, 1 new"
    await expect(dev.get_by_role("button", name=named, exact=True)).to_have_text("1Inés")
    await expect(knocks(dev)).to_have_count(0)

    await dev.keyboard.press("Alt+t")
    others = dev.get_by_role("list", name="Other phones with something new")
    await expect(others.get_by_role("listitem")).to_contain_text(["Inés Navarro: 1 new"])
    await provider.text("lena")
    await expect(others.get_by_role("listitem")).to_contain_text(["Inés Navarro: 1", "Lena Brandt: 1"])
    await expect(dev.locator(".phone-owner")).to_have_text("2 phones")
    await others.get_by_role("button", name="Be Inés Navarro").click()

    await expect(dev.get_by_role("complementary", name="Inés Navarro’s phone")).to_be_visible()
    await expect(dev.get_by_role("listitem").filter(has_text="Lena Brandt: 1 new")).to_be_visible()
    await expect(dev.locator(".phone-owner")).to_have_text("Lena")


async def test_the_phone_without_a_mouse(slack: Slack, open_page: Open, provider: Provider) -> None:
    await provider.text("ana")
    ana = await open_page("ana")

    await ana.keyboard.press("Alt+t")
    await expect(phone(ana).get_by_role("region", name="Texts to Ana Ferreira")).to_be_focused()
    await expect(phone(ana).get_by_role("link")).to_be_visible()
    await ana.keyboard.press("Tab")
    await expect(phone(ana).get_by_role("link")).to_be_focused()
    await ana.keyboard.press("Escape")

    await expect(phone(ana)).to_have_count(0)
    await expect(button(ana)).to_be_focused()


async def test_a_number_that_nobody_has(slack: Slack, open_page: Open, provider: Provider) -> None:
    ana = await open_page("ana")
    await ana.keyboard.press("Alt+t")
    await expect(phone(ana)).to_contain_text("No texts.")

    await provider.text("+1 555 0199")

    await expect(phone(ana)).to_contain_text("To +1 555 0199, which nobody here has")
    await expect(knocks(ana)).to_have_count(0)


async def test_phones_are_switched_off_and_on(
    slack: Slack, app: AsyncApp, open_page: Open, provider: Provider
) -> None:
    ana = await open_page("ana")
    await ana.get_by_role("button", name="Inspector").click()
    await ana.get_by_role("tab", name="Faults").click()
    await ana.get_by_role("switch", name="Phones are switched off").check()
    await expect(ana.locator(".switch-top")).to_contain_text("The phones are being disturbed.")
    assert await provider.text("ana") == 503

    await ana.keyboard.press("Alt+t")
    await expect(phone(ana)).to_contain_text("No signal: the phones are switched off in the inspector.")
    await ana.keyboard.press("Escape")
    await ana.get_by_role("button", name="Back to normal").click()
    await ana.get_by_role("tab", name="Traffic").click()
    assert await provider.text("ana") == 200

    await expect(ana.locator(".entry.text")).to_have_count(2)
    await ana.keyboard.press("Alt+t")
    await expect(phone(ana)).not_to_contain_text("No signal")


@SCHEMES
async def test_axe_finds_nothing_serious(
    slack: Slack, open_page: Open, provider: Provider, scheme: str
) -> None:
    await provider.text("ana")
    await provider.text("+1 555 0199")
    ana = await open_page("ana", color_scheme=scheme)
    await expect(button(ana, 1)).to_be_visible()
    await provider.text("ana")
    await expect(knocks(ana)).to_be_visible()
    assert await complaints(ana) == []

    slack.phones.down = True
    await ana.keyboard.press("Alt+t")
    await expect(phone(ana).get_by_role("listitem")).to_have_count(3)
    assert await complaints(ana) == []


@ANY_FONTS
async def test_the_phone_fits_on_a_phone(slack: Slack, open_page: Open, provider: Provider) -> None:
    await provider.text("ana")
    await provider.text("ana", "x" * 200, "y" * 300)
    ana = await open_page("ana", viewport=NARROW, has_touch=True)
    for name in (
        "Move the time on by 15 minutes",
        "Ana Ferreira’s phone, 2 new",
        "Inspector",
        "Help and settings",
    ):
        await expect(ana.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    await provider.text("ines")
    await expect(knocks(ana)).to_be_in_viewport(ratio=1)
    await keep(ana, "phone-knock")

    await button(ana, 2).click()
    await expect(phone(ana).get_by_role("button", name="Close the phone")).to_be_in_viewport(ratio=1)
    assert await ana.evaluate("document.documentElement.scrollWidth") == 360
    await keep(ana, "phone")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_what_buzzes_covers_no_button(
    slack: Slack, open_page: Open, provider: Provider, viewport: ViewportSize
) -> None:
    ana = await open_page("ana", viewport=viewport, tour=True)
    await ana.get_by_role("button", name="Inspector").click()
    await ana.get_by_role("tab", name="Faults").click()

    await provider.text("ines")

    await expect(knocks(ana)).to_have_count(1)
    await expect(ana.get_by_role("region", name="Guided tour")).to_be_in_viewport(ratio=1)
    await ana.get_by_role("switch", name="Slack is down").click(trial=True)
    await ana.get_by_role("button", name="Close the inspector").click(trial=True)
    assert await ana.evaluate(COVERED) == []
    await keep(ana, f"phone-buzzes-{viewport['width']}")
    await ana.get_by_role("button", name="Close the inspector").click()
    await ana.keyboard.press("Alt+t")
    await phone(ana).wait_for()
    assert await ana.evaluate(COVERED) == []


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_text_is_replied_to_below_the_texts(
    slack: Slack, open_page: Open, provider: Provider, size: ViewportSize
) -> None:
    ana = await open_page("ana", viewport=size)
    await button(ana).click()
    await provider.text("ana")
    await expect(phone(ana).get_by_label("Reply to the texts")).to_be_hidden()
    async with served() as app:
        slack.twilio.sms_url = f"{app.url}/sms"
        await provider.sms()
        words = phone(ana).get_by_label("Reply to the texts")
        await words.fill("1")
        await expect(phone(ana).get_by_role("button", name="Send")).to_be_in_viewport()
        await words.press("Enter")

        await expect(phone(ana).get_by_role("listitem")).to_contain_text(
            [PAGED, PAGED, "You replied", "Done."]
        )
    await expect(words).to_have_value("")
    await keep(ana, "phone-reply")


async def test_on_a_phone_it_says_in_full_whose_phones_have_something_new(
    open_page: Open, provider: Provider
) -> None:
    dev = await open_page("dev", viewport=NARROW)
    owner = dev.locator(".phone-owner")

    for who, said in (("ana", "Ana"), ("ines", "2 phones")):
        await provider.text(who)
        await expect(owner).to_have_text(said)
        assert await owner.evaluate("(one) => one.scrollWidth <= one.clientWidth")
