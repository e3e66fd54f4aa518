"""The delivery: hands each outbox row to its job, pages first, many side by side."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeAlias

from bot.domain.retries import GIVE_UP_AFTER, delay
from bot.health.measures import Measures
from bot.jobs import DeliveryFailed, Effect, Job
from bot.leases import Lease, LeaseInDoubt
from bot.unit_of_work import Guarded, UnitOfWork
from scheduler.finishing import Finishing
from scheduler.reconciling import reconcile
from scheduler.unwritten import Unwritten
from storage import outbox
from storage.database import DatabaseBusy, Outdated, Unwritable
from storage.outbox import Delivery, LeaseKey
from storage.transaction import Tx

log = logging.getLogger("muster.delivery")

ABREAST = 24
"""How many ordinary deliveries are under way at once. Pages have room of their own."""
PAGES_ABREAST = 100
MAKING_WAY = 4
"""How many ordinary ones while pages fill their room."""
DECIDING = (4, 1)
"""How many pages and ordinary ones while deadlines wait to be acted on: to decide and to send share one
processor. It is more than Slack takes for long, so no page waits for that alone."""
FAULTS_BEFORE_GIVING_UP = 8
"""A job that raises what it should not is a bug: it may do so this many times, unless it is a page."""

Running: TypeAlias = dict[LeaseKey, asyncio.Task[bool]]


class Fault(DeliveryFailed):
    """The job hit a bug."""


class Deliveries:
    """Leases what is due whenever something was committed, a delivery ended, or the clock ticked.

    A lease lasts for `lease`, and is renewed every second while it is being sent; whoever stood still for so
    long puts down what was about to leave. `last` says when it last looked, by the monotonic clock.
    """

    def __init__(
        self,
        uow: UnitOfWork,
        jobs: Mapping[str, Job],
        measures: Measures | None = None,
        lease: timedelta = outbox.LEASE,
    ) -> None:
        self._uow = uow
        self._lease = lease
        self._measures = measures or Measures()
        self._jobs = jobs
        # What calls somebody is not done again for the look of it: only what merely redraws is looked at.
        redraws = frozenset(name for name, job in jobs.items() if job.coalesce and not job.urgent)
        self._prompt = frozenset(name for name, job in jobs.items() if job.urgent or job.leads)
        self._finishing = Finishing(
            uow,
            redraws,
            prompt=self._prompt,
            leasing=self._leasing,
            begin=self._begin,
            under_way=self._under_way,
        )
        self._unwritten = Unwritten(uow, self._attempt, self._finishing, self.wake)
        self._woken = asyncio.Event()
        self._look = False
        self._quiet = asyncio.Event()
        self._running: dict[bool, Running] = {True: {}, False: {}}
        self._leases: dict[LeaseKey, Lease] = {}
        self._loop: asyncio.Task[None] | None = None
        self._making_way = False
        self._only_pages = False
        self._deciding = False
        self.last: float | None = None

    def wake(self) -> None:
        """Look at the outbox soon."""
        self._look = True
        self._stir()

    def _stir(self) -> None:
        self._quiet.clear()
        self._woken.set()

    @contextmanager
    def at_once(self) -> Iterator[Callable[[Tx], object]]:
        """Lease what follows from a decision in its own commit, and begin it then: a page waits for no other.

        One at a time, since the next is to know how much room that leaves.
        """
        lease = None if self._deciding or self._making_way else self._leasing(())
        if not lease:
            yield lambda _: None
            return
        since, leased = self._uow.clock.monotonic(), list[Delivery]()

        def take(tx: Tx) -> None:
            # What was sent while nothing could be written is written down first, or it would be sent again.
            leased[:] = lease(tx) if tx.emitted and self._unwritten.settled else ()

        self._deciding = True
        try:
            yield take
        finally:
            self._deciding = False
        if leased:
            self._quiet.clear()
            self._begin(leased, since)

    def make_way(self, wanted: bool) -> None:
        """Say whether deadlines wait to be acted on: what is sent then steps back."""
        self._making_way = wanted

    def only_pages(self, wanted: bool) -> None:
        """Say whether all but pages has to wait, until it is known what an older state of us sent already."""
        self._only_pages = wanted
        self.wake()

    async def start(self) -> None:
        """Take over what a dead process was sending, and begin.

        Where others are at work too, only a lease that ran out says who is dead. So it is where nothing can
        be written now: who began to send since then must not lose it.
        """
        try:
            if orphans := await self._uow.perform(Guarded(outbox.release), all_of_them=not self._uow.shared):
                log.warning("deliveries of unknown fate", extra={"count": orphans})
        except Outdated:
            raise
        except Exception:
            log.exception("what a dead process was sending is taken over when its leases have run out")
        self._loop = asyncio.create_task(self._deliver(), name="delivery")
        self.wake()

    async def stop(self, grace: float) -> None:
        """Lease nothing more and let what is under way finish for `grace` seconds."""
        if self._loop:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
            self._loop = None
        await self._unwritten.stop()
        if running := self._under_way():
            await asyncio.wait(running.values(), timeout=grace)
        if left := list(self._under_way().values()):
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=grace)  # else one asks for a commit after the last one
        await self._finishing.stop(grace)

    async def quiet(self) -> None:
        """Return when nothing is being sent and nothing waits to be sent now."""
        await self._quiet.wait()

    async def mind_leases(self) -> None:
        """Keep the leases on what is still being sent, and free those that nobody keeps."""
        try:
            if under_way := self._leases.copy():
                since = self._uow.clock.monotonic()
                await self._uow.perform(Guarded(outbox.renew), list(under_way), self._lease)
                for one in under_way.values():
                    one.renewed(since)
            await self._uow.perform(Guarded(outbox.release), all_of_them=False)
        except Unwritable:
            await self._send_unwritten()  # what was being sent when writing stopped can be freed by nobody

    async def _send_unwritten(self) -> None:
        await self._unwritten.send({number for number, _ in self._under_way()})

    def _under_way(self) -> Running:
        return self._running[True] | self._running[False]

    async def _deliver(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                try:
                    await self._unwritten.write_down()
                    look, self._look = self._look, False
                    if look:
                        await self._finishing.lease()
                except Unwritable as why:
                    log.error("nothing can be written; pages leave all the same", extra={"reason": str(why)})
                    await self._send_unwritten()
                self.last = self._uow.clock.monotonic()
            except Outdated:
                self._quiet.set()
                return
            except Exception:
                log.exception("the outbox could not be read; trying again with the next tick")
            if not self._woken.is_set() and not any(self._running.values()) and self._unwritten.quiet:
                self._quiet.set()

    def _leasing(self, ended: Collection[Delivery]) -> Callable[[Tx], list[Delivery]] | None:
        """Return how to lease what has room once these have ended; None while nothing is to begin."""
        if not self._loop or self._loop.done():
            return None
        over = {one.lease_key for one in ended}
        return partial(
            _next,
            pages=len(self._running[True].keys() - over),
            others=len(self._running[False].keys() - over),
            making_way=self._making_way,
            only_pages=self._only_pages,
            lease=self._lease,
        )

    def _begin(self, leased: Sequence[Delivery], since: float) -> None:
        # Each reads in its turn what it needs: what others wait for does so first.
        first = sorted(leased, key=lambda one: one.job not in self._prompt)
        for delivery in first if self._loop else ():
            running = self._running[delivery.urgent]
            self._leases[delivery.lease_key] = lease = Lease(self._uow.clock, since, self._lease)
            task = asyncio.create_task(self._send(delivery, lease), name=f"{delivery.job} {delivery.id}")
            running[delivery.lease_key] = task
            task.add_done_callback(partial(self._ended, running, delivery.lease_key))

    def _ended(self, running: Running, lease_key: LeaseKey, task: asyncio.Task[bool]) -> None:
        running.pop(lease_key, None)
        self._leases.pop(lease_key, None)
        if task.cancelled() or not task.result():
            self._look = True
        self._stir()

    async def _send(self, delivery: Delivery, lease: Lease) -> bool:
        """Make a delivery; say whether what comes next was leased when it was finished."""
        lease.bind()
        try:
            return await self._try(delivery, lease)
        except Outdated:
            log.warning("delivery %s (%s) is left to a newer version", delivery.id, delivery.job)
        except DatabaseBusy as busy:
            # Nobody renews the lease any more, so that the delivery is free when it ends.
            said = {"job": delivery.job, **delivery.about, "reason": str(busy)}
            log.warning("a delivery could not be put off", extra=said)
        except Exception:
            # The database is away. Nobody renews the lease any more: the delivery is free when it ends.
            log.exception("delivery %s (%s) could not be put off", delivery.id, delivery.job)
        return False

    async def _try(self, delivery: Delivery, lease: Lease) -> bool:
        try:
            leased = await self._finished(delivery, await self._attempt(delivery))
            self._measures.delivered(delivery.job, self._age(delivery), delivery.tries)
            return leased
        except DeliveryFailed as failure:
            if failure.held and failure.after:
                await self._uow.perform(Guarded(outbox.hold), delivery, failure.after)
            else:
                await self._after_failure(delivery, failure)
        except LeaseInDoubt:
            log.warning("delivery %s (%s) is put down: its lease may have run out", delivery.id, delivery.job)
            known = replace(delivery, uncertain=delivery.uncertain or lease.called)
            await self._uow.perform(Guarded(outbox.hold), known, timedelta())
        except Outdated:
            raise
        except DatabaseBusy as busy:
            await self._after_failure(delivery, DeliveryFailed(str(busy), uncertain=True))
        except Exception:
            log.exception("delivery %s (%s) hit a bug", delivery.id, delivery.job)
            hopeless = delivery.faults + 1 >= FAULTS_BEFORE_GIVING_UP and not delivery.urgent
            fault = Fault("an internal error", permanent=hopeless, uncertain=True)
            await self._after_failure(delivery, fault)
        return False

    async def _finished(self, delivery: Delivery, effect: Effect | None) -> bool:
        """Write that a delivery was sent; of a page that is remembered where it cannot be written."""
        try:
            return await self._finishing.finish(delivery, effect)
        except Unwritable:
            if not delivery.urgent:
                raise
            self._unwritten.keep(delivery, effect)
            return False

    async def _attempt(self, delivery: Delivery) -> Effect | None:
        if delivery.job == outbox.RECONCILE:
            return await reconcile(delivery, self._jobs)
        job = self._jobs.get(delivery.job)
        if not job:
            raise DeliveryFailed(f"nothing here does {delivery.job} any more", permanent=True)
        return await job.run(delivery)

    async def _after_failure(self, delivery: Delivery, failure: DeliveryFailed) -> None:
        log.warning(
            "delivery failed",
            extra={
                "delivery": delivery.id,
                "job": delivery.job,
                **delivery.about,
                "attempt": delivery.attempt,
                "reason": failure.reason,
                "permanent": failure.permanent,
                "uncertain": failure.uncertain,
            },
        )
        self._measures.not_delivered(delivery.job, permanent=failure.permanent, uncertain=failure.uncertain)
        try:
            await self._uow.perform(_postpone_or_bury, delivery, failure, self._jobs.get(delivery.job))
        except (DatabaseBusy, Outdated):
            raise
        except Exception:
            if delivery.urgent:
                raise
            # What is given up must not hold up its lane, even when what follows from it hits a bug.
            log.exception("what follows when delivery %s (%s) is given up failed", delivery.id, delivery.job)
            await self._uow.perform(_postpone_or_bury, delivery, failure, None)

    def _age(self, delivery: Delivery) -> timedelta:
        return max(timedelta(), self._uow.clock.now() - delivery.created_at)


def _next(
    tx: Tx, pages: int, others: int, *, making_way: bool, only_pages: bool, lease: timedelta
) -> list[Delivery]:
    """Lease what comes next, with so many under way already. Pages come first, and take the most room."""
    most, room = DECIDING if making_way else (PAGES_ABREAST, ABREAST)
    urgent = outbox.lease(tx, urgent=True, limit=max(0, most - pages), lease=lease)
    if pages + len(urgent) >= PAGES_ABREAST:
        room = min(room, MAKING_WAY)
    room = max(0, room - others) if not only_pages else 0
    ordinary = outbox.lease(tx, urgent=False, limit=room, lease=lease)
    if pages + len(urgent) < most and len(ordinary) < room:
        tx.emitted = 0  # all that follows now is leased: nobody need look for it
    return urgent + ordinary


def _postpone_or_bury(tx: Tx, delivery: Delivery, failure: DeliveryFailed, job: Job | None) -> None:
    too_old = not delivery.urgent and tx.now - delivery.created_at > GIVE_UP_AFTER
    if failure.permanent or too_old:
        if outbox.dead(tx, delivery, failure.reason) and job:
            job.on_dead(tx, delivery, failure.reason)
        return
    after = failure.after or delay(delivery.tries, delivery.id, urgent=delivery.urgent)
    if delivery.urgent and failure.after:
        after = min(failure.after, timedelta(minutes=1))
    # Once uncertain, always uncertain: a later attempt that certainly failed says nothing of the earlier one.
    state = "ambiguous" if failure.uncertain or delivery.uncertain else "retry"
    fault = isinstance(failure, Fault)
    if outbox.postpone(tx, delivery, state, failure.reason, after, fault=fault) and job and job.on_retry:
        job.on_retry(tx, delivery, failure.reason)
