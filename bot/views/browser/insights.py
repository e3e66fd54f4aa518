"""The page of insights: tables that say all, and small pictures beside them that nothing hangs on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from markupsafe import Markup

from bot.domain.incidents.incident import Severity
from bot.domain.insights.behind import Pages, of
from bot.domain.insights.figures import Figure, Share
from bot.domain.insights.insight import Insight
from bot.domain.insights.load import ShiftLoad
from bot.domain.insights.measures import DEFINED, ELSEWHERE, Heard, Measure, Verdict, left_out
from bot.domain.oncall.load import Figures as Load
from bot.views.browser.insights_behind import many
from bot.views.browser.insights_chart import chart, parts
from bot.views.browser.insights_export import beside
from bot.views.browser.rich import Reader
from bot.views.mrkdwn import lasting

MOST_ROWS = 12
"""How many types, services, causes, rules and people a table lists."""


@dataclass(frozen=True, slots=True)
class Took:
    """A line of the table of durations. `why` says what has no value, each reason with what is behind it."""

    name: str
    defined: str
    elsewhere: str
    n: int
    median: str
    p90: str
    before: str
    n_before: int
    why: Sequence[tuple[str, str]]
    key: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: a figure, what it was before, and which incidents are behind it."""

    name: str
    count: int
    before: int
    key: str
    bar: Markup


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised: how often it was kept, of how many, and what to look at; None where it does not
    apply. The figures before are of the same keys.
    """

    name: str
    kept: Share
    before: Share
    keys: tuple[str, str]
    look: tuple[str, str]


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
        "excluded": [(left_out(why, count), of("excluded", why)) for why, count in figures.excluded.items()],
        "promises": _promises(now, before),
        "waiting": _waiting(now, before),
        "noise": _noise(now, before),
        "more_noise": max(0, len(figures.noise) - MOST_ROWS),
        "people": _people(now, before, reader),
        "more_people": max(0, len(now.paged.people) - MOST_ROWS),
        "verdicts": list(Verdict),
        "shifts": _shifts(now, before),
        "many": many,
        "percent": percent,
        "aside": _aside(now),
        "rate": Share(figures.by_change, now.changes) if now.changes else None,
        "rate_before": Share(earlier.by_change, before.changes) if before.changes else None,
        "by_change": change,
        "severities": list(Severity),
    }


def percent(share: Share) -> str:
    return f"{share.percent} %" if share.percent is not None else "–"


def _took(name: Measure, one: Figure, before: Figure) -> Took:
    return Took(
        name.value,
        DEFINED[name],
        ELSEWHERE[name],
        one.spread.n,
        _length(one.spread.median),
        _length(one.spread.p90),
        _length(before.spread.median),
        before.spread.n,
        [
            *((f"{count} {why}", of("missing", f"{name}:{why}")) for why, count in one.missing.items()),
            *_apart(name, one),
        ],
        of("took", name),
    )


def _apart(name: Measure, one: Figure) -> Iterator[tuple[str, str]]:
    """Yield the median of what is counted apart, with how many it is of."""
    if one.apart.n:
        yield f"{one.apart.n} of these known, median {_length(one.apart.median)}", of("apart", name)


def _length(span: timedelta | None) -> str:
    return lasting(span) if span is not None else "–"


def _counts(now: Insight, before: Insight, *, cause: bool) -> Iterator[tuple[str, str, list[Row], int]]:
    """Yield each table of counts: its heading, its column, its rows, and how many rows are left out."""
    figures, earlier = now.figures, before.figures
    severities = [(one.value, figures.by_severity[one], earlier.by_severity[one]) for one in Severity]
    yield "By severity", "Severity", _rows("severity", severities), 0
    for title, kind, found, old in (
        ("By type", "type", figures.by_type, earlier.by_type),
        ("By service", "service", figures.by_service, earlier.by_service),
        *((("By cause", "cause", figures.by_cause, earlier.by_cause),) if cause else ()),
    ):
        every = beside(found, old)
        yield title, kind.capitalize(), _rows(kind, every[:MOST_ROWS]), max(0, len(every) - MOST_ROWS)


def _rows(kind: str, found: Sequence[tuple[str, int, int]]) -> list[Row]:
    most = max((count for _, count, _ in found), default=0)
    return [Row(name, count, before, of(kind, name), _bar(count, most)) for name, count, before in found]


def _bar(count: int, most: int) -> Markup:
    """Return a bar as long as the count is of the largest one. The number stands beside it."""
    width = round(100 * count / most) if most else 0
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" '
        'focusable="false"><rect width="{}" height="10"/></svg>'
    ).format(width)


def _promises(now: Insight, before: Insight) -> list[Promise]:
    """Return what was promised, how often it was kept now and before, and what is behind it."""
    figures, then = now.figures, before.figures
    late, overdue = figures.updates.of - figures.updates.count, now.follow_ups.overdue
    unheard = figures.in_the_hour.of - figures.in_the_hour.count
    return [
        Promise(
            "Updates that came when they were promised",
            figures.updates,
            then.updates,
            ("updates", "updates"),
            (f"{late} late", "late") if late else ("", ""),
        ),
        Promise(
            "Customers heard within the hour",
            figures.in_the_hour,
            then.in_the_hour,
            (of("heard", Heard.IN_TIME), "hour"),
            (f"{unheard} later, or not at all", of("heard", Heard.LATE)) if unheard else ("", ""),
        ),
        Promise(
            "Follow-ups done",
            Share(now.follow_ups.done, now.follow_ups.made),
            Share(before.follow_ups.done, before.follow_ups.made),
            ("follow-ups:done", "follow-ups:made"),
            ("", ""),
        ),
        Promise(
            "Follow-ups overdue today",
            Share(overdue, now.follow_ups.made),
            Share(before.follow_ups.overdue, before.follow_ups.made),
            ("follow-ups:overdue", "follow-ups:made"),
            ("", ""),
        ),
    ]


def _waiting(now: Insight, before: Insight) -> list[Row]:
    """Return the incidents of which customers were not told for a reason, or still can be told in time."""
    heard, then = now.figures.heard, before.figures.heard
    return [
        Row(one.value, heard[one], then[one], of("heard", one), Markup(""))
        for one in (Heard.REASONED, Heard.WAITING)
        if heard[one] or then[one]
    ]


def _aside(now: Insight) -> list[tuple[str, str]]:
    """Return the follow-ups that no figure has."""
    found = now.follow_ups
    said = [(f"{found.cancelled} cancelled", "follow-ups:cancelled")] if found.cancelled else []
    return [*said, *([(f"{found.drills} of drills", "follow-ups:drills")] if found.drills else [])]


Alerts: TypeAlias = tuple[str, int, str, list[tuple[int, str]], str, str]


def _noise(now: Insight, before: Insight) -> list[Alerts]:
    """Return what the alerts of each rule opened, what it turned out to be, and the share that was real, now
    and before.
    """
    then = {one.rule: percent(one.real) for one in before.figures.noise}
    return [
        (
            one.rule,
            one.opened,
            of("rule", one.rule),
            [(one.by[each], of("noise", f"{each}:{one.rule}")) for each in Verdict],
            percent(one.real),
            then.get(one.rule, "–"),
        )
        for one in now.figures.noise[:MOST_ROWS]
    ]


Paged: TypeAlias = tuple[Markup | str, list[tuple[int, str]], str, int, str]
_PARTS = (Pages.ALL, Pages.NIGHT, Pages.WEEKEND, Pages.ACKNOWLEDGED)


def _people(now: Insight, before: Insight, reader: Reader) -> list[Paged]:
    """Return the pages of all and of each person: by when they came, and how many there were before."""
    then = dict(before.paged.people)
    rows = [_paged("All", "", now.paged.whole, before.paged.whole)]
    people = now.paged.people[:MOST_ROWS]
    return [*rows, *(_paged(reader.name(who), f":{who}", load, then.get(who)) for who, load in people)]


def _paged(name: Markup | str, who: str, load: Load, then: Load | None) -> Paged:
    counts = (load.pages, load.night, load.weekend, load.acknowledged)
    keys = [f"pages:{part}{who}" for part in _PARTS]
    pages = then.pages if then else 0
    return name, [*zip(counts, keys, strict=True)], _length(load.median), pages, keys[0]


def _shifts(now: Insight, before: Insight) -> list[tuple[ShiftLoad, str]]:
    """Return the pages by shift, and what it was before."""
    then = {one.schedule: one for one in before.paged.shifts}
    return [(one, _shift_then(then.get(one.schedule))) for one in now.paged.shifts]


def _shift_then(one: ShiftLoad | None) -> str:
    return f"median {one.median:g}, most {one.most}, of {many(one.shifts, 'shift')}" if one else "–"
