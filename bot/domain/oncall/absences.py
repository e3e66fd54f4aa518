"""Who is away, as they say or as their status in Slack does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

_EMOJI = frozenset(
    {
        *(":palm_tree:", ":desert_island:", ":beach_with_umbrella:", ":airplane:", ":airplane_departure:"),
        *(":face_with_thermometer:", ":face_with_head_bandage:", ":sneezing_face:", ":no_entry:"),
    }
)
_WORDS = re.compile(
    r"\b(?:vacation\w*|holidays?|out sick|sick|away|ooo|out of (?:the )?office|leave|pto)\b",
    re.IGNORECASE,
)


Times: TypeAlias = tuple[str, str, str]
"""The name of a schedule, and from when until when somebody is on call by it."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away, as they said or `by_status`; they were `warned` that they are on call then."""

    id: int
    person: str
    starts_at: datetime
    ends_at: datetime
    by_status: bool
    warned: tuple[Times, ...] = ()


def away_until(profile: Mapping[str, Any], now: datetime) -> datetime | None:
    """Return until when somebody is away by their status in Slack. One without an end says nothing."""
    emoji, text = (str(profile.get(key) or "") for key in ("status_emoji", "status_text"))
    try:
        ends = datetime.fromtimestamp(int(profile.get("status_expiration") or 0), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return ends if ends > now and (emoji in _EMOJI or _WORDS.search(text)) else None
