"""Open pages are told that something changed; and the screen in the office."""

import asyncio
from datetime import UTC
from typing import Any

import aiohttp
import pytest

from bot.domain.incidents.incident import Draft, Severity
from bot.domain.tokens import hashed
from bot.operations.incidents.board import board_seen
from bot.operations.incidents.declare import declare
from handlers.browser import live, site
from storage import tokens
from storage.transaction import Tx
from tests.patience import PATIENCE
from tests.scenarios.browser.conftest import Reader, signed_in
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, deactivates, inc
from tests.scenarios.test_api import ask

WALL, OTHER = "muster_wall0123456789", "muster_other123456789"


class Stream:
    """What one open page hears."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def next(self) -> str:
        """Return the next event's name, or nothing at the end."""
        async with asyncio.timeout(PATIENCE):
            async for line in self._answer.content:
                if line.startswith(b"event: "):
                    return line.decode().strip().removeprefix("event: ")
        return ""

    async def last(self) -> str:
        """Return what comes after all changes: `over`, or nothing at the end."""
        while (event := await self.next()) == "changed":
            pass
        return event


async def opened(reader: Reader, path: str = "/live") -> Stream:
    answer = await reader.http.get(f"{reader.base}{path}")
    reader.open.append(answer)
    assert answer.status == 200
    assert answer.content_type == "text/event-stream"
    return Stream(answer)


def seen(page: str) -> str:
    """Return where a page hears of changes."""
    return page.partition('data-live="')[2].partition('"')[0]


def watching(world: World) -> live.Live:
    found = world.muster.live
    assert found
    found.every, found.beat = 0.01, 0.05
    return found


async def test_a_page_hears_of_a_change_once_until_its_reader_leaves(reader: Reader):
    world = reader.world
    watching(world)
    await reader.sign_in("sam")
    page = await reader.get("/")
    assert "Nothing is open." in page.text
    streams = [await opened(reader, seen(page.text)) for _ in range(3)]

    await world.declare()

    assert [await one.next() for one in streams] == ["changed"] * 3
    assert len([one for one in asyncio.all_tasks() if one.get_name() == "pages in the browser"]) == 1
    page = await reader.get("/")
    assert "Disk full" in page.text
    assert "Update due in" in page.text
    assert "unanswered:" in page.text
    assert len(page.text.encode()) < 20_000
    await deactivates(world, "sam")
    assert await streams[0].last() == "over"


async def test_a_page_that_was_away_hears_at_once_and_the_bot_stops_at_once(reader: Reader):
    watching(reader.world)
    await reader.sign_in("dev")
    stream = await opened(reader, "/live?seen=1-2-3")
    assert await stream.next() == "changed"

    loop = asyncio.get_running_loop()
    began = loop.time()
    await reader.world.stop()

    assert await stream.last() == ""
    assert loop.time() - began < PATIENCE / 2
    await reader.world.start()
    assert (await reader.get("/")).status == 200  # the session outlives it


async def test_too_many_readers_ask_by_themselves(reader: Reader, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "MOST_READERS", 1)
    watching(reader.world)
    await reader.sign_in("dev")
    await opened(reader)

    assert (await reader.get("/live")).status == 503


def _tokens(tx: Tx) -> None:
    for secret, scopes in ((WALL, {"wall", "incidents:private"}), (OTHER, {"incidents:read"})):
        tokens.add(tx, secret, hashed(secret), frozenset(scopes), None)


async def test_a_screen_shows_what_is_public_and_does_nothing(reader: Reader):
    world = reader.world
    watching(world)
    await world.muster.uow.perform(_tokens)
    await world.declare(severity="S1")
    await world.declare("sam", name="Stolen keys", severity="S1", visibility="private")

    wall = await reader.get(f"/wall/{WALL}")

    assert wall.status == 200
    assert "Disk full" in wall.text
    assert "Stolen" not in wall.text
    assert "INC-2" not in wall.text
    assert "<form" not in wall.text
    assert "<a " not in wall.text
    assert (await reader.post(f"/wall/{WALL}", {})).status == 405
    stream = await opened(reader, seen(wall.text))
    await inc(world, "dev", "update it is the disk", CHANNEL)
    assert await stream.next() == "changed"
    status, _, _ = await ask(world, reader.http, WALL)
    assert status == 403
    for path in (f"/wall/{OTHER}", "/wall/none", f"/wall/{WALL}x/live", "/wall/" + "x" * 300):
        assert (await reader.get(path)).status == 404
    await world.muster.uow.perform(tokens.revoke, WALL)
    assert (await reader.get(f"/wall/{WALL}")).status == 404


async def test_what_begins_while_a_board_is_drawn_is_shown_to_nobody_else(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(site, "zone_of", lambda _, __: UTC)  # else the two are shown different times
    world = reader.world
    await world.declare()
    uow = world.muster.uow
    read = uow.read
    steps = ["sam reads", "dev reads"]

    async def interrupted(question: Any, *args: Any, **kwargs: Any) -> Any:
        """Have dev draw the board between sam's two questions, and a secret begin between dev's two."""
        found = await read(question, *args, **kwargs)
        if question is board_seen and steps:
            if steps.pop(0) == "sam reads":
                reader.http.cookie_jar.update_cookies(signed_in(world, "dev"), reader.home)
                assert "Stolen keys" in (await reader.get("/")).text
            else:
                draft = Draft("Stolen keys", "GitLab.com", Severity.S1, private=True)
                await uow.perform(declare, draft, by=world.person("dev").id, form=None)
        return found

    uow.read = interrupted  # type: ignore[method-assign]
    reader.http.cookie_jar.update_cookies(signed_in(world, "sam"), reader.home)
    shown = await reader.get("/")

    assert steps == []
    assert "Disk full" in shown.text
    assert "Stolen keys" not in shown.text
    await world.settle()
