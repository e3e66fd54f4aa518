"""The words that an incident is found by: those of its texts, whatever their case, accents and marks."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST_WORD = 60
MOST_LETTERS = 200_000
"""How much is kept of an incident's words: PostgreSQL has room for a megabyte."""

_NO_BLANKS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts that put no blanks between words: each sign is a word."""
_WORD = re.compile(rf"[{_NO_BLANKS}]|[^\W_{_NO_BLANKS}]+")
_NUMBER = re.compile(r"(?:inc-?|#)(\d{1,9})", re.IGNORECASE | re.ASCII)
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def words_in(text: str) -> list[str]:
    """Return the words of a text as they are compared. A mark such as - _ : ' parts two words."""
    spelled = unicodedata.normalize("NFKD", text.casefold()).casefold()
    letters = "".join(one for one in spelled if not unicodedata.combining(one))
    return [word[:LONGEST_WORD] for word in _WORD.findall(letters.translate(_PLAIN))]


def words_of(number: int, texts: Iterable[str]) -> str:
    """Return what an incident is found by: its number and each word of its texts once, the earliest first."""
    found = dict.fromkeys([_own(number), *(word for text in texts for word in words_in(text))])
    return " ".join(found)[:MOST_LETTERS]


def sought(typed: Iterable[str]) -> list[tuple[str, bool]]:
    """Return the words that somebody looks for, each with whether it may go on: "check" finds "checkout".

    A number such as INC-7 means that incident alone. What is no word, such as a dash, is left out.
    """
    found: dict[tuple[str, bool], None] = {}
    for one in typed:
        if number := _NUMBER.fullmatch(one):
            found[_own(int(number[1])), False] = None
            continue
        words = words_in(one)
        found |= dict.fromkeys((word, word is words[-1]) for word in words)
    return list(found)


def _own(number: int) -> str:
    return f"inc{number}"
