"""An export's file: read as far as is sensible, and refused in one line where it is none."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.config.problems import ConfigInvalid

LARGEST = 20_000_000
"""Bytes. The schedules of a thousand teams with 90 days of shifts written out are less."""

Item = Mapping[str, Any]
KindOf = Callable[[Item], str]

_JSON_SPACE = re.compile(r"[\s\x1e,]*")
"""What may stand between answers that were written into one file one after another."""


def text_of(path: Path) -> str:
    """Return the text of a file, or raise ConfigInvalid."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigInvalid([f"{path}: cannot be read: {error.strerror}."]) from None
    if len(raw) > LARGEST:
        raise ConfigInvalid([f"{path}: has more than {LARGEST // 1_000_000} MB, and no export is so long."])
    try:
        # Shells of Windows write UTF-16 into a file.
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigInvalid([f"{path}: is no text in UTF-8, so it is no export."]) from None
    if not text.strip():
        raise ConfigInvalid([f"{path}: is empty. Was the request answered at all? Look at it without -s."])
    if text.lstrip()[:1] == "<":
        raise ConfigInvalid(
            [f"{path}: is a web page, not an export: the server sent its login or an error. Check the token."]
        )
    return text


def answers(path: Path) -> list[Any]:
    """Return the JSON values of a file: one, or one after another. Raises ConfigInvalid."""
    text, decoder, found = text_of(path), json.JSONDecoder(), []
    at = _after_space(text, 0)
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:  # a number of 5000 digits is a ValueError too
            line = text.count("\n", 0, getattr(error, "pos", at)) + 1
            raise ConfigInvalid([f"{path}:{line}: is no JSON. Save the answers as they come."]) from None
        found.append(value)
        at = _after_space(text, at)
    return found


def items_of(value: Any, kind_of: KindOf) -> Iterator[tuple[str, Item]]:
    """Yield what an answer holds of the kinds that a product has, however it is wrapped."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping) and (kind := kind_of(one)):
            yield kind, one
        elif isinstance(one, Mapping | list):
            inside = one.values() if isinstance(one, Mapping) else one
            waiting += reversed([each for each in inside if isinstance(each, Mapping | list)])


def _after_space(text: str, at: int) -> int:
    found = _JSON_SPACE.match(text, at)
    return found.end() if found else at
