"""`/metrics`: what was counted, and how it stands at this moment."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client import Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from bot.domain.alerts.requests import Result
from bot.health.measures import NO_SOURCE, Measures
from bot.unit_of_work import UnitOfWork
from scheduler.audit import Audit
from scheduler.starting import Steps
from scheduler.ticks import Ticks
from storage.alert_figures import AlertFigures
from storage.figures import Figures, figures
from storage.migrations import MIGRATIONS

log = logging.getLogger("muster.metrics")

PATIENCE = 2.0
"""Seconds that the database has to answer. Without it the rest is told."""


@dataclass(slots=True)
class Metrics:
    """Answers from a few indexed queries; while the database is away, with what this process knows."""

    _uow: UnitOfWork
    _measures: Measures
    _ticks: Ticks
    _audit: Audit
    _connections: Callable[[], Awaitable[int]]
    _steps: Steps

    def __post_init__(self) -> None:
        ProcessCollector(registry=self._measures.kept)
        self._uow.measure_by(self._measures.took)

    async def scrape(self, accept: str) -> tuple[bytes, str]:
        """Return the page, in the format that `accept` prefers, and its content type."""
        found, wrong = await asyncio.gather(self._figures(), self._unwritable(), return_exceptions=True)
        if isinstance(found, BaseException):
            log.warning("the database gave no figures", extra={"reason": type(found).__name__})
        known = found if isinstance(found, Figures) else None
        page = _Page(
            self._measures.kept,
            [
                *self._own(await self._connections()),
                *_stored(known, up=bool(known and wrong is None)),
                *(_alerts(known.alerts, self._uow.process.alert_sources) if known else ()),
            ],
        )
        try:
            encode, content_type = choose_encoder(accept)
            return encode(page), content_type
        except (ValueError, TypeError):  # it asks for a version that is none
            encode, content_type = choose_encoder("")
            return encode(page), content_type

    async def _figures(self) -> Figures:
        async with asyncio.timeout(PATIENCE):
            return await self._uow.read(figures, self._uow.clock)

    async def _unwritable(self) -> str | None:
        async with asyncio.timeout(PATIENCE):
            return await self._uow.unwritable()

    def _own(self, connections: int) -> Iterator[Metric]:
        runs = [((version("muster-bot"), str(len(MIGRATIONS))), 1)]
        yield _gauge("muster_build_info", "What runs here.", ("version", "schema"), runs)
        yield GaugeMetricFamily("muster_socket_connections", "Socket Mode connections open.", connections)
        yield GaugeMetricFamily("muster_audit_age_seconds", "Since the last whole audit.", self._audit.age)
        faults = self._audit.faults.total()
        yield GaugeMetricFamily("muster_audit_faults", "Faults that the last audit had to leave.", faults)
        failing = [((name,), int(bool(wrong))) for name, wrong in self._steps.state.items()]
        text = "Whether a step of the start fails and is tried again."
        yield _gauge("muster_step_failing", text, ("step",), failing)
        aside = [((name,), 1) for name in self._uow.process.set_aside]
        text = "Entries of the configuration that do not count since they are broken."
        yield _gauge("muster_config_set_aside", text, ("entry",), aside)
        text = "The longest decisions and questions since the start."
        longest = [(key, seconds) for key, seconds in self._measures.longest.items()]
        yield _gauge("muster_transaction_longest_seconds", text, ("kind", "operation"), longest)
        if self._ticks.last is not None:
            age = self._uow.clock.monotonic() - self._ticks.last
            yield GaugeMetricFamily("muster_tick_age_seconds", "Since the deadlines were looked at.", age)


@dataclass(slots=True)
class _Page(Collector):
    """What is registered, and what was found for this scrape alone."""

    _kept: Collector
    _found: list[Metric]

    def collect(self) -> Iterator[Metric]:
        yield from self._kept.collect()
        yield from self._found


def _stored(found: Figures | None, *, up: bool) -> Iterator[Metric]:
    """Return what the database knows; nothing is told of it while it is away."""
    yield GaugeMetricFamily("muster_database_up", "Whether the database answers and takes a commit.", int(up))
    if found is None:
        return
    pages = [((state,), count) for state, count in found.pages.items()]
    yield _gauge("muster_pages", "Pages, by what became of them.", ("state",), pages)
    rows = [((state, "yes" if urgent else "no"), count) for (state, urgent), count in found.outbox.items()]
    yield _gauge("muster_outbox_rows", "Deliveries that are not finished.", ("state", "urgent"), rows)
    dead = [((kind,), count) for kind, count in found.given_up.items()]
    yield _gauge("muster_outbox_given_up", "Deliveries that were given up.", ("kind",), dead)
    disabled = found.webhooks_disabled
    yield GaugeMetricFamily("muster_webhooks_disabled", "Webhooks that are sent to no more.", disabled)
    incidents = [((severity,), count) for severity, count in found.incidents.items()]
    left_out = "Open incidents; drills and near misses are left out."
    yield _gauge("muster_incidents_open", left_out, ("severity",), incidents)
    near = [((severity,), count) for severity, count in found.near_misses.items()]
    yield _gauge("muster_near_misses_open", "Open near misses.", ("severity",), near)
    yield CounterMetricFamily("muster_paging_failures", "Pages that could reach nobody.", found.unreached)
    for name, text, age in (
        ("muster_page_overdue_seconds", "Since the oldest deadline that is not acted on.", found.overdue),
        (
            "muster_outbox_oldest_urgent_seconds",
            "Age of the oldest page that is not sent.",
            found.oldest_urgent,
        ),
        ("muster_clock_skew_seconds", "By how much the database's clock is ahead of this one.", found.skew),
    ):
        yield GaugeMetricFamily(name, text, age.total_seconds())


def _alerts(found: AlertFigures, configured: Iterable[str]) -> Iterator[Metric]:
    """Return what is known of alerts by source; one that never sent anything is there with 0."""
    none = dict.fromkeys(configured, 0)
    taken = CounterMetricFamily("muster_alerts_taken", "What sources told of alerts.", labels=["source"])
    refused = CounterMetricFamily(
        "muster_alerts_refused", "Requests with alerts that were refused.", labels=["source"]
    )
    for metric, numbers in ((taken, found.taken), (refused, found.refused)):
        for source, number in (none | dict(numbers)).items():
            metric.add_metric([source or NO_SOURCE], number)
    results = CounterMetricFamily("muster_alerts", "What alerts came to.", labels=["source", "result"])
    for (source, result), number in found.results.items():
        if result not in {Result.TAKEN, Result.REFUSED}:
            results.add_metric([source, result], number)
    ages = [((source,), age.total_seconds()) for source, age in found.ages.items()]
    yield from (taken, refused, results)
    yield _gauge("muster_alert_age_seconds", "Since a source last told something.", ("source",), ages)
    yield GaugeMetricFamily("muster_alert_heartbeats_late", "Heartbeats that are missed.", found.late)


def _gauge(
    name: str, text: str, labels: tuple[str, ...], counts: Iterable[tuple[Sequence[str], float]]
) -> Metric:
    gauge = GaugeMetricFamily(name, text, labels=labels)
    for values, count in counts:
        gauge.add_metric(values, count)
    return gauge
