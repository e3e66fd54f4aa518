"""The values that every part of `muster.yml` may hold, and how a wrong one is named."""

import re
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from bot.domain.text import one_line

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)

LONGEST_NAME = 75
"""Slack shows a name in a menu with at most this many characters."""

_PERSON = re.compile(r"[^@\s<>:/]+@[^@\s<>:/]+\.[^@\s<>:/]+|[UW][A-Z0-9]{2,20}")


def wrong(expected: str, cure: str = "") -> PydanticCustomError:
    """Return the error that says what was expected, and perhaps what to do."""
    return PydanticCustomError("muster", "{expected}{cure}", {"expected": expected, "cure": cure})


def person(raw: str) -> str:
    if _PERSON.fullmatch(raw):
        return raw
    cure = ". A handle can change hands, so it is not accepted" if raw.startswith("@") else ""
    raise wrong("an e-mail address or a Slack user id such as U012ABCDEF", cure)


def _name(raw: str) -> str:
    if not raw.strip() or raw != one_line(raw) or len(raw) > LONGEST_NAME:
        raise wrong(f"a name of 1 to {LONGEST_NAME} characters on one line, without outer spaces")
    return raw


Name = Annotated[str, AfterValidator(_name)]
Person = Annotated[str, Field(description="an e-mail address or a Slack user id"), AfterValidator(person)]
