"""Keeps what sources sent: many requests by one commit, a long one by several, within what memory bears.

Who is answered with 2xx is promised that all of the request is kept.
"""

import logging
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.domain.alerts.routing import Source
from bot.domain.alerts.signals import Signal
from bot.gathering import MOST
from bot.operations.alerts.intake import take
from bot.unit_of_work import Guarded, UnitOfWork
from handlers.alerts.answers import problem
from handlers.alerts.taken_log import TakenLog
from handlers.alerts.unread import kept_of, showing
from storage.alerts import Taken
from storage.database import DatabaseBusy, Outdated

log = logging.getLogger("muster.alerts")

MOST_WAITING = 10_000
"""So many alerts wait to be kept at most, some seconds of work: whoever sends more is asked to come again."""
WITHIN = 0.01
"""Seconds that an alert waits for others at most, while others come."""
TAKE = Guarded(take)
"""Each row is found by the key of its alert and written as it is found: what is decided comes later."""
FULL = "more alerts wait to be kept than can be kept soon; please send it again"


class Keeping:
    """Keeps signals, those of several requests together, and counts what waits for it."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._waiting = 0
        self._taken = TakenLog()

    async def keep(
        self, source: Source, signals: Sequence[Signal], body: Any, trace: str
    ) -> web.Response | None:
        """Keep signals; return what to answer if they could not be."""
        if self._waiting and self._waiting + len(signals) > MOST_WAITING:
            log.error("an alert could not be kept", extra={"source": source.name, "reason": FULL})
            return problem(503, FULL)
        self._waiting += len(signals)
        try:
            await self._keep(source, signals, body, trace)
        except (DatabaseBusy, Outdated) as failure:
            log.error("an alert could not be kept", extra={"source": source.name, "reason": str(failure)})
            return problem(503, "the alert could not be kept now; please send it again")
        finally:
            self._waiting -= len(signals)
        self._taken.add(source.name, trace, len(signals))
        return None

    async def _keep(self, source: Source, signals: Sequence[Signal], body: Any, trace: str) -> None:
        """Keep signals, of a long request some at a time: pages are decided in between.

        If some of it cannot be kept it is sent again, and what was kept of it counts as told twice.
        """
        raw = kept_of(source, body)
        taken = [
            Taken(source.name, showing(one, raw), raw if number == 0 else "", trace=trace)
            for number, one in enumerate(signals)
        ]
        for first in range(0, len(taken), MOST):
            some = taken[first : first + MOST]
            await self._uow.perform_for_all(TAKE, some, within=WITHIN, weight=len(some), hasty=True)
