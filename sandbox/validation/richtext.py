"""The tree of a rich_text block."""

from collections.abc import Iterator
from typing import Any

from sandbox.validation.checks import Check, array, boolean, integer, one_of, record, string, typed
from sandbox.validation.objects import identifier, kind, url

STYLE = record(
    dict.fromkeys(
        (
            "bold",
            "italic",
            "strike",
            "code",
            "underline",
            "highlight",
            "client_highlight",
            "unlink",
        ),
        boolean,
    )
)
MANY = 10_000  # nothing but the size of the payload limits how many leaves there are


def leaf(name: str, keys: dict[str, Check], required: str) -> Check:
    return record({"type": kind(name), "style": STYLE, **keys}, required)


leaves = typed(
    {
        "text": leaf("text", {"text": string(40_000)}, "text"),
        "link": leaf("link", {"url": url, "text": string(40_000, 0), "unsafe": boolean}, "url"),
        "user": leaf("user", {"user_id": identifier}, "user_id"),
        "usergroup": leaf("usergroup", {"usergroup_id": identifier}, "usergroup_id"),
        "channel": leaf("channel", {"channel_id": identifier}, "channel_id"),
        "team": leaf("team", {"team_id": identifier}, "team_id"),
        "broadcast": leaf("broadcast", {"range": one_of("here", "channel", "everyone")}, "range"),
        "emoji": leaf(
            "emoji",
            {"name": string(255), "unicode": string(255), "skin_tone": integer(1, 6), "url": url},
            "name",
        ),
        "date": leaf(
            "date",
            {
                "timestamp": integer(0, 99_999_999_999),
                "format": string(255),
                "url": url,
                "fallback": string(3000),
            },
            "timestamp format",
        ),
        "color": leaf("color", {"value": string(255)}, "value"),
    }
)

SECTION = record({"type": kind("rich_text_section"), "elements": array(leaves, MANY, 0)}, "elements")


def _framed(name: str) -> Check:
    keys = {"type": kind(name), "elements": array(leaves, MANY, 0), "border": integer(0, 1)}
    return record({**keys, "language": string(255)} if name == "rich_text_preformatted" else keys, "elements")


parts = typed(
    {
        "rich_text_section": SECTION,
        "rich_text_quote": _framed("rich_text_quote"),
        "rich_text_preformatted": _framed("rich_text_preformatted"),
        "rich_text_list": record(
            {
                "type": kind("rich_text_list"),
                "style": one_of("bullet", "ordered"),
                "elements": array(typed({"rich_text_section": SECTION}), MANY),
                "indent": integer(0, 8),
                "offset": integer(0, 99_999),
                "border": integer(0, 1),
            },
            "style elements",
        ),
    }
)


def rich_text(value: Any, pointer: str) -> Iterator[str]:
    yield from typed({"rich_text": block})(value, pointer)


block = record(
    {"type": kind("rich_text"), "block_id": identifier, "elements": array(parts, MANY, 0)}, "elements"
)
