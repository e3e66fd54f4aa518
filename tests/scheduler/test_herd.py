"""3,000 deadlines in one second: all are acted on, the worst first, many to a transaction."""

from collections.abc import Callable

import pytest

from bot.domain.incidents.incident import Draft, Severity
from bot.operations.incidents.declare import declare
from scheduler import ticks as module
from scheduler.ticks import Ticks
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.tally import Tally, report

pytestmark = pytest.mark.proof

HERD = 3000
AT_ONCE = 100
"""So many are declared in one transaction."""
SEVERITIES = ("S4", "S3", "S3", "S4", "S3")


def declared(tx: Tx, severities: list[str]) -> None:
    for number, severity in enumerate(severities):
        declare(
            tx,
            Draft(f"Trouble {number}", "GitLab.com", Severity(severity)),
            by="UREP",
            form=None,
            anyway=True,
        )


class Commits:
    """Counts the transactions that write."""

    def __init__(self, office: Office) -> None:
        self.count = 0
        self._run = office.database.run

    def __call__(self, work, *, writing: bool = True, guarded: bool = False):
        if writing:
            self.count += 1
        return self._run(work, writing=writing, guarded=guarded)


async def test_a_herd_of_deadlines_is_acted_on_the_worst_first(
    office: Office, clock: FakeClock, record_property: Callable[[str, object], None]
) -> None:
    severities = [SEVERITIES[number % len(SEVERITIES)] for number in range(HERD)]
    for start in range(0, HERD, AT_ONCE):
        await office.uow.perform(declared, severities[start : start + AT_ONCE])
    clock.advance(minutes=15)
    commits = Commits(office)
    office.database.run = commits  # type: ignore[method-assign]

    while await Ticks(office.uow).tick():
        pass

    rows = await office.uow.read(
        lambda tx: tx.all(
            """SELECT incidents.severity, pages.level FROM pages
            JOIN escalations ON escalations.id = pages.escalation
            JOIN incidents ON incidents.id = escalations.incident
            WHERE pages.state = 'pending' ORDER BY pages.id"""
        )
    )
    report(record_property, "herd", Tally(HERD, HERD, ok=len(rows), lost=HERD - len(rows)))
    assert [row["level"] for row in rows] == [1] * HERD
    assert [row["severity"] for row in rows] == sorted(severities)
    assert commits.count <= HERD / module.AT_ONCE + 5
