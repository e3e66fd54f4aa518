"""The audit, every half minute: what it finds it has mended where that is safe, and says always."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Concatenate, ParamSpec

from bot.domain.audit import HARMLESS, Fault, Finding
from bot.health.measures import Measures
from bot.operations.audit import MENDABLE, QUESTIONS, repair, skew
from bot.unit_of_work import UnitOfWork
from storage.transaction import Tx

P = ParamSpec("P")

log = logging.getLogger("muster.audit")

EVERY = 30.0
"""Seconds between two audits."""
FRESH = 90.0
"""Seconds for which an audit says how it stands."""
NAMED = 10
"""How many rows of a kind are named in the log."""


class Audit:
    """Looks at all that must hold. One bad row never stops it, nor does one question that fails."""

    def __init__(self, uow: UnitOfWork, measures: Measures) -> None:
        self._uow = uow
        self._measures = measures
        self._began = uow.clock.monotonic()
        self._last: float | None = None
        self.faults: Counter[Fault] = Counter()

    @property
    def age(self) -> float:
        """Seconds since the last whole audit, or since there is somebody to make one."""
        last = self._began if self._last is None else self._last
        return self._uow.clock.monotonic() - last

    @property
    def passed(self) -> bool:
        """Say whether the last audit is fresh, whole, and left no fault."""
        return self._last is not None and self.age <= FRESH and not self.faults

    @property
    def told(self) -> str:
        """Return the faults that the last audit had to leave, in words."""
        return ", ".join(f"{count} {fault}" for fault, count in self.faults.items())

    async def run(self) -> None:
        """Look, mend, and report."""
        found, whole = await self.look()
        left = [finding for finding in found if not await self._mended(finding)]
        if found:
            well = set(found) - set(left)
            log.error("the audit found faults", extra={"mended": _told(well), "left": _told(left)})
        if whole:
            self._last = self._uow.clock.monotonic()
            self.faults = Counter(finding.fault for finding in left if finding.fault not in HARMLESS)

    async def look(self) -> tuple[list[Finding], bool]:
        """Return what is wrong, and whether every question had an answer."""
        answers = [await self._ask(question) for question in QUESTIONS]
        answers.append(await self._ask(skew, self._uow.clock))
        return [finding for answer in answers for finding in answer or ()], None not in answers

    async def _ask(
        self, question: Callable[Concatenate[Tx, P], list[Finding]], *args: P.args, **kwargs: P.kwargs
    ) -> list[Finding] | None:
        try:
            return await self._uow.read(question, *args, **kwargs)
        except Exception:
            log.exception("a part of the audit failed; the others go on")
            return None

    async def _mended(self, finding: Finding) -> bool:
        well = False
        try:
            well = finding.fault in MENDABLE and await self._uow.perform(repair, finding)
        except Exception:
            log.exception("%s of row %s could not be mended", finding.fault, finding.id)
        self._measures.found(finding.fault, mended=well)
        return well


def _told(found: Iterable[Finding]) -> str:
    """Return how many there are of each kind, with the numbers of the first rows."""
    kinds: dict[Fault, list[str]] = {}
    for one in sorted(found, key=lambda finding: finding.id):
        kinds.setdefault(one.fault, []).append(str(one.id or one.seen))
    return (
        "; ".join(f"{len(rows)} {kind} ({', '.join(rows[:NAMED])})" for kind, rows in kinds.items()) or "none"
    )
