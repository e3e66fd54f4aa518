"""A bot with two contact methods, the phones at their other ends, and what a phone does with a link."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.config import load
from sandbox.faults import Fault
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.phones import Phones, phones
from tests.scenarios.conftest import CONFIG, World, _nothing_was_said_twice

ANA = "+442079460001"
CONTACT_METHODS = """
contact_methods:
  sms: "{url}"
  push: "{url}"
people:
  ana@example.com: {{phone: "+44 20 7946 0001", sms: "+442079460001", push: ana-phone}}
  ines@example.com: {{phone: "+44 20 7946 0002", sms: "+442079460002"}}
  lena@example.com: {{phone: "+44 20 7946 0003", sms: "+442079460003"}}
"""
AWAY = Fault("chat.postMessage", "status", 503, times=10_000)


@pytest.fixture
async def phone() -> AsyncIterator[Phones]:
    async with phones() as found:
        yield found


def contact_methods_world(slack: Slack, clock: FakeClock, folder: Path, phone: Phones) -> World:
    """Return the bot with two contact methods, not yet started. People's phones reach it where it listens."""
    config = folder / "muster.yml"
    config.write_text(CONFIG.read_text() + CONTACT_METHODS.format(url=phone.url))
    world = World(slack, clock, folder / "muster.db", load(config))
    world.public_url = "http://127.0.0.1:{port}"
    return world


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path, phone: Phones) -> AsyncIterator[World]:
    world = contact_methods_world(slack, clock, tmp_path, phone)
    await world.start()
    yield world
    await world.stop()
    _nothing_was_said_twice(slack)


class Browser:
    """What a phone does with a link."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def opens(self, link: str) -> tuple[int, str]:
        async with self._session.get(link) as answer:
            return answer.status, await answer.text()

    async def presses(self, link: str, act: str = "acknowledge", **fields: str) -> tuple[int, str]:
        async with self._session.post(link, data={"act": act, **fields}) as answer:
            return answer.status, await answer.text()

    async def headers(self, link: str, method: str = "GET") -> dict[str, str]:
        async with self._session.request(method, link) as answer:
            return dict(answer.headers)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession() as session:
        yield Browser(session)
