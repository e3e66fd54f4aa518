"""Pages leave also while nothing can be written: what became of them is kept in memory until it can."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Container, Iterable
from dataclasses import replace
from functools import partial

from bot.domain.facts import CallDue, NotificationDue
from bot.jobs import DeliveryFailed, Effect
from bot.operations.paging.contact_methods import due_unwritten, left_unwritten
from bot.unit_of_work import Guarded, UnitOfWork
from scheduler.finishing import Finishing
from storage import outbox
from storage.database import DatabaseBusy, Outdated
from storage.outbox import Delivery

log = logging.getLogger("muster.delivery")

AT_MOST_EVERY = 60.0
"""Seconds between two attempts for one page: nothing on the disk says that it was made."""
FORGOTTEN = 3600.0
"""Seconds after which an attempt is of no more use."""
ABREAST = 100

Attempt = Callable[[Delivery], Awaitable[Effect | None]]


class Unwritten:
    """Sends pages that are committed and cannot be leased. Should the process die, they are sent again."""

    def __init__(
        self, uow: UnitOfWork, attempt: Attempt, finishing: Finishing, ended: Callable[[], None]
    ) -> None:
        """`ended` hears of each attempt that is over."""
        self._told = ended
        self._uow = uow
        self._attempt = attempt
        self._finishing = finishing
        self._sent: dict[int, tuple[Delivery, Effect | None]] = {}
        self._tried: dict[int, tuple[float, bool]] = {}
        self._running: dict[int, asyncio.Task[None]] = {}

    def keep(self, delivery: Delivery, effect: Effect | None) -> None:
        """Remember that a page was sent, which could not be written any more."""
        self._sent[delivery.id] = (delivery, effect)

    async def send(self, under_way: Container[int]) -> None:
        """Begin to send what is due, each page once, or once a minute until it is taken."""
        self._begin(await self._uow.read(outbox.unleased, ABREAST), under_way)
        by_slack = {
            one.subject["notification"] for one, _ in self._sent.values() if one.event == CallDue.__name__
        }
        due = await self._uow.read(due_unwritten, ABREAST, by_slack)
        self._begin([self._by_contact_method(number) for number in due], under_way)

    def _by_contact_method(self, notification: int) -> Delivery:
        """Return the delivery that would be written for a contact method; no other has such a number."""
        return Delivery(
            id=-notification,
            event=NotificationDue.__name__,
            job="contact_method.send_page",
            subject={"notification": notification},
            attempt=1,
            uncertain=False,
            urgent=True,
            created_at=self._uow.clock.now(),
        )

    def _begin(self, due: Iterable[Delivery], under_way: Container[int]) -> None:
        now = self._uow.clock.monotonic()
        self._tried = {one: tried for one, tried in self._tried.items() if now - tried[0] < FORGOTTEN}
        for delivery in due:
            number = delivery.id
            if number in self._sent or number in self._running or number in under_way:
                continue
            last, uncertain = self._tried.get(number, (now - AT_MOST_EVERY, False))
            if now - last < AT_MOST_EVERY:
                continue
            self._tried[number] = (now, uncertain)
            doubtful = replace(delivery, uncertain=delivery.uncertain or uncertain or self._uow.shared)
            task = asyncio.create_task(self._send(doubtful), name=f"unwritten {delivery.job} {number}")
            self._running[number] = task
            task.add_done_callback(partial(self._ended, number))

    async def write_down(self) -> None:
        """Write what was kept, now that it can be. Raises DatabaseBusy when it still cannot."""
        if not self._sent:
            return
        kept = list(self._sent.values())
        await self._uow.perform(Guarded(outbox.lease_late), [delivery for delivery, _ in kept])
        for delivery, effect in kept:
            try:
                if delivery.id < 0:
                    await self._uow.perform(left_unwritten, -delivery.id)
                else:
                    await self._finishing.finish(delivery, effect)
            except (DatabaseBusy, Outdated):
                raise
            except Exception:
                log.exception("delivery %s was sent, and what follows failed; it is sent again", delivery.id)
            self._sent.pop(delivery.id, None)
        log.warning("what was sent while nothing could be written is written now", extra={"count": len(kept)})

    async def stop(self) -> None:
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    @property
    def quiet(self) -> bool:
        """Say whether nothing is being sent."""
        return not self._running

    @property
    def settled(self) -> bool:
        """Say whether all that was sent is written down too."""
        return self.quiet and not self._sent

    def _ended(self, number: int, _: object) -> None:
        self._running.pop(number, None)
        self._told()

    async def _send(self, delivery: Delivery) -> None:
        try:
            self.keep(delivery, await self._attempt(delivery))
            log.error("a page was sent although nothing can be written", extra=dict(delivery.about))
        except DeliveryFailed as failure:
            last, uncertain = self._tried.get(delivery.id, (self._uow.clock.monotonic(), False))
            self._tried[delivery.id] = (last, uncertain or failure.uncertain)
            said = {"job": delivery.job, **delivery.about, "reason": failure.reason}
            log.warning("delivery failed", extra=said)
        except Exception:
            log.exception("delivery %s (%s) hit a bug", delivery.id, delivery.job)
