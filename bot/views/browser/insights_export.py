"""Figures as files: one line for each, in CSV and in JSON."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bot.domain.insights.figures import Share, Spread
from bot.domain.insights.insight import Insight
from bot.domain.insights.measures import Measure, Verdict
from bot.views.browser.exports import cell

COLUMNS = ("section", "name", "count", "of", "median_seconds", "p90_seconds", "count_before", "median_before")


def lines(now: Insight, before: Insight, *, change: bool) -> list[dict[str, Any]]:
    """Return each figure with its columns; what does not apply, or cannot be computed, is None."""
    return [
        *_durations(now, before, change=change),
        *_counts(now, before),
        *_pages(now, before),
        *_shares(now, before),
        *_alerts(now),
    ]


def as_csv(found: list[dict[str, Any]]) -> str:
    """Return lines as RFC 4180 has them, after a mark that programs know UTF-8 by."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in found:
        writer.writerow(["" if row[name] is None else cell(str(row[name])) for name in COLUMNS])
    return f"\ufeff{out.getvalue()}"


def as_json(now: Insight, before: Insight, found: list[dict[str, Any]]) -> str:
    def span(one: Insight) -> dict[str, str]:
        period = one.period
        return {"from": str(period.first), "to": str(period.last), "zone": str(period.zone)}

    said = {"period": span(now), "before": span(before), "figures": found}
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _line(section: str, name: str, **columns: Any) -> dict[str, Any]:
    return dict.fromkeys(COLUMNS) | {"section": section, "name": name} | columns


def _durations(now: Insight, before: Insight, *, change: bool) -> Iterator[dict[str, Any]]:
    for measure in Measure:
        if measure is Measure.RECOVER and not change:
            continue
        one, then = now.figures.measures[measure], before.figures.measures[measure]
        yield _line("durations", measure.value, **_spread(one.spread), **_then(then.spread))
        for why, count in one.missing.items():
            yield _line("durations without a value", f"{measure}: {why}", count=count)
        if one.apart.n:
            yield _line("durations apart", measure.value, **_spread(one.apart))


def _spread(one: Spread) -> dict[str, Any]:
    return {"count": one.n, "median_seconds": _seconds(one.median), "p90_seconds": _seconds(one.p90)}


def _then(one: Spread) -> dict[str, Any]:
    return {"count_before": one.n, "median_before": _seconds(one.median)}


def _seconds(span: timedelta | None) -> float | None:
    return round(span.total_seconds(), 1) if span is not None else None


def _counts(now: Insight, before: Insight) -> Iterator[dict[str, Any]]:
    figures, then = now.figures, before.figures
    yield _line("incidents", "declared", count=figures.declared, count_before=then.declared)
    yield _line("incidents", "counted", count=figures.counted, count_before=then.counted)
    for why, count in figures.excluded.items():
        yield _line("left out", why.value, count=count, count_before=then.excluded.get(why, 0))
    for severity, count in figures.by_severity.items():
        yield _line("severity", severity.value, count=count, count_before=then.by_severity[severity])
    for section, found, old in (
        ("type", figures.by_type, dict(then.by_type)),
        ("service", figures.by_service, dict(then.by_service)),
        ("cause", figures.by_cause, dict(then.by_cause)),
    ):
        for name, count in found:
            yield _line(section, name, count=count, count_before=old.get(name, 0))


def _pages(now: Insight, before: Insight) -> Iterator[dict[str, Any]]:
    whole, then = now.paged.whole, before.paged.whole
    took = {"median_seconds": _seconds(whole.median), "median_before": _seconds(then.median)}
    yield _line("pages", "all", count=whole.pages, count_before=then.pages, **took)
    yield _line("pages", "at night", count=whole.night, of=whole.pages, count_before=then.night)
    yield _line("pages", "at weekends", count=whole.weekend, of=whole.pages, count_before=then.weekend)
    for shifts in now.paged.shifts:
        quiet = shifts.shifts - shifts.calm
        yield _line("shifts with pages", shifts.schedule, count=quiet, of=shifts.shifts)


def _shares(now: Insight, before: Insight) -> Iterator[dict[str, Any]]:
    for name, one, then in (
        ("updates in time", now.figures.updates, before.figures.updates),
        ("customers within the hour", now.figures.in_the_hour, before.figures.in_the_hour),
        (
            "follow-ups done",
            Share(now.follow_ups.done, now.follow_ups.made),
            Share(before.follow_ups.done, before.follow_ups.made),
        ),
    ):
        yield _line("promises", name, count=one.count, of=one.of, count_before=then.count)
    yield _line("promises", "follow-ups overdue", count=now.follow_ups.overdue, of=now.follow_ups.made)


def _alerts(now: Insight) -> Iterator[dict[str, Any]]:
    for one in now.figures.noise:
        for verdict in Verdict:
            yield _line("alerts", f"{one.rule or 'no rule'}: {verdict}", count=one.by[verdict], of=one.opened)
