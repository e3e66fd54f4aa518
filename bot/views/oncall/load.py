"""The load of a schedule in short lines, which a phone shows whole."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.oncall.load import Figures, Load
from bot.domain.oncall.shifts import Shift
from bot.views.blocks import Message, context, message, paragraphs, section
from bot.views.mrkdwn import escape, lasting, people, person

SHOWN = 30
"""How many people, and how many shifts, one answer lists."""
_HOW = (
    "Night: 22:00 to 07:00, weekend: Saturday and Sunday, where the person is. Acknowledged: by whom "
    "the page called. Drills do not count."
)


def load(found: Load, zone: ZoneInfo, now: datetime) -> Message:
    """Show a month to somebody who manages the schedule."""
    month = f"{found.month.start.astimezone(zone):%B %Y}{' until now' if now < found.month.end else ''}"
    heading = f"*{escape(found.schedule)}, {month}*"
    if not found.whole.pages:
        return message(
            f"{heading}\nNobody was paged. Another month: `/inc load {escape(found.schedule)} 2026-01`."
        )
    theirs = [f"{person(who)}: {_said(figures)}" for who, figures in found.people[:SHOWN]]
    shifts = [f"{_when(shift, zone)}: {_said(figures)}" for shift, figures in found.shifts[:SHOWN]]
    rest = [f"Further shifts with pages: {len(found.shifts) - SHOWN}."] if len(found.shifts) > SHOWN else []
    rest += [f"Shifts without a page: {found.calm}."] if found.calm else []
    rest += (
        [f"Pages that called somebody who is not in that shift today: {found.others}."]
        if found.others
        else []
    )
    lines = [f"{heading}\n{_said(found.whole)}", "*By person*", *theirs, "*By shift*", *shifts, *rest]
    return message("\n".join(lines), *map(section, paragraphs(lines)), context(_HOW))


def _said(figures: Figures) -> str:
    acknowledged = f"{figures.acknowledged} acknowledged"
    if figures.median is not None and figures.longest is not None:
        acknowledged += f" (median {lasting(figures.median)}, longest {lasting(figures.longest)})"
    parts = [f"{figures.pages} page{'s' * (figures.pages != 1)}", acknowledged]
    parts += [f"{figures.night} at night"] if figures.night else []
    parts += [f"{figures.weekend} on a weekend"] if figures.weekend else []
    return " · ".join(parts)


def _when(shift: Shift, zone: ZoneInfo) -> str:
    times = (at.astimezone(zone) for at in (shift.start, shift.end))
    start, end = (f"{at:%a} {at.day} {at:%H:%M}" for at in times)
    return f"{start} to {end}, {people(shift.people) if shift.people else 'nobody'}"
