"""What is wrong with a configuration, said to the person who edits it."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.redaction import Redaction

_REDACT = Redaction()


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend. Problems sort by the line they stand on."""

    file: str
    line: int
    place: str
    text: str

    @property
    def sentence(self) -> str:
        """Return `file:line: key path: what is wrong`, without secrets: it may be told of in a browser."""
        where = f"{self.file}:{self.line}: " if self.file else ""
        ending = "" if self.text.endswith((".", "?")) else "."
        return _REDACT(f"{where}{self.place + ': ' if self.place else ''}{self.text}{ending}")


class ConfigInvalid(Exception):
    """The configuration cannot be used. `problems` names all that is wrong with it, without secrets."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(map(_REDACT, problems))
        super().__init__("\n".join(self.problems))
