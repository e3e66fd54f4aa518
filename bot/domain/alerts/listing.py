"""Which alerts a list shows: what is typed after `/inc alerts`, and what a button of the list carries."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity

_SEVERITY = re.compile(r"(?:s|sev|p)([1-4])", re.IGNORECASE)
MOST_WORDS = 6
LONGEST = 100
TAKES = (
    "`/inc alerts` takes `all`, `unrouted`, `shelved`, a severity such as `S1`, `source=prometheus`, a label "
    "such as `team=db`, and words of the title. Others: `/inc alerts sources`, `noise`, `A-12`, "
    "`attach A-12`, `detach A-12`, `shelve A-12`, `unshelve A-12`."
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody wants to see. What is empty limits nothing; without `everything` it is what fires."""

    everything: bool = False
    unrouted: bool = False
    shelved: bool = False
    severities: tuple[Severity, ...] = ()
    source: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the words after `/inc alerts` that ask for this."""
        named = (("all", self.everything), ("unrouted", self.unrouted), ("shelved", self.shelved))
        return " ".join(
            [
                *(word for word, there in named if there),
                *self.severities,
                *([f"source={self.source}"] if self.source else []),
                *(f"{name}={value}" for name, value in self.labels),
                *self.words,
            ]
        )


def sought(text: str) -> Sought:
    """Return what the words after `/inc alerts` ask for. Refuses what is too much."""
    words = text.split()
    if len(words) > MOST_WORDS or len(text) > LONGEST:
        raise Refused(f"That is too much to look for: {MOST_WORDS} words at most. {TAKES}")
    flags = {one.lower() for one in words}
    rest = [one for one in words if one.lower() not in {"all", "unrouted", "shelved"}]
    severities = tuple(Severity(f"S{found[1]}") for one in rest if (found := _SEVERITY.fullmatch(one)))
    rest = [one for one in rest if not _SEVERITY.fullmatch(one)]
    pairs = [(name, value) for name, is_pair, value in (one.partition("=") for one in rest) if is_pair]
    if any(not name or not value for name, value in pairs):
        raise Refused(f"A label is written as `team=db`. {TAKES}")
    return Sought(
        everything="all" in flags,
        unrouted="unrouted" in flags,
        shelved="shelved" in flags,
        severities=severities,
        source=_last(pairs, "source"),
        labels=tuple((name, value) for name, value in pairs if name.lower() != "source"),
        words=tuple(one for one in rest if "=" not in one),
    )


def _last(pairs: Sequence[tuple[str, str]], wanted: str) -> str:
    return next((value for name, value in reversed(pairs) if name.lower() == wanted), "")
