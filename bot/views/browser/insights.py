"""The page of insights: tables that say all, and small pictures beside them that nothing hangs on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from bot.domain.incidents.incident import Severity
from bot.domain.insights.behind import of
from bot.domain.insights.figures import Figure, Share
from bot.domain.insights.insight import Insight
from bot.domain.insights.measures import DEFINED, Heard, Measure, Verdict
from bot.domain.insights.periods import Period
from bot.domain.oncall.load import Figures as Load
from bot.views.browser.rich import Reader
from bot.views.mrkdwn import lasting

MOST_ROWS = 12
"""How many types, services, causes, rules and people a table lists."""
_WIDTH, _HEIGHT, _BASE, _TOP = 720, 150, 126, 14
_WIDEST = 40
"""A bar is no wider: of two days each would else be a wall."""


@dataclass(frozen=True, slots=True)
class Took:
    """A line of the table of durations. `why` says what has no value, with how many."""

    name: str
    defined: str
    n: int
    median: str
    p90: str
    before: str
    why: str
    apart: str
    key: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: a figure, what it was before, and which incidents are behind it."""

    name: str
    count: int
    before: str
    key: str
    bar: Markup


def shown(now: Insight, before: Insight, reader: Reader, *, cause: bool, change: bool) -> Mapping[str, Any]:
    """Return what the template shows."""
    figures, earlier = now.figures, before.figures
    return {
        "now": now,
        "before": before,
        "chart": chart(now),
        "parts": parts(now),
        "took": [
            _took(one, figures.measures[one], earlier.measures[one])
            for one in Measure
            if change or one is not Measure.RECOVER
        ],
        "counts": list(_counts(now, before, cause=cause)),
        "excluded": [(why.value, count, of("excluded", why)) for why, count in figures.excluded.items()],
        "promises": _promises(now, before),
        "noise": _noise(now),
        "people": [(reader.name(who), _load(load)) for who, load in now.paged.people[:MOST_ROWS]],
        "paged": [("All", _load(now.paged.whole)), ("Before", _load(before.paged.whole))],
        "by_change": change,
        "severities": list(Severity),
    }


def period_query(period: Period) -> str:
    return urlencode({"from": period.first.isoformat(), "to": period.last.isoformat()})


def spoken(period: Period) -> str:
    """Say from when until when."""
    first, last = period.first, period.last
    if first == last:
        return f"{first.day} {first:%B} {first.year}"
    return f"{first.day} {first:%b} {first.year} to {last.day} {last:%b} {last.year}"


def percent(share: Share) -> str:
    return f"{share.percent} %" if share.percent is not None else "–"


def _took(name: Measure, one: Figure, before: Figure) -> Took:
    return Took(
        name.value,
        DEFINED[name],
        one.spread.n,
        _length(one.spread.median),
        _length(one.spread.p90),
        _length(before.spread.median),
        ", ".join(f"{count} {why}" for why, count in one.missing.items()),
        f"{one.apart.n} apart: median {_length(one.apart.median)}" if one.apart.n else "",
        of("took", name),
        of("unknown", name),
    )


def _length(span: timedelta | None) -> str:
    return lasting(span) if span is not None else "–"


def _counts(now: Insight, before: Insight, *, cause: bool) -> Iterator[tuple[str, str, list[Row], int]]:
    """Yield each table of counts: its heading, its column, its rows, and how many rows are left out."""
    figures, earlier = now.figures, before.figures
    severities = [(one.value, figures.by_severity[one]) for one in Severity]
    then = {one.value: earlier.by_severity[one] for one in Severity}
    yield "By severity", "Severity", _rows("severity", severities, then), 0
    for title, kind, found, old in (
        ("By type", "type", figures.by_type, earlier.by_type),
        ("By service", "service", figures.by_service, earlier.by_service),
        *((("By cause", "cause", figures.by_cause, earlier.by_cause),) if cause else ()),
    ):
        said = {name.casefold(): count for name, count in old}
        rows = _rows(kind, found[:MOST_ROWS], said)
        yield title, kind.capitalize(), rows, max(0, len(found) - MOST_ROWS)


def _rows(kind: str, found: Sequence[tuple[str, int]], before: Mapping[str, int]) -> list[Row]:
    most = max((count for _, count in found), default=0)
    return [
        Row(
            name,
            count,
            str(before.get(name, before.get(name.casefold(), 0))),
            of(kind, name),
            _bar(count, most),
        )
        for name, count in found
    ]


def _bar(count: int, most: int) -> Markup:
    """Return a bar as long as the count is of the largest one. The number stands beside it."""
    width = round(100 * count / most) if most else 0
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" '
        'focusable="false"><rect width="{}" height="10"/></svg>'
    ).format(width)


def _promises(now: Insight, before: Insight) -> list[tuple[str, str, str, str, str, str]]:
    """Return what was promised, how often it was kept, its share now and before, and what is behind it."""
    figures, earlier = now.figures, before.figures
    updates, hour = figures.updates, figures.in_the_hour
    rows = [
        (
            "Updates that came when they were promised",
            f"{updates.count} of {updates.of}",
            percent(updates),
            percent(earlier.updates),
            of("late"),
            "The late ones",
        ),
        (
            "Customers heard within the hour",
            f"{hour.count} of {hour.of}",
            percent(hour),
            percent(earlier.in_the_hour),
            of("heard", Heard.LATE),
            "The others",
        ),
    ]
    for one in (Heard.REASONED, Heard.WAITING):
        if figures.heard[one]:
            count = str(figures.heard[one])
            then = str(earlier.heard[one])
            rows.append((f"Customers: {one}", count, "", then, of("heard", one), "These"))
    return rows


def _noise(now: Insight) -> list[tuple[str, int, list[int], str, str]]:
    """Return what the alerts of each rule opened, what it turned out to be, and the share that was real."""
    return [
        (one.rule, one.opened, [one.by[each] for each in Verdict], percent(one.real), of("rule", one.rule))
        for one in now.figures.noise[:MOST_ROWS]
    ]


def _load(load: Load) -> tuple[int, int, int, int, str]:
    return load.pages, load.night, load.weekend, load.acknowledged, _length(load.median)


def parts(now: Insight) -> list[tuple[Period, list[int]]]:
    """Return how many incidents of each severity the days, weeks or months of the period have."""
    counted = sorted((one.declared_at, one.severity) for one in now.incidents if not one.excluded)
    found, place = [], 0
    for part in now.period.parts():
        end, counts = part.end, dict.fromkeys(Severity, 0)
        while place < len(counted) and counted[place][0] < end:
            counts[counted[place][1]] += 1
            place += 1
        found.append((part, [counts[one] for one in Severity]))
    return found


def chart(now: Insight) -> Markup:
    """Return bars of incidents over the period: S1 and S2 filled, S3 and S4 as an outline above them."""
    found = parts(now)
    most = max((sum(counts) for _, counts in found), default=0)
    if not most:
        return Markup("")
    each = _WIDTH / len(found)
    drawn = [_column(place, each, most, part, counts) for place, (part, counts) in enumerate(found)]
    said = f"Incidents by {now.period.step}, {most} at most. The table below has the same numbers."
    ends = Markup('<text x="0" y="{0}">{1}</text><text x="{2}" y="{0}" text-anchor="end">{3}</text>').format(
        _HEIGHT - 6, spoken(found[0][0]), _WIDTH, spoken(found[-1][0])
    )
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-label="{label}" focusable="false">'
        '<line x1="0" x2="{w}" y1="{b}" y2="{b}"/>{columns}{ends}</svg>'
    ).format(w=_WIDTH, h=_HEIGHT, b=_BASE, label=said, columns=Markup("").join(drawn), ends=ends)


def _column(place: int, each: float, most: int, part: Period, counts: Sequence[int]) -> Markup:
    grave, rest = sum(counts[:2]), sum(counts[2:])
    unit, width = (_BASE - _TOP) / most, min(max(each - 3, 1.5), _WIDEST)
    left = place * each + (each - width) / 2
    title = f"{spoken(part)}: {grave + rest}, of them {grave} S1 or S2"
    middle, top = left + width / 2, _BASE - unit * (grave + rest)
    number = (
        Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
            middle, top - 3, grave + rest
        )
        if each > 15 and grave + rest
        else Markup("")
    )
    return Markup("<g><title>{}</title>{}{}{}</g>").format(
        title,
        _rect("rest", left, top, width, unit * rest),
        _rect("grave", left, _BASE - unit * grave, width, unit * grave),
        number,
    )


def _rect(kind: str, left: float, top: float, width: float, height: float) -> Markup:
    if not height:
        return Markup("")
    return Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
        kind, left, top, width, height
    )
