"""Proof: the process dies while a list of many pages is posted, edited or answered, and no page is lost."""

from contextlib import suppress
from pathlib import Path

import pytest

from bot.config import load
from bot.domain.incidents.incident import Draft, Severity
from bot.operations.incidents.declare import declare
from sandbox.slack import Slack
from storage import incidents, pages
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, manifest
from tests.scenarios.dying import Dead, Fate, Mortal, Strikes
from tests.scenarios.test_crash import MOST, MOST_IN_A_DM
from tests.scenarios.test_digest import APART, alone, digests_of, lines, lists, with_digests

pytestmark = [pytest.mark.proof, pytest.mark.faults, pytest.mark.timeout(300)]

EVERY = 8
"""Of the moments of the story every eighth is struck: each manner of death begins with another."""


@pytest.mark.parametrize("strikes", Strikes)
async def test_death_loses_no_page_of_a_list(strikes: Strikes, tmp_path: Path) -> None:
    for n in range(1 + list(Strikes).index(strikes) % EVERY, MOST, EVERY):
        if not await told(strikes, n, tmp_path / f"{n}.db"):
            return
    pytest.fail("the story is longer than the sweep")


async def told(strikes: Strikes, n: int, where: Path) -> bool:
    """Tell the story with this death, and say whether it came."""
    clock, fate = FakeClock(), Fate(strikes, 0)
    slack = Slack(manifest(), clock)
    await slack.start(port=0)
    world = Mortal(slack, clock, str(where), with_digests(load(CONFIG)), fate)
    try:
        await world.start()
        await story(world, n)
    finally:
        await world.stop()
        await slack.stop()
    return fate.struck


async def story(world: Mortal, n: int) -> None:
    """The list grows by one line, is posted anew for something worse, and all of it is acknowledged."""
    ana = world.person("ana")
    for number in range(1, APART + 2):
        await declares(world, f"Noise {number}")
    await world.pass_time(15)
    world.fate.left = n

    await declares(world, "Noise 5")
    await declares(world, "The real one", "S1", who="sam")
    await world.pass_time(30)

    named = [line.split(" ", 1)[1] for line in lines(lists(world)[-1])]
    assert named == ["The real one", "Noise 4", "Noise 5"], n
    assert len(alone(world)) == APART, n

    async def answered() -> bool:
        return not await world.muster.uow.read(pages.digested, ana.id)

    await world.insist(lambda: ana.click(lists(world)[-1], text="Acknowledge all", confirm=True), answered)
    await world.pass_time(45)

    assert await world.muster.uow.read(digests_of, ana.id) == [], n
    copies = sum(times - 1 for times in world.direct.values())
    assert len(lists(world)) <= copies, f"a list was left with its buttons: {n}"
    assert max(world.direct.values()) <= MOST_IN_A_DM, n
    assert await world.muster.watching.audit.look() == ([], True), n


async def declares(world: Mortal, name: str, severity: str = "S3", who: str = "dev") -> None:
    draft = Draft(name, "GitLab.com", Severity(severity))

    async def act() -> None:
        with suppress(Dead):
            await world.muster.uow.perform(declare, draft, by=world.person(who).id, form=None)

    async def done() -> bool:
        return name in [one.name for one in await world.muster.uow.read(incidents.everyone)]

    await world.insist(act, done)
