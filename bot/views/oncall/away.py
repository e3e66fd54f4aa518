"""Somebody is away: what they and those who manage their schedules are told."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.oncall.spans import Span, spoken
from bot.views.blocks import Message, actions, button, message, section
from bot.views.mrkdwn import escape, period, person
from bot.views.oncall.cover import OPEN, Mine

SHOWN = 10


def noted(meant: Span, mine: Mine, zone: ZoneInfo) -> Message:
    """Say what was understood, and for what somebody needs cover."""
    when = escape(spoken(meant, zone))
    if not mine:
        return message(f"You are away {when}, and on call for nothing then. You need not do anything.")
    lines = [f"*You are away {when}, and on call then:*"]
    lines += [f"{escape(schedule)}: {escape(spoken(span, zone))}" for schedule, span in mine[:SHOWN]]
    if len(mine) > SHOWN:
        lines.append(f"and {len(mine) - SHOWN} times more")
    lines.append("You stay on call until somebody covers you. Those who manage the schedule are told.")
    text = "\n".join(lines)
    return message(text, section(text), actions(button("Cover me", OPEN, style="primary")))


def told(schedule: str, who: str, start: datetime, end: datetime) -> Message:
    """Warn somebody who manages a schedule."""
    name = escape(schedule)
    return message(
        f"*{person(who)} is away {period(start, end)}, and on call for {name} in that time.* Until somebody "
        f"covers, they are paged all the same. To put somebody else on call: `/inc override {name}`."
    )


def warned(schedule: str, start: datetime, end: datetime) -> Message:
    """Warn whoever is away, by their status in Slack or as they said before, that they are on call."""
    text = (
        f"*You are away {period(start, end)}, and on call for {escape(schedule)} in that time.* "
        "You stay on call until somebody covers you. Those who manage the schedule are told."
    )
    return message(text, section(text), actions(button("Cover me", OPEN, style="primary")))
