"""What is wrong with a request, in plain words: which key, and what was expected."""

from typing import Any

from pydantic import BaseModel, ValidationError

from bot.config.names import did_you_mean

_MOST = 5
_EXPECTED = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "timezone_aware": "a time with its zone, such as 2026-12-31T10:00:00Z",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "greater_than": "more than {gt}",
    "less_than": "less than {lt}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
    "enum": "{expected}",
    "literal_error": "{expected}",
}
_TIME = "a time such as 2026-12-31T10:00:00Z"
_DAY = "a day such as 2026-12-31"


def said(wrong: ValidationError, model: type[BaseModel]) -> str:
    """Say what is wrong where, without repeating what was sent."""
    found = wrong.errors(include_url=False, include_input=False)[:_MOST]
    told = "; ".join(f"{_place(one['loc'])}: {_why(dict(one), model)}" for one in found)
    return told if told.endswith("?") else f"{told}."


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(map(str, loc)) or "the body"


def _why(one: dict[str, Any], model: type[BaseModel]) -> str:
    kind, context = one["type"], one.get("ctx", {})
    if kind == "extra_forbidden":
        known = did_you_mean(one["loc"][-1], tuple(model.model_fields))
        return f"there is no such key. {known}".rstrip(". ")
    if kind == "missing":
        return "is missing"
    if kind == "value_error":  # of ours, which say what was expected
        return str(context.get("error", "expected another value"))
    if kind.startswith("date_"):
        return f"expected {_DAY}"
    if kind.startswith(("datetime", "time_")):
        return f"expected {_TIME}"
    expected = _EXPECTED.get(kind, "another value").format_map(context)
    return f"expected {expected}".replace("'", "")
