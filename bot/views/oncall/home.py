"""The app's Home: a person's shifts and the pages that wait for them."""

from collections.abc import Sequence
from typing import Any

from bot.domain.incidents.incident import Incident
from bot.domain.paging.pages import Page
from bot.views.blocks import Block, actions, button, context, header, section
from bot.views.mrkdwn import escape, period
from bot.views.naming import title
from bot.views.oncall.cover import OPEN, Mine

ACKNOWLEDGE = "home_acknowledge"
SHOWN = 30
"""How many shifts and how many pages are listed."""


def home(mine: Mine, pages: Sequence[tuple[Page, Incident | None]], said: str = "") -> dict[str, Any]:
    """Return the tab; `said` is what a press there came to."""
    blocks: list[Block] = [section(said)] if said else []
    blocks.append(header("Pages that wait for you"))
    blocks += [_page(*one) for one in pages[:SHOWN]] or [section("None: nobody calls you.")]
    blocks.append(header("Your shifts in the next four weeks"))
    lines = [f"*{escape(schedule)}* {period(span.start, span.end)}" for schedule, span in mine]
    blocks += [section(line) for line in lines[:SHOWN]] or [section("None: you are on no schedule then.")]
    if len(lines) > SHOWN:
        blocks.append(context(f"And {len(lines) - SHOWN} more."))
    if mine:
        blocks.append(actions(button("Cover me", OPEN)))
    blocks.append(context("This shows how it was when you opened it. Who is on call now: `/inc oncall`."))
    return {"type": "home", "blocks": blocks}


def _page(page: Page, incident: Incident | None) -> Block:
    what = title(incident) if incident else f"A page for {escape(page.level_team)}"
    return section(what, button("Acknowledge", ACKNOWLEDGE, page.id, style="primary"))
