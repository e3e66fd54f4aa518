"""What people type instead of a command's usual word, and which command a wrong word is close to."""

import re
from collections.abc import Collection
from difflib import SequenceMatcher, get_close_matches

from bot.domain import durations
from bot.domain.oncall.spans import DAY
from bot.views.not_yet import OTHERWISE, PHRASES
from handlers import words

_GRADE = re.compile(r"(?:sev|severity|s|p)[ _-]?([1-4])$", re.IGNORECASE)
_ON_CALL = re.compile(r"^on\s+call$", re.IGNORECASE)
_NEAR_MISS = re.compile(r"^near\s+miss\b", re.IGNORECASE)
_HYPHENED = re.compile(r"^(customer|blocked|false)\s+(?=(?:call|users|alarm)\b)", re.IGNORECASE)
_WAIT = re.compile(
    rf"^wait\s+(?=(?:until+|till?|next)\b|(?:{DAY})\b|(?:for\s+)?(?:{durations.LENGTH})$)", re.IGNORECASE
)
_OTHERWISE = (
    (re.compile(r"^call\s+(?=<?https?://)", re.IGNORECASE), "link call "),
    (re.compile(r"^unlink\s+(?=\S)", re.IGNORECASE), "link remove "),
    (
        re.compile(r"^impact[ -](start|end)(?=\s+(?:at\s+)?\d|\s+now\b|\s*$)", re.IGNORECASE),
        r"times impact \1",
    ),
)
"""What is part of a command, and is typed as one."""
_ASKED = (
    (re.compile(r"^who(?:['’]?s| is) on[ -]?call\s*\??$", re.IGNORECASE), "oncall"),
    (re.compile(r"^(?:my|mine) incidents?$", re.IGNORECASE), "list mine"),
    (re.compile(r"^(?:(?:all|open|show|the) )?incidents$", re.IGNORECASE), "list"),
)
"""Questions that only show something."""
_PHRASES = [(re.compile(said, re.IGNORECASE), command) for said, command in PHRASES.items()]
_ALONE = frozenset({"ack", "actions", "list open", "oncall", "recap", "roles", "timeline", "undo"})
"""Commands for which other words stand, and that do nothing with the words after them."""
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
    for asked, command in (*_ASKED, *_OTHERWISE):
        text = asked.sub(command, text)
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


def phrase(text: str) -> str | None:
    """Return the command that a whole sentence may mean."""
    said = text.strip(" .!?").replace("’", "'")
    return next((command for pattern, command in _PHRASES if pattern.fullmatch(said)), None)


def takes_words(command: str) -> bool:
    """Say whether what follows a command is for it."""
    return command not in _ALONE and (command == "status Fixing" or not command.startswith("status "))


def _likeness(word: str, other: str) -> float:
    return SequenceMatcher(None, word, other).ratio()
