"""A page leaves as a push message, whose button acknowledges."""

import aiohttp
import pytest

from sandbox.state import Text
from tests.scenarios.conftest import World
from tests.scenarios.look import acknowledged, asks, plain
from tests.scenarios.phones.conftest import calls, waiting


async def pushed(world: World, **answers: str) -> Text:
    await world.declare(**{"severity": "S2", **answers})
    await world.pass_minutes(1.1)
    [text] = world.person("ana").phone()
    return text


async def pressed(text: Text, method: str = "POST") -> tuple[int, str]:
    """Press the button on the lock screen, and return what the app hears."""
    [button] = text.buttons
    async with aiohttp.ClientSession() as session, session.request(method, button["url"]) as answer:
        return answer.status, await answer.text()


async def test_the_button_acknowledges_without_opening_anything(world: World):
    text = await pushed(world)
    assert (text.priority, text.buttons[0]["label"]) == (5, "Acknowledge")

    assert await pressed(text) == (200, "Acknowledged.")
    await world.settle()

    assert not await waiting(world)
    assert await pressed(text) == (200, "Acknowledged.")


async def test_a_quiet_page_is_pushed_and_makes_no_noise(world: World):
    text = await pushed(world, severity="S3")
    assert text.priority == 3

    await world.pass_minutes(3.8)

    assert calls(world) == []
    assert len(world.person("ana").phone()) == 1


async def test_looking_at_the_button_changes_nothing(world: World):
    text = await pushed(world)

    assert (await pressed(text, "GET"))[0] == 405
    await world.settle()

    assert await waiting(world)


async def test_a_late_press_fails_and_changes_nothing(world: World):
    text = await pushed(world)
    await world.pass_minutes(14.5)

    status, said = await pressed(text)

    assert (status, said.startswith("This page has moved on: now it is with @ines")) == (409, True)
    assert await waiting(world, "ines")


async def test_a_button_that_is_not_ours_does_nothing(world: World):
    text = await pushed(world)
    link = next(one for one in text.links)
    other = Text("1", "", "", "", buttons=[{"url": link.replace("/p/", "/b/")}])

    assert (await pressed(other))[0] == 404
    assert await waiting(world)


async def test_no_push_leaves_for_what_was_answered_before(world: World):
    await world.declare(severity="S2")
    await acknowledged(world)

    await world.pass_minutes(10)

    assert (world.person("ana").phone(), calls(world)) == ([], [])


@pytest.mark.faults
async def test_a_server_that_is_away_is_tried_again(world: World):
    world.slack.phones.down = True
    await world.declare(severity="S2")
    await world.pass_minutes(2)
    world.slack.phones.down = False

    await world.pass_minutes(1.5)

    assert [text.priority for text in world.person("ana").phone() if text.buttons] == [5]


@pytest.mark.faults
async def test_a_push_that_fails_has_the_text_leave_at_once_and_arrives_when_it_can(world: World):
    world.slack.phones.down = True
    await world.declare(severity="S2")
    await world.pass_minutes(1.2)
    ana = world.person("ana")

    assert ["Acknowledge: http" in text.text for text in ana.phone() if not text.buttons] == [True]
    assert "• sms: taken 12:01 UTC; left early because push failed" in plain(await asks(world, "ana", "why"))
    await world.pass_minutes(0.8)
    world.slack.phones.down = False
    await world.pass_minutes(1.9)

    assert [text.priority for text in ana.phone() if text.buttons] == [5]
    assert len(ana.phone()) == 2
    assert calls(world) == []  # it keeps its time
