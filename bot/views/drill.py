"""A drill says that it is one, first in every text that leaves: nobody shall take it for an emergency."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import ParamSpec

from bot.domain.incidents.incident import Incident
from bot.views.blocks import CONFIRM_TITLE, Block, Element, Message, header, plain_text, section

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
    return of_drill(found) if incident and incident.drill else found


def of_drill(found: Message) -> Message:
    first, *rest = (_asking(block) for block in found.blocks)
    if "text" not in first:
        blocks = [section(DRILL.rstrip(" ·")), first, *rest]
    else:
        text = _once(first["text"]["text"])
        block = header(text) if first["type"] == "header" else {**first, "text": section(text)["text"]}
        blocks = [block, *rest]
    return replace(found, text=_once(found.text), blocks=blocks)


def mark(incident: Incident | None) -> str:
    """Return the mark for a line about an incident, in what is not about it alone; nothing for a real one."""
    return DRILL if incident and incident.drill else ""


def _asking(block: Block) -> Block:
    """Return a block in which each question that is asked before a button acts begins with the mark too."""
    found = {**block}
    if "elements" in block:
        found["elements"] = [_sure(one) for one in block["elements"]]
    if "accessory" in block:
        found["accessory"] = _sure(block["accessory"])
    return found


def _sure(element: Element) -> Element:
    if not (asked := element.get("confirm")):
        return element
    title = plain_text(_once(asked["title"]["text"]), CONFIRM_TITLE)
    return {**element, "confirm": {**asked, "title": title}}


def _once(text: str) -> str:
    """Return the text with the mark first: how an incident stands says it too."""
    return f"{DRILL}{text.replace(DRILL, '')}"
