"""Help: every command on one screen, or one of them with an example."""

from collections.abc import Iterable

from bot.views.blocks import Block, Message, actions, button, context, message, section
from bot.views.commands import Group, Subcommand
from bot.views.incidents.declare import OPEN
from bot.views.mrkdwn import entities


def overview(commands: Iterable[Subcommand]) -> Message:
    """Return all commands, each on a line, in the order in which they are needed."""
    ranked = sorted(commands, key=lambda one: one.place[1])
    parts = [
        "\n".join([f"*{group}*", *(f"`{one.word}` {one.brief}" for one in ranked if one.place[0] is group)])
        for group in Group
    ]
    start = "*Something is broken?* `/inc` declares an incident. In an incident's channel it shows the panel."
    more = "Each after `/inc`. What one does, with an example: `/inc help escalate`."
    return message(
        "\n".join([start, *parts, more]),
        section(start),
        *map(section, parts),
        actions(button("Declare an incident", OPEN, style="primary")),
        context(more),
    )


def about(command: Subcommand, *more: Block) -> Message:
    """Return one command with an example, and `more` of what helps to choose."""
    usage, said, example = map(entities, (command.usage, command.help, command.example))
    lines = [f"`/inc {usage}`", said, f"Example: `{example}`"]
    if command.aliases:
        lines.append("The same as " + ", ".join(f"`/inc {alias}`" for alias in command.aliases))
    text = "\n".join(lines)
    return message(text, section(text), *more)
