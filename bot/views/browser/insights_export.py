"""Figures as files: one line for each, in CSV and in JSON."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

from bot.domain.incidents.incident import Severity
from bot.domain.insights.figures import Share, Spread
from bot.domain.insights.insight import Insight
from bot.domain.insights.measures import Excluded, Measure, Missing, Verdict
from bot.domain.oncall.load import Figures as Load
from bot.views.browser.exports import cell
from bot.views.browser.insights_chart import parts

COLUMNS = (
    *("section", "name", "count", "of", "median_seconds", "p90_seconds"),
    *("count_before", "of_before", "median_before", "p90_before"),
)
Line: TypeAlias = dict[str, Any]
Counts: TypeAlias = Sequence[tuple[str, int]]


def lines(now: Insight, before: Insight, names: Mapping[str, str], *, change: bool) -> list[Line]:
    """Return each figure with its columns; what does not apply, or cannot be computed, is None."""
    return [
        *_incidents(now, before),
        *_durations(now, before, change=change),
        *_counts(now, before),
        *_pages(now, before, names),
        *_shares(now, before),
        *_alerts(now, before),
        *(_changes(now, before) if change else ()),
        *_parts(now),
    ]


def as_csv(found: list[Line]) -> str:
    """Return lines as RFC 4180 has them, after a mark that programs know UTF-8 by."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in found:
        writer.writerow(["" if row[name] is None else cell(str(row[name])) for name in COLUMNS])
    return f"\ufeff{out.getvalue()}"


def as_json(now: Insight, before: Insight, found: list[Line]) -> str:
    def span(one: Insight) -> dict[str, str]:
        period = one.period
        return {"from": str(period.first), "to": str(period.last), "zone": str(period.zone)}

    said = {"period": span(now), "before": span(before), "figures": found}
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _line(section: str, name: str, **columns: Any) -> Line:
    return dict.fromkeys(COLUMNS) | {"section": section, "name": name} | columns


def _incidents(now: Insight, before: Insight) -> Iterator[Line]:
    figures, then = now.figures, before.figures
    yield _line("incidents", "declared", count=figures.declared, count_before=then.declared)
    yield _line("incidents", "counted", count=figures.counted, count_before=then.counted)
    for why in Excluded:
        count, earlier = figures.excluded.get(why, 0), then.excluded.get(why, 0)
        yield _line("left out", why.value, count=count, count_before=earlier)


def _durations(now: Insight, before: Insight, *, change: bool) -> Iterator[Line]:
    for measure in Measure:
        if measure is Measure.RECOVER and not change:
            continue
        one, then = now.figures.measures[measure], before.figures.measures[measure]
        yield _line("durations", measure.value, **_spread(one.spread, then.spread))
        for why in Missing:
            count, earlier = one.missing.get(why, 0), then.missing.get(why, 0)
            if count or earlier:
                said = f"{measure}: {why}"
                yield _line("durations without a value", said, count=count, count_before=earlier)
        if one.apart.n or then.apart.n:
            yield _line("durations apart", measure.value, **_spread(one.apart, then.apart))


def _spread(one: Spread, then: Spread) -> Line:
    return {
        "count": one.n,
        "median_seconds": _seconds(one.median),
        "p90_seconds": _seconds(one.p90),
        "count_before": then.n,
        "median_before": _seconds(then.median),
        "p90_before": _seconds(then.p90),
    }


def _seconds(span: timedelta | None) -> float | None:
    return round(span.total_seconds(), 1) if span is not None else None


def _counts(now: Insight, before: Insight) -> Iterator[Line]:
    figures, then = now.figures, before.figures
    for severity, count in figures.by_severity.items():
        yield _line("severity", severity.value, count=count, count_before=then.by_severity[severity])
    for section, found, old in (
        ("type", figures.by_type, then.by_type),
        ("service", figures.by_service, then.by_service),
        ("cause", figures.by_cause, then.by_cause),
    ):
        for name, count, earlier in beside(found, old):
            yield _line(section, name, count=count, count_before=earlier)


def beside(found: Counts, before: Counts) -> list[tuple[str, int, int]]:
    """Return names with how many they count now and before: those of now first."""
    said = {name.casefold(): count for name, count in before}
    now = {name.casefold() for name, _ in found}
    gone = [(name, 0) for name, _ in before if name.casefold() not in now]
    return [(name, count, said.get(name.casefold(), 0)) for name, count in [*found, *gone]]


def _pages(now: Insight, before: Insight, names: Mapping[str, str]) -> Iterator[Line]:
    yield from _load("pages", "", now.paged.whole, before.paged.whole)
    drills, earlier = len(now.paged.drills), len(before.paged.drills)
    yield _line("pages", "of drills, left out", count=drills, count_before=earlier)
    yield _line("people", "paged", count=now.paged.called, count_before=before.paged.called)
    yield _line("people", "most pages of one", count=now.paged.most, count_before=before.paged.most)
    then = dict(before.paged.people)
    for who, load in now.paged.people:
        yield from _load("pages of a person", f"{names.get(who, who)}: ", load, then.get(who))
    was = {one.schedule: one for one in before.paged.shifts}
    for one in now.paged.shifts:
        old = was.get(one.schedule)
        yield _line(
            "shifts without a page",
            one.schedule,
            count=one.calm,
            of=one.shifts,
            count_before=old.calm if old else None,
            of_before=old.shifts if old else None,
        )
        most, median = old.most if old else None, old.median if old else None
        yield _line("most pages in one shift", one.schedule, count=one.most, count_before=most)
        yield _line("median of pages in a shift", one.schedule, count=one.median, count_before=median)


def _load(section: str, whose: str, load: Load, then: Load | None) -> Iterator[Line]:
    old = (then.pages, then.night, then.weekend, then.acknowledged) if then else (0, 0, 0, 0)
    took = {
        "median_seconds": _seconds(load.median),
        "median_before": _seconds(then.median) if then else None,
    }
    yield _line(section, f"{whose}all", count=load.pages, count_before=old[0], **took)
    for name, count, earlier in (
        ("at night", load.night, old[1]),
        ("at weekends", load.weekend, old[2]),
        ("acknowledged", load.acknowledged, old[3]),
    ):
        columns = {"count": count, "of": load.pages, "count_before": earlier, "of_before": old[0]}
        yield _line(section, f"{whose}{name}", **columns)


def _shares(now: Insight, before: Insight) -> Iterator[Line]:
    done, then = now.follow_ups, before.follow_ups
    for name, one, old in (
        ("updates in time", now.figures.updates, before.figures.updates),
        ("customers within the hour", now.figures.in_the_hour, before.figures.in_the_hour),
        ("follow-ups done", Share(done.done, done.made), Share(then.done, then.made)),
        ("follow-ups overdue", Share(done.overdue, done.made), Share(then.overdue, then.made)),
    ):
        columns = {"count": one.count, "of": one.of, "count_before": old.count, "of_before": old.of}
        yield _line("promises", name, **columns)
    yield _line("follow-ups left out", "cancelled", count=done.cancelled, count_before=then.cancelled)
    yield _line("follow-ups left out", "of drills", count=done.drills, count_before=then.drills)
    for heard, count in now.figures.heard.items():
        yield _line("customers heard", heard.value, count=count, count_before=before.figures.heard[heard])


def _alerts(now: Insight, before: Insight) -> Iterator[Line]:
    then = {one.rule: one for one in before.figures.noise}
    for one in now.figures.noise:
        old = then.get(one.rule)
        for verdict in Verdict:
            yield _line(
                "alerts",
                f"{one.rule or 'no rule'}: {verdict}",
                count=one.by[verdict],
                of=one.opened,
                count_before=old.by[verdict] if old else 0,
                of_before=old.opened if old else 0,
            )


def _changes(now: Insight, before: Insight) -> Iterator[Line]:
    columns = {"count_before": before.figures.by_change, "of_before": before.changes}
    said = "incidents caused by a change, of changes told"
    yield _line("changes", said, count=now.figures.by_change, of=now.changes, **columns)


def _parts(now: Insight) -> Iterator[Line]:
    """Yield what the bars of the page show."""
    section = f"incidents by {now.period.step}"
    for part, counts in parts(now):
        yield _line(section, str(part.first), count=sum(counts))
        for severity, count in zip(Severity, counts, strict=True):
            if count:
                yield _line(f"{section}: {severity}", str(part.first), count=count)
