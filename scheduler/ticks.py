"""What time does: several times a second, everything whose deadline has passed."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias

from bot.domain.alerts.changes import KEPT
from bot.domain.incidents.public_subscribers import CONFIRM_WITHIN
from bot.domain.tokens import SAME_ANSWER
from bot.domain.work.held import KEPT_FOR
from bot.health.measures import Measures
from bot.operations.incidents.timers import act, set_timer_aside
from bot.operations.insights.monthly import wait_for_month
from bot.operations.paging.contact_methods import notify_due, set_notification_aside
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.work.follow_up_reminders import begin_to_mind
from bot.unit_of_work import UnitOfWork
from storage import (
    alert_tallies,
    alert_traces,
    alerts,
    api_answers,
    change_events,
    chores,
    contact_methods,
    ended_sessions,
    escalations,
    held_texts,
    notification_tests,
    notifications,
    outbox,
    public_subscribers,
    seen_events,
    timers,
    verification_codes,
)
from storage.database import DatabaseBusy, Outdated
from storage.transaction import Tx

log = logging.getLogger("muster.ticks")

AT_ONCE = 100
"""How many rows of one kind a tick reads, and acts on in one transaction: a commit may take longer than the
decision, and so does each wait for the unit of work when much goes on."""
AHEAD = 8
"""So many handfuls are looked for at once: to find the worst among very many takes its time."""
STUCK_AFTER = 4
"""So many looks in a row another replica is given for the same row."""
LONGEST = 0.5
"""Seconds that a tick gives to one kind of deadline, so that none keeps the others or the start waiting."""
TIDY_EVERY = timedelta(hours=1)
KEEP_FINISHED = timedelta(days=7)
KEEP_EVENTS = timedelta(days=2)
KEEP_ALERTS = timedelta(days=30)
"""How long alerts of no incident are kept once they are over: what opened one stays with it."""
KEEP_TALLIES = timedelta(days=2)
"""For what is counted by the hour: the last day is asked for."""
KEEP_ENDED = timedelta(days=2)
"""How long sessions that somebody ended are known: well over the 12 h that one lasts, by any clock."""
KEEP_ADDRESSES = timedelta(days=30)
"""How long the contact methods of somebody who was deactivated are kept, unused."""


Act: TypeAlias = Callable[..., Sequence[timedelta] | None]
"""Acts on rows, named by their ids, in one transaction. Those of escalations return how late each was."""


class _OthersTurn(Exception):
    """Another replica is just acting on rows of this kind: who meets it has all to do again."""


class Ticks:
    """One tick looks at every kind of deadline, pages first.

    `last` says when it last came through: by the monotonic clock, since the other one may be set. `alive` is
    called then too.
    """

    def __init__(self, uow: UnitOfWork, measures: Measures | None = None) -> None:
        self._uow = uow
        self._measures = measures or Measures()
        self._left: dict[Act, tuple[int, int]] = {}
        """What was left to another replica: the first of the rows, and at how many looks it was that one."""
        self.others_turn = False
        """Whether another replica was just acting on very many deadlines, when this one last looked."""
        self.goes_on = False
        """Whether more alerts wait than a tick decides about: the next one comes at once, pages first."""
        self.last: float | None = None
        self.alive: Callable[[], None] = lambda: None

    async def tick(self) -> bool:
        """Act on the deadlines that have passed, and say whether some may be left for the next tick.

        One bad row never stops the others.
        """
        left = self.others_turn = self.goes_on = False
        for due in (
            self._escalations,
            self._notifications,
            self._timers,
        ):
            try:
                left |= await due()
            except Outdated:
                # A newer version looks at the deadlines now. To be started anew would only say so again.
                self.alive()
                raise
            except Exception:
                log.exception("a part of the tick failed; it is tried again in a moment")
        self.last = self._uow.clock.monotonic()
        self.alive()
        self._measures.ticks.inc()
        return left

    async def tidy(self) -> None:
        """Forget what is long done, if that is due."""
        await self._uow.perform(_tidy)

    async def _escalations(self) -> bool:
        return await self._each(escalations.overdue, escalate_overdue, escalations.set_aside)

    async def _notifications(self) -> bool:
        return await self._each(notifications.due, _notify_each, set_notification_aside)

    async def _timers(self) -> bool:
        return await self._each(timers.due, self._act_on_timers, set_timer_aside)

    def _act_on_timers(self, tx: Tx, *ids: int) -> None:
        act(tx, *ids)
        self.goes_on |= tx.known.goes_on

    async def _each(
        self,
        due: Callable[[Tx, int], list[int]],
        act: Act,
        aside: Callable[[Tx, int], Any],
    ) -> bool:
        """Act on the rows that are due, however many, or say that some are left as it took too long.

        What becomes due meanwhile waits for the next tick: where something always does, this one would go on
        for as long as it may, and sending would make way for it all the time. While another replica gets on
        with the rows they are left to it. If it fails, the next tick finds them.
        """
        clock = self._uow.clock
        until = clock.monotonic() + LONGEST
        acted: set[int] = set()
        more = True
        while more:
            found = await self._uow.read(due, AT_ONCE * AHEAD)
            more, ids = len(found) == AT_ONCE * AHEAD, [one for one in found if one not in acted]
            if not ids:
                return False
            acted.update(ids)
            head, looks = self._left.get(act, (0, 0))
            stuck = looks >= STUCK_AFTER and head == ids[0]  # a process that stands still keeps its turn
            decide = act if stuck else partial(_in_turn, act)
            for start in range(0, len(ids), AT_ONCE):
                try:
                    await self._act(act, decide, aside, ids[start : start + AT_ONCE])
                except _OthersTurn:
                    self._left[act] = ids[0], looks + 1 if head == ids[0] else 1
                    self.others_turn |= len(ids) > AT_ONCE
                    return False
                if clock.monotonic() >= until and (more or ids[start + AT_ONCE :]):
                    return True
        return False

    async def _act(self, act: Act, decide: Act, aside: Callable[[Tx, int], Any], ids: Sequence[int]) -> None:
        """Act on all of these together; when one fails nothing is written, and each has a go of its own."""
        try:
            self._measure(await self._uow.perform(decide, *ids))
        except (DatabaseBusy, Outdated, _OthersTurn):
            raise  # no fault of the rows': it is the next tick's turn
        except Exception:
            log.exception("%s failed among %s rows; taking them one by one", act.__name__, len(ids))
            for one in ids:
                await self._act_alone(act, aside, one)

    async def _act_alone(self, act: Act, aside: Callable[[Tx, int], Any], one: int) -> None:
        """Act on one row; if that fails it is logged in full and pushed aside."""
        try:
            self._measure(await self._uow.perform(act, one))
        except (DatabaseBusy, Outdated):
            raise
        except Exception:
            log.exception("%s failed for row %s; set aside", act.__name__, one)
            await self._uow.perform(aside, one)

    def _measure(self, lateness: Sequence[timedelta] | None) -> None:
        for late in lateness or ():
            self._measures.page_lateness.observe(late.total_seconds())


def _in_turn(act: Act, tx: Tx, *ids: int) -> Sequence[timedelta] | None:
    if not tx.takes_turn(act.__name__):
        raise _OthersTurn
    return act(tx, *ids)


def _tidy(tx: Tx) -> None:
    if chores.falls_to_us(tx, "tidy", TIDY_EVERY):
        outbox.prune(tx, KEEP_FINISHED)
        seen_events.prune(tx, KEEP_EVENTS)
        notification_tests.prune(tx, KEEP_FINISHED)
        verification_codes.prune(tx, KEEP_FINISHED)
        held_texts.prune(tx, KEPT_FOR)
        contact_methods.forget_the_gone(tx, KEEP_ADDRESSES)
        alerts.prune(tx, KEEP_ALERTS)
        alert_traces.prune(tx, KEEP_ALERTS)
        alert_tallies.prune(tx, KEEP_TALLIES)
        change_events.prune(tx, KEPT)
        api_answers.prune(tx, SAME_ANSWER)
        ended_sessions.prune(tx, KEEP_ENDED)
        public_subscribers.forget_waiting(tx, tx.now - CONFIRM_WITHIN)
        begin_to_mind(tx)  # those of an earlier version, or of a backup, wait for no press
        wait_for_month(tx)


def _notify_each(tx: Tx, *ids: int) -> None:
    for one in ids:
        notify_due(tx, one)
