"""The heartbeat: heard once a minute while all is well, and not when it is not."""

import logging
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import pytest
from aiohttp import web

from bot.config import Secrets
from bot.config.environment import read_secret_files
from bot.health.logs import LogFormat, configure
from bot.health.measures import Measures
from bot.integrations.heartbeat import Heartbeat
from tests.conftest import Office
from tests.fakes import FakeClock


class Listener:
    """A service that listens for heartbeats."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []
        self.status = 200
        self.url = ""

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append((request.method, request.path, await request.text()))
        return web.Response(status=self.status)


class Health:
    """How the bot is."""

    ok = True
    left = ""

    async def well(self) -> bool:
        return self.ok

    def faults(self) -> str:
        return self.left


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", listener.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/ping/s3cr3t"
    yield listener
    await runner.cleanup()


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def measures() -> Measures:
    return Measures()


def heartbeat(office: Office, measures: Measures, url: str, health: Health) -> Heartbeat:
    return Heartbeat(office.uow, measures, url, f"{url}/fail", health.well, health.faults)


def counted(measures: Measures, result: str) -> float:
    return measures.kept.get_sample_value("muster_heartbeats_total", {"result": result}) or 0


async def test_it_is_heard_once_a_minute(
    office: Office, clock: FakeClock, listener: Listener, health: Health, measures: Measures
) -> None:
    beating = heartbeat(office, measures, listener.url, health)

    for _ in range(9):  # two minutes
        await beating.beat()
        clock.advance(seconds=15)

    assert listener.heard == [("GET", "/ping/s3cr3t", "")] * 3
    assert counted(measures, "ok") == 3


async def test_of_two_replicas_one_is_heard_and_the_one_that_is_well(
    office: Office, clock: FakeClock, listener: Listener, health: Health, measures: Measures
) -> None:
    sick = Health()
    one, other = (heartbeat(office, measures, listener.url, each) for each in (sick, health))
    await one.beat()
    await other.beat()
    assert len(listener.heard) == 1
    sick.ok = False
    clock.advance(minutes=1)

    await one.beat()
    await other.beat()

    assert listener.heard == [("GET", "/ping/s3cr3t", "")] * 2


async def test_it_is_silent_while_not_all_is_well(
    office: Office, listener: Listener, health: Health, measures: Measures
) -> None:
    health.ok = False

    await heartbeat(office, measures, listener.url, health).beat()

    assert listener.heard == []
    assert (counted(measures, "ok"), counted(measures, "withheld")) == (0, 1)


async def test_what_the_audit_left_is_told_once_a_minute(
    office: Office, clock: FakeClock, listener: Listener, health: Health, measures: Measures
) -> None:
    health.ok, health.left = False, "1 escalation_overdue"
    beating = heartbeat(office, measures, listener.url, health)

    for _ in range(4):
        await beating.beat()
        clock.advance(seconds=15)
    await beating.beat()

    assert listener.heard == [("POST", "/ping/s3cr3t/fail", "1 escalation_overdue")] * 2


@pytest.mark.parametrize("status", [404, 500, 0])
async def test_one_that_is_not_heard_is_no_reason_to_fall_and_the_url_stays_secret(
    office: Office,
    listener: Listener,
    measures: Measures,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    listener.status = status
    url = listener.url if status else "http://127.0.0.1:1/ping/s3cr3t"

    await heartbeat(office, measures, url, Health()).beat()

    assert counted(measures, "failed") == 1
    assert [record.getMessage() for record in caplog.records] == ["the heartbeat was not heard"]
    assert "s3cr3t" not in f"{[record.__dict__ for record in caplog.records]}"


TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


def test_the_urls_come_from_the_environment_and_are_in_no_log() -> None:
    urls = {
        "MUSTER_HEARTBEAT_URL": "https://hc-ping.com/5f2c",
        "MUSTER_HEARTBEAT_FAIL_URL": "https://hc-ping.com/5f2c/fail",
    }
    secrets = Secrets.from_environment(TOKENS | urls)
    told = StringIO()
    before = logging.getLogger().handlers[:]
    try:
        configure(LogFormat.TEXT, secrets=secrets.all, stream=told)
        logging.getLogger("x").warning("could not reach %s", secrets.heartbeat_fail_url)
    finally:
        logging.getLogger().handlers[:] = before

    assert (secrets.heartbeat_url, secrets.heartbeat_fail_url) == tuple(urls.values())
    assert "5f2c" not in told.getvalue() + repr(secrets)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"MUSTER_HEARTBEAT_URL": "s3cr3t"}, "MUSTER_HEARTBEAT_URL is no URL"),
        (
            {"MUSTER_HEARTBEAT_URL": "https://x.y/1", "MUSTER_HEARTBEAT_FAIL_URL": "ftp://s3cr3t"},
            "MUSTER_HEARTBEAT_FAIL_URL is no URL",
        ),
        (
            {"MUSTER_HEARTBEAT_FAIL_URL": "https://x.y/1"},
            "MUSTER_HEARTBEAT_FAIL_URL is set without MUSTER_HEARTBEAT_URL",
        ),
    ],
)
def test_a_url_that_is_none_is_set_aside_without_showing_it(given: dict[str, str], said: str) -> None:
    secrets = Secrets.from_environment(TOKENS | given)

    (found,) = secrets.set_aside.values()
    assert said in found
    assert "s3cr3t" not in f"{found}{secrets}"
    beats = given.get("MUSTER_HEARTBEAT_URL") if "FAIL" in said else None
    assert (secrets.heartbeat_url, secrets.heartbeat_fail_url) == (beats, None)


def test_a_heartbeat_whose_file_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    env = {**TOKENS, "MUSTER_HEARTBEAT_URL_FILE": str(tmp_path / "gone")}

    assert list(read_secret_files(env)) == []
    secrets = Secrets.from_environment(env)

    assert list(secrets.set_aside) == ["MUSTER_HEARTBEAT_URL"]
    assert "gone cannot be read: No such file or directory. No heartbeat" in "".join(
        secrets.set_aside.values()
    )
