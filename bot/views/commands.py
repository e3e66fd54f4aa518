"""What a feature offers to people: words after `/inc`, and buttons of an incident's panel."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from bot.domain.incidents.incident import FINISHED, Incident
from bot.domain.rights import Right
from bot.views.blocks import Element, button


class Group(StrEnum):
    """A part of help, as it is headed; they stand in this order."""

    CALL = "Call for help"
    INFORM = "Keep everybody informed"
    MOVE = "Move it on"
    PEOPLE = "People, names and the rest"


class Row(IntEnum):
    """A row of the panel's buttons, from the top."""

    WORK = 1
    FACTS = 2
    PEOPLE = 3


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A word after `/inc`. `usage` starts with the word itself; `example` is a whole command.

    `run` takes the request. `brief` is one line on a phone, where help lists all commands. `place` says in
    which group that is, and the rank in it: what is needed more often stands first. A number after a command
    `of_incident` says which one is meant; after any other it is part of the text. What looks like a secret in
    the text is asked about first, unless the command has its `own_way_with_secrets`: to mask it, or to keep
    it for its author.
    """

    run: Callable[[Any], Awaitable[None]]
    usage: str
    brief: str
    help: str
    example: str
    place: tuple[Group, int]
    aliases: tuple[str, ...] = ()
    of_incident: bool = True
    own_way_with_secrets: bool = False

    @property
    def word(self) -> str:
        return self.usage.split()[0]


@dataclass(frozen=True, slots=True)
class PanelButton:
    """A button of the panel: its row with the rank in it, how it is drawn, and to whom it is offered when.

    Whoever has not the `right` is not offered it; without one it only shows something.
    """

    place: tuple[Row, int]
    draw: Callable[[Incident], Element]
    offered: Callable[[Incident, str], bool]
    right: Right | None = Right.WORK


def opens(label: str, action_id: str, style: str | None = None) -> Callable[[Incident], Element]:
    """Return how to draw a button that carries the incident's number."""
    return lambda incident: button(label, action_id, incident.id, style=style)


def while_active(incident: Incident, viewer: str) -> bool:
    """Offer it while people are at work on the incident."""
    return incident.status.active


def while_open(incident: Incident, viewer: str) -> bool:
    """Offer it in triage too."""
    return incident.status.open


def unless_gone(incident: Incident, viewer: str) -> bool:
    """Offer it while the incident is open, and once it was resolved."""
    return incident.status.open or incident.status in FINISHED
