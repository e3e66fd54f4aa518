"""What people are told of a schedule's rotation: that it changed, and that their shift begins."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.oncall.shifts import Shift
from bot.views.blocks import Message, actions, button, message, section
from bot.views.mrkdwn import escape, link, period, person, when
from bot.views.oncall.cover import OPEN


def changed(
    schedule: str,
    at: datetime,
    added: Sequence[tuple[str, Shift | None]],
    removed: Sequence[str],
    url: str | None,
) -> Message:
    """Tell the channel who takes turns now; each of `added` comes with their first shift."""
    lines = [f"*The rotation of {escape(schedule)} changed* {when(at)}"]
    for who, first in added:
        begins = f", first on call {when(first.start)}" if first else ""
        lines.append(f"Added: {who}{begins}")
    lines += [f"Removed: {who}" for who in removed]
    if not added and not removed:
        lines.append("Its order or its times changed; nobody was added or removed.")
    where = f" {link(url, 'The configuration')}" if url else ""
    lines.append(f"Overrides keep their dates. Who is on call: `/inc oncall`.{where}")
    return message("\n".join(lines))


def begins(schedule: str, start: datetime, end: datetime) -> Message:
    """Remind somebody of their shift."""
    text = f"*Your shift on {escape(schedule)} begins {when(start)}.*\n{period(start, end)}"
    return message(text, section(text), actions(button("Cover me", OPEN)))


def unheard(schedule: str, why: str) -> Message:
    """Tell whoever changed something, or asked, that the channel did not hear it."""
    return message(
        f"*The channel of {escape(schedule)} could not be told:* {escape(why)}. What you did counts all "
        "the same. Tell your colleagues, and the operator: `schedules` in `muster.yml` names the channel."
    )


def named(entry: str, known: str | None) -> str:
    """Return a mention, or the entry of the configuration while nobody of it is known."""
    return person(known) if known else escape(entry)
