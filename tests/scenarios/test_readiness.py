"""`/readyz` fails within ten seconds of whatever a page would die of, and says why."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

import bot.web.server
from bot.config import load
from bot.integrations.slack.socket import PING_EVERY
from sandbox.faults import Fault
from sandbox.slack import Slack
from storage.sqlite import REPLACED
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import unready

SOON = 9.0
"""Seconds by which it must have been noticed, with one left for asking."""


async def problems(world: World) -> dict[str, str]:
    return await unready(world.muster)


async def time_passes(world: World, seconds: float) -> None:
    """Let time pass with the delivery awake, but nobody looking at deadlines."""
    world.clock.advance(seconds)
    world.muster.deliveries.wake()
    await world.settle()


async def test_all_is_well(world: World) -> None:
    assert await problems(world) == {}


async def test_a_stopped_scheduler(world: World) -> None:
    await time_passes(world, 4.9)
    assert await problems(world) == {}

    await time_passes(world, SOON - 4.9)

    assert await problems(world) == {"scheduler": "no deadline was looked at for 9 s"}


async def test_a_stopped_delivery(world: World) -> None:
    loop = world.muster.deliveries._loop
    assert loop
    loop.cancel()
    world.clock.advance(SOON)
    await world.muster.ticks.tick()

    assert await problems(world) == {"delivery": "nobody looked what is to be sent for 9 s"}


class Stepped(FakeClock):
    """A wall clock that somebody set, beside a monotonic one that nobody can."""

    step = timedelta()

    def now(self) -> datetime:
        return super().now() + self.step

    def monotonic(self) -> float:
        return super().now().timestamp()


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> FakeClock:
    return Stepped()


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_was_set_hides_no_stopped_loop_and_invents_none(world: World, hours: int) -> None:
    assert isinstance(world.clock, Stepped)
    world.clock.step = timedelta(hours=hours)
    assert await problems(world) == {}

    await time_passes(world, SOON)

    assert list(await problems(world)) == ["scheduler"]


@pytest.mark.faults
async def test_a_database_that_takes_no_writes(world: World) -> None:
    world.muster.uow._database.run(lambda connection: connection.execute("PRAGMA query_only = ON", {}))

    assert await problems(world) == {"database": "the database cannot be written"}

    world.muster.uow._database.run(
        lambda connection: connection.execute("PRAGMA query_only = OFF", {}), writing=False
    )
    assert await problems(world) == {}


@pytest.mark.faults
@pytest.mark.parametrize("way", ["removed", "replaced"])
async def test_a_database_whose_file_is_gone_while_it_is_in_use(
    world: World, caplog: pytest.LogCaptureFixture, tmp_path: Path, way: str
) -> None:
    [look] = [one.run for one in world.muster.repeating if one.name == "alarm"]
    file = tmp_path / "muster.db"
    if way == "removed":
        file.rename(tmp_path / "elsewhere.db")
    else:
        copy = tmp_path / "copy.db"
        copy.write_bytes(file.read_bytes())
        copy.replace(file)

    assert await unready(world.muster) == {"database": REPLACED}
    await look()
    await look()

    assert caplog.messages.count("the database's file was replaced or removed") == 1
    assert "the database needs its operator; telling those on call" in caplog.messages
    told = world.person("ana").dm()[-1]["text"]
    assert "put the right file back, and start me again. So far everything works." in told
    assert "nothing can be written" not in told
    if way == "removed":
        (tmp_path / "elsewhere.db").rename(file)
        await look()
        assert await unready(world.muster) == {}
        assert "That is over since" in world.person("ana").dm()[-1]["text"]


@pytest.mark.faults
async def test_a_connection_that_slack_closed(world: World) -> None:
    world.slack.sockets.away = True
    await world.slack.sockets.drop()

    assert (await problems(world))["slack"] == "not connected to Slack"


@pytest.mark.faults
async def test_a_page_that_cannot_be_sent(world: World) -> None:
    world.slack.faults.append(Fault("chat.postMessage", "status", 503, times=10_000))
    await world.declare()

    await world.pass_minutes(1.1)

    assert await problems(world) == {"pages": "1 page has been waiting to be sent for over 60 s"}


@pytest.mark.faults
async def test_what_the_audit_had_to_leave_and_an_audit_that_is_not_made(world: World) -> None:
    await world.declare()
    world.clock.advance(minutes=16)
    await world.muster.watching.audit.run()
    assert (await problems(world))["audit"] == "the audit left 1 escalation_overdue, 1 timer_overdue"

    await world.pass_minutes(0.1)
    await world.muster.watching.audit.run()
    assert await problems(world) == {}

    await world.pass_minutes(1.6)
    assert await problems(world) == {"audit": "no audit for 96 s"}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("auth.test", "error", "token_revoked"), "auth.test: token_revoked"),
        (Fault("auth.test", "status", 503), "auth.test: Slack answered 503"),
    ],
)
async def test_a_slack_that_refuses_or_fails(world: World, fault: Fault, said: str) -> None:
    world.slack.faults.append(fault)

    assert await problems(world) == {"slack": said}


async def test_a_slack_that_does_not_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.web.server, "PROBE_SECONDS", 0.2)
    world.slack.faults.append(Fault("auth.test", "hang", times=2))

    assert (await problems(world))["slack"] == "no answer in 0.2 s"


@pytest.fixture
async def quick_pings(monkeypatch: pytest.MonkeyPatch) -> float:
    """Ping so often that a silent death is seen within the test's patience."""
    monkeypatch.setattr("bot.integrations.slack.socket.PING_EVERY", 1.0)
    return 1.0


@pytest.fixture
async def pinging(quick_pings: float, world: World) -> World:
    return world


@pytest.mark.faults
async def test_a_connection_that_died_without_a_word(pinging: World, slack: Slack) -> None:
    assert PING_EVERY * 1.5 < SOON
    assert await problems(pinging) == {}
    slack.sockets.away = True
    for socket in slack.sockets._sockets:
        assert socket._req
        assert socket._req.transport
        socket._req.transport.pause_reading()  # what we send is lost, and nothing comes back

    async def noticed() -> bool:
        return (await problems(pinging)).get("slack") == "not connected to Slack"

    await pinging.until(noticed)


@pytest.fixture
async def listener() -> AsyncIterator[list[str]]:
    """A service outside that writes down what it hears; the first is its address."""
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_get("/{path:.*}", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    heard.append(f"http://127.0.0.1:{runner.addresses[0][1]}/alive")
    yield heard
    await runner.cleanup()


def job(world: World, name: str) -> Any:
    """Return what the loop would do again and again."""
    return next((one.run for one in world.muster.repeating if one.name == name), None)


@pytest.mark.faults
async def test_the_heartbeat_is_heard_only_from_a_bot_that_is_well(world: World, listener: list[str]) -> None:
    assert job(world, "heartbeat") is None
    await world.stop()
    world.heartbeat_url = listener.pop()
    await world.start()
    audit, beat = job(world, "audit"), job(world, "heartbeat")
    await beat()
    assert listener == []  # not audited yet

    await audit()
    await beat()
    assert listener == ["/alive"]

    await time_passes(world, 61)
    await beat()
    assert listener == ["/alive"]  # nobody looked at the deadlines
    await world.muster.ticks.tick()
    await beat()
    assert listener == ["/alive"] * 2

    await world.pass_minutes(1.1)
    world.muster.uow._database.run(lambda connection: connection.execute("PRAGMA query_only = ON", {}))
    await beat()
    assert listener == ["/alive"] * 2  # the database takes nothing


@pytest.mark.faults
async def test_forms_open_and_what_is_sent_waits_while_another_process_writes(
    slack: Slack, clock: FakeClock, tmp_path: Path
) -> None:
    world = World(slack, clock, tmp_path / "muster.db", load(CONFIG))
    world.in_place = False
    await world.start()
    dev = world.person("dev")
    with closing(sqlite3.connect(tmp_path / "muster.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        looking = asyncio.create_task(world.muster.ticks.tick())

        async with asyncio.timeout(2.5):  # a trigger lives for three seconds
            await dev.slash("/inc", "", channel="general")
            while not dev.modal:  # noqa: ASYNC110 - the page is another program's, not ours
                await asyncio.sleep(0.01)
        other.rollback()

    await looking
    await dev.fill({"name": "Disk full", "severity": "S3"})
    assert await dev.submit() == {}
    await world.settle()
    assert "You are paged" in world.person("ana").dm()[0]["text"]
    await world.stop()
