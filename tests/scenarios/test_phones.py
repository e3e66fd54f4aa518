"""As in the sandbox: Slack is switched off, and people's phones there keep the page going."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from sandbox.slack import Slack
from sandbox.state import Text
from tests.fakes import FakeClock
from tests.scenarios.conftest import World, _nothing_was_said_twice, with_phones
from tests.scenarios.look import CHANNEL, card, shown, told

pytestmark = pytest.mark.faults


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    world = World(slack, clock, tmp_path / "muster.db", with_phones(slack))
    world.public_url = "http://127.0.0.1:{port}"
    await world.start()
    yield world
    await world.stop()
    _nothing_was_said_twice(slack)


async def back(world: World) -> None:
    """Let Slack work again, and see what comes of it."""
    await world.slack.switchboard.turn({"clear": True})
    await world.pass_minutes(2)


def texts(world: World) -> dict[str, list[Text]]:
    """Return what is on all phones, by whose they are."""
    people = [user.handle for user in world.slack.workspace.users.values() if not user.bot]
    return {who: found for who in people if (found := world.person(who).phone())}


async def test_the_page_climbs_by_phone_and_is_answered_by_its_link(world: World):
    await world.declare()
    await world.slack.switchboard.down(True)

    await world.pass_minutes(16)
    assert {who: len(found) for who, found in texts(world).items()} == {"ana": 2, "ines": 1}
    await world.pass_minutes(15)
    (text,) = texts(world)["lena"]
    async with (
        aiohttp.ClientSession() as session,
        session.post(*text.links, data={"act": "acknowledge"}) as said,
    ):
        assert "You acknowledged this page." in await said.text()
    await world.pass_minutes(20)
    assert {who: len(found) for who, found in texts(world).items()} == {"ana": 2, "ines": 3, "lena": 1}
    await back(world)

    lena = world.person("lena")
    assert "lena acknowledged" in shown(card(lena))
    assert any("acknowledged* as Infrastructure Leader" in line for line in told(lena, CHANNEL))


async def test_phones_that_are_off_ring_when_they_are_on_again(world: World):
    world.slack.phones.down = True
    await world.declare()
    await world.slack.switchboard.down(True)
    await world.pass_minutes(20)
    assert texts(world) == {}

    world.slack.phones.down = False
    await world.pass_minutes(2)

    assert {who: len(found) for who, found in texts(world).items()} == {"ines": 1}


async def test_a_text_whose_receipt_is_lost_may_come_twice_and_says_so(world: World):
    world.slack.phones.lose_replies = True
    await world.declare()
    await world.slack.switchboard.down(True)
    await world.pass_minutes(16)

    world.slack.phones.lose_replies = False
    await world.pass_minutes(10)

    first, *again = texts(world)["ines"]
    assert "perhaps again" not in first.text
    assert again
    marked = [text for text in again if "Muster (perhaps again): S3 INC-1. Acknowledge" in text.text]
    assert marked
    assert len(again) - len(marked) <= 2, "two reminders are calls of their own"
