"""A drill says that it is one, first in every text that leaves: nobody shall take it for an emergency."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import ParamSpec

from bot.domain.incidents.incident import Incident
from bot.views.blocks import Message, header, section

P = ParamSpec("P")

DRILL = "DRILL · "


def says_drill(build: Callable[P, Message]) -> Callable[P, Message]:
    """Have a builder mark its message when the incident that it is given is a drill."""

    @wraps(build)
    def built(*args: P.args, **kwargs: P.kwargs) -> Message:
        given = [one for one in (*args, *kwargs.values()) if isinstance(one, Incident)]
        return marked(build(*args, **kwargs), given[0] if given else None)

    return built


def marked(found: Message, incident: Incident | None) -> Message:
    """Return the message of a drill with the mark before its text and before its first block, there once."""
    if not incident or not incident.drill:
        return found
    first, *rest = found.blocks
    text = _once(first["text"]["text"])
    block = header(text) if first["type"] == "header" else {**first, "text": section(text)["text"]}
    return replace(found, text=_once(found.text), blocks=[block, *rest])


def _once(text: str) -> str:
    """Return the text with the mark first: how an incident stands says it too."""
    return f"{DRILL}{text.replace(DRILL, '')}"
