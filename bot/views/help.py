"""Help: every command on one screen, or one of them with an example."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.views.blocks import Block, Message, actions, button, context, message, section
from bot.views.mrkdwn import escape
from bot.views.panel import DECLARE

_GROUPS = {
    "Call for help": ("declare", "escalate", "ack", "oncall", "list"),
    "Keep everybody informed": ("update", "summary", "action", "actions", "timeline"),
    "Move it on": (
        "severity",
        "verify",
        "status",
        "resolve",
        "cancel",
        "reopen",
        "close",
        "accept",
        "decline",
    ),
}
"""What a command is good for, by its word. The others come last."""
_REST = "People, names and the rest"


@dataclass(frozen=True, slots=True)
class Explained:
    """A command as help shows it. `usage` starts with its word."""

    usage: str
    help: str
    example: str
    aliases: tuple[str, ...] = ()


def overview(commands: Sequence[Explained]) -> Message:
    """Return all commands, in the order in which they are needed."""
    parts = [_paragraph(name, found) for name, found in _grouped(commands).items()]
    start = "*Something is broken?* `/inc` declares an incident. In an incident's channel it shows the panel."
    more = "Each after `/inc`. What one does, with an example: `/inc help escalate`."
    return message(
        "\n".join([start, *parts, more]),
        section(start),
        *map(section, parts),
        actions(button("Declare an incident", DECLARE, style="primary")),
        context(more),
    )


def about(command: Explained, *more: Block) -> Message:
    """Return one command with an example, and `more` of what helps to choose."""
    lines = [f"`/inc {escape(command.usage)}`", escape(command.help), f"Example: `{escape(command.example)}`"]
    if command.aliases:
        lines.append("The same as " + ", ".join(f"`/inc {alias}`" for alias in command.aliases))
    text = "\n".join(lines)
    return message(text, section(text), *more)


def _grouped(commands: Sequence[Explained]) -> dict[str, list[Explained]]:
    group_of = {word: name for name, words in _GROUPS.items() for word in words}
    found: dict[str, list[Explained]] = {name: [] for name in (*_GROUPS, _REST)}
    for each in commands:
        found[group_of.get(each.usage.split()[0], _REST)].append(each)
    return {name: group for name, group in found.items() if group}


def _paragraph(name: str, commands: Sequence[Explained]) -> str:
    """Return a group in two short lines: a phone shows all of them at once."""
    words = " · ".join(f"`{escape(each.usage.split()[0])}`" for each in commands)
    return f"*{name}*\n{words}"
