"""The process dies while monitoring sends: of the alerts that it answered for, none is lost."""

import asyncio
import hashlib
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from tests.bench.place import CONFIG, ROOT, place, until
from tests.bench.stores import Setup, Sqlite
from tests.scenarios.test_alerts import KEY, alert, group

SENDERS = 16
ENOUGH = 100
STARTING = 30.0


async def sends(number: int, url: str, answered: set[str]) -> None:
    """Send alerts, each another one, until nobody answers any more."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"}) as session:
        for count in range(10_000):
            one = alert(f"Alert{number}-{count}", severity="info")
            try:
                async with session.post(url, json=group(one)) as answer:
                    assert answer.status == 202
                    answered.add(one["fingerprint"])
            except (aiohttp.ClientError, OSError):
                return


def address(log: Path) -> str:
    """Return where the bot listens, as it says in its log; nothing before it does."""
    for line in log.read_text("utf-8").splitlines():
        if "127.0.0.1:" in line:
            return line.partition("127.0.0.1:")[2].split('"')[0].split()[0].strip("',.")
    return ""


@pytest.mark.proof
async def test_no_alert_that_was_answered_is_lost_when_the_process_is_killed(tmp_path: Path):
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    said = f"\nalerts: {{sources: {{prometheus: {{format: alertmanager, key: 'sha256:{digest}'}}}}}}\n"
    (tmp_path / "muster.yml").write_text(CONFIG.read_text() + said)
    answered: set[str] = set()

    async with place(Setup(Sqlite(tmp_path), 1)) as at:
        flags = ["--config", str(tmp_path / "muster.yml"), "--database", at.store.where, "--port", "0"]
        with at.log(0).open("ab") as log:
            command = [sys.executable, "-m", "bot", "run", *flags]
            process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=at.environment(), stderr=log
            )
        assert await until(lambda: bool(address(at.log(0))), STARTING)
        url = f"http://127.0.0.1:{address(at.log(0))}/v1/alerts/prometheus"
        under_way = [asyncio.create_task(sends(one, url, answered)) for one in range(SENDERS)]
        await until(lambda: len(answered) >= ENOUGH, STARTING)
        process.kill()
        await asyncio.gather(*under_way, process.wait())
        with closing(sqlite3.connect(at.store.where)) as database:
            kept = {key for (key,) in database.execute("SELECT key FROM alerts")}

    assert len(answered) >= ENOUGH
    assert answered - kept == set()
