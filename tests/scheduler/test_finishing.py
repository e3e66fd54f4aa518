"""Deliveries that end together are finished together, and one that cannot be leaves the others alone."""

import asyncio
from typing import Any

import pytest

from bot.unit_of_work import UnitOfWork
from scheduler.finishing import Finishing
from storage import outbox, seen_events
from storage.facts import finish
from storage.outbox import Delivery
from storage.transaction import Route, Tx
from tests.conftest import Office
from tests.happenings import Told


class Counting(UnitOfWork):
    """Counts transactions, and gives others a turn before each, as the unit of work's thread does."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.database, office.uow.process, office.clock)
        self.count, self.begun = 0, asyncio.Event()

    async def perform(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
        self.count += 1
        self.begun.set()
        await asyncio.sleep(0)
        return await super().perform(operation, *args, **kwargs)


def effect(name: str) -> Any:
    return lambda tx: seen_events.first_time(tx, name)


def leased(office: Office, count: int) -> list[Delivery]:
    def tell(tx: Tx) -> list[Delivery]:
        for number in range(count):
            tx.record(Told(incident=number))
        finish(tx)
        return outbox.lease(tx, urgent=False, limit=count)

    office.uow.deliver_to({Told: (Route("tell", "told:{incident}"),)}, lambda: None)
    return office.perform(tell)


def written(office: Office) -> tuple[list[str], list[str]]:
    states = office.read(lambda tx: [row["state"] for row in tx.all("SELECT state FROM outbox ORDER BY id")])
    marks = office.read(lambda tx: [row["id"] for row in tx.all("SELECT id FROM seen_events ORDER BY id")])
    return states, marks


def test_those_that_end_during_a_commit_share_the_next(office: Office) -> None:
    uow = Counting(office)
    deliveries = leased(office, 5)

    async def end() -> None:
        finishing = Finishing(uow)
        first, *others = [finishing.finish(one, effect(f"{one.id}")) for one in deliveries]
        commit = asyncio.create_task(first)
        await uow.begun.wait()
        await asyncio.gather(commit, *others)

    asyncio.run(end())

    assert uow.count == 2
    assert written(office) == (["sent"] * 5, [f"{one.id}" for one in deliveries])


def test_a_stop_waits_for_the_commit_that_is_under_way(office: Office) -> None:
    uow = Counting(office)
    (delivery,) = leased(office, 1)

    async def stop() -> set[str]:
        finishing = Finishing(uow)
        sending = asyncio.create_task(finishing.finish(delivery, effect("done")))
        await uow.begun.wait()
        sending.cancel()
        await finishing.stop(5)
        return {task.get_name() for task in asyncio.all_tasks() if task.get_name() == "finishing"}

    assert asyncio.run(stop()) == set()
    assert written(office) == (["sent"], ["done"])


def test_a_stop_commits_what_waits_for_its_moment_and_nothing_begins_after_it(office: Office) -> None:
    uow = Counting(office)
    (delivery,) = leased(office, 1)

    async def stop() -> set[str]:
        finishing = Finishing(uow, under_way=lambda: range(9))
        sending = asyncio.create_task(finishing.finish(delivery, effect("done")))
        await asyncio.sleep(0)
        assert uow.count == 0
        sending.cancel()
        await finishing.stop(5)
        finishing._work()  # as its moment does
        return {task.get_name() for task in asyncio.all_tasks() if task.get_name() == "finishing"}

    assert asyncio.run(stop()) == set()
    assert written(office) == (["sent"], ["done"])


def test_a_stop_leaves_no_commit_behind_that_takes_too_long(office: Office) -> None:
    class Hanging(UnitOfWork):
        async def perform(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
            await asyncio.Event().wait()

    (delivery,) = leased(office, 1)

    async def stop() -> set[str]:
        finishing = Finishing(Hanging(office.database, office.uow.process, office.clock))
        sending = asyncio.create_task(finishing.finish(delivery, effect("done")))
        await asyncio.sleep(0)
        sending.cancel()
        await finishing.stop(0)
        return {task.get_name() for task in asyncio.all_tasks()}

    assert "finishing" not in asyncio.run(stop())


def test_one_that_cannot_be_finished_leaves_the_others_finished(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(tx: Tx) -> None:
        seen_events.first_time(tx, "half")
        raise ZeroDivisionError

    uow = Counting(office)
    deliveries = leased(office, 3)

    async def end() -> list[BaseException | bool]:
        finishing = Finishing(uow)
        effects = [effect("a"), fails, effect("c")]
        ends = [finishing.finish(one, what) for one, what in zip(deliveries, effects, strict=True)]
        return await asyncio.gather(*ends, return_exceptions=True)

    first, second, third = asyncio.run(end())

    assert (first, third) == (False, False)
    assert isinstance(second, ZeroDivisionError)
    assert written(office) == (["sent", "sending", "sent"], ["a", "c"])
    assert "taking each alone" in caplog.text
