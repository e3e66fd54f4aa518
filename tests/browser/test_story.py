"""The first minutes: README, tour and terminal tell one story, and it happens as they tell it."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open, message, write
from tests.browser.steps import NARROW, WIDE, form, go, keep, open_muster, send
from tests.scenarios.conftest import World
from tests.story import GOOD, STEPS, bold, plain, typed

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SIZES = pytest.mark.parametrize(
    "viewport", [pytest.param(WIDE, id="1280"), pytest.param(NARROW, id="360", marks=pytest.mark.proof)]
)


class Reader:
    """Somebody who does what the README says, at one window."""

    def __init__(self, page: Page, muster: World) -> None:
        self.page, self.muster = page, muster

    async def sees_step(self, n: int) -> str:
        """See the tour say the same as the README."""
        shown = self.page.get_by_role("region", name="Guided tour").locator(".tour-words")
        await expect(shown).to_have_text(f"{n} of {len(STEPS)} {plain(STEPS[n - 1]).replace('. ', '.', 1)}")
        return STEPS[n - 1]

    async def become(self, name: str) -> None:
        await self.page.keyboard.press("Alt+p")
        await self.page.get_by_role("menuitemradio", name=name).click()
        await self.page.get_by_role("heading", level=1).first.wait_for()

    async def open_place(self, place: str) -> None:
        if (self.page.viewport_size or WIDE)["width"] < 900:
            await self.page.locator(".drawer-button").first.click()
        await (open_muster(self.page) if place == "muster" else go(self.page, place))

    async def press(self, label: str) -> None:
        minutes = re.fullmatch(r"\+(\d+) min", label)
        name: Any = re.compile(f"by {minutes[1]} minute") if minutes else label
        await self.page.get_by_role("button", name=name).first.click()
        await self.muster.settle()

    async def declare(self, command: str, severity: str, button: str) -> None:
        await write(self.page, command)
        await form(self.page, "Declare an incident").get_by_role("radio", name=severity).check()
        await send(self.page, "Declare an incident", button)
        await self.muster.settle()

    async def switch_slack(self, label: str, *, off: bool) -> None:
        await self.page.get_by_role("button", name="Inspector", exact=True).click()
        await self.page.get_by_role("tab", name="Faults").click()
        switch = self.page.get_by_role("switch", name=label)
        await (switch.check() if off else switch.uncheck())
        await self.page.get_by_role("button", name="Close the inspector").click()


@SIZES
async def test_it_happens_as_the_readme_tells_it(muster: World, open_page: Open, viewport: Any) -> None:
    page = await open_page("", tour=True, viewport=viewport)
    reader = Reader(page, muster)

    step = await reader.sees_step(1)
    who, severity, button = bold(step)
    await expect(page.locator(".top-me, .whoami").filter(has_text=re.compile(".")).first).to_be_attached()
    await expect(page).to_have_title(re.compile(f"{who}$"))
    await reader.declare(typed(step), severity, button)

    step = await reader.sees_step(2)
    await reader.become(bold(step)[0])
    await reader.open_place("muster")
    await expect(message(page, "You are paged").first).to_be_visible()

    step = await reader.sees_step(3)
    later, manager = bold(step)
    await reader.press(later)

    step = await reader.sees_step(4)
    assert bold(step) == [manager, "Acknowledge"]
    await reader.become(manager)
    await reader.open_place("muster")
    await message(page, "paged").get_by_role("button", name="Acknowledge", exact=True).last.click()
    await muster.settle()
    await reader.open_place("inc-1-checkout-is-down")
    await expect(message(page, "acknowledged").first).to_be_attached()
    await keep(page, f"story-answered-{viewport['width']}")

    step = await reader.sees_step(5)
    await muster.person("ines").react(muster.person("ines").messages("inc-1-checkout-is-down")[-1], "pushpin")
    await write(page, typed(step))
    await expect(message(page, "Timeline of INC-1")).to_be_attached()
    assert called(muster, "ana") == called(muster, "ines") == 1
    assert sum(called(muster, who) for who in ("bo", "ivan", "carla", "chen", "lena", "luis")) == 0

    step = await reader.sees_step(6)
    who, severity, button, switch, _, later, more = bold(step)
    await reader.become(who)
    await reader.declare(typed(step), severity, button)
    await reader.switch_slack(switch, off=True)
    await reader.press(later)
    await reader.press(more)

    step = await reader.sees_step(7)
    await keep(page, f"story-phone-{viewport['width']}")
    await answer_on_the_phone(page, reader, *bold(step)[:2])
    await reader.switch_slack(switch, off=False)
    await reader.press(more)
    await reader.press(more)
    await expect(page.get_by_role("region", name="Guided tour")).to_contain_text(plain(GOOD))
    assert any("cknowledged" in text for text in muster.texts("ines", "inc-2-the-database-is-down"))


async def answer_on_the_phone(page: Page, reader: Reader, answer: str, key: str) -> None:
    """Whose phone it is, is still said when the note of its buzzing is long gone."""
    called = reader.muster.person("ines")
    assert sorted(one.title.partition(" ")[0] for one in called.phone()) == ["", "Call"]
    name = reader.muster.slack.workspace.users[called.id].real_name
    await page.evaluate("document.querySelectorAll('.knock').forEach((one) => one.remove())")
    button = page.get_by_role("button", name=re.compile(f"{name}’s phone, 2 new"))
    await expect(button).to_be_in_viewport(ratio=1)
    await button.click()
    if await page.get_by_role("button", name=f"Be {name}").count():
        await page.get_by_role("button", name=f"Be {name}").click()
    phone = page.get_by_role("complementary", name=f"{name}’s phone")
    await phone.get_by_role("button", name=answer, exact=True).click()
    await phone.get_by_role("button", name=key, exact=True).click()
    await expect(phone).to_contain_text("You acknowledged incident 2 as Incident Manager")
    await phone.get_by_role("button", name="Close the phone").click()


def called(muster: World, who: str) -> int:
    """How often somebody was paged so far: a page that is repeated keeps its message."""
    return len(muster.person(who).dm())
