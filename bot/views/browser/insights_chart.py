"""The incidents of a time as bars, and the time in words. A table beside the picture says the same."""

from collections.abc import Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from bot.domain.incidents.incident import Severity
from bot.domain.insights.insight import Insight
from bot.domain.insights.periods import Period

_WIDTH, _HEIGHT, _BASE, _TOP = 720, 150, 126, 14
_WIDEST = 40
"""A bar is no wider: of two days each would else be a wall."""


def period_query(period: Period) -> str:
    return urlencode({"from": period.first.isoformat(), "to": period.last.isoformat()})


def spoken(period: Period) -> str:
    """Say from when until when."""
    first, last = period.first, period.last
    if first == last:
        return f"{first.day} {first:%B} {first.year}"
    return f"{first.day} {first:%b} {first.year} to {last.day} {last:%b} {last.year}"


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
