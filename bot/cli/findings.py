"""What a command found: how grave it is, and its cure."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How grave a finding is. With a fatal one a page would be impossible; with an error something that is
    configured does not count; a hint is a choice to think of.
    """

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    what: str
    cure: str = ""

    @property
    def said(self) -> str:
        return f"{self.what}{' ' + self.cure if self.cure else ''}"

    @property
    def line(self) -> str:
        return f"{self.level:<7}  {self.said}"
