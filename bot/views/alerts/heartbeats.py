"""What is expected to be heard of, in a list: first what is missed, and a way to forget instances."""

from collections.abc import Sequence
from typing import Final

from bot.domain.alerts.heartbeats import Expected
from bot.views.alerts.alerts import HEARTBEATS, SOURCES
from bot.views.blocks import Message, actions, button, confirm, context, message, section
from bot.views.mrkdwn import escape, when

FORGET = "heartbeat_forget"
MOST: Final = 20
NONE = (
    "Nothing is expected to be heard of. The operator makes a heartbeat with `muster source add NAME "
    "heartbeat`, and writes it into `muster.yml`."
)


def listing(found: Sequence[Expected], words: str = "") -> Message:
    """Return those whose names have these words, the missed ones first."""
    sought = words.lower().split()
    meant = [one for one in found if all(word in one.name.lower() for word in sought)]
    if not meant:
        text = f"No heartbeat is called so: {escape(words)}" if found else NONE
        return message(text, section(text), actions(button("Heartbeats", HEARTBEATS)))
    missed = sum(not one.due_at for one in meant)
    heading = f"*Heartbeats*: {len(meant)} expected, {missed} missed"
    lines = [_line(one) for one in meant[:MOST]]
    shown = [
        section(line, _forgets(one) if one.instance else None)
        for line, one in zip(lines, meant[:MOST], strict=True)
    ]
    if len(meant) > MOST:
        shown.append(
            context(f"{len(meant) - MOST} more: `/inc alerts heartbeats` with part of a name finds them.")
        )
    return message(
        "\n".join([heading, *lines]), section(heading), *shown, actions(button("Sources", SOURCES, 0))
    )


def _line(one: Expected) -> str:
    heard = f"last heard of {when(one.last_at)}" if one.last_at else "never heard of yet"
    until = f"expected by {when(one.due_at)}" if one.due_at else "*missed*"
    return f"*{escape(one.name)}*: {until}, {heard}"


def _forgets(one: Expected) -> dict[str, object]:
    question = confirm(
        "Forget this instance?",
        f"{escape(one.name)} is expected no more, and its alert ends. Being heard of, it is expected again.",
        "Forget",
    )
    return button("Forget", FORGET, one.id, confirm=question)


def forgotten(name: str) -> Message:
    text = f"{escape(name)} is expected no more, until it is heard of again."
    return message(text, section(text), actions(button("Heartbeats", HEARTBEATS)))
