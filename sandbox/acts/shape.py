"""What the page may say of an act. Everything else is refused in words, before anything was done."""

from typing import Any

from sandbox.bodies import shortened
from sandbox.errors import Unusable
from sandbox.state import Json

TEXTS = (
    *("user", "do", "channel", "ts", "thread_ts", "text", "command", "callback_id", "view_id"),
    *("block_id", "action_id", "name", "topic", "purpose", "tab", "with", "canvas"),
)
FLAGS = ("broadcast", "clear", "private")


def check_shape(given: Json) -> None:
    """Raises Unusable, which names each field that is wrong and what was expected."""
    problems = [
        f"{key}: found {shortened(value)}, expected text"
        for key, value in given.items()
        if _no_text(key, value)
    ]
    problems += [
        f"{key}: found {shortened(given[key])}, expected true or false"
        for key in FLAGS
        if not isinstance(given.get(key), bool | None)
    ]
    for key in ("files", "who"):
        if not _texts(given.get(key), alone=key == "who"):
            problems.append(f"{key}: found {shortened(given[key])}, expected a list of texts")
    if not _state(given.get("state")):
        problems.append(
            f"state: found {shortened(given['state'])}, expected blocks, actions and their values"
        )
    for key in ("value", "values"):
        if not _choice(given.get(key), given.get("do")):
            problems.append(f"{key}: found {shortened(given[key])}, expected a choice")
    if problems:
        raise Unusable(*problems)


def _no_text(key: str, value: Any) -> bool:
    return key in TEXTS and not isinstance(value, str | None)


def _texts(value: Any, *, alone: bool = False) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return value is None or (alone and isinstance(value, str))


def _state(value: Any) -> bool:
    """`state.values`: what is held by each action of each block."""
    if value is None:
        return True
    return isinstance(value, dict) and all(
        isinstance(entries, dict) and all(_held(one) for one in entries.values())
        for entries in value.values()
    )


def _held(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("type"), str)
        and all(_holds(key, one) for key, one in value.items())
    )


def _holds(key: str, value: Any) -> bool:
    if value is None:
        return True
    if key == "selected_option":
        return _option(value)
    if key == "selected_options":
        return isinstance(value, list) and all(_option(one) for one in value)
    if key in ("selected_users", "selected_channels", "selected_conversations"):
        return _texts(value)
    if key == "rich_text_value":
        return _option(value, "type")
    return isinstance(value, str) or (key == "selected_date_time" and type(value) is int)


def _option(value: Any, named: str = "value") -> bool:
    return isinstance(value, dict) and isinstance(value.get(named), str)


def _choice(value: Any, do: Any) -> bool:
    """What was pressed or chosen: a name, a moment, an option, or a list of them."""
    if do == "suggest" or value is None or isinstance(value, str):
        return value is None or isinstance(value, str)
    if isinstance(value, list):
        return all(isinstance(one, str) or _option(one) for one in value)
    return type(value) is int or _option(value) or _option(value, "type")
