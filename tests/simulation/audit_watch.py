"""What the bot's own audit may say: nothing while nothing goes wrong, and nothing that lasts."""

from bot.domain.audit import Fault
from tests.simulation.machine import RECOVERY, Machine
from tests.simulation.watcher import Watcher

NEVER = frozenset(
    {
        Fault.ESCALATION_WITHOUT_TIME,
        Fault.PAGE_WITHOUT_ESCALATION,
        Fault.PAGE_NOT_QUEUED,
        Fault.NO_LEAD,
        Fault.CLOCK_SKEW,
    }
)
"""Faults that no trouble of the simulation explains: only a bug writes them."""


OURS = frozenset({Fault.ESCALATION_OVERDUE, Fault.DELIVERY_STUCK, Fault.CONTACT_METHOD_OVERDUE})
"""Faults that Slack's troubles do not explain: only those of the process, its disk and its clock do."""


class AuditWatch:
    """Hears each report of the audit."""

    def __init__(self) -> None:
        self.machine: Machine | None = None
        self.well = False
        """Whether nothing goes wrong now, nor has for as long as anything may take."""
        self.reports = 0
        self._broken: list[str] = []

    def reported(self, *, left: str, mended: str) -> None:
        """Hold a report against what may explain it."""
        self.reports += 1
        of_ours = self.machine is not None and self.machine.loop.now > self.machine.trouble_at + RECOVERY
        never = NEVER | OURS if of_ours else NEVER
        if self.well or any(fault in left or fault in mended for fault in never):
            self._broken.append(f"the audit found faults; mended: {mended}; left: {left}")

    def judge(self, watcher: Watcher) -> None:
        """Say at the end what was wrong: with what the audit found, or with the audit."""
        for what in self._broken:
            watcher.broken(what)
        muster = self.machine and self.machine.muster
        if not (muster and muster.watching.audit.passed):
            watcher.broken("the last audit did not pass, though nothing is wrong")
