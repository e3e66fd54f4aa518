"""A severity in a sentence: `S1: database gone`, `checkout is down, sev 2`."""

import re

from bot.domain.incidents.incident import Severity

_NAMED = r"(?:(?P<word>severity|sev|s|p)[ _-]?(?P<grade>[1-4]))"
_FIRST = re.compile(rf"[(\[]?{_NAMED}[)\]]?(?P<end>\s*[:,;]|\s+[-–—]|(?![\w-]))\s*", re.IGNORECASE)
_LAST = re.compile(rf"(?P<end>^|[,;:]\s*|\s[-–—]\s+|\s[(\[])?\b{_NAMED}(?P<shut>[)\]])?[.!]?$", re.IGNORECASE)
_ANY = re.compile(rf"(?<![\w-]){_NAMED}(?![\w-])", re.IGNORECASE)
_SMALL = re.compile(r"\b(?:to|now|please|it|is|its|it's|make|set|this|a|an|as|severity|sev|=|the)\b|[=:,.!]")
STORAGE = "s3"
"""Also the name of a service for storing objects: alone it is no severity in a sentence."""


def graded(text: str, *, sure: bool = False) -> tuple[Severity | None, str]:
    """Return the severity with which a text begins or ends, if it names no other one, and the rest.

    `S3` needs a colon, a comma or the like beside it, unless it is `sure` that a severity is meant there.
    """
    text = text.strip()
    first, last = _FIRST.match(text), _LAST.search(text)
    if len({found["grade"] for found in _ANY.finditer(text)}) != 1 and not (first and sure):
        return None, text
    if first and (sure or _unmistakable(first)):
        return Severity(f"S{first['grade']}"), text[first.end() :].strip()
    if last and _unmistakable(last):
        return Severity(f"S{last['grade']}"), text[: last.start()].strip(" ,;:-–—")
    return None, text


def _unmistakable(found: re.Match[str]) -> bool:
    service = f"{found['word']}{found['grade']}".lower() == STORAGE
    return not service or bool((found["end"] or "").strip()) or found[0].strip() == found.string


def in_sentence(text: str) -> tuple[Severity, bool] | None:
    """Return the one severity that a sentence names, and whether it says nothing else."""
    grades = {found["grade"] for found in _ANY.finditer(text)}
    if len(grades) != 1:
        return None
    rest = _SMALL.sub(" ", _ANY.sub(" ", text.lower()))
    return Severity(f"S{grades.pop()}"), not rest.strip()
