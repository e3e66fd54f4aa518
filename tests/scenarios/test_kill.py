"""A real process, killed with SIGKILL by the real system, on the real clock."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.clock import SystemClock
from sandbox.slack import Slack
from tests.patience import PATIENCE
from tests.scenarios.conftest import ROOT, manifest

pytestmark = pytest.mark.proof

CONFIG: dict[str, dict[str, Any]] = {
    "limits": {"declares_per_minute": 1000, "pages_before_digest": 0},
    "teams": {
        "dotcom EOC": {
            "on_call": ["ana@example.com"],
            "path": [
                {"page": "dotcom EOC", "timeout": "3s"},
                {"page": "dotcom IMOC", "timeout": "1h"},
            ],
            "reminders": [],
        },
        "dotcom IMOC": {"on_call": ["ines@example.com"]},
        "dotcom CMOC": {"on_call": ["carla@example.com"]},
        "dotcom leadership escalation": {"on_call": ["lena@example.com"]},
        "Infrastructure Liaison": {"on_call": ["lia@example.com"]},
    },
}


class Process:
    """`muster run` as an operator starts it."""

    def __init__(self, slack: Slack, folder: Path, database: str | None = None) -> None:
        self._slack = slack
        self._folder = folder
        self._database = database or str(folder / "muster.db")
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        before = self._slack.sockets.count
        with (self._folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *["-m", "bot", "run", "--config", str(self._folder / "muster.yml"), "--port", "0"],
                *["--database", self._database],
                cwd=ROOT,
                env=os.environ
                | {
                    "SLACK_BOT_TOKEN": self._slack.bot_token,
                    "SLACK_APP_TOKEN": self._slack.app_token,
                    "SLACK_API_URL": self._slack.api_url,
                },
                stderr=log,
            )
        await until(lambda: self._slack.sockets.count > before)

    async def kill(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - another process is at work
            await asyncio.sleep(0.02)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    slack = Slack(manifest(), SystemClock())
    await slack.start(port=0)
    yield slack
    await slack.stop()


@pytest.fixture
async def process(slack: Slack, tmp_path: Path) -> AsyncIterator[Process]:
    (tmp_path / "muster.yml").write_text(yaml.safe_dump(CONFIG))
    process = Process(slack, tmp_path)
    await process.start()
    yield process
    await process.kill()


def pages(slack: Slack, who: str) -> int:
    words = ("You are paged", "moved on", "acknowledged this page")
    return len([one for one in slack.person(who).dm() if any(each in one["text"] for each in words)])


@pytest.mark.faults
async def test_killed_as_soon_as_the_form_is_accepted_it_pages_after_the_restart(
    slack: Slack, process: Process
):
    dev = slack.person("dev")
    await dev.slash("/inc", "disk full", channel="general")
    await until(lambda: dev.modal)
    await dev.fill({"severity": "S3"})
    assert await dev.submit() == {}
    await process.kill()

    await process.start()
    await until(lambda: pages(slack, "ines"))
    await until(lambda: "inc-1-disk-full" in [one.name for one in slack.workspace.channels.values()])

    # None, if the process took so long to start that the page had gone on to Ines.
    assert pages(slack, "ana") <= 2
    assert pages(slack, "ines") == 1
    names = [one.name for one in slack.workspace.channels.values()]
    assert len([name for name in names if name.startswith("inc-1-")]) == 1


@pytest.mark.faults
async def test_killed_while_a_page_waits_it_escalates_once_after_the_restart(slack: Slack, process: Process):
    dev = slack.person("dev")
    await dev.slash("/inc", "disk full", channel="general")
    await until(lambda: dev.modal)
    await dev.fill({"severity": "S3"})
    assert await dev.submit() == {}
    await until(lambda: pages(slack, "ana"))
    await process.kill()
    due = slack.workspace.clock.now().timestamp() + 3.2
    await until(lambda: slack.workspace.clock.now().timestamp() > due)
    assert pages(slack, "ines") == 0

    await process.start()
    await until(lambda: pages(slack, "ines"))
    ines = slack.person("ines")
    await ines.click(ines.dm()[0], text="Acknowledge")
    await until(lambda: "You acknowledged" in ines.dm()[0]["text"])

    assert (pages(slack, "ana"), pages(slack, "ines")) == (1, 1)
