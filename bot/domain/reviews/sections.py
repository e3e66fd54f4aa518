"""What people wrote into the parts of a review's document that Muster leaves open."""

import re
from collections.abc import Iterator

from bot.domain.reviews.versions import Version

SUMMARY = re.compile(r"\b(?:summary|overview)\b", re.IGNORECASE)
CAUSES = re.compile(r"\b(?:causes?|contributing factors)\b", re.IGNORECASE)
"""What the part is called by each of the templates that come with Muster."""
_HEADING = re.compile(r" {0,3}#{1,6}\s+(?P<name>.*)")
_LABEL = re.compile(r"\*\*(?P<name>[^*]{1,80}):\*\*(?P<rest>.*)")
"""A paragraph that begins with its name: `**Root causes:** a full disk`."""


def filled(version: Version | None, about: re.Pattern[str]) -> bool:
    """Say whether somebody wrote a line of their own into the part that is `about` something."""
    if not version:
        return False
    before = set(_lines(version.written, about))
    return any(line and line not in before for line in _lines(version.text, about))


def _lines(text: str, about: re.Pattern[str]) -> Iterator[str]:
    inside: re.Pattern[str] | None = None
    for line in text.splitlines():
        heading, label = _HEADING.fullmatch(line), _LABEL.fullmatch(line)
        if heading:
            inside = _HEADING if about.search(heading["name"]) else None
        elif label and inside is not _HEADING:
            inside = _LABEL if about.search(label["name"]) else None
            if inside:
                yield label["rest"].strip()
        elif inside:
            yield line.strip()
