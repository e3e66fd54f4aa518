"""The whole severity guide: behind a button of the forms, and in the help."""

from typing import Any

from bot.domain.incidents.severity_guide import ADVICE, WHOLE_GUIDE
from bot.views.blocks import Block, button, section
from bot.views.forms import modal

OPEN = "severity_guide"


def ask() -> Block:
    """Return the line of a form that opens the guide."""
    return section("*How bad is it?* When in doubt, choose the higher one.", button("Guide", OPEN))


def whole() -> list[Block]:
    parts = [
        "\n".join([f"*{severity}*", *(f"• {line}" for line in lines)])
        for severity, lines in WHOLE_GUIDE.items()
    ]
    return [section(ADVICE), *map(section, parts)]


def sheet() -> dict[str, Any]:
    return modal("Severity guide", None, "", whole())
