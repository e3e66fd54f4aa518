"""A bot that calls, texts, pushes and mails; at the other end are the sandbox's phones."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.config import load
from sandbox.slack import Slack
from sandbox.twilio import Call
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World, _nothing_was_said_twice

ANA, LENA, STRANGER = "+351215550101", "+49305550107", "+15005550009"
PHONES = """
contact_methods: {call: twilio call, sms: twilio sms, push: ntfy}
people:
  ana@example.com: {call: "+351 21 555 0101", sms: "+351215550101", push: ana}
  lena@example.com: {sms: "+49 30 555 0107"}
"""


def phones_world(slack: Slack, clock: FakeClock, folder: Path, phones: str = PHONES) -> World:
    """Return the bot, not yet started."""
    config = folder / "muster.yml"
    config.write_text(CONFIG.read_text() + phones)
    environ = {
        "TWILIO_ACCOUNT_SID": slack.twilio.sid,
        "TWILIO_AUTH_TOKEN": slack.credentials.twilio_token,
        "TWILIO_FROM": "+1 500 555 0006",
        "TWILIO_API_URL": slack.url,
        "NTFY_URL": f"{slack.url}/ntfy",
    }
    world = World(slack, clock, folder / "muster.db", load(config, environ))
    world.public_url = "http://127.0.0.1:{port}"
    return world


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    world = phones_world(slack, clock, tmp_path)
    await world.start()
    slack.twilio.sms_url = f"http://127.0.0.1:{world.muster.web.port}/twilio/sms"
    yield world
    await world.stop()
    _nothing_was_said_twice(slack)


def calls(world: World, number: str = ANA) -> list[Call]:
    """Return the calls to a number, oldest first."""
    return [one for one in world.slack.twilio.calls if one.to == number]


async def rings(world: World, **answers: Any) -> Call:
    """Declare an S2 and let it ring at Ana's; return the call."""
    await world.declare(severity="S2", **answers)
    await world.pass_minutes(5.1)
    [call] = calls(world)
    return call


async def waiting(world: World, who: str = "ana") -> bool:
    """Say whether the page in somebody's direct message still asks to be acknowledged."""
    labels = [
        element["text"]["text"]
        for message in world.person(who).dm()
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "button"
    ]
    return "Acknowledge" in labels
