"""What an integration offers: jobs that make a side effect when something happened."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from bot.domain.facts import Fact
from storage.outbox import Delivery, LeaseKey
from storage.transaction import About, Route, Routes, Tx, whole

Effect: TypeAlias = Callable[[Tx], object]
"""What to write once the side effect is made, in the transaction that finishes the delivery."""

Subjects: TypeAlias = Iterable[Mapping[str, Any]]
"""What the deliveries that follow from a fact are about."""

Run: TypeAlias = Callable[[Delivery], Awaitable[Effect | None]]
Drawn: TypeAlias = Callable[[Mapping[str, Any]], Awaitable[LeaseKey | None]]
OnDead: TypeAlias = Callable[[Tx, Delivery, str], object]


class DeliveryFailed(Exception):
    """A side effect was not made, or nobody knows whether it was (`uncertain`).

    `permanent` says that trying again is no use; `after` is how long the other side asks to wait. `held` says
    that it was not even tried, since the other side asked to wait: no fault of this delivery's.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        uncertain: bool = False,
        after: timedelta | None = None,
        held: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.uncertain = uncertain
        self.after = after
        self.held = held


@dataclass(frozen=True, slots=True)
class Job:
    """A side effect for `facts`. For `lane`, `about`, `coalesce`, `drawn_by` and `after` see Route; `on_dead`
    hears when it is given up, `on_retry` when an attempt failed and another follows.

    What follows from one that `leads` is not kept waiting for others to be finished in the same commit.
    One that redraws a message says with `drawn` which attempt drew what is shown, where that can be read.
    """

    name: str
    facts: Collection[type[Fact]]
    run: Run
    lane: str
    on_dead: OnDead
    about: About = whole
    urgent: bool = False
    coalesce: bool = False
    drawn_by: str = ""
    drawn: Drawn | None = None
    after: timedelta = timedelta()
    leads: bool = False
    on_retry: OnDead | None = None


def recording(fact: Fact) -> Effect:
    """Return what records a fact once the side effect is made."""
    return lambda tx: tx.record(fact)


def routes(jobs: Iterable[Job]) -> Routes:
    """Return which deliveries each fact makes."""
    found: dict[type[Fact], tuple[Route, ...]] = {}
    for job in jobs:
        route = Route(job.name, job.lane, job.about, job.urgent, job.coalesce, job.drawn_by, job.after)
        for fact in job.facts:
            found[fact] = (*found.get(fact, ()), route)
    return found


def by_name(jobs: Iterable[Job]) -> Mapping[str, Job]:
    """Return the jobs by the name under which the outbox knows them."""
    return {job.name: job for job in jobs}
