"""Proof: the process dies while a page is raised in a pager: one alert is there, which ends with its page."""

from pathlib import Path

import pytest

from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import manifest
from tests.scenarios.dying import Fate, Mortal, Strikes
from tests.scenarios.pagers.services import Services
from tests.scenarios.pagers.test_pagers import FIRST, configured

pytestmark = [pytest.mark.proof, pytest.mark.faults]

MOMENTS = 3
"""The first is the commit that leases it, the second the one that says it was taken."""


@pytest.mark.parametrize("strikes", [Strikes.BEFORE_COMMIT, Strikes.AFTER_COMMIT])
async def test_death_raises_no_second_alert_and_loses_none(strikes: Strikes, tmp_path: Path) -> None:
    for n in range(1, MOMENTS + 1):
        (tmp_path / str(n)).mkdir()
        async with Services().running() as services:
            await raised(services, strikes, n, tmp_path / str(n))


async def raised(services: Services, strikes: Strikes, n: int, folder: Path) -> None:
    clock, fate = FakeClock(), Fate(strikes, 0)
    slack = Slack(manifest(), clock)
    await slack.start(port=0)
    config = configured(slack, folder, services, {})
    world = Mortal(slack, clock, str(folder / "muster.db"), config, fate)
    try:
        await world.start()
        services.down = True
        await world.declare(severity="S3")
        services.down = False
        fate.left = n
        await world.pass_time(60)
        alert = services.alert()
        assert fate.struck, n
        assert (alert.key, alert.status) == (FIRST, "triggered"), n
        assert alert.count <= 2, n  # repeated, and the same one

        ana = world.person("ana")
        await ana.click(ana.dm()[-1], text="Acknowledge")
        await world.pass_time(60)
        assert services.alert().status == "acknowledged", n
    finally:
        await world.stop()
        await slack.stop()
