"""The first minutes, as the README tells them."""

import re
from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
SECTION = README.partition("## Try it")[2].partition("\n## ")[0]
STEPS: list[str] = re.findall(r"^\d\. (\*\*.+)$", SECTION, re.MULTILINE)
[GOOD] = re.findall(r"^That is what good looks like.*$", SECTION, re.MULTILINE)


def plain(text: str) -> str:
    """Leave out the marks."""
    return re.sub(r"\*\*|`", "", text)


def typed(step: str) -> str:
    """Return the command that a step says to type."""
    return str(re.findall(r"`([^`]+)`", step)[0])


def bold(step: str) -> list[str]:
    """Return what a step names besides its title: people, buttons, switches."""
    return re.findall(r"\*\*([^*]+)\*\*", step)[1:]
