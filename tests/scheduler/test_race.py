"""Proof: an acknowledgement within 50 ms of the deadline, at two replicas. One wins, both people are told."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Draft, Severity
from bot.domain.process import Process
from bot.operations.incidents.declare import declare
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.paging.offers import accept, offer_page
from bot.operations.workspace.people import learned
from bot.unit_of_work import UnitOfWork
from storage import escalations, pages
from storage.engines import open_database
from storage.people import Person
from storage.sqlite import MEMORY
from storage.transaction import Tx
from tests.conftest import PEOPLE, EveryFact
from tests.engines import Server
from tests.fakes import FakeClock
from tests.patience import PATIENCE
from tests.tally import Tally, report

SEEDS = 10_000
SHARES = 10
"""Parts that can run side by side."""
BATCH = 250
"""How many races one database sees."""
AROUND = timedelta(milliseconds=50)
SKEW = timedelta(milliseconds=5)
"""By how much the clocks of the two replicas differ."""
MEETINGS = 300
"""How often two threads meet on PostgreSQL."""
HELD_UP = 8
"""By fewer looks at the database than this is one of them held up, in turn."""

_LOOK = """SELECT first.id AS page, first.state AS state, COALESCE(next.responder, '') AS called,
    (SELECT COUNT(*) FROM pages WHERE escalation = first.escalation) AS pages,
    (SELECT COUNT(*) FROM entries WHERE incident = walk.incident AND kind = 'acknowledged') AS acknowledged,
    (SELECT COUNT(*) FROM entries WHERE incident = walk.incident AND kind = 'escalated') AS escalated,
    (SELECT COUNT(*) FROM outbox WHERE event = 'PageEnded'
        AND subject LIKE '{"page":' || first.id || ',%') AS redrawn,
    (SELECT COUNT(*) FROM outbox WHERE event = 'CallDue'
        AND subject LIKE '%"page":' || next.id || ',%') AS paged
    FROM pages AS first JOIN escalations AS walk ON walk.id = first.escalation
    LEFT JOIN pages AS next ON next.escalation = walk.id AND next.level = 1
    WHERE first.level = 0 ORDER BY first.id"""

_LOOK_AT_OFFERS = """SELECT page_offers.state AS offer, COALESCE(first.answered_by, '') AS answered,
    (SELECT COUNT(*) FROM pages WHERE escalation = first.escalation) AS pages
    FROM pages AS first JOIN page_offers ON page_offers.page = first.id
    WHERE page_offers.person = 'USEC' ORDER BY page_offers.id"""

WON = {
    "state": "acknowledged",
    "called": "",
    "pages": 1,
    "acknowledged": 1,
    "escalated": 0,
    "redrawn": 1,
    "paged": 0,
}
LOST = {
    "state": "escalated",
    "called": "UIM",
    "pages": 2,
    "acknowledged": 0,
    "escalated": 1,
    "redrawn": 1,
    "paged": 1,
}


class Instant(FakeClock):
    """A replica's clock, set from outside."""

    def set(self, now: datetime) -> None:
        self._now = now


@dataclass(frozen=True)
class Replica:
    uow: UnitOfWork
    clock: Instant

    async def answer(self, page: int) -> str:
        """Have the EOC acknowledge, and return what they are told if they may not."""
        return await self.told(acknowledge, page, by="UEOC")

    async def told(self, operation: Callable[..., Any], *what: Any, by: str) -> str:
        """Return what somebody is told who may not do this; nothing when it is done."""
        try:
            await self.uow.perform(operation, *what, by=by)
        except Refused as refused:
            return str(refused)
        return ""


def replicas(where: str, rules: Process, *, apart: bool = False) -> tuple[Replica, Replica]:
    """Return two units of work: on one database object, or each on its own as two processes have it."""
    first = open_database(where, own_time=False)
    found = []
    for database in (first, open_database(where, own_time=False) if apart else first):
        clock = Instant()
        uow = UnitOfWork(database, rules, clock)
        uow.deliver_to(EveryFact(), lambda: None)
        found.append(Replica(uow, clock))
    return found[0], found[1]


def declared(tx: Tx, many: int) -> list[tuple[int, datetime]]:
    """Declare incidents one after another, and return the page of each and its deadline."""
    learned(tx, [Person(who, who, None, True, None) for who in PEOPLE], [])
    found = []
    for _ in range(many):
        incident = declare(tx, Draft("Disk full", "GitLab.com", Severity.S3), by="UREP", form=None)
        (page,) = pages.pending_of(tx, incident.id)
        found.append((page.id, page.escalation.due_at))
        tx.now += timedelta(seconds=1)
    tx.execute("DELETE FROM outbox")
    return found


async def raced(one: Replica, other: Replica, page: int, due: datetime, seed: int) -> str:
    """Let the one answer and the other tick, step by step as the seed has it; return what the EOC is told."""
    dice = random.Random(seed)
    seen: list[int] = []
    told = ""

    async def acknowledged() -> None:
        nonlocal told
        told = await one.answer(page)

    async def look() -> None:
        seen[:] = await other.uow.read(escalations.overdue, 25)

    async def act() -> None:
        if page in seen:
            await other.uow.perform(escalate_overdue, page)

    steps: list[tuple[Replica, Callable[[], Awaitable[None]]]] = [(other, step) for step in (look, act) * 2]
    steps.insert(dice.randint(0, len(steps)), (one, acknowledged))
    moments = sorted(due + dice.uniform(-1, 1) * AROUND for _ in steps)
    skew = dice.uniform(-1, 1) * SKEW
    for moment, (replica, step) in zip(moments, steps, strict=True):
        replica.clock.set(moment + skew if replica is other else moment)
        await step()
    return told


def judged(row: dict[str, Any], told: str) -> Tally:
    """Compare what became of a page, and what its responder was told, with the two ways it may end."""
    row = {name: value for name, value in row.items() if name != "page"}
    in_time = not told
    fine = row == WON if in_time else row == LOST and "moved on" in told and "<@UIM>" in told
    both = row["acknowledged"] + row["escalated"] > 1
    return Tally(
        attempted=1,
        acknowledged=1,
        ok=fine,
        lost=row["acknowledged"] + row["escalated"] == 0,
        unexpected=not fine and not both,
        duplicated=both,
    )


@pytest.mark.proof
@pytest.mark.parametrize("share", range(SHARES))
async def test_one_wins_and_both_hear_of_it(
    share: int, rules: Process, record_property: Callable[[str, object], None]
) -> None:
    tally, in_time = Tally(), 0
    for first in range(share * SEEDS // SHARES, (share + 1) * SEEDS // SHARES, BATCH):
        one, other = replicas(MEMORY, rules)
        races = await one.uow.perform(declared, BATCH)
        told = [await raced(one, other, page, due, first + n) for n, (page, due) in enumerate(races)]
        rows = await one.uow.read(lambda tx: tx.all(_LOOK))
        one.uow._database.close()
        for n, (row, said) in enumerate(zip(rows, told, strict=True)):
            verdict = judged(row, said)
            assert verdict.ok, f"seed {first + n}: {row}, {said}"
            tally += verdict
            in_time += not said
    assert SEEDS / SHARES * 0.1 < in_time < SEEDS / SHARES * 0.9
    report(record_property, "Race, step by step", tally)
    tally.check()


def held_up(replica: Replica, times: int, work: Callable[[], Any]) -> Callable[[], Any]:
    """Return work that begins after so many looks at the database: so neither is always the faster one."""

    async def begin() -> Any:
        for _ in range(times):
            await replica.uow.read(lambda tx: tx.one("SELECT 1 AS yes"))
        return await work()

    return begin


def met(meetings: Iterable[tuple[Callable[[], Any], Callable[[], Any]]]) -> list[Any]:
    """Let two works begin at once, again and again, and return what the first came to."""
    barrier = Barrier(2)

    def when_both_are_there(work: Callable[[], Any]) -> Any:
        barrier.wait(PATIENCE)
        return asyncio.run(work())

    with ThreadPoolExecutor(2) as threads:
        return [next(iter(threads.map(when_both_are_there, works))) for works in meetings]


@pytest.mark.proof
def test_two_threads_that_meet_have_one_winner_too(
    postgres: Server, rules: Process, record_property: Callable[[str, object], None]
) -> None:
    one, other = replicas(postgres.emptied(), rules, apart=True)
    races = asyncio.run(one.uow.perform(declared, MEETINGS))
    for replica in (one, other):
        replica.clock.set(races[-1][1])
    told = met(
        (
            held_up(one, number % HELD_UP, partial(one.answer, page)),
            held_up(other, -number % HELD_UP, partial(other.uow.perform, escalate_overdue, page)),
        )
        for number, (page, _) in enumerate(races)
    )
    rows = asyncio.run(one.uow.read(lambda tx: tx.all(_LOOK)))
    for replica in (one, other):
        replica.uow._database.close()
    tally = sum((judged(row, said) for row, said in zip(rows, told, strict=True)), Tally())
    report(record_property, "Race, two threads", tally)
    tally.check()
    assert tally.ok == MEETINGS
    assert len({not said for said in told}) == 2


@pytest.mark.proof
@pytest.mark.parametrize(
    ("rival", "lost"),
    [
        ("is escalated", "went on"),
        ("is acknowledged", "was answered"),
        ("is offered to another", "asked instead of you"),
    ],
)
def test_who_accepts_a_page_at_one_replica_has_it_or_is_told_why_not(
    postgres: Server, rules: Process, rival: str, lost: str
) -> None:
    """Two threads meet: one accepts, the other does what takes the page, or the offer, away."""
    one, other = replicas(postgres.emptied(), rules, apart=True)
    races = asyncio.run(one.uow.perform(declared, MEETINGS // 3))
    for replica in (one, other):
        replica.clock.set(races[-1][1])
    offered = [asyncio.run(one.uow.perform(offer_page, page, "USEC", "", by="UEOC")) for page, _ in races]
    rivals: dict[str, Callable[[int], Callable[[], Any]]] = {
        "is escalated": lambda page: partial(other.uow.perform, escalate_overdue, page),
        "is acknowledged": lambda page: partial(other.answer, page),
        "is offered to another": lambda page: partial(
            other.told, offer_page, page, "USOMEBODY", "", by="UEOC"
        ),
    }

    told = met(
        (
            held_up(one, number % HELD_UP, partial(one.told, accept, offer, by="USEC")),
            held_up(other, -number % HELD_UP, rivals[rival](page)),
        )
        for number, (offer, (page, _)) in enumerate(zip(offered, races, strict=True))
    )

    rows = asyncio.run(one.uow.read(lambda tx: tx.all(_LOOK_AT_OFFERS)))
    for replica in (one, other):
        replica.uow._database.close()
    for row, said in zip(rows, told, strict=True):
        if said:
            assert lost in said
            assert row["offer"] != "accepted"
            assert row["answered"] != "USEC"
        else:
            assert row == {"offer": "accepted", "answered": "USEC", "pages": 1}
    assert len({not said for said in told}) == 2
