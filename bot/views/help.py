"""Help: every command on one screen, or one of them with an example."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.views.blocks import Block, Message, actions, button, context, message, section
from bot.views.incidents.panel import DECLARE
from bot.views.mrkdwn import escape

_GROUPS = {
    "Call for help": {
        "declare": "open an incident",
        "escalate": "page a team",
        "ack": "answer a page",
        "oncall": "who is paged now",
        "list": "the open incidents",
    },
    "Keep everybody informed": {
        "update": "say how it stands",
        "timeline": "what happened",
        "summary": "write what is known",
        "action": "give somebody a task",
        "actions": "what there is to do",
    },
    "Move it on": {
        "severity": "how bad it is, S1 to S4",
        "status": "Fixing, Monitoring, …",
        "resolve": "the impact is over",
        "close": "nothing is left to do",
        "reopen": "work on it again",
        "cancel": "it was no incident",
        "verify": "it is certainly an S1",
        "accept": "a triaged problem is one",
        "decline": "a triaged one is none",
    },
    "People, names and the rest": {
        "lead": "hand over or take the lead",
        "role": "give or take a role",
        "roles": "who does what",
        "rename": "another name",
        "test-page": "test how you are paged",
        "help": "explain one command",
    },
}
"""What a command does in a few words, most used first: one line on a phone, and all of it on one screen."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A command as help shows it. `usage` starts with its word."""

    usage: str
    help: str
    example: str
    aliases: tuple[str, ...] = ()


def overview(commands: Sequence[Explained]) -> Message:
    """Return all commands, in the order in which they are needed. One without a line here is left out."""
    known = {each.usage.split()[0] for each in commands}
    parts = [
        "\n".join([f"*{name}*", *(f"`{word}` {line}" for word, line in lines.items() if word in known)])
        for name, lines in _GROUPS.items()
    ]
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
