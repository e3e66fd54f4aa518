"""A month's figures in ten lines: in answer to who asks for them, and for a channel."""

from collections.abc import Sequence
from datetime import date

from bot.domain.incidents.incident import Severity
from bot.domain.insights.figures import Figures, Spread
from bot.domain.insights.insight import Insight
from bot.domain.insights.measures import Measure, Verdict, left_out
from bot.domain.insights.periods import month_of
from bot.views.blocks import Block, Message, context, message, section
from bot.views.mrkdwn import cut, escape, lasting, link

_SHOWN = (Measure.DETECT, Measure.ACKNOWLEDGE, Measure.ENGAGE, Measure.MITIGATE, Measure.RESOLVE)
_LONGEST_RULE = 60
PUBLIC = "Of incidents that everybody may know of: private ones are not counted."
OWN = "Of all incidents that you may know of, private ones too."


def month(
    now: Insight, before: Insight, scope: str, address: str | None, missed: Sequence[date] = ()
) -> Message:
    """Show a month beside the days before it, of which there are as many. `scope` says what is counted,
    `missed` which months were not posted.
    """
    figures, earlier = now.figures, before.figures
    first, last = now.period.first, now.period.last
    until = "" if now.period == month_of(first, now.period.zone) else f" until {last:%B} {last.day}"
    lines = [
        f"*Incidents in {first:%B} {first.year}{until}* (in brackets: the {now.period.days} days before)",
        _counted(figures, earlier),
        *(_measured(one, figures, earlier) for one in _SHOWN),
        _paged(now, before),
        _alerts(figures),
        _told(figures, earlier),
        f"*Follow-ups:* {now.follow_ups.made} made, {now.follow_ups.done} done, "
        f"{now.follow_ups.overdue} overdue",
    ]
    ends = [scope, f"Days in {now.period.zone}.", *_missed(missed)]
    blocks: list[Block] = [section("\n".join(lines)), context(" ".join(ends))]
    if address:
        blocks.append(context(link(address, "All figures, and the incidents behind each")))
    return message("\n".join([*lines, *ends]), *blocks)


def _missed(missed: Sequence[date]) -> list[str]:
    """Say which months were not posted, while Muster was away."""
    if not missed:
        return []
    first, last = missed[0], missed[-1]
    span = f"{first:%B %Y}" + (f" to {last:%B %Y}" if last != first else "")
    return [f"Not posted, as Muster was not running: {span}. See one with `/inc insights {first:%Y-%m}`."]


def _counted(now: Figures, before: Figures) -> str:
    by = ", ".join(f"{one} {now.by_severity[one]}" for one in Severity if now.by_severity[one])
    left = ", ".join(left_out(why, count) for why, count in now.excluded.items())
    said = f"*Counted:* {now.counted} ({before.counted})"
    said += f": {by}, by the highest severity" if by else ""
    return said + (f". Not counted: {left}" if left else "")


def _measured(one: Measure, now: Figures, before: Figures) -> str:
    spread, earlier = now.measures[one].spread, before.measures[one].spread
    if spread.median is None or spread.p90 is None:
        return f"*{one}:* not known of any{_earlier(earlier)}"
    return (
        f"*{one}:* median {lasting(spread.median)}{_earlier(earlier)}, nine of ten within "
        f"{lasting(spread.p90)}, of {spread.n}"
    )


def _earlier(spread: Spread) -> str:
    return f" ({lasting(spread.median)})" if spread.median is not None else " (none)"


def _paged(now: Insight, before: Insight) -> str:
    whole = now.paged.whole
    said = f"*Pages:* {whole.pages} ({before.paged.whole.pages}), {whole.night} at night, "
    said += f"{whole.weekend} at weekends"
    return said + (f", at most {now.paged.most} to one of {now.paged.called} people" if whole.pages else "")


def _alerts(now: Figures) -> str:
    real = sum(one.by[Verdict.REAL] for one in now.noise)
    decided = sum(one.real.of for one in now.noise)
    if not decided:
        return "*Alerts:* they opened nothing that is decided"
    said = f"*Alerts:* {real} of {decided} that they opened were real"
    noisy = max(now.noise, key=lambda one: one.real.of - one.real.count)
    wrong = noisy.real.of - noisy.real.count
    rule = escape(cut(noisy.rule, _LONGEST_RULE)) or "no rule"
    return f"{said}; most that were not: {wrong} by {rule}" if wrong else said


def _told(now: Figures, before: Figures) -> str:
    updates, hour = now.updates, now.in_the_hour
    said = "*Updates:* none was promised by a time"
    if updates.of:
        said = f"*Updates:* {updates.count} of {updates.of} came when they were promised"
    said += f" ({before.updates.percent} %)" if before.updates.of else ""
    if not hour.of:
        return f"{said}; customers had to hear of no incident"
    return f"{said}; customers heard of {hour.count} of {hour.of} incidents within the hour"
