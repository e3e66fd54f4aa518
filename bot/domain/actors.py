"""Who does something: a person, the bot, an alert, an API token, somebody in an issue tracker."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias


class MachineKind(StrEnum):
    BOT = "bot"
    ALERT = "alert"
    TOKEN = "token"  # noqa: S105 - a word of ours
    TRACKER = "tracker"


_SPOKEN = {
    MachineKind.BOT: "Muster",
    MachineKind.ALERT: "alert from ",
    MachineKind.TOKEN: "API token ",
    MachineKind.TRACKER: "",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """An actor that is no person: it leads nothing, and nobody mentions, pages or invites it.

    `name` is the source of the alert, the name of the token, or who it was in which tracker. As text, which
    is what columns hold, it is `bot`, `alert:<source>`, `token:<name>` or `tracker:<who>`: no Slack user id
    looks like that.
    """

    kind: MachineKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)

    @property
    def spoken(self) -> str:
        """How it is spoken of, in plain text."""
        return _SPOKEN[self.kind] + self.name


Actor: TypeAlias = str | Machine
"""A person's Slack user id, or a machine."""

BOT: Final = Machine(MachineKind.BOT)
"""A rule of the process acts, and nobody asked."""

_KINDS = {one.value: one for one in MachineKind}


def parsed(text: str) -> Actor:
    """Return the actor that a column names."""
    kind, _, name = text.partition(":")
    return Machine(_KINDS[kind], name) if kind in _KINDS else text


def mentioned(text: str) -> str:
    """Return an actor that a column names as a message speaks of it: a person is mentioned."""
    found = parsed(text)
    return found.spoken if isinstance(found, Machine) else f"<@{found}>"
