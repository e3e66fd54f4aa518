"""Who asks, and what each kind of person may do."""

from enum import Enum, StrEnum
from typing import Final, Literal, TypeAlias


class Bot(Enum):
    """A rule of the process acts, and nobody asked. No id that comes from outside equals it."""

    BOT = "bot"


BOT: Final = Bot.BOT
Actor: TypeAlias = str | Literal[Bot.BOT]
"""A person's Slack user id, or the bot itself."""


class Kind(StrEnum):
    """What somebody is in this workspace. The values of guests are their keys in the configuration."""

    MEMBER = "member"
    GUEST = "multi_channel"
    SINGLE = "single_channel"
    FOREIGN = "foreign"
    BOT = "bot"

    @property
    def guest(self) -> bool:
        return self in {Kind.GUEST, Kind.SINGLE}


class Right(StrEnum):
    """A group of operations. `WORK` is all that the others leave out."""

    DECLARE = "declare"
    UPDATE = "update"
    PIN = "pin"
    ACTION = "action"
    ACKNOWLEDGE = "acknowledge"
    WORK = "work"


GUESTS_MAY: Final = frozenset(Right) - {Right.WORK}
"""What guests may do unless the configuration says otherwise, in the channels that they are in."""
