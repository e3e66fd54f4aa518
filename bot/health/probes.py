"""What `/readyz` asks: each probe answers None, or says what is not in order."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed
from bot.unit_of_work import UnitOfWork
from scheduler.audit import FRESH, Audit
from scheduler.delivery import Deliveries
from scheduler.ticks import Ticks
from storage import outbox

Probe: TypeAlias = Callable[[], Awaitable[str | None]]
Connected: TypeAlias = Callable[[], Awaitable[bool]]

STALE = 5.0
"""Seconds after which a loop that has not come round counts as stopped."""
UNSENT_PAGE = timedelta(seconds=60)


@dataclass(slots=True)
class Probes:
    """Looks at everything that a page needs on its way. Durations are measured by the monotonic clock."""

    _uow: UnitOfWork
    _ticks: Ticks
    _deliveries: Deliveries
    _audit: Audit
    _slack: SlackClient
    _connected: Connected
    _wrong: str | None = None

    def table(self) -> Mapping[str, Probe]:
        return {
            "database": self.database,
            "scheduler": self.scheduler,
            "delivery": self.delivery,
            "pages": self.pages,
            "audit": self.audit,
            "slack": self.slack,
        }

    async def well(self) -> bool:
        """Say whether a heartbeat would be true: audited lately without a fault left, and at work."""
        whole = not any([await self.scheduler(), await self.delivery(), await self.database()])
        return whole and self._audit.passed

    def faults(self) -> str:
        """Return what the database's last probe or a fresh audit had to leave, or nothing."""
        return self._wrong or ("" if self._audit.age > FRESH else self._audit.told)

    async def database(self) -> str | None:
        if self._uow.retired:
            return self._uow.retired
        self._wrong = await self._uow.unwritable()
        return self._wrong

    async def scheduler(self) -> str | None:
        return self._stale(self._ticks.last, "no deadline was looked at")

    async def delivery(self) -> str | None:
        return self._stale(self._deliveries.last, "nobody looked what is to be sent")

    async def pages(self) -> str | None:
        waiting = await self._uow.read(outbox.overdue_pages, UNSENT_PAGE)
        some = "1 page has" if waiting == 1 else f"{waiting} pages have"
        return f"{some} been waiting to be sent for over 60 s" if waiting else None

    async def audit(self) -> str | None:
        if self._audit.age > FRESH:
            return f"no audit for {self._audit.age:.0f} s"
        left = self._audit.told
        return f"the audit left {left}" if left else None

    async def slack(self) -> str | None:
        """Ask Slack itself: a connection that died silently looks open for a while, and HTTP has none."""
        if not await self._connected():
            return "not connected to Slack"
        try:
            await self._slack.call("auth.test")
        except DeliveryFailed as failure:
            return None if failure.after else failure.reason
        return None

    def _stale(self, last: float | None, what: str) -> str | None:
        if last is None:
            return f"{what} yet"
        age = self._uow.clock.monotonic() - last
        return f"{what} for {age:.0f} s" if age > STALE else None
