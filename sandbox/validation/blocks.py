"""Layout blocks, and what has to hold between the blocks of one payload."""

from collections.abc import Iterator
from typing import Any

from sandbox.validation import richtext
from sandbox.validation.checks import (
    Check,
    anything,
    array,
    at,
    boolean,
    one_of,
    record,
    string,
    typed,
)
from sandbox.validation.elements import IN_ACTIONS, IN_CONTEXT_ACTIONS, IN_INPUT, IN_SECTION
from sandbox.validation.objects import IMAGE_KEYS, identifier, image, kind, one_image, plain, rich, url

MARKDOWN_TOTAL = 12_000


def block(name: str, keys: dict[str, Check], required: str = "", also: Check = anything) -> Check:
    return record({"type": kind(name), "block_id": identifier, **keys}, required, also)


def text_or_fields(value: Any, pointer: str) -> Iterator[str]:
    if "text" not in value and "fields" not in value:
        yield at("missing required field: text", pointer)


ANYWHERE: dict[str, Check] = {
    "section": block(
        "section",
        {
            "text": rich(3000),
            "fields": array(rich(2000), 10),
            "accessory": typed(IN_SECTION),
            "expand": boolean,
        },
        also=text_or_fields,
    ),
    "divider": block("divider", {}),
    "alert": block(
        "alert",
        {"text": rich(3000), "level": one_of("default", "info", "warning", "error", "success")},
        "text",
    ),
    "header": block("header", {"text": plain(150)}, "text"),
    "context": block(
        "context",
        {"elements": array(typed({"image": image, "plain_text": rich(3000), "mrkdwn": rich(3000)}), 10)},
        "elements",
    ),
    "actions": block("actions", {"elements": array(typed(IN_ACTIONS), 25)}, "elements"),
    "input": block(
        "input",
        {
            "label": plain(2000),
            "hint": plain(2000),
            "element": typed(IN_INPUT),
            "optional": boolean,
            "dispatch_action": boolean,
        },
        "label element",
    ),
    "image": block("image", {**IMAGE_KEYS, "title": plain(2000)}, "alt_text", one_image),
    "rich_text": richtext.block,
    "video": block(
        "video",
        {
            "title": plain(200),
            "title_url": url,
            "description": plain(200),
            "video_url": url,
            "thumbnail_url": url,
            "alt_text": string(2000),
            "author_name": string(50),
            "provider_name": string(255),
            "provider_icon_url": url,
        },
        "title video_url thumbnail_url alt_text",
    ),
}

CELL = typed(
    {
        "raw_text": record({"type": kind("raw_text"), "text": string(3000)}, "text"),
        "rich_text": richtext.rich_text,
    }
)
COLUMN = record({"align": one_of("left", "center", "right"), "is_wrapped": boolean})

IN_MESSAGES: dict[str, Check] = {
    "context_actions": block(
        "context_actions", {"elements": array(typed(IN_CONTEXT_ACTIONS), 5)}, "elements"
    ),
    "markdown": block("markdown", {"text": string(MARKDOWN_TOTAL)}, "text"),
    "table": block(
        "table",
        {"rows": array(array(CELL, 20), 100), "column_settings": array(COLUMN, 20)},
        "rows",
    ),
}


def actionable(block: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The elements that hold an action_id, each with where in the block it stands."""
    if block.get("type") == "input":
        found = [("element", block.get("element"))]
    elif block.get("type") == "section":
        found = [("accessory", block.get("accessory"))]
    elif block.get("type") in ("actions", "context_actions"):
        elements = block.get("elements")
        found = [
            (f"elements/{n}", one) for n, one in enumerate(elements if isinstance(elements, list) else [])
        ]
    else:
        found = []
    return [(where, one) for where, one in found if isinstance(one, dict) and one.get("type") != "image"]


def between(blocks: list[dict[str, Any]], pointer: str) -> Iterator[str]:
    """Names used twice, and a second element that wants the focus."""
    names = [(f"{pointer}/{number}/block_id", block.get("block_id")) for number, block in enumerate(blocks)]
    yield from _twice("block_id", names)
    focused = []
    for number, block in enumerate(blocks):
        acting = [(f"{pointer}/{number}/{where}", element) for where, element in actionable(block)]
        yield from _twice("action_id", [(f"{here}/action_id", one.get("action_id")) for here, one in acting])
        focused += [f"{here}/focus_on_load" for here, one in acting if one.get("focus_on_load") is True]
    for where in focused[1:]:
        yield at("only one element can have focus_on_load set to true", where)


def _twice(key: str, names: list[tuple[str, Any]]) -> Iterator[str]:
    seen: set[str] = set()
    for where, name in names:
        if isinstance(name, str):
            if name in seen:
                yield at(f"`{key}` {name} already exists", where)
            seen.add(name)
