"""How long, as people type it: `2h`, `90 min`, `half an hour`, `1h30`, `an hour and a half`."""

import re
from datetime import timedelta

TYPED_TWICE = timedelta(seconds=10)
"""Within that the same words of one person are said once: a finger slipped, or was impatient."""

_SAID = {
    "a": 1.0,
    "an": 1.0,
    "one": 1.0,
    "two": 2.0,
    "three": 3.0,
    "half": 0.5,
    "half a": 0.5,
    "half an": 0.5,
    "a quarter of an": 0.25,
}
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_WORDS = "|".join(sorted(_SAID, key=len, reverse=True))
_UNIT = r"m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:(?:ee)?ks?)?"
_PART = rf"(?:\d{{1,4}}(?:[.,]\d{{1,2}})? ?|(?:{_WORDS}) )(?:{_UNIT})"
_MORE = r"(?:(?: and)? ?\d{1,2} ?m(?:in(?:ute)?s?)?|\d{1,2})(?![\w:.-])"
LENGTH = rf"{_PART}(?:{_MORE}| and a half)?(?![a-z])"
"""A length, with minutes after its hours if there are any, as a part of a longer expression."""
_FIRST = re.compile(rf"(?P<count>[\d.,]+|{_WORDS}) ?(?P<unit>[mhdw])[a-z]*")
_LENGTH = re.compile(LENGTH)
_BEGINS = re.compile(rf"(?:for )?(?P<length>{LENGTH})", re.IGNORECASE)
_BEFORE = re.compile(r"^(?:for|by) ")
EXAMPLES = "`30m`, `2h` or `half an hour`"


def read(text: str, *, minutes: bool = False) -> timedelta | None:
    """Return the length that a text is, or None. With `minutes` a number alone counts them."""
    said = _BEFORE.sub("", " ".join(text.lower().split()))
    if minutes and re.fullmatch(r"\d{1,4}", said, re.ASCII):
        return timedelta(minutes=int(said))
    if not _LENGTH.fullmatch(said) or not (first := _FIRST.match(said)):
        return None
    unit = _UNITS[first["unit"]]
    count = _SAID.get(first["count"]) or float(first["count"].replace(",", "."))
    rest = said[first.end() :].removeprefix(" and").strip()
    if rest == "a half":
        return (count + 0.5) * unit
    more = re.match(r"\d+", rest)
    if more and unit != _UNITS["h"]:
        return None
    return count * unit + timedelta(minutes=int(more[0]) if more else 0)


def leading(text: str) -> tuple[timedelta, str] | None:
    """Return the length that begins a text, with or without `for`, and what follows it."""
    found = _BEGINS.match(text)
    length = read(found["length"]) if found else None
    return (length, text[found.end() :].strip()) if found and length is not None else None
