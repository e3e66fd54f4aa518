"""Grafana OnCall: schedules, shifts, escalation chains and policies, and users of its API v1."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from bot.config.handbook import TIMEOUT
from bot.domain.oncall.schedules import Turn
from bot.imports.draft import BY_HAND, OVERRIDE, Draft, Level, Target
from bot.imports.exports import Item
from bot.imports.rotations import DAY, WEEK, Rotation, Unwritable, Window, one_shift, windows_of

NAME = "Grafana OnCall"
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
EVERY = {"hourly": timedelta(hours=1), "daily": DAY, "weekly": WEEK}
ONCE = {"single_event", "override"}


def kind_of(item: Item) -> str:
    marks = {
        "policy": {"escalation_chain_id", "position"},
        "shift": {"type", "start", "duration"},
        "schedule": {"type", "on_call_now"},
        "user": {"id", "username", "email"},
        "chain": {"id", "name", "team_id"},
    }
    return next((kind for kind, keys in marks.items() if keys <= item.keys()), "")


def take(draft: Draft, items: dict[str, list[Item]]) -> None:
    """Carry over all that is in an export."""
    shifts = {str(one.get("id")): one for one in items["shift"]}

    def user(item: Item, _where: str) -> None:
        slack = item.get("slack") or [{}]
        address = item["email"] or slack[0].get("user_id") or ""
        draft.know(str(item["id"]), str(address), str(item["username"]))

    def schedule(item: Item, where: str) -> None:
        if item["type"] == "ical":
            cure = "Save that calendar and use muster import ical"
            draft.leave(where, "its shifts are in a calendar of another program", cure)
            return
        missing = [one for one in item.get("shifts") or () if one not in shifts]
        if missing or not item.get("shifts"):
            what = f"{len(missing) or 'all'} of its shifts are not in the export"
            draft.leave(where, what, "Export its calendar and use muster import ical")
        if item.get("ical_url_overrides"):
            draft.leave(where, "its overrides are in a calendar", OVERRIDE)
        if zone := draft.zone(item.get("time_zone") or "UTC", where):
            own = [shifts[one] for one in item.get("shifts") or () if one in shifts]
            draft.schedule(item, where, zone, _levels_of(draft, own, zone, where), at_once=True)

    def chain(item: Item, where: str) -> None:
        mine = [one for one in items["policy"] if one["escalation_chain_id"] == item["id"]]
        draft.path(
            item["name"], where, _path(draft, sorted(mine, key=lambda one: int(one["position"])), where)
        )

    draft.each(items["user"], "user", user)
    draft.each(items["schedule"], "schedule", schedule)
    draft.each(items["chain"], "escalation chain", chain)


def _levels_of(draft: Draft, shifts: Sequence[Item], zone: ZoneInfo, where: str) -> list[list[Rotation]]:
    ordered = sorted(shifts, key=lambda one: int(one.get("level") or 0))
    found = []
    for _, level in groupby(ordered, key=lambda one: int(one.get("level") or 0)):
        rotations = (_rotation(draft, one, zone, where) for one in level)
        found.append([one for one in rotations if one])
    return found


def _rotation(draft: Draft, shift: Item, zone: ZoneInfo, where: str) -> Rotation | None:
    name = shift.get("name") or "shift"
    inside = f"{where}, shift `{name}`"
    own = draft.zone(shift["time_zone"], inside) if shift.get("time_zone") else zone
    turns = [_people(draft, turn, inside) for turn in _turns(shift)]
    if own is None:
        return None
    if not turns or not all(turns):
        draft.leave(inside, "it is a rotation of nobody", "Nothing, or put people in")
        return None
    start, minutes = _naive(shift["start"]), int(shift["duration"]) // 60
    if shift["type"] in ONCE:
        return one_shift(name, own, start, start + timedelta(minutes=minutes), turns[0])
    try:
        anchor, every, windows = _rule(shift, start, minutes, len(turns))
    except Unwritable as error:
        draft.leave(inside, f"it cannot be written as a layer: {error}", BY_HAND)
        return None
    begins = max(start, _naive(shift.get("rotation_start") or shift["start"]))
    end = _end(_naive(shift["until"]), anchor, every, windows) if shift.get("until") else None
    return Rotation(name, own, anchor, every, tuple(turns), begins, end, tuple(windows))


def _turns(shift: Item) -> list[list[str]]:
    if shift["type"] != "rolling_users":
        return [shift.get("users") or []]
    first = int(shift.get("start_rotation_from_user_index") or 0)
    rolling = shift.get("rolling_users") or []
    return [*rolling[first:], *rolling[:first]]


def _people(draft: Draft, users: Sequence[str], inside: str) -> Turn:
    return tuple(dict.fromkeys(draft.person(str(one), "", inside) for one in users))


def _rule(shift: Item, start: datetime, minutes: int, turns: int) -> tuple[datetime, timedelta, list[Window]]:
    """Return when the first turn begins, how long turns last and when somebody is on call in them."""
    frequency, interval = shift["frequency"], int(shift.get("interval") or 1)
    if frequency not in EVERY or shift.get("by_month") or shift.get("by_monthday"):
        raise Unwritable("it goes by months")
    every, lasts = EVERY[frequency] * interval, timedelta(minutes=minutes)
    days = [DAYS.index(one) for one in shift.get("by_day") or ()]
    if lasts >= every and not days:
        if lasts > every and turns > 1:
            raise Unwritable(f"a shift of {lasts} begins every {every}, so two are on call at once")
        return start, every, []
    if frequency == "hourly" or (interval > 1 and (turns > 1 or frequency == "weekly")):
        raise Unwritable(f"a shift of {lasts} comes only once in {every}")
    at = start.hour * 60 + start.minute
    if frequency == "weekly":
        return _weekly(shift, start, days or [start.weekday()], minutes, turns)
    if days and turns > 1:
        raise Unwritable("turns of days that leave days of the week out")
    if interval > 1:
        raise Unwritable(f"a shift of {lasts} comes only once in {every}")
    return start, every, windows_of(days or range(7), at, minutes)


def _weekly(
    shift: Item, start: datetime, days: Sequence[int], minutes: int, turns: int
) -> tuple[datetime, timedelta, list[Window]]:
    """Return turns that change at the first shift of a week, which begins on a day of the shift's own."""
    begins = DAYS.index(shift.get("week_start") or "SU")
    after = sorted((day - begins) % 7 for day in days)
    if turns > 1 and timedelta(days=after[-1] - after[0], minutes=minutes) > WEEK:
        raise Unwritable("the last shift of a week is not over when the next week's first begins")
    anchor = start - timedelta(days=(start.weekday() - begins) % 7 - after[0])
    return anchor, WEEK, windows_of(days, start.hour * 60 + start.minute, minutes)


def _end(until: datetime, anchor: datetime, every: timedelta, windows: Sequence[Window]) -> datetime:
    """Return when the last shift is over: `until` is the last moment at which one begins."""
    if not windows:
        return anchor + ((until - anchor) // every + 1) * every
    monday = datetime.combine(until.date() - timedelta(days=until.weekday()), time())
    begins = (
        (monday + timedelta(days=week, minutes=start), minutes)
        for start, minutes in windows
        for week in (-7, 0)
    )
    return max(start + timedelta(minutes=minutes) for start, minutes in begins if start <= until)


def _path(draft: Draft, policies: Sequence[Item], where: str) -> list[Level]:
    """Return the levels: all that is done between two waits is one."""
    levels: list[tuple[list[Target], timedelta]] = []
    targets: list[Target] = []
    for policy in policies:
        if policy["type"] == "wait":
            levels += [(targets, timedelta(seconds=float(policy["duration"])))] if targets else []
            targets = []
        else:
            targets += _targets(draft, policy, where)
    return [*levels, *([(targets, TIMEOUT)] if targets else [])]


def _targets(draft: Draft, policy: Item, where: str) -> list[Target]:
    kind = policy["type"]
    users: Any = policy.get("persons_to_notify") or policy.get("persons_to_notify_next_each_time") or ()
    if kind == "notify_person_next_each_time":
        draft.leave(where, "a step notifies another person each time; Muster pages all of them", BY_HAND)
    if kind in {"notify_persons", "notify_person_next_each_time"}:
        return [("people", *_people(draft, users, where))] if users else []
    if kind == "notify_on_call_from_schedule":
        return [("schedule", str(policy["notify_on_call_from_schedule"]))]
    draft.leave(where, f"a step `{kind}`", "Muster has no such step")
    return []


def _naive(text: str) -> datetime:
    """Return a time as clocks show it: the API writes no offset."""
    return datetime.fromisoformat(text).replace(tzinfo=None, second=0, microsecond=0)
