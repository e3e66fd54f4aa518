"""What each kind of person may do."""

from enum import StrEnum
from typing import Final


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
