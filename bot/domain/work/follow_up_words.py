"""A follow-up as somebody types it in one line: its title, and what stands before and behind that."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.domain.incidents.incident import Severity
from bot.domain.work.follow_ups import FollowUpRules

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SAID = "`2026-12-24`, `friday`, `tomorrow`, `next week` or `in 3 weeks`"
_SPANS = {"d": 1, "day": 1, "w": 7, "week": 7, "month": 30}
_IN = re.compile(r"(?:in )?(\d{1,3}) ?(d|w|days?|weeks?|months?)")
_DUE = re.compile(r"[,;]?\s+(?:due(?: on| by)?:?|by:|until:)\s+(\S+(?:\s+\S+){0,2})$", re.IGNORECASE)
_PRIORITY = re.compile(r"[,;]?\s+(?:priority[ :]*)?[sp]([1-4])$", re.IGNORECASE)
_PRIVATE_FIRST = re.compile(r"^private(?:ly)?[:,]\s*", re.IGNORECASE)
_PRIVATE_LAST = re.compile(r"[,;]?\s+(?:\(private\)|privately)$", re.IGNORECASE)
_KIND_FIRST = re.compile(r"^([\w-]+(?: [\w-]+){0,3}):\s+(?=\S)")
_KIND_LAST = re.compile(r"[,;]?\s+(?:as (?:an? )?|kind:? ?)([\w-]+(?: [\w-]+){0,3})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was read so far; `rest` is the title once nothing else is left. `odd` is a day that is none."""

    rest: str
    due: date | None = None
    label: str | None = None
    priority: Severity | None = None
    private: bool = False
    odd: str = ""


def day(text: str, today: date) -> date | None:
    """Return the day that is meant, or None for what names none."""
    said = " ".join(text.lower().strip(" .,!").split())
    named = {"today": 0, "tomorrow": 1, "next week": 7, "next month": 30}
    if said in named:
        return today + timedelta(days=named[said])
    if found := _IN.fullmatch(said):
        unit = found[2].rstrip("s") if len(found[2]) > 1 else found[2]
        return today + timedelta(days=int(found[1]) * _SPANS[unit])
    word = said.removeprefix("next ").removeprefix("on ")
    meant = [number for number, name in enumerate(DAYS) if word in {name, name[:3]}]
    if meant:
        return today + timedelta(days=(meant[0] - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def read(text: str, rules: FollowUpRules, today: date) -> Typed:
    """Read what stands at the ends of a text, in any order, until nothing more of it is known."""
    typed = Typed(text.strip())
    before = None
    while typed != before:
        before = typed
        for one in (_due, _priority, _private, _kind):
            typed = one(typed, rules, today)
    return typed


def _due(typed: Typed, rules: FollowUpRules, today: date) -> Typed:
    found = _DUE.search(typed.rest)
    if not found or typed.due:
        return typed
    due = day(found[1], today)
    return replace(typed, rest=typed.rest[: found.start()], due=due) if due else replace(typed, odd=found[1])


def _priority(typed: Typed, rules: FollowUpRules, today: date) -> Typed:
    found = _PRIORITY.search(typed.rest)
    if not found or typed.priority:
        return typed
    return replace(typed, rest=typed.rest[: found.start()], priority=Severity(f"S{found[1]}"))


def _private(typed: Typed, rules: FollowUpRules, today: date) -> Typed:
    rest = _PRIVATE_LAST.sub("", _PRIVATE_FIRST.sub("", typed.rest))
    return typed if rest == typed.rest else replace(typed, rest=rest, private=True)


def _kind(typed: Typed, rules: FollowUpRules, today: date) -> Typed:
    if typed.label:
        return typed
    first, last = _KIND_FIRST.search(typed.rest), _KIND_LAST.search(typed.rest)
    if first and (label := rules.kind_meant(first[1])):
        return replace(typed, rest=typed.rest[first.end() :], label=label)
    if last and (label := rules.kind_meant(last[1])):
        return replace(typed, rest=typed.rest[: last.start()], label=label)
    return typed
