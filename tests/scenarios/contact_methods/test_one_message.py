"""Whoever has a phone is called again by it: their one direct message is edited, and makes no sound."""

import pytest

from tests.phones import Phones
from tests.scenarios.conftest import World
from tests.scenarios.contact_methods.conftest import AWAY
from tests.scenarios.look import buttons

ANA, LENA = "+442079460001", "+442079460003"


async def test_a_leader_who_is_silent_for_45_minutes_has_one_message(world: World, phone: Phones):
    await world.declare()
    await world.pass_minutes(30)
    lena = world.person("lena")
    [first] = lena.dm()
    assert phone.texts(LENA) == []

    for _ in range(45):
        await world.pass_minutes(1)
        [shown] = lena.dm()
        assert shown["ts"] == first["ts"]
        assert buttons(shown)[0] == "Acknowledge"

    assert "called 10 times since" in shown["text"]
    assert "Nobody has answered" in shown["text"]
    assert len(phone.texts(LENA)) == 9

    await lena.click(shown, text="Acknowledge")
    await world.settle()
    [answered, *_] = lena.dm()
    assert "You acknowledged this page" in answered["text"]
    assert answered["ts"] == first["ts"]


@pytest.mark.faults
async def test_a_repeated_call_that_no_phone_takes_is_a_new_message(world: World, phone: Phones):
    await world.declare()
    ana = world.person("ana")
    [first] = ana.dm()
    phone.status = 500

    await world.pass_minutes(5)
    assert [one["ts"] for one in ana.dm()] == [first["ts"]]
    await world.pass_minutes(2)

    [shown] = ana.dm()
    assert shown["ts"] != first["ts"]
    assert "called 2 times" in shown["text"]


@pytest.mark.faults
async def test_in_a_storm_one_text_stands_for_all_that_calls_somebody(world: World, phone: Phones):
    world.slack.faults.append(AWAY)
    for severity in ("S3", "S3", "S2", "S4", "S3"):
        await world.declare(severity=severity)

    await world.pass_minutes(2)

    [text] = phone.texts(ANA)
    assert text.startswith("Muster: 5 pages wait for you, worst: S2 INC-3. S3 INC-1. Acknowledge: http")

    await world.declare(name="One more")
    await world.pass_minutes(1.5)
    assert len(phone.texts(ANA)) == 2
    assert "6 pages wait for you" in phone.texts(ANA)[-1]
