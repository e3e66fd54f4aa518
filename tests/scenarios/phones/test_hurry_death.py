"""Proof: the process dies while a push fails and hurries the text: no step is lost, none hurried twice."""

from pathlib import Path

import pytest

from sandbox.slack import Slack
from storage import notifications, pages
from tests.fakes import FakeClock
from tests.scenarios.conftest import manifest
from tests.scenarios.dying import Fate, Mortal, Strikes
from tests.scenarios.phones.conftest import calls, phones_world

pytestmark = [pytest.mark.proof, pytest.mark.faults]

MOMENTS = 12
"""More commits than there are from the push to the text."""


@pytest.mark.parametrize("strikes", [Strikes.BEFORE_COMMIT, Strikes.AFTER_COMMIT])
async def test_death_loses_no_step_and_hurries_no_second_one(strikes: Strikes, tmp_path: Path) -> None:
    for n in range(1, MOMENTS + 1):
        (tmp_path / str(n)).mkdir()
        await told(strikes, n, tmp_path / str(n))


async def told(strikes: Strikes, n: int, folder: Path) -> None:
    clock, fate = FakeClock(), Fate(strikes, 0)
    slack = Slack(manifest(), clock)
    await slack.start(port=0)
    config = phones_world(slack, clock, folder).config
    world = Mortal(slack, clock, str(folder / "muster.db"), config, fate)
    try:
        await world.start()
        slack.phones.down = True
        await world.declare(severity="S2")
        await world.pass_time(45)
        fate.left = n
        await world.pass_time(60)

        sent = [text for text in world.person("ana").phone() if not text.buttons]
        assert 1 <= len(sent) <= 1 + fate.struck, n  # of unknown fate: sent again, and it says so
        assert all("perhaps again" in text.text for text in sent[1:]), n
        assert calls(world) == [], n
        [page, *_] = await world.muster.uow.read(pages.of_incident, 1)
        states = {
            one.contact_method: one.state.value
            for one in await world.muster.uow.read(notifications.of_page, page.id)
        }
        assert states == {"push": "due", "sms": "sent", "call": "waiting"}, n
    finally:
        await world.stop()
        await slack.stop()
