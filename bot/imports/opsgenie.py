"""Opsgenie: `/v2/schedules?expand=rotation`, a schedule's overrides, `/v2/escalations` and `/v2/users`."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.config.handbook import TIMEOUT
from bot.domain.oncall.schedules import Turn
from bot.imports.draft import BY_HAND, OVERRIDE, Draft, Level, Target
from bot.imports.exports import Item
from bot.imports.rotations import (
    DAY,
    MINUTES_OF_DAY,
    MINUTES_OF_WEEK,
    WEEK,
    Rotation,
    Window,
    local,
    utc,
    windows_of,
)

NAME = "Opsgenie"
EVERY = {"daily": DAY, "weekly": WEEK, "hourly": timedelta(hours=1)}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def kind_of(item: Item) -> str:
    if "rotations" in item and "timezone" in item:
        return "schedule"
    if "alias" in item and "startDate" in item:
        return "override"
    if isinstance(item.get("rules"), list) and ("repeat" in item or "ownerTeam" in item):
        return "escalation"
    if "username" in item and ("fullName" in item or "userContacts" in item):
        return "user"
    return ""


def take(draft: Draft, items: dict[str, list[Item]]) -> None:
    """Carry over all that is in an export."""

    def user(item: Item, _where: str) -> None:
        draft.know(str(item["id"]), str(item["username"]), str(item.get("fullName") or ""), _phone(item))

    def schedule(item: Item, where: str) -> None:
        if item.get("enabled") is False:
            draft.leave(where, "it is switched off", "Nothing, if that is right")
        elif zone := draft.zone(item["timezone"], where):
            found = [_rotation(draft, one, zone, where) for one in item["rotations"]]
            draft.schedule(item, where, zone, [[one for one in found if one]], at_once=True)

    def override(item: Item, _where: str) -> None:
        start, end = utc(item["startDate"]), utc(item["endDate"])
        if end > draft.now:
            what = f"{item['user'].get('username')} from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
            draft.leave(f"override `{item['alias']}`", what, OVERRIDE)

    def escalation(item: Item, where: str) -> None:
        _escalation(draft, item, where)

    draft.each(items["user"], "user", user)
    draft.each(items["schedule"], "schedule", schedule)
    draft.each(items["override"], "override", override)
    draft.each(items["escalation"], "escalation", escalation)


def _rotation(draft: Draft, item: Item, zone: ZoneInfo, where: str) -> Rotation | None:
    name = item.get("name") or "rotation"
    inside = f"{where}, rotation `{name}`"
    end = utc(item["endDate"]) if item.get("endDate") else None
    if item.get("enabled") is False or (end and end <= draft.now):
        return None
    turns = _turns(draft, item, inside)
    if not turns:
        draft.leave(inside, "it is a rotation of nobody", "Nothing, or put people in")
        return None
    start = local(utc(item["startDate"]), zone)
    every = EVERY[item["type"]] * int(item.get("length") or 1)
    windows = tuple(_windows(item["timeRestriction"])) if item.get("timeRestriction") else ()
    return Rotation(name, zone, start, every, turns, start, local(end, zone) if end else None, windows)


def _turns(draft: Draft, item: Item, inside: str) -> tuple[Turn, ...]:
    """Return the turns. One of nobody, or of a team, goes to whoever is before: others keep theirs."""
    found: list[Turn | None] = []
    for one in item["participants"]:
        if one["type"] == "user":
            named = str(one.get("username") or "")
            if one["id"] not in draft.known:
                draft.know(str(one["id"]), named, named)
            found.append((draft.person(str(one["id"]), named, inside),))
            continue
        found.append(None)
        what = "a turn of nobody" if one["type"] == "none" else f"a turn of {one['type']} `{one.get('name')}`"
        draft.leave(inside, f"{what}; whoever has the turn before keeps it", "Write into `people` who has it")
    people = [turn for turn in found if turn]
    if not people:
        return ()
    before, turns = people[-1], []
    for turn in found:
        before = turn or before
        turns.append(before)
    return tuple(turns)


def _windows(restriction: Item) -> Iterator[Window]:
    each = restriction.get("restrictions") or [restriction["restriction"]]
    for one in each:
        start = int(one["startHour"]) * 60 + int(one.get("startMin") or 0)
        end = int(one["endHour"]) * 60 + int(one.get("endMin") or 0)
        if restriction["type"] == "time-of-day":
            yield from windows_of(range(7), start, (end - start) % MINUTES_OF_DAY or MINUTES_OF_DAY)
        else:
            first, last = (DAYS.index(str(one[key]).lower()) for key in ("startDay", "endDay"))
            start, end = first * MINUTES_OF_DAY + start, last * MINUTES_OF_DAY + end
            yield start, (end - start) % MINUTES_OF_WEEK or MINUTES_OF_WEEK


def _escalation(draft: Draft, item: Item, where: str) -> None:
    repeat = item.get("repeat") or {}
    if repeat.get("closeAlertAfterAll"):
        what = "it closes the alert at the end; Muster calls the last level again and again"
        draft.leave(where, what, "Nothing, if the last level is who should be called")
    wait = timedelta(minutes=int(repeat.get("waitInterval") or 0)) or TIMEOUT
    draft.path(item["name"], where, _levels(draft, item, where, wait), int(repeat.get("count") or 0))


def _levels(draft: Draft, item: Item, where: str, last: timedelta) -> list[Level]:
    """Return the levels. Opsgenie counts delays from the alert, Muster each level's from the one before.

    `last` is how long those of the last one have to answer.
    """
    at: dict[timedelta, list[Target]] = {}
    for rule in item["rules"]:
        delay = rule.get("delay") or {}
        after = timedelta(**{str(delay.get("timeUnit") or "minutes"): int(delay.get("timeAmount") or 0)})
        if rule.get("condition") == "if-not-closed":
            draft.leave(
                where, "a rule pages until the alert is closed; Muster until it is acknowledged", BY_HAND
            )
        if target := _target(draft, rule, where):
            at.setdefault(after, []).append(target)
    delays = sorted(at)
    if delays and delays[0]:
        what = (
            f"it waits {delays[0].total_seconds() / 60:g} minutes first; Muster pages the first level at once"
        )
        draft.leave(where, what, "Nothing, if that is right")
    timeouts = [later - delay for delay, later in pairwise(delays)]
    return [(at[delay], timeout) for delay, timeout in zip(delays, [*timeouts, last], strict=True)]


def _target(draft: Draft, rule: Item, where: str) -> Target | None:
    one, how = rule["recipient"], rule.get("notifyType") or "default"
    if one["type"] == "schedule" and how in {"default", "next"}:
        return ("schedule", str(one["id"]), *(["next"] if how == "next" else []))
    if one["type"] == "user":
        named = str(one.get("username") or "")
        if one["id"] not in draft.known:
            draft.know(str(one["id"]), named, named)
        return ("people", draft.person(str(one["id"]), named, where))
    named = one.get("name") or one.get("id")
    draft.leave(where, f"a rule pages `{how}` of {one['type']} `{named}`", f"{BY_HAND} as a level")
    return None


def _phone(user: Item) -> str:
    for one in user.get("userContacts") or ():
        to = str(one.get("to") or "")
        if one.get("contactMethod") in {"voice", "sms"} and to:
            return "+" + "".join(digit for digit in to if digit.isdigit())
    return ""
