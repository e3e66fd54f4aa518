"""The words that an incident is found by: those of its texts, whatever their case, accents and marks."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

LONGEST_WORD = 60
MOST_LETTERS = 200_000
"""How much is kept of an incident's words: PostgreSQL has room for a megabyte."""

LONGEST_EXCERPT = 160
"""How many letters are shown of a text that was found."""

_NO_BLANKS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts that put no blanks between words: each sign is a word."""
_WORD = re.compile(rf"[{_NO_BLANKS}]|[^\W_{_NO_BLANKS}]+")
_RULE = re.compile(r"\s*\|(?:\s*:?-+:?\s*\|)+\s*")
_HEADING = re.compile(r"^ {0,3}#{1,6} +")
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
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


def unmarked(text: str) -> str:
    """Return a text without the marks of Markdown that say nothing in one line: tables, headings, bold."""
    lines = (line for line in text.split("\n") if not _RULE.fullmatch(line))
    return "\n".join(_BOLD.sub(r"\1", _HEADING.sub("", _row(line))) for line in lines)


def _row(line: str) -> str:
    """Return the cells of a line of a table with commas between, any other line as it is."""
    said = line.strip()
    if len(said) < 2 or not (said.startswith("|") and said.endswith("|")):
        return line
    return ", ".join(cell for one in said.strip("|").split("|") if (cell := one.strip()))


def excerpt(texts: Iterable[str], typed: Iterable[str]) -> Sequence[tuple[str, bool]]:
    """Return where the first of these texts has a word that somebody looks for: parts of the text, each with
    whether it is such a word. Nothing where none has one.
    """
    wanted = sought(typed)
    for text in texts:
        line = " ".join(unicodedata.normalize("NFC", text).split())
        found = [place.span() for place in _found(line, wanted)]
        if found:
            return list(_parts(line, found))
    return ()


def _found(line: str, wanted: Sequence[tuple[str, bool]]) -> Iterator[re.Match[str]]:
    # Most texts have none of the words: that is seen in all of it at once, before it is taken apart.
    plain = line.lower() if line.isascii() else " ".join(words_in(line))
    if any(word in plain for word, _ in wanted):
        for place in _WORD.finditer(line):
            spelled = "".join(words_in(place.group()))
            if any(spelled.startswith(word) if goes_on else spelled == word for word, goes_on in wanted):
                yield place


def _parts(line: str, found: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    begin = max(found[0][0] - LONGEST_EXCERPT // 3, 0)
    begin = line.find(" ", begin, found[0][0]) + 1 if begin else 0
    end = begin + LONGEST_EXCERPT
    yield f"{'…' if begin else ''}{line[begin : found[0][0]]}", False
    for (start, stop), (following, _) in pairwise([*found, (len(line), 0)]):
        if start < end:
            yield line[start : min(stop, end)], True
            yield f"{line[stop : min(following, end)]}{'…' if stop < end < following else ''}", False


def _own(number: int) -> str:
    return f"inc{number}"
