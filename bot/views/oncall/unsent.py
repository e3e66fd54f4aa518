"""What could not be sent, on the Home of whoever looks after Muster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.views.blocks import Block, actions, button, confirm, context, header, section
from bot.views.mrkdwn import cut, escape, when

AGAIN, DROP = "unsent_again", "unsent_drop"
SHOWN = 5
_REASON = 200


@dataclass(frozen=True, slots=True)
class Unsent:
    """A delivery that was given up: its job, of which incident it is as its reader may know, when and why."""

    id: int
    job: str
    about: str
    at: datetime
    reason: str


def blocks(found: Sequence[Unsent], total: int) -> list[Block]:
    """Return the newest of them with what can be done; nothing where all was sent."""
    if not total:
        return []
    one = total == 1
    shown: list[Block] = [header(f"{total} {'message' if one else 'messages'} could not be sent")]
    for each in found[:SHOWN]:
        shown += [section(_line(each)), actions(*_ways(each))]
    more = f"And {total - SHOWN} more: " if total > SHOWN else ""
    shown.append(context(f"{more}`muster outbox list` names them all. They are kept for a week."))
    return shown


def _line(one: Unsent) -> str:
    about = f" · {escape(one.about)}" if one.about else ""
    why = escape(cut(one.reason, _REASON)) or "Why is not known."
    return f"*{escape(one.job)}*{about} · given up {when(one.at)}\n{why}"


def _ways(one: Unsent) -> list[dict[str, object]]:
    sure = confirm("Drop it?", "It is never sent then.", "Drop")
    return [button("Send again", AGAIN, one.id), button("Drop", DROP, one.id, confirm=sure)]
