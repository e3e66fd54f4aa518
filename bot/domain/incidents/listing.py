"""Which incidents a list shows: how they stand, their severity and type, and the words in them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from bot.domain.incidents.incident import Severity

MOST_WORDS = 6
LONGEST_WORDS = 120
RECENTLY = timedelta(days=14)
"""How long an incident that is over stays among the recent ones."""
PAGE = "page"


class Which(StrEnum):
    OPEN = "open"
    MINE = "mine"
    TRIAGE = "triage"
    RECENT = "recent"
    ALL = "all"
    DRILLS = "drills"

    @property
    def worst_first(self) -> bool:
        """Say whether what waits for somebody stands first; the others begin with the newest."""
        return self in {Which.OPEN, Which.TRIAGE}


@dataclass(frozen=True, slots=True)
class Listed:
    """What somebody wants to see, as `/inc list` takes it. What is empty limits nothing."""

    which: Which = Which.OPEN
    severities: tuple[Severity, ...] = ()
    type: str = ""
    words: tuple[str, ...] = ()
    page: int = 1

    def __str__(self) -> str:
        """Return the words after `/inc list` that ask for this."""
        paged = [PAGE, str(self.page)] if self.page > 1 else []
        return " ".join(filter(None, [self.which, self.typed, *paged]))

    @property
    def open_first(self) -> bool:
        """Say whether those that are open stand before the others."""
        return self.which is Which.MINE or bool(self.words and not self.which.worst_first)

    @property
    def typed(self) -> str:
        """The words that limit the list, whichever it is."""
        return " ".join([*self.severities, *self.type.split(), *self.words])

    def turned(self, page: int) -> "Listed":
        return replace(self, page=page)

    def of(self, which: Which) -> "Listed":
        """Return the first page of another list, limited as this one is."""
        return replace(self, which=which, page=1)


def listed(text: str, types: Iterable[str]) -> Listed:
    """Return what is meant by the words after the command: what is none of the known ones is searched for."""
    found, words = Listed(), text[:LONGEST_WORDS].split()
    if len(words) > 1 and words[-2].lower() == PAGE and words[-1].isascii() and words[-1].isdigit():
        found, words = replace(found, page=max(1, int(words[-1][:6]))), words[:-2]
    while words:
        if rest := _known(found, words, types):
            found, words = rest
        else:
            break
    return replace(found, words=tuple(words[:MOST_WORDS]))


def _known(found: Listed, words: list[str], types: Iterable[str]) -> tuple[Listed, list[str]] | None:
    """Take the known word that stands first, or return None."""
    first, rest = words[0], words[1:]
    if first.lower() in set(Which) and found.which is Which.OPEN:
        return replace(found, which=Which(first.lower())), rest
    if first.upper() in set(Severity):
        return replace(found, severities=(*found.severities, Severity(first.upper()))), rest
    for name in types:
        length = len(name.split())
        if not found.type and " ".join(words[:length]).lower() == name.lower():
            return replace(found, type=name), words[length:]
    return None
