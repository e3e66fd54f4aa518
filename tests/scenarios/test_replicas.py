"""Two real processes on one PostgreSQL, in front of one Slack, on the real clock."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from sandbox.slack import Slack
from tests.engines import Server
from tests.scenarios.test_kill import CONFIG, Process, pages, slack, until

pytestmark = pytest.mark.proof

__all__ = ["slack"]  # the fixture


@pytest.fixture
async def replicas(slack: Slack, postgres: Server, tmp_path: Path) -> AsyncIterator[tuple[Process, Process]]:
    (tmp_path / "muster.yml").write_text(yaml.safe_dump(CONFIG))
    address = postgres.emptied()
    one, other = Process(slack, tmp_path, address), Process(slack, tmp_path, address)
    await one.start()
    await other.start()
    yield one, other
    await one.kill()
    await other.kill()


async def declares(slack: Slack, name: str) -> None:
    dev = slack.person("dev")
    await dev.slash("/inc", name, channel="general")
    await until(lambda: dev.modal)
    await dev.fill({"severity": "S3"})
    assert await dev.submit() == {}


@pytest.mark.faults
async def test_whoever_is_asked_all_is_done_once(slack: Slack, replicas: tuple[Process, Process]):
    for number in range(4):
        await declares(slack, f"disk {number}")
    await until(lambda: pages(slack, "ana") >= 4)
    await until(lambda: pages(slack, "ines") >= 4)
    ines = slack.person("ines")
    called = pages(slack, "ana"), pages(slack, "ines")
    for message in ines.dm()[:4]:
        await ines.click(message, text="Acknowledge")
    await until(lambda: sum("You acknowledged" in one["text"] for one in ines.dm()) == 4)
    await asyncio.sleep(1.5)  # several ticks of both

    assert called == (4, 4)
    assert pages(slack, "ines") == 4, "nobody is called for what they have answered"
    names = [one.name for one in slack.workspace.channels.values() if "-disk-" in one.name]
    assert sorted(name.partition("-disk-")[2] for name in names) == ["0", "1", "2", "3"]


@pytest.mark.faults
@pytest.mark.parametrize("killed", [0, 1])
async def test_the_death_of_either_is_not_noticed(
    slack: Slack, replicas: tuple[Process, Process], killed: int
):
    await declares(slack, "disk full")
    await until(lambda: pages(slack, "ana"))

    await replicas[killed].kill()

    await until(lambda: pages(slack, "ines"))
    ines = slack.person("ines")
    assert (pages(slack, "ana"), pages(slack, "ines")) == (1, 1)
    await ines.click(ines.dm()[0], text="Acknowledge")
    await until(lambda: "You acknowledged" in ines.dm()[0]["text"])
