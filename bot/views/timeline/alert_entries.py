"""What is said of alerts in the timeline."""

from bot.domain.timeline.entries import Entry
from bot.views.mrkdwn import cut, escape
from bot.views.timeline.wording import by

_TITLE = 200


def joined(entry: Entry) -> str:
    others = entry.data["others"]
    more = f", and {others} more" if others else ""
    return f"{by(entry)}: {_title(entry)}{more}."


def ended(entry: Entry) -> str:
    others, left = entry.data["others"], entry.data["left"]
    more = f", and {others} more" if others else ""
    rest = f" {left} still {'fires' if left == 1 else 'fire'}." if left else " None fires any more."
    flaps = " It comes and goes, so somebody has to look why." if entry.data["flaps"] else ""
    return f"{by(entry)}: over is {_title(entry)}{more}.{rest}{flaps}"


def _title(entry: Entry) -> str:
    return f"*{escape(cut(entry.data['title'], _TITLE))}*"
