"""1,000 schedules change at one moment while a page is due: the page is decided first."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.process import Process
from bot.operations.oncall.rota import read_rotations
from scheduler import ticks as module
from scheduler.ticks import Ticks
from storage import pages
from storage.transaction import Tx
from tests.conftest import Office
from tests.domain.oncall.values import DAY, layer, schedule
from tests.fakes import FakeClock, process
from tests.operations.given import given_incident

pytestmark = pytest.mark.proof

SCHEDULES = 1_000


@pytest.fixture
def rules() -> Process:
    """Each schedule hands over every day at 12:15, with a user group that follows and nobody to remind."""
    turns = layer("UANA", "UBO", start="2026-03-02 12:15", every=DAY)
    names = [f"team {number}" for number in range(SCHEDULES)]
    each = {
        name: replace(schedule(turns), name=name, reminders=(), user_group=f"g{n}")
        for n, name in enumerate(names)
    }
    return replace(process(), schedules=each)


def waiting(tx: Tx) -> int:
    rows = tx.all("SELECT COUNT(*) AS n FROM timers WHERE due_at <= :now", {"now": tx.now})
    return int(rows[0]["n"])


def test_a_page_is_decided_before_a_thousand_changes_of_shift(
    office: Office, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.perform(read_rotations)
    ticks = Ticks(office.uow)
    clock.advance(minutes=1)
    while asyncio.run(ticks.tick()):
        pass
    incident = given_incident(office, "S3")
    clock.advance(minutes=15)
    due = office.read(waiting)
    assert due >= SCHEDULES
    monkeypatch.setattr(module, "LONGEST", 0.0)

    asyncio.run(ticks.tick())

    [page] = office.read(pages.pending_of, incident.id)
    assert page.responder == "UIM"
    ended = 3  # the reminders of the page that went on
    assert office.read(waiting) >= due - module.AT_ONCE - ended, (
        "a tick acts on a handful, then on pages again"
    )
