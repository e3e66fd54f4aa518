"""Somebody opens connections to the bot and says half of something: pages leave all the same.

The process is a real one, with so few descriptors that these connections alone would take them all.
"""

import asyncio
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from sandbox.clock import SystemClock
from sandbox.slack import Slack
from tests.patience import PATIENCE
from tests.phones import Phones, phones
from tests.scenarios.conftest import ROOT, manifest
from tests.scenarios.test_kill import CONFIG, until

HALF_A_HEADER = b"GET /readyz HTTP/1.1\r\nHost: muster\r\nX-Slow: "
HALF_A_BODY = (
    b"POST /slack/events HTTP/1.1\r\nHost: muster\r\nContent-Length: 262144\r\n\r\n" + b"x" * 200_000
)
IN_TIME = 10.0


@dataclass
class Running:
    """`muster run` with a limit, and what it has used."""

    slack: Slack
    contact_methods: Phones
    port: int
    log: Path
    process: asyncio.subprocess.Process

    def cpu(self) -> float:
        """Return the seconds of processor time that it took so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return the megabytes that it holds."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024

    def descriptors(self) -> int:
        """Return how many descriptors it has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


@asynccontextmanager
async def running(folder: Path, limit: int, *, socket_mode: bool) -> AsyncIterator[Running]:
    """Run the bot with this many descriptors, and a Slack and phones for it."""
    slack = Slack(manifest(socket_mode=socket_mode), SystemClock())
    async with phones() as contact_methods:
        await slack.start(port=0)
        try:
            async with _process(slack, folder, contact_methods, limit) as bot:
                yield bot
        finally:
            await slack.stop()


@asynccontextmanager
async def _process(slack: Slack, folder: Path, contact_methods: Phones, limit: int) -> AsyncIterator[Running]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    teams = CONFIG["teams"] | {
        "dotcom EOC": {
            "on_call": ["ana@example.com"],
            "path": [{"page": "dotcom EOC", "timeout": "1h", "notify": ["slack", "sms"]}],
            "reminders": [],
        }
    }
    config = {
        "contact_methods": {"sms": contact_methods.url},
        "people": {"ana@example.com": {"sms": "+351215550101"}},
        "teams": teams,
    }
    (folder / "muster.yml").write_text(yaml.safe_dump(config))
    over_sockets = slack.workspace.app.socket_mode
    slack.http.request_url = "" if over_sockets else f"http://127.0.0.1:{port}/slack/events"
    known = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url}
    known |= (
        {"SLACK_APP_TOKEN": slack.app_token}
        if over_sockets
        else {"SLACK_SIGNING_SECRET": slack.signing_secret}
    )
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *["-m", "bot", "run", "--config", str(folder / "muster.yml"), "--port", str(port)],
            *["--database", str(folder / "muster.db"), "--public-url", f"http://127.0.0.1:{port}"],
            cwd=ROOT,
            env=os.environ | known,
            stderr=log,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)),
        )
    await until(lambda: "muster is running" in (folder / "log").read_text())
    try:
        yield Running(slack, contact_methods, port, folder / "log", process)
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def held(running: Running, number: int, said: bytes) -> list[asyncio.StreamWriter]:
    """Open connections and say half of something on each."""

    async def one() -> asyncio.StreamWriter:
        _, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(said)
        return writer

    return [
        writer for _ in range(number // 50) for writer in await asyncio.gather(*(one() for _ in range(50)))
    ]


async def page_leaves(bot: Running, name: str) -> float:
    """Declare, and return after how many seconds a page has left by both contact methods."""
    slack, contact_methods = bot.slack, bot.contact_methods
    ana, dev = slack.person("ana"), slack.person("dev")
    before = len(ana.dm()), len(contact_methods.arrived)
    await dev.slash("/inc", name, channel="general")
    began = time.monotonic()
    await until(lambda: dev.modal)
    await dev.fill({"severity": "S1"})
    assert await dev.submit() == {}
    await until(lambda: len(ana.dm()) > before[0] and len(contact_methods.arrived) > before[1])
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("socket_mode", "limit", "number"),
    [
        pytest.param(False, 1024, 1050, id="HTTP"),
        pytest.param(True, 256, 300, id="Socket Mode", marks=pytest.mark.proof),
    ],
)
async def test_a_page_leaves_by_both_contact_methods_while_connections_are_held(
    tmp_path: Path, socket_mode: bool, limit: int, number: int
) -> None:
    async with running(tmp_path, limit, socket_mode=socket_mode) as bot:
        writers = await held(bot, number, HALF_A_HEADER)
        assert bot.descriptors() <= limit * 0.6
        cpu, since = bot.cpu(), time.monotonic()

        took = await page_leaves(bot, "disk full")
        await until(lambda: time.monotonic() > since + 3)

        assert took < IN_TIME
        assert bot.cpu() - cpu < 2.5
        assert bot.log.stat().st_size < 100_000
        for writer in writers:
            writer.transport.abort()


@pytest.mark.proof
async def test_half_a_body_is_neither_waited_for_nor_kept(tmp_path: Path) -> None:
    async with running(tmp_path, 1024, socket_mode=False) as bot:
        before = bot.memory()
        writers = await held(bot, 400, HALF_A_BODY)

        took = await page_leaves(bot, "disk full")

        assert took < IN_TIME
        assert bot.memory() - before < 60
        async with asyncio.timeout(PATIENCE):
            while bot.descriptors() > 100:  # noqa: ASYNC110 - another process is at work
                await asyncio.sleep(0.1)
        for writer in writers:
            writer.transport.abort()
