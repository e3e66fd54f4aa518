"""Composition objects: text, options, confirmation dialogs."""

from collections.abc import Iterator
from typing import Any

from sandbox.validation.checks import (
    Check,
    array,
    at,
    boolean,
    every,
    exactly_one,
    integer,
    matching,
    one_of,
    record,
    string,
    typed,
)

kind = one_of  # the value of `type` has been read already where this stands
identifier = string(255)
url = matching(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+", "a valid URL")
number = matching(r"-?\d+(\.\d+)?", "a number", 300)


def plain(most: int) -> Check:
    return typed({"plain_text": _text("plain_text", most, "emoji")})


def rich(most: int) -> Check:
    """Text of either kind."""
    return typed(
        {"plain_text": _text("plain_text", most, "emoji"), "mrkdwn": _text("mrkdwn", most, "verbatim")}
    )


def _text(name: str, most: int, flag: str) -> Check:
    return record({"type": kind(name), "text": string(most), flag: boolean}, "text")


placeholder = plain(150)
confirm = record(
    {
        "title": plain(100),
        "text": rich(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": one_of("primary", "danger"),
    },
    "title text confirm deny",
)

option = record({"text": plain(75), "value": string(150), "description": plain(75)}, "text value")
overflow_option = record(
    {"text": plain(75), "value": string(150), "description": plain(75), "url": url}, "text value"
)
choice = record({"text": rich(75), "value": string(150), "description": rich(75)}, "text value")
option_group = record({"label": plain(75), "options": array(option, 100)}, "label options")

slack_file = record({"id": string(255), "url": string(3000)}, also=exactly_one("id", "url"))
dispatch_config = record(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)}, "trigger_actions_on"
)
conversation_filter = record(
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
)

IMAGE_KEYS: dict[str, Check] = {"image_url": url, "slack_file": slack_file, "alt_text": string(2000)}
one_image = exactly_one("image_url", "slack_file")
image = record({"type": kind("image"), **IMAGE_KEYS}, "alt_text", one_image)


def among_options(value: Any, pointer: str) -> Iterator[str]:
    """`initial_option(s)` have to equal options in full: text, value and description."""
    groups = value.get("option_groups", [])
    offered = [*value.get("options", []), *(one for group in groups for one in group["options"])]
    first = [("", value["initial_option"])] if "initial_option" in value else []
    first += [(f"s/{n}", chosen) for n, chosen in enumerate(value.get("initial_options", []))]
    for suffix, chosen in first:
        if not any(_same(chosen, one) for one in offered):
            yield at("must match exactly one of the provided options", f"{pointer}/initial_option{suffix}")


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    # `emoji` is on by default, so giving it does not make another option.
    def parts(option: dict[str, Any]) -> list[Any]:
        texts = [option["text"], option.get("description")]
        return [option["value"], *(text and (text["type"], text["text"]) for text in texts)]

    return parts(one) == parts(other)


def not_over_selected(value: Any, pointer: str) -> Iterator[str]:
    """No more may be chosen at first than may be chosen at all."""
    most = value.get("max_selected_items")
    for key, chosen in value.items():
        if most and key.startswith("initial_") and isinstance(chosen, list) and len(chosen) > most:
            yield at(f"no more than {most} items allowed", f"{pointer}/{key}")


listed = every(exactly_one("options", "option_groups"), among_options)
counted = integer(1, 1000)
