"""What of a review's document is private where it is taken to: whoever takes it there says that it may be."""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident
from bot.domain.text import UNTITLED
from bot.domain.work.held import fingerprint

SHORTEST = 5
"""Letters and digits of a name: a shorter one stands in many a text."""
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
"""What nobody sees: it may stand in the middle of a word."""
_LINKED = re.compile(r"\]\([^()\s]{0,2000}\)|\]\[[^\[\]]{0,200}\]|</?[a-z][^<>]{0,200}>")
"""What stands in a text for where a link leads and how it looks, which nobody reads."""
_NUMBER = re.compile(r"(?<![^\W_])inc[-\s_#*`~:/\\\[\]()\u2010-\u2015\u2212]{0,5}(\d{1,9})(?![^\W_])")


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


class NamesPrivate(Refused):
    """A document that is to be kept names what is private, and whoever wrote it knows that it is.

    `sure` is what confirms exactly `what` it names.
    """

    def __init__(self, what: Sequence[str]) -> None:
        super().__init__(
            f"The document names something private: {', '.join(what)}. Whoever reads the review reads of "
            "that, and may take it elsewhere. Nothing was saved yet: take it out, or say that it may be read."
        )
        self.sure = fingerprint(what)


def private_in(
    text: str, incident: Incident, others: Iterable[Incident], *, at_home: bool = False
) -> list[str]:
    """Return what a document names that is private: others by number or name, and its own incident unless it
    stays `at_home`, where its people alone read it. However a name is set, broken or marked up, it is one.
    """
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKD", html.unescape(text)).casefold())
    numbers = {int(one) for one in _NUMBER.findall(plain)}
    said = (_letters(plain), _letters(_LINKED.sub("", plain)))
    found = [f"INC-{incident.id} itself"] if incident.private and not at_home else []
    return found + [
        f"INC-{one.id}"
        for one in others
        if one.id != incident.id and (one.id in numbers or _named(one, said))
    ]


def _named(incident: Incident, said: Iterable[str]) -> bool:
    name = _letters(_UNSEEN.sub("", unicodedata.normalize("NFKD", incident.name).casefold()))
    return incident.name != UNTITLED and len(name) >= SHORTEST and any(name in one for one in said)


def _letters(text: str) -> str:
    """Return the letters and digits of a text alone: spaces, hyphens, accents and Markdown hide no name."""
    return "".join(filter(str.isalnum, text))


def refuse_private(
    text: str, incident: Incident, others: Iterable[Incident], *, sure: str, at_home: bool = False
) -> None:
    """Raise LeavesPrivate where a document names what is private, unless `sure` confirms exactly that."""
    found = private_in(text, incident, others, at_home=at_home)
    if found and sure != fingerprint(found):
        raise LeavesPrivate(found)


def refuse_naming(
    text: str, before: str, incident: Incident, others: Sequence[Incident], *, sure: str
) -> None:
    """Raise NamesPrivate where a document names what is private, unless `sure` confirms exactly that or
    what was kept `before` named the same.
    """
    found = private_in(text, incident, others, at_home=True)
    if found and sure != fingerprint(found) and found != private_in(before, incident, others, at_home=True):
        raise NamesPrivate(found)
