"""The emoji that there are: those that the page can draw."""

import re
from pathlib import Path

TONE = re.compile(r"::skin-tone-[2-6]$")


def _names() -> frozenset[str]:
    text = (Path(__file__).parent / "page" / "emoji.js").read_text("utf-8")
    return frozenset(text.split("`")[1].split()[::2])


NAMES = _names()


def known(name: str) -> bool:
    """Whether Slack would show an emoji for this name, which has no colons around it."""
    return TONE.sub("", name) in NAMES
