"""What changed lately: the first thing to look at when something broke."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.alerts.changes import MOST_CHANGES, Changed
from bot.views.blocks import Block, Message, actions, button, context, message, paragraphs, section
from bot.views.mrkdwn import cut, escape, lasting, link, when

OPEN = "changes_open"
MOST = 20


def listing(found: Sequence[Changed], within: timedelta, *, known: bool) -> Message:
    """Return what changed within a time, the newest first."""
    heading = f"*What changed in the last {lasting(within)}*"
    lines = [line(one) for one in found[:MOST]]
    if len(found) > MOST:
        lines.append("and more before that")
    if not lines:
        lines = ["Nothing that a tool told of." + ("" if known else f" {NOBODY}")]
    wider = "`/inc changes 1d` shows those of a day."
    blocks = [section(heading), *map(section, paragraphs(lines)), context(wider)]
    return message("\n".join([heading, *lines]), *blocks)


NOBODY = "No tool tells of changes yet. Its operator can have deployments sent to `/v2/change/enqueue`."


def line(one: Changed) -> str:
    """Return a change on one line: when, what, where, by whom it is told, and where to look."""
    told = [when(one.at), f"*{escape(cut(one.summary, 200))}*"]
    if one.place:
        told.append(escape(cut(one.place, 60)))
    told.append(f"({escape(one.source)})")
    return " · ".join([*told, *(link(each.url, each.name) for each in one.links[:3])])


def on_card(found: Sequence[Changed], within: timedelta) -> list[Block]:
    """Return what the engineer on call sees of it beside their duties."""
    return [*_briefly(found, f"in the last {lasting(within)}"), actions(button("All changes", OPEN, 0))]


def beside(shown: Message, found: Sequence[Changed], within: timedelta) -> Message:
    """Return a message with what changed before somebody answered."""
    if not found:
        return shown
    told = _briefly(found, f"in the {lasting(within)} before")
    more = context("All of it: `/inc changes`.")
    return replace(shown, blocks=message(shown.text, *shown.blocks, *told, more).blocks)


def _briefly(found: Sequence[Changed], when_: str) -> list[Block]:
    lines = [f"*What changed {when_}*", *map(line, found[:MOST_CHANGES])]
    return list(map(section, paragraphs(lines)))
