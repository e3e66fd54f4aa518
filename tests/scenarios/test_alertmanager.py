"""A real Alertmanager tells the bot what fires and what is over, in both ways that it knows."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import shown
from tests.scenarios.test_alerts import KEY, asked, with_sources

PROGRAM = "prometheus-alertmanager"
EVENTS = "f" * 32
CONFIGURATION = """
route: {{receiver: muster, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}}
receivers:
  - name: muster
    webhook_configs:
      - url: {base}/v1/alerts/prometheus
        http_config: {{authorization: {{credentials: {key}}}}}
    pagerduty_configs:
      - {{url: "{base}/v2/enqueue", routing_key: {events}}}
"""

pytestmark = [pytest.mark.proof]


class Alertmanager:
    """The program, and what is told to it, as Prometheus would."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url, self._session = url, session

    async def hears(self, *, over: bool = False) -> None:
        now = datetime.now(UTC)
        alert: dict[str, Any] = {
            "labels": {"alertname": "DiskFull", "instance": "db-1", "severity": "critical"},
            "annotations": {"summary": "Disk full on db-1"},
            "startsAt": (now - timedelta(minutes=1)).isoformat(),
        }
        if over:
            alert["endsAt"] = now.isoformat()
        async with self._session.post(f"{self._url}/api/v2/alerts", json=[alert]) as answer:
            assert answer.status == 200

    async def ready(self) -> bool:
        try:
            async with self._session.get(f"{self._url}/-/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


@pytest.fixture
async def alertmanager(world: World, tmp_path: Path) -> AsyncIterator[Alertmanager]:
    program = shutil.which(PROGRAM)
    if not program and os.environ.get("MUSTER_REQUIRE_ALERTMANAGER") == "1":
        pytest.fail(f"no {PROGRAM} on this machine")
    if not program:
        pytest.skip(f"no {PROGRAM} on this machine, so no real one has sent an alert")
    await with_sources(world, tmp_path, prometheus=("alertmanager", KEY), events=("pagerduty", EVENTS))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{world.muster.web.port}"
    (tmp_path / "am.yml").write_text(CONFIGURATION.format(base=base, key=KEY, events=EVENTS))
    process = await asyncio.create_subprocess_exec(
        program,
        f"--config.file={tmp_path / 'am.yml'}",
        f"--storage.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with aiohttp.ClientSession() as session:
        found = Alertmanager(f"http://127.0.0.1:{port}", session)
        await world.until(found.ready)
        yield found
    process.terminate()
    await process.wait()


async def test_what_it_sends_is_triaged_and_ends_when_it_says_so(world: World, alertmanager: Alertmanager):
    async def questions() -> list[str]:
        await world.pass_minutes(0.1)
        return [shown(one) for one in asked(world)]

    async def both_asked() -> bool:
        return len(await questions()) == 2

    async def both_over() -> bool:
        return all("Decided" in one for one in await questions())

    await alertmanager.hears()
    await world.until(both_asked)
    assert any("Disk full on db-1" in one for one in await questions())

    await alertmanager.hears(over=True)
    await world.until(both_over)
