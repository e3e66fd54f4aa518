"""What people entered into a form: Slack's `view.state.values`, one element to a block."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from bot.domain.errors import Malformed
from bot.domain.text import one_line, tidy

State: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]


Choice = TypeVar("Choice", bound=StrEnum)
_DIGITS = re.compile(r"[0-9]{1,18}")


def number(text: str) -> int:
    """Return a number that travelled in a button or form. Raises Malformed for what we never put there."""
    if not _DIGITS.fullmatch(text):
        raise Malformed
    return int(text)


def one_of(kind: type[Choice], state: State, block_id: str) -> Choice:
    """Return the chosen option as what it stands for. Raises Malformed for what was never offered."""
    return named(kind, chosen(state, block_id))


def named(kind: type[Choice], value: str) -> Choice:
    """Return what a value of ours stands for. Raises Malformed for what we never put there."""
    if value not in set(kind):
        raise Malformed
    return kind(value)


def typed_line(state: State, block_id: str) -> str:
    """Return what was typed, on one line, or nothing."""
    return one_line(_element(state, block_id).get("value"))


def typed(state: State, block_id: str) -> str:
    return tidy(_element(state, block_id).get("value"))


def chosen(state: State, block_id: str) -> str:
    option = _element(state, block_id).get("selected_option")
    return str(option["value"]) if option else ""


def chosen_several(state: State, block_id: str) -> list[str]:
    return [str(option["value"]) for option in _element(state, block_id).get("selected_options") or []]


def chosen_person(state: State, block_id: str) -> str | None:
    return _element(state, block_id).get("selected_user")


def chosen_channel(state: State, block_id: str) -> str | None:
    return _element(state, block_id).get("selected_channel")


def chosen_people(state: State, block_id: str) -> list[str]:
    return [str(one) for one in _element(state, block_id).get("selected_users") or []]


def chosen_day(state: State, block_id: str) -> date | None:
    iso = _element(state, block_id).get("selected_date")
    try:
        return date.fromisoformat(iso) if iso else None
    except ValueError:
        raise Malformed from None


def chosen_moment(state: State, block_id: str) -> datetime | None:
    chosen = _element(state, block_id).get("selected_date_time")
    return datetime.fromtimestamp(number(str(chosen)), UTC) if chosen else None


def _element(state: State, block_id: str) -> Mapping[str, Any]:
    return next(iter(state.get(block_id, {}).values()), {})
