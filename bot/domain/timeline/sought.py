"""What somebody looks for in a timeline."""

import re
from dataclasses import dataclass

from bot.domain.timeline.entries import HIGHLIGHTS, Entry, Kind

PER_PAGE = 40
"""So many, with the rest of a page, are less than 60 KB as long as they say what people say."""
MOST_KINDS = 20
_PERSON = re.compile(r"[UW][A-Z0-9]{1,20}")
_WORDS = {
    Kind.PIN: "Pinned message",
    Kind.IM_ASKED: "IM asked for",
    Kind.PAGED: "Page",
    Kind.ESCALATED: "Page escalated",
    Kind.ACKNOWLEDGED: "Page acknowledged",
    Kind.HELD: "Path rests",
    Kind.NOBODY: "Nobody on call",
    Kind.NOTIFIED: "Notified",
    Kind.WAITS: "Paused",
    Kind.GOES_ON: "Goes on",
    Kind.PROBLEM: "Problem",
    Kind.ALERT: "Alert joined",
    Kind.TIME: "Time set",
}


def called(kind: Kind) -> str:
    """Return what a kind of entry is called where somebody chooses one."""
    return _WORDS.get(kind, kind.value.replace("_", " ").capitalize())


@dataclass(frozen=True, slots=True)
class SoughtEntries:
    """Highlights alone or all activity, of these kinds, by or about a person; page 1 has the newest."""

    everything: bool = False
    kinds: tuple[Kind, ...] = ()
    person: str = ""
    page: int = 1

    @property
    def limits(self) -> tuple[Kind, ...]:
        """Return the kinds that are shown; none for all."""
        if self.kinds:
            return self.kinds
        return () if self.everything else tuple(sorted(HIGHLIGHTS))


@dataclass(frozen=True, slots=True)
class Facets:
    """How many entries there are of each kind, and by whom: what can be chosen."""

    kinds: dict[Kind, int]
    people: tuple[str, ...]

    @property
    def total(self) -> int:
        return sum(self.kinds.values())

    @property
    def highlights(self) -> int:
        return sum(count for kind, count in self.kinds.items() if kind in HIGHLIGHTS)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A page of a timeline, the oldest entry first, and how many entries all its pages have."""

    entries: tuple[Entry, ...]
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def sought(show: str, kinds: list[str], person: str, page: str) -> SoughtEntries:
    """Return what an address asks for; what it cannot mean limits nothing."""
    known = {one.value: one for one in Kind}
    number = int(page) if re.fullmatch(r"[1-9][0-9]{0,4}", page) else 1
    return SoughtEntries(
        everything=show == "all",
        kinds=tuple(known[one] for one in dict.fromkeys(kinds[:MOST_KINDS]) if one in known),
        person=person if _PERSON.fullmatch(person) else "",
        page=number,
    )
