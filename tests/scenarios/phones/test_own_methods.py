"""Somebody adds their phone on the Home tab, verifies it by a code, and is reached there."""

import re
from typing import Any

import pytest

from sandbox.person import Person, _pressable
from sandbox.wire import view_object
from tests.scenarios.conftest import World
from tests.scenarios.look import deactivates, sends, shown

INES, BAD = "+34 91 555 0103", "91 555 0103"
Json = dict[str, Any]


async def at_home(world: World, who: str = "ines") -> tuple[Person, Json]:
    """Return somebody and what they see on their Home."""
    person = world.person(who)
    await person.open_home()
    await world.settle()
    home = world.slack.workspace.user(who).home
    assert home
    return person, view_object(world.slack.workspace, home)


async def presses_at_home(world: World, label: str, value: str = "", who: str = "ines") -> Person:
    """Have somebody press a button of their Home: the one that carries `value`, if it is given."""
    person, home = await at_home(world, who)
    shown_there = [
        block
        for block in home["blocks"]
        for one in (*block.get("elements", []), block.get("accessory") or {})
        if one.get("type") == "button" and one["text"]["text"] == label and value in ("", one.get("value"))
    ]
    block, element = _pressable(shown_there, None, label, None)
    seen = await person._press(block, element, None, True, view_id=home["id"])
    assert not seen.error
    await world.settle()
    return person


async def says(world: World, who: str = "ines") -> str:
    _, home = await at_home(world, who)
    return shown(home)


def code(text: str) -> str:
    """Return the code in a text or a call, however it is spoken."""
    return re.sub(r"\D", "", text.partition("code is")[2].partition(". ")[0])[:6]


async def adds(world: World, name: str, address: str, who: str = "ines") -> Person:
    person = await presses_at_home(world, "Add", name, who)
    assert await sends(world, person, address=address) == {}
    return person


async def verifies(world: World, person: Person) -> None:
    """Have somebody type the code that came last, in the form that asks for it."""
    assert await sends(world, person, code=code(person.phone()[-1].text)) == {}


async def test_a_number_is_verified_by_a_code_and_then_called_for_a_page(
    world: World, caplog: pytest.LogCaptureFixture
):
    person = await presses_at_home(world, "Add", "sms")
    assert await sends(world, person, address=BAD) == {
        "address": "This is no phone number with a country code. Write it as +44 20 7946 0000."
    }
    assert await sends(world, person, address=INES) == {}
    right = code(person.phone()[-1].text)
    wrong = await sends(world, person, code=f"{(int(right) + 1) % 10**6:06}")
    assert wrong == {"code": "That is not the code. 4 more tries."}
    assert "Not verified: a code was sent" in await says(world)

    await world.stop()
    await world.start()
    world.slack.twilio.sms_url = f"http://127.0.0.1:{world.muster.web.port}/twilio/sms"
    person = await presses_at_home(world, "Enter the code")
    await verifies(world, person)
    assert "*sms*: +34915550103\nVerified" in await says(world)
    await world.declare(severity="S2")
    await world.pass_minutes(3.1)
    assert "S2 INC-1" in person.phone()[-1].text
    await world.slack.twilio.reply("+34915550103", "1 INC-1")
    await world.settle()
    assert any("acknowledged* as IM" in text for text in world.texts("dev", "inc-1-disk-full"))
    assert "34915550103" not in caplog.text
    assert right not in caplog.text


async def test_a_call_says_the_code_and_the_old_number_counts_until_then(world: World):
    ana = await presses_at_home(world, "Use another", "call", "ana")
    assert await sends(world, ana, address="+442079460000") == {}
    call = world.slack.twilio.calls[-1]
    said = await call.answer()

    assert "+351 21 555 0101\nFrom the configuration" in await says(world, "ana")
    assert await sends(world, ana, code=code(said)) == {}
    assert "*call*: +442079460000\nVerified" in await says(world, "ana")
    await presses_at_home(world, "Remove", "1", "ana")
    assert "+442079460000" not in await says(world, "ana")
    assert "+351 21 555 0101\nFrom the configuration" in await says(world, "ana")


async def test_after_five_wrong_codes_only_a_new_one_is_offered(world: World):
    person = await adds(world, "sms", INES)
    wrong = f"{(int(code(person.phone()[-1].text)) + 1) % 10**6:06}"
    for _ in range(5):
        assert "That is not the code" in (await sends(world, person, code=wrong))["code"]

    assert "Not verified: the code that was sent holds no longer" in await says(world)
    assert "Enter the code" not in await says(world)
    await presses_at_home(world, "Send again")
    await verifies(world, await presses_at_home(world, "Enter the code"))
    assert "*sms*: +34915550103\nVerified" in await says(world)


@pytest.mark.faults
async def test_a_code_that_cannot_be_sent_says_why_and_another_follows(world: World):
    world.slack.twilio.status = 400
    person = await adds(world, "sms", INES)
    assert "could not be sent: it answered 400 (20500)" in (await sends(world, person, code="1"))["code"]
    assert "Not verified: the code could not be sent (it answered 400 (20500))" in await says(world)

    world.slack.twilio.status = 0
    await presses_at_home(world, "Send again")
    await verifies(world, await presses_at_home(world, "Enter the code"))
    assert "Verified" in await says(world)


async def test_a_persons_own_rule_decides_when_they_are_called(world: World):
    person = await adds(world, "push", "ines")
    await verifies(world, person)
    assert "Slack now, push after 1 min\nThe default" in await says(world)
    person = await presses_at_home(world, "Change", "loud")
    push = {"rule_2": "Now"}
    assert await sends(world, person, **push) == {}

    assert "Slack now, push now\nYour own rule" in await says(world)
    await world.declare(severity="S2")
    await world.pass_minutes(0.1)
    assert "S2 INC-1" in person.phone()[-1].text
    await presses_at_home(world, "Use the default")
    assert "Your own rule" not in await says(world)


async def test_a_test_page_tries_what_is_verified_and_nothing_else(world: World):
    await verifies(world, await adds(world, "push", "ines"))
    person = await adds(world, "sms", INES)
    await presses_at_home(world, "Test how I am paged")

    assert "push: handed over" in shown(person.dm()[-1])
    assert "sms" not in shown(person.dm()[-1])
    assert "a test of push" in person.phone()[-1].text


async def test_numbers_are_shown_to_their_owner_alone(world: World):
    await verifies(world, await adds(world, "sms", INES))
    await deactivates(world, "ines")

    for who in ("ana", "dev"):
        assert "0103" not in await says(world, who)
    everything = str(
        [call.args for call in world.slack.calls("*") if call.args.get("user_id") != "U0INES0003"]
    )
    assert "34915550103" not in everything
