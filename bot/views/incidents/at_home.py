"""Incidents on the app's Home: what can be done, a person's own ones, and those that are open."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.listing import Listed, Which
from bot.views.blocks import Block, actions, button, header, paragraphs, section
from bot.views.incidents import declare
from bot.views.incidents.listing import LISTS, SEARCH, line

OPEN_ONES, MINE = 10, 5
"""How many are listed; a button leads to the others."""


@dataclass(frozen=True, slots=True)
class Incidents:
    """What a person may see of the open incidents: the worst, how many there are, and the same of their own.

    `declares` says that they may declare one.
    """

    worst: Sequence[Incident] = ()
    count: int = 0
    mine: Sequence[Incident] = ()
    count_mine: int = 0
    declares: bool = True


def ways(found: Incidents) -> Block:
    """Return the buttons that stand first."""
    declares = [button("Declare an incident", declare.OPEN, style="primary")] if found.declares else []
    return actions(*declares, button("Search incidents", SEARCH, Listed(Which.ALL)))


def blocks(found: Incidents) -> list[Block]:
    """Return a person's own incidents, if there are any, and all that are open, the worst first."""
    own: list[Block] = []
    if found.mine:
        own = [header("Your incidents"), *_listed(found.mine, found.count_mine, Which.MINE)]
    return [
        *own,
        header("Open incidents"),
        *(_listed(found.worst, found.count, Which.OPEN) or [section("None is open.")]),
    ]


def _listed(shown: Sequence[Incident], count: int, which: Which) -> list[Block]:
    lines = [section(one) for one in paragraphs(map(line, shown))]
    if (more := count - len(shown)) > 0:
        lines.append(actions(button(f"And {more} more", LISTS[which], Listed(which))))
    return lines
