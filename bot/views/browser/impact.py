"""The impact bar: when an incident was detected, engaged, mitigated and resolved, drawn as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from bot.domain.incidents.times import Moment, Times, durations, in_order
from bot.views.browser.rich import Reader
from bot.views.mrkdwn import lasting

_WIDTH, _HEIGHT, _TOP, _BAR = 600, 56, 20, 16
_PHASES = (
    (Moment.IMPACT_START, "undetected"),
    (Moment.DETECTED, "detected"),
    (Moment.ENGAGED, "engaged"),
    (Moment.MITIGATED, "mitigated"),
)
"""What begins at each of these moments, up to the next one that is known."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the bar, in parts of its width."""

    name: str
    start: float
    width: float


def phases(known: Times, now: datetime) -> list[Phase]:
    """Return the stretches of the bar. One whose ends are in the wrong order is left out."""
    times = [(name, at) for moment, name in _PHASES if (at := known[moment])]
    end = known[Moment.RESOLVED] or (known[Moment.IMPACT_END] if not known[Moment.DETECTED] else None) or now
    begin = min((at for _, at in times), default=end)
    whole = (end - begin).total_seconds()
    if whole <= 0:
        return []
    marks = [(at - begin).total_seconds() / whole for _, at in times] + [1.0]
    found = (
        Phase(name, start, min(then, 1.0) - start)
        for (name, _), start, then in zip(times, marks, marks[1:], strict=False)
    )
    return [one for one in found if one.width > 0 and one.start >= 0]


def bar(known: Times, now: datetime) -> Markup:
    """Return the bar as SVG with a text that says the same; nothing where no two times are known.

    A stretch has a pattern of its own beside its shade, and its name if there is room for it.
    """
    found = phases(known, now)
    if not found:
        return Markup("")
    said = "; ".join(f"{name.lower()} {lasting(span)}" for name, span in durations(known)) or "under way"
    parts = [_drawn(one) for one in found]
    return Markup(
        '<svg class="impact" viewBox="0 0 {w} {h}" role="img" aria-label="{label}" focusable="false">'
        "{parts}</svg>"
    ).format(w=_WIDTH, h=_HEIGHT, label=f"Course of the incident: {said}.", parts=Markup("").join(parts))


def _drawn(one: Phase) -> Markup:
    left, width = one.start * _WIDTH, max(one.width * _WIDTH, 1.0)
    room = width > 9 * len(one.name)
    text = (
        Markup('<text x="{:.1f}" y="{}">{}</text>').format(left + 1, _TOP - 6, one.name)
        if room
        else Markup("")
    )
    return Markup(
        '<g class="{}"><title>{}</title><rect x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>{}</g>'
    ).format(one.name, one.name, left, _TOP, width, _BAR, text)


def stated(known: Times, reader: Reader) -> Sequence[tuple[str, Markup]]:
    """Return each time that is known in their order, for the table under the bar."""
    return [(name.value, reader.time(at)) for name, at in in_order(known)]


def lengths(known: Times) -> list[tuple[str, str]]:
    return [(name, lasting(span)) for name, span in durations(known)]
