"""What of a review's document is private where it is taken to: whoever takes it there says that it may be."""

import re
from collections.abc import Iterable, Sequence

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident
from bot.domain.text import UNTITLED
from bot.domain.work.held import fingerprint

SHORTEST = 5
"""Characters of a name: a shorter one stands in many a text."""


class LeavesPrivate(Refused):
    """A document that is to be taken elsewhere names what is private, and nobody has said that it may.

    `sure` is what confirms exactly `what` it names.
    """

    def __init__(self, what: Sequence[str]) -> None:
        super().__init__(
            f"The document is of something private: {', '.join(what)}. Whoever reads it elsewhere reads of "
            "that. Nothing has left yet: take it out, or say that it may be read there."
        )
        self.sure = fingerprint(what)


def private_in(
    text: str, incident: Incident, others: Iterable[Incident], *, at_home: bool = False
) -> list[str]:
    """Return what a document names that is private: others by number or name, and its own incident unless it
    stays `at_home`, where its people alone read it.
    """
    low = text.casefold()
    found = [f"INC-{incident.id} itself"] if incident.private and not at_home else []
    return found + [f"INC-{one.id}" for one in others if one.id != incident.id and _named(one, text, low)]


def _named(incident: Incident, text: str, low: str) -> bool:
    name = incident.name.casefold()
    by_name = incident.name != UNTITLED and len(name) >= SHORTEST and name in low
    return by_name or bool(re.search(rf"\bINC-{incident.id}\b", text, re.IGNORECASE))


def refuse_private(
    text: str, incident: Incident, others: Iterable[Incident], *, sure: str, at_home: bool = False
) -> None:
    """Raise LeavesPrivate where a document names what is private, unless `sure` confirms exactly that."""
    found = private_in(text, incident, others, at_home=at_home)
    if found and sure != fingerprint(found):
        raise LeavesPrivate(found)
