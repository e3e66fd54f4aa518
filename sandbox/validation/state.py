"""The values that people's choices take: at first, while typing, and when a form is sent."""

import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from sandbox.validation.blocks import actionable

# Element -> the key of its value in the state, the key of its first value, and what it is without one.
Held = tuple[str, str, Any]
HELD: dict[str, Held] = {
    "plain_text_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "users_select": ("selected_user", "initial_user", None),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "channels_select": ("selected_channel", "initial_channel", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "multi_users_select": ("selected_users", "initial_users", []),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "file_input": ("files", "", []),
}

REQUIRED = "Please complete this required field."
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
WHOLE = re.compile(r"[+-]?\d+")
DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


def with_block_ids(blocks: list[dict[str, Any]], new_id: Callable[[], str]) -> list[dict[str, Any]]:
    """A copy in which every block has a block_id and every element that acts an action_id."""
    named = []
    for block in deepcopy(blocks):
        if not block.get("block_id"):
            block["block_id"] = new_id()
        for _, element in actionable(block):
            if not element.get("action_id"):
                element["action_id"] = new_id()
        named.append(block)
    return named


def initial_state(blocks: list[dict[str, Any]], conversation: str | None = None) -> dict[str, Any]:
    """`state.values` of blocks nobody has touched, opened from `conversation`."""
    values: dict[str, Any] = {}
    for block in blocks:
        for _, element in actionable(block):
            if element["type"] in HELD:
                value = _initial(element, conversation)
                values.setdefault(block["block_id"], {})[element["action_id"]] = value
    return values


def _initial(element: dict[str, Any], conversation: str | None) -> dict[str, Any]:
    kind = element["type"]
    key, first, nothing = HELD[kind]
    value = element.get(first, nothing)
    if conversation and not value and element.get("default_to_current_conversation"):
        value = [conversation] if kind.startswith("multi_") else conversation
    # Slack tells an empty text from one that was never filled no more than a person can.
    return {"type": kind, key: deepcopy(nothing if value == "" else value)}


def submit_problems(view: dict[str, Any], state: dict[str, Any]) -> dict[str, str]:
    """What Slack itself says about a form before it sends it: block_id -> message."""
    problems = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            key, _, _ = HELD[element["type"]]
            value = state.get(block["block_id"], {}).get(element["action_id"], {}).get(key)
            if problem := _problem(element, value, bool(block.get("optional"))):
                problems[block["block_id"]] = problem
    return problems


def _problem(element: dict[str, Any], value: Any, optional: bool) -> str | None:
    if _is_empty(value):
        return None if optional else REQUIRED
    check = FORMS.get(element["type"], _chosen)
    return next(iter(check(element, value)), None)


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict) and value.get("type") == "rich_text":
        return not any(part.get("elements") for part in value.get("elements", []))
    return value in (None, "", [], {})


def _text(element: dict[str, Any], value: str) -> Iterable[str]:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        yield f"You'll need to enter at least {least} character{'s' * (least != 1)}."
    if len(value) > most:
        yield f"Please enter no more than {most} character{'s' * (most != 1)}."


def _email(element: dict[str, Any], value: str) -> Iterable[str]:
    if not EMAIL.fullmatch(value):
        yield "Please enter a valid email address."


def _url(element: dict[str, Any], value: str) -> Iterable[str]:
    if not URL.fullmatch(value):
        yield "Please enter a valid URL, such as https://example.com."


def _number(element: dict[str, Any], value: str) -> Iterable[str]:
    decimal = element["is_decimal_allowed"]
    if not (DECIMAL if decimal else WHOLE).fullmatch(value):
        yield "Please enter a number." if decimal else "Please enter a whole number."
        return
    if "min_value" in element and float(value) < float(element["min_value"]):
        yield f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        yield f"Please enter a number of at most {element['max_value']}."


def _chosen(element: dict[str, Any], value: Any) -> Iterable[str]:
    most = element.get("max_files" if element["type"] == "file_input" else "max_selected_items")
    if most and isinstance(value, list) and len(value) > most:
        yield f"Please choose no more than {most}."


FORMS: dict[str, Callable[[dict[str, Any], Any], Iterable[str]]] = {
    "plain_text_input": _text,
    "email_text_input": _email,
    "url_text_input": _url,
    "number_input": _number,
}
