"""Help: every command on one screen, or one of them with an example."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.views.blocks import Message, actions, button, context, escape, message, section
from bot.views.panel import DECLARE

LINES = 12
"""How many commands one paragraph holds; a long one would be cut."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A command as help shows it. `usage` starts with its word."""

    usage: str
    help: str
    example: str
    aliases: tuple[str, ...] = ()


def overview(commands: Sequence[Explained]) -> Message:
    """Return all commands, in the order in which they are needed."""
    lines = [f"`/inc {escape(each.usage)}`  {escape(each.help)}" for each in commands]
    parts = ["\n".join(lines[start : start + LINES]) for start in range(0, len(lines), LINES)]
    start = "*Something is broken?* `/inc` declares an incident. In an incident's channel it shows the panel."
    more = "More about one: `/inc help escalate`, for example. `/incident` is the same as `/inc`."
    return message(
        "\n".join([start, *lines, more]),
        section(start),
        *map(section, parts),
        actions(button("Declare an incident", DECLARE, style="primary")),
        context(more),
    )


def about(command: Explained) -> Message:
    """Return one command with an example."""
    lines = [f"`/inc {escape(command.usage)}`", escape(command.help), f"Example: `{escape(command.example)}`"]
    if command.aliases:
        lines.append("The same: " + ", ".join(f"`/inc {alias}`" for alias in command.aliases))
    return message("\n".join(lines))
