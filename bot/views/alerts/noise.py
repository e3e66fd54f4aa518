"""The noise report: what the alerts of each rule came to."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.alerts.alert import Noise
from bot.domain.text import counted
from bot.views.blocks import Message, context, message, paragraphs, section
from bot.views.mrkdwn import escape, lasting

NOTHING = "No alert came in this time."


def report(found: Sequence[Noise], span: timedelta) -> Message:
    """Return how many alerts each rule had, what they opened, and how much of that was real."""
    heading = f"*Alerts of the last {lasting(span)}, by rule*"
    lines = [f"*{escape(one.rule or 'not decided yet')}*: {summed(one)}" for one in found] or [NOTHING]
    note = "Real is what somebody accepted. Declined is what was none, or ended by itself before a decision."
    return message(
        "\n".join([heading, *lines]), section(heading), *map(section, paragraphs(lines)), context(note)
    )


def summed(one: Noise) -> str:
    """Return the figures of one rule, in plain text."""
    decided = one.real + one.wrong + one.declined
    share = f", {round(100 * one.real / decided)} % real" if decided else ""
    share += " of what is decided" if decided and one.waiting else ""
    parts = {
        "real": one.real,
        "false alarms": one.wrong,
        "declined": one.declined,
        "undecided": one.waiting,
    }
    told = ", ".join(f"{number} {name}" for name, number in parts.items() if number) or "no incident"
    kept = f"; {one.kept} opened nothing" if one.kept else ""
    return f"{counted(one.alerts, 'alert')}, fired {counted(one.fired, 'time')}: {told}{share}{kept}"
