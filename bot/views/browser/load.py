"""The load of a schedule in a browser: how its people were paged in a month, by person and by shift."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup

from bot.domain.oncall.load import Figures, Load
from bot.views.browser.oncall import named, spell
from bot.views.browser.rich import Reader
from bot.views.mrkdwn import lasting

SHOWN = 60
"""How many people, and how many shifts, are listed."""


def people_of(found: Load) -> set[str]:
    return {who for who, _ in found.people} | {who for shift, _ in found.shifts for who in shift.people}


def shown(found: Load, reader: Reader, now: datetime) -> Mapping[str, Any]:
    """Return what the template is rendered with."""
    start = found.month.start.astimezone(reader.zone)
    before, after = (start - timedelta(days=1)), (start + timedelta(days=32))
    return {
        "month": f"{start:%B %Y}",
        "value": f"{start:%Y-%m}",
        "running": now < found.month.end,
        "earlier": f"{before:%Y-%m}",
        "later": f"{after:%Y-%m}" if now >= found.month.end else "",
        "whole": _row(Markup("In all"), found.whole),
        "paged": found.whole.pages,
        "people": [_row(reader.name(who), figures) for who, figures in found.people[:SHOWN]],
        "shifts": [
            _row(
                Markup("{}, {}").format(spell(shift.start, shift.end, reader), named(shift.people, reader)),
                figures,
            )
            for shift, figures in found.shifts[:SHOWN]
        ],
        "more_people": max(0, len(found.people) - SHOWN),
        "more_shifts": max(0, len(found.shifts) - SHOWN),
        "calm": found.calm,
        "others": found.others,
    }


def _row(head: Markup, figures: Figures) -> tuple[Markup, Sequence[str]]:
    """Return a row of a table: pages, acknowledged, median and longest time to it, at night, on weekends."""
    times = (lasting(one) if one is not None else "-" for one in (figures.median, figures.longest))
    return head, [
        str(figures.pages),
        str(figures.acknowledged),
        *times,
        str(figures.night),
        str(figures.weekend),
    ]
