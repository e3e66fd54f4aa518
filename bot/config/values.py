"""The values that every part of `muster.yml` may hold, and how a wrong one is named."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from bot.config.names import did_you_mean
from bot.domain.text import one_line

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)

LONGEST_NAME = 75
"""Slack shows a name in a menu with at most this many characters."""

LONGEST_DURATION = timedelta(days=365)
DURATION = "a duration longer than nothing and at most 365 days, such as 90s, 15m or 2h"

_CHANNEL = re.compile(r"#?([\w-]{1,80})")
_DURATION = re.compile(
    r"(?:(?P<hours>\d+(?:\.\d+)?)h)?(?:(?P<minutes>\d+(?:\.\d+)?)m)?(?:(?P<seconds>\d+(?:\.\d+)?)s)?"
)
_PERSON = re.compile(r"[^@\s<>:/]+@[^@\s<>:/]+\.[^@\s<>:/]+|[UW][A-Z0-9]{2,20}")


def wrong(expected: str, cure: str = "") -> PydanticCustomError:
    """Return the error that says what was expected, and perhaps what to do."""
    return PydanticCustomError("muster", "{expected}{cure}", {"expected": expected, "cure": cure})


def beside(raw: str, info: ValidationInfo) -> str:
    """Return the path of a file: a relative one begins where the configuration is."""
    return str((info.context or {}).get("folder", Path()).absolute() / raw)


def person(raw: str) -> str:
    if _PERSON.fullmatch(raw):
        return raw
    cure = ". A handle can change hands, so it is not accepted" if raw.startswith("@") else ""
    raise wrong("an e-mail address or a Slack user id such as U012ABCDEF", cure)


def duration(raw: Any) -> timedelta:
    if isinstance(raw, int) and not isinstance(raw, bool) and raw > 0:
        raise wrong(DURATION, f". Write the unit too: {raw}m for minutes")
    parts = _DURATION.fullmatch(raw.replace(" ", "")) if isinstance(raw, str) else None
    if not parts or not any(parts.groups()):
        raise wrong(DURATION)
    try:
        found = timedelta(**{unit: float(n) for unit, n in parts.groupdict().items() if n})
    except OverflowError:
        raise wrong(DURATION) from None
    if not timedelta() < found <= LONGEST_DURATION:
        raise wrong(DURATION)
    return found


def channel(raw: str) -> str:
    found = _CHANNEL.fullmatch(raw)
    if not found or raw != raw.lower():
        raise wrong("the name of a channel as Slack shows it, such as incidents: lower case, no spaces")
    return found[1]


def _name(raw: str) -> str:
    if not raw.strip() or raw != one_line(raw) or len(raw) > LONGEST_NAME:
        raise wrong(f"a name of 1 to {LONGEST_NAME} characters on one line, without outer spaces")
    return raw


def _known_type(raw: str, info: ValidationInfo) -> str:
    known: tuple[str, ...] = info.context["types"] if info.context else ()
    if raw not in known:
        raise wrong("the name of a type of incident", f". {did_you_mean(raw, known)}")
    return raw


Name = Annotated[str, AfterValidator(_name)]
KnownType = Annotated[str, AfterValidator(_known_type)]
Person = Annotated[str, Field(description="an e-mail address or a Slack user id"), AfterValidator(person)]
Duration = Annotated[timedelta, BeforeValidator(duration)]
Channel = Annotated[str, Field(description="the name of a channel"), AfterValidator(channel)]
