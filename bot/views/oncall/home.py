"""The app's Home: the pages that wait for a person, incidents, their shifts, and how they are reached."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.incidents.incident import Incident
from bot.domain.maintenance.maintenance import Maintenance
from bot.domain.paging.pages import Page
from bot.views.blocks import Block, actions, button, context, header, paragraphs, preformatted, section
from bot.views.drill import mark
from bot.views.incidents import at_home
from bot.views.incidents.at_home import Incidents
from bot.views.maintenance import maintenance
from bot.views.mrkdwn import escape, period
from bot.views.naming import title
from bot.views.oncall import unsent
from bot.views.oncall.cover import OPEN, Mine
from bot.views.oncall.unsent import Unsent
from bot.views.paging import own_contact_methods
from bot.views.paging.own_contact_methods import Reach
from bot.views.paging.page import waiting_as

ACKNOWLEDGE = "home_acknowledge"
PAGES, SHIFTS = 20, 10
"""How many pages and how many shifts are listed."""
MOST_BLOCKS = 100
"""Slack's limit for a Home."""
AHEAD = timedelta(weeks=4)
"""How far shifts are shown."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Home:
    """What a person's Home shows, in their time zone."""

    mine: Mine
    pages: Sequence[tuple[Page, Incident | None]]
    now: datetime
    zone: ZoneInfo
    reach: Reach = field(default_factory=Reach)
    incidents: Incidents = field(default_factory=Incidents)
    running: Sequence[Maintenance] = ()
    unsent: Sequence[Unsent] = ()
    unsent_total: int = 0


def home(found: Home, said: str = "") -> dict[str, Any]:
    """Return the tab; `said` is what a press there came to."""
    blocks: list[Block] = [section(f"*{said}*")] if said else []
    blocks += maintenance.line(found.running)
    blocks += [at_home.ways(found.incidents), header("Pages that wait for you")]
    blocks += [_page(*one) for one in found.pages[:PAGES]] or [section("None: nobody calls you.")]
    if len(found.pages) > PAGES:
        blocks.append(context(f"And {len(found.pages) - PAGES} more: `/inc ack`."))
    blocks += unsent.blocks(found.unsent, found.unsent_total)
    blocks += at_home.blocks(found.incidents)
    blocks.append(header("Your shifts in the next four weeks"))
    blocks += _shifts(found)
    blocks += own_contact_methods.blocks(found.reach, found.now)
    blocks.append(context("This shows how it was when you opened it. Who is on call now: `/inc oncall`."))
    return {"type": "home", "blocks": blocks[:MOST_BLOCKS]}


def _page(page: Page, incident: Incident | None) -> Block:
    if not incident:
        what = f"A page for {escape(page.level_team)}"
    else:
        what = f"{mark(incident)}*{title(incident)}*\n{waiting_as(page)}"
    return section(what, button("Acknowledge", ACKNOWLEDGE, page.id, style="primary"))


def _shifts(found: Home) -> list[Block]:
    if not found.mine:
        return [section("None: you are on no schedule then.")]
    legend = f"[ ] you are on call on that day, or a part of it, in {escape(str(found.zone))}."
    lines = [f"*{escape(name)}* {period(span.start, span.end)}" for name, span in found.mine]
    more = [f"And {len(lines) - SHIFTS} more."] if len(lines) > SHIFTS else []
    return [
        preformatted(calendar(found.mine, found.now, found.zone)),
        context(legend),
        *map(section, paragraphs([*lines[:SHIFTS], *more])),
        actions(button("Cover me", OPEN)),
    ]


def calendar(mine: Mine, now: datetime, zone: ZoneInfo) -> str:
    """Return four weeks from today, a line each: narrow enough for a phone, told apart without colours."""
    busy = {day for _, span in mine for day in _days(span.start.astimezone(zone), span.end.astimezone(zone))}
    today = now.astimezone(zone).date()
    last = (now + AHEAD).astimezone(zone).date()
    lines, monday, month = ["     Mo  Tu  We  Th  Fr  Sa  Su"], today - today.weekday() * _DAY, ""
    while monday <= last:
        week = [monday + n * _DAY for n in range(7)]
        shown = [day for day in week if today <= day <= last]
        name = f"{shown[0]:%b}"
        cells = "".join(_cell(day, day in busy) if day in shown else "    " for day in week)
        lines.append(f"{name if name != month else '':4}{cells}".rstrip())
        monday, month = monday + 7 * _DAY, name
    return "\n".join(lines)


def _cell(day: date, busy: bool) -> str:
    return f"[{day.day:2}]" if busy else f" {day.day:2} "


def _days(start: datetime, end: datetime) -> Iterator[date]:
    """Yield the days of which a shift has a part; one that ends at midnight has none of the next."""
    day, last = start.date(), (end - timedelta(microseconds=1)).date()
    while day <= last:
        yield day
        day += _DAY
