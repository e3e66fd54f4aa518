"""What those who manage a schedule are told of the time ahead."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.oncall.findings import Odd
from bot.views.blocks import Message, message
from bot.views.mrkdwn import escape, period, person, when

SHOWN = 8


def told(schedule: str, findings: Sequence[Mapping[str, str]]) -> Message:
    """List what a look ahead has found, and what to do."""
    name = escape(schedule)
    lines = [f"*Look at {name}, please:*", *(f"• {_line(one)}" for one in findings[:SHOWN])]
    if len(findings) > SHOWN:
        lines.append(f"and {len(findings) - SHOWN} more, all of which `muster check` prints")
    lines.append(f"To put somebody on call: `/inc override {name}`. You are told once of each.")
    return message("\n".join(lines))


def _line(one: Mapping[str, str]) -> str:
    who, start, end = one.get("who", ""), one.get("start"), one.get("end")
    shown = person(who) if who.startswith(("U", "W")) and who.isalnum() else escape(who)
    time = period(datetime.fromisoformat(start), datetime.fromisoformat(end)) if start and end else ""
    match Odd(one["odd"]):
        case Odd.GAP:
            return f"nobody is on call {time}"
        case Odd.ABSENT:
            return f"{shown} is named there, and is no active member of this workspace"
        case Odd.TWICE:
            return f"{shown} is called at two levels of one path, {escape(one['more'])}, {time}"
        case Odd.UNMATCHED:
            return f"its calendar names {escape(who)}, whom nobody is known by: those shifts are nobody's"
        case Odd.STALE:
            since = f" since {when(datetime.fromisoformat(start))}" if start else ""
            return f"its calendar could not be read{since}: it {escape(one['more'])}. Its last copy counts"
