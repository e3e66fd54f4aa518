"""A maintenance as somebody types it: `"Upgrade PostgreSQL" C1 tomorrow 09:00-11:00 services api, web`."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain import durations
from bot.domain.errors import Refused
from bot.domain.maintenance.maintenance import Criticality
from bot.domain.oncall.spans import Span, misspelt_day, moment, span

HOW_LONG = "Write `30m`, `1h`, `for 1 hour` or `until 18:00`."
_HOLDS = re.compile(r"\bhold(?:s|ing)?(?: their| the)? alerts\b", re.IGNORECASE)
_HOLD = re.compile(r"(?<!\S)hold\s*$", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“”„«]([^\"“”„«»]+)[\"“”»]")
_LINKS = re.compile(r"(?:\blinks?:?\s+)?(https?://[^\s<>|]+[^\s<>|,;.)])[,;.)]*", re.IGNORECASE)
_GRADE = re.compile(r"(?<![\w-])c([1-4])(?![\w-])", re.IGNORECASE)
_NO_GRADE = re.compile(r"(?<![\w-])c\d+(?![\w-])", re.IGNORECASE)
_SERVICES = re.compile(r"\bservices?:?\s+([\w./-]+(?:\s*,\s*[\w./-]+)*)", re.IGNORECASE)
_LIKE_A_TIME = re.compile(
    r"\d{1,2}[:.]\d\d\b|\b\d{1,2} ?(?:[ap]m|h|o'?clock|uhr)\b|\b\d{1,2} ?(?:-|–|—|to|until|till) ?\d{1,2}\b"
    r"|\b(?:today|tomorrow|tonight)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was understood; what is None or empty was not typed."""

    name: str = ""
    criticality: Criticality | None = None
    window: Span | None = None
    services: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    holds: bool = False


def read(text: str, zone: ZoneInfo, now: datetime, *, named: bool = False) -> Typed:
    """Return what a text says, on the clocks of `zone`, without the people in it.

    A name stands in quotes, or before everything else. `named` says that it needs none. A time that is there
    and cannot be understood is refused.
    """
    quoted = _QUOTED.search(text)
    left = _QUOTED.sub(" ", text, count=1)
    links = tuple(_LINKS.findall(left))
    left = _LINKS.sub(" ", left)
    holds, left = bool(_HOLDS.search(left)), _HOLDS.sub(" ", left)
    if (quoted or named or _GRADE.search(left)) and _HOLD.search(left):
        holds, left = True, _HOLD.sub(" ", left)
    services = tuple(part.strip() for found in _SERVICES.findall(left) for part in found.split(","))
    left = _SERVICES.sub(" ", left)
    grade = _GRADE.search(left)
    if (quoted or named) and not grade and (wrong := _NO_GRADE.search(left)):
        raise Refused(f"I know no criticality `{wrong[0].upper()}`. C1 is a very high risk, C4 a low one.")
    before, after = (left[: grade.start()], left[grade.end() :]) if grade else (left, "")
    name, window = _when(before, after, zone, now, named=named or quoted is not None)
    return Typed(
        name=quoted[1].strip() if quoted else name,
        criticality=Criticality(f"C{grade[1]}") if grade else None,
        window=window,
        services=services,
        links=links,
        holds=holds,
    )


def later(text: str, end: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the end that is meant: so much later than `end`, or than now if that has passed, or a moment."""
    said = " ".join(text.lower().split())
    if (length := durations.read(said, minutes=True)) is not None:
        return max(end, now) + length
    try:
        return moment(re.sub(r"^(?:until|till|to)\s+", "", said), zone, now)
    except Refused:
        raise Refused(f"I do not understand `{text.replace('`', '')[:60]}`. {HOW_LONG}") from None


def _when(before: str, after: str, zone: ZoneInfo, now: datetime, *, named: bool) -> tuple[str, Span | None]:
    """Return the name in front if there is one, and the time."""
    head, tail = _bare(before), _bare(after)
    said = " ".join(filter(None, (head, tail)))
    if named:
        return "", span(said, zone, now, hours=True) if said else None
    if head and tail:
        return head, span(tail, zone, now, hours=True)
    words = said.split()
    for start in range(len(words)):  # a name may hold what looks like a time: the longest that is one counts
        if found := _attempt(" ".join(words[start:]), zone, now):
            if start and misspelt_day(words[start - 1]):
                break  # "tomorow 9-11" is not today
            return " ".join(words[:start]), found
    return said, None


def unclear(said: Typed) -> tuple[str, str]:
    """Return what looks like a time in a name and was not understood, and the day that is nearly named before
    it; both empty where there is none.
    """
    if said.window or not (found := _LIKE_A_TIME.search(said.name)):
        return "", ""
    before = said.name[: found.start()].split()
    return said.name[found.start() :], (misspelt_day(before[-1]) if before else "") or ""


def _attempt(text: str, zone: ZoneInfo, now: datetime) -> Span | None:
    try:
        return span(text, zone, now, hours=True)
    except Refused:
        return None


def _bare(text: str) -> str:
    return " ".join(text.split())
