"""What people type instead of a command's usual word, and which command a wrong word is close to."""

import re
from collections.abc import Collection
from difflib import SequenceMatcher, get_close_matches

from bot.domain import durations
from bot.domain.oncall.spans import DAY
from bot.views.not_yet import OTHERWISE
from handlers import words

_GRADE = re.compile(r"(?:sev|severity|s|p)[ _-]?([1-4])$", re.IGNORECASE)
_ON_CALL = re.compile(r"^on\s+call$", re.IGNORECASE)
_NEAR_MISS = re.compile(r"^near\s+miss\b", re.IGNORECASE)
_HYPHENED = re.compile(r"^(customer|blocked|false)\s+(?=(?:call|users|alarm)\b)", re.IGNORECASE)
_WAIT = re.compile(
    rf"^wait\s+(?=(?:until+|till?|next)\b|(?:{DAY})\b|(?:for\s+)?(?:{durations.LENGTH})$)", re.IGNORECASE
)
SHORTEST = 3
"""Of how many letters the beginning of a command is taken for it."""
SAME = 0.02
"""How much less alike a second command is at most that is offered too."""
MOST_MEANT = 2
"""How many commands one wrong word is taken for at most."""


def spelt(text: str) -> str:
    """Return a command with its usual word: "sev1", "on call", "near miss", "wait until" and "customer call"
    are ours.
    """
    if found := _GRADE.match(text):
        return f"severity S{found[1]}{text[found.end() :]}"
    text = _HYPHENED.sub(r"\1-", text)
    return _WAIT.sub("pause ", _NEAR_MISS.sub("nearmiss", _ON_CALL.sub("oncall", text)))


def meant(word: str, text: str, known: Collection[str]) -> list[str]:
    """Return the commands, the likeliest first, that a mistyped, shortened or other word for one stands for.

    Before an incident's number it need resemble one less.
    """
    if word in OTHERWISE:
        return [OTHERWISE[word]]
    begun = [one for one in known if len(word) >= SHORTEST and one.startswith(word)]
    close = 0.6 if words.numbered(text) else 0.7
    if len(begun) == 1:
        return begun
    near = get_close_matches(word, known, MOST_MEANT, close)
    return [one for one in near if _likeness(word, near[0]) - _likeness(word, one) <= SAME]


def _likeness(word: str, other: str) -> float:
    return SequenceMatcher(None, word, other).ratio()
