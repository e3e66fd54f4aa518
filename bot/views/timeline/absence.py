"""What an incident's channel is told when it can be posted to again: one message, however long it took."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from bot.domain.work.work import Update
from bot.views.blocks import Message, context, message, paragraphs, section
from bot.views.mrkdwn import actor, quote, time_of_day, when

MOST_LINES = 12
"""How many of the latest lines are repeated; the timeline has them all."""
_UPDATE = 300

Line: TypeAlias = tuple[datetime, str]


def update_line(update: Update) -> str:
    words = quote(" ".join(update.text.split()), _UPDATE)
    return f"Update from {actor(update.by)} ({update.severity} · {update.status}):\n{words}"


def retold(lines: Sequence[Line], since: datetime, now: datetime) -> Message:
    """Return what happened meanwhile, in short."""
    heading = f"*While nothing could be posted here* ({when(since)} to {when(now)}):"
    shown = [f"{time_of_day(at)}  {text}" for at, text in lines[-MOST_LINES:]]
    note = "All of it, line by line: `/inc timeline`."
    return message(
        "\n".join([heading, *shown]), section(heading), *map(section, paragraphs(shown)), context(note)
    )
