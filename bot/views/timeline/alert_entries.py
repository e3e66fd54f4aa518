"""What is said of alerts in the timeline."""

from datetime import datetime

from bot.domain.timeline.entries import Entry
from bot.views.mrkdwn import cut, escape, when
from bot.views.timeline.wording import because, by

_TITLE = 200


def joined(entry: Entry) -> str:
    others = entry.data["others"]
    more = f", and {others} more" if others else ""
    if severity := entry.data.get("severity"):
        return (
            f"{by(entry)}: {_title(entry)} is {severity}, which is worse than the incident. "
            f"`/inc severity {severity}` raises it."
        )
    again = " Fires again, after all were over." if entry.data.get("again") else ""
    return f"{by(entry)}: {_title(entry)}{more}.{again}"


def ended(entry: Entry) -> str:
    others, left = entry.data["others"], entry.data["left"]
    more = f", and {others} more" if others else ""
    rest = f" {left} still {'fires' if left == 1 else 'fire'}." if left else " None fires any more."
    flaps = " It comes and goes, so somebody has to look why." if entry.data["flaps"] else ""
    asks = " Is it over? `/inc resolve` ends it." if entry.data.get("asks") else ""
    return f"{by(entry)}: over is {_title(entry)}{more}.{rest}{flaps}{asks}"


def detached(entry: Entry) -> str:
    return f"{by(entry)}: {_title(entry)} has nothing to do with it."


def shelved(entry: Entry) -> str:
    return f"{by(entry)} put {_title(entry)} aside until {when(datetime.fromisoformat(entry.data['until']))}."


def false_alarm(entry: Entry) -> str:
    changes = " The alert should be changed." if entry.data["changes"] else ""
    return f"{by(entry)}: it was a false alarm.{changes}{because(entry)}"


def _title(entry: Entry) -> str:
    return f"*{escape(cut(entry.data['title'], _TITLE))}*"
