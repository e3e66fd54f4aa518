"""`/inc test-page`: a person tests how they are paged."""

import re

from tests.phones import Phones
from tests.scenarios.conftest import World
from tests.scenarios.contact_methods.conftest import ANA, Browser
from tests.scenarios.look import Json, answer, asks, inc, presses, shown

_LINK = re.compile(r"https?://\S+")


def line_of(world: World, who: str, contact_method: str) -> str:
    """Return what the direct message says of a contact method."""
    lines = shown(world.person(who).dm()[-1]).splitlines()
    return next(line for line in lines if line.startswith(f"{contact_method}:"))


def to_press(message: Json) -> list[str]:
    """Return the labels of the buttons beside the contact methods."""
    return [block["accessory"]["text"]["text"] for block in message["blocks"] if "accessory" in block]


async def test_every_contact_method_is_tried_and_confirmed_where_it_arrived(
    world: World, phone: Phones, browser: Browser
):
    said = await asks(world, "ana", "test-page", "general")
    assert "look at my direct message to you and by sms, push" in said["text"]
    ana = world.person("ana")
    assert to_press(ana.dm()[-1]) == ["It arrived", "sms arrived", "push arrived"]
    assert "handed over" in line_of(world, "ana", "sms")
    [text] = phone.texts(ANA)
    assert text.startswith("Muster: a test of sms, nothing has happened. It arrived? Confirm: http")
    [link] = _LINK.findall(text)

    status, page = await browser.opens(link)
    assert (status, "It arrived</button>" in page) == (200, True)
    assert "confirmed" not in line_of(world, "ana", "sms")
    _, page = await browser.presses(link, "confirm")
    await world.settle()
    assert "Confirmed at 12:00 (Europe/Lisbon)" in page
    assert "confirmed" in line_of(world, "ana", "sms")
    await presses(world, ana, ana.dm()[-1], "It arrived")
    assert "confirmed" in line_of(world, "ana", "Slack")
    assert to_press(ana.dm()[-1]) == ["push arrived"]
    assert len(ana.dm()) == 1


async def test_a_contact_method_that_fails_says_what_to_check(world: World, phone: Phones):
    phone.status = 401

    await inc(world, "ana", "test-page", "general")

    assert line_of(world, "ana", "push") == "push: *failed*: it answered 401; check `contact_methods.push`"
    assert phone.refused == 2


async def test_whoever_has_no_contact_method_is_told_how_to_get_one(world: World, phone: Phones):
    await inc(world, "dev", "test-page", "general")

    assert "You have no contact method" in shown(world.person("dev").dm()[-1])
    assert to_press(world.person("dev").dm()[-1]) == ["It arrived"]


async def test_one_test_at_a_time(world: World, phone: Phones):
    await inc(world, "ana", "test-page", "general")

    said = await asks(world, "ana", "test-page", "general")

    assert "A test of yours is under way" in said["text"]
    assert len(phone.texts(ANA)) == 1


async def test_the_list_of_who_is_on_call_has_a_button_for_it(world: World, phone: Phones):
    ana = await inc(world, "ana", "oncall", "general")

    await presses(world, ana, answer(ana, "general"), "Test how I am paged")

    assert len(phone.texts(ANA)) == 1


async def test_a_confirming_link_that_is_not_ours_is_answered_plainly(
    world: World, phone: Phones, browser: Browser
):
    base = f"http://127.0.0.1:{world.muster.web.port}/t/"

    assert (await browser.opens(base + "x"))[0] == 404
    assert (await browser.presses(base + "x", "confirm"))[0] == 404
