"""GoAlert: what its GraphQL API answers about schedules, rotations, escalation policies and users."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.oncall.schedules import Turn
from bot.imports.draft import BY_HAND, OVERRIDE, Draft, Level, Target, channel_of
from bot.imports.exports import Item
from bot.imports.rotations import (
    DAY,
    MINUTES_OF_DAY,
    WEEK,
    Rotation,
    Window,
    local,
    utc,
    windows_of,
)

NAME = "GoAlert"
EVERY = {"hourly": timedelta(hours=1), "daily": DAY, "weekly": WEEK}


def kind_of(item: Item) -> str:
    marks = {
        "schedule": {"timeZone", "targets"},
        "rotation": {"shiftLength", "start"},
        "policy": {"steps", "repeat"},
        "override": {"addUserID", "removeUserID"},
        "user": {"id", "email"},
    }
    return next((kind for kind, keys in marks.items() if keys <= item.keys()), "")


def take(draft: Draft, items: dict[str, list[Item]]) -> None:
    """Carry over all that is in an export."""

    def user(item: Item, _where: str) -> None:
        draft.know(str(item["id"]), str(item["email"]), str(item.get("name") or ""), _phone(item))

    rotations = {str(one.get("id")): one for one in items["rotation"]}

    def schedule(item: Item, where: str) -> None:
        _schedule(draft, item, rotations, where)

    def override(item: Item, where: str) -> None:
        _override(draft, item, where)

    def policy(item: Item, where: str) -> None:
        for target in (one for step in item["steps"] for one in step["targets"]):
            _alone(draft, target, rotations, where)
        levels = [_level(draft, step, where) for step in item["steps"]]
        draft.path(item["name"], where, levels, int(item.get("repeat") or 0))

    draft.each(items["user"], "user", user)
    draft.each(items["schedule"], "schedule", schedule)
    draft.each(items["override"], "override", override)
    draft.each(items["policy"], "escalation policy", policy)


def _schedule(draft: Draft, item: Item, rotations: dict[str, Item], where: str) -> None:
    if zone := draft.zone(item["timeZone"], where):
        found = [_rotation(draft, one, rotations, zone, where) for one in item["targets"]]
        draft.schedule(item, where, zone, [[one for one in found if one]], at_once=True)
    for one in item.get("temporarySchedules") or ():
        if utc(one["end"]) > draft.now:
            draft.leave(where, f"a temporary schedule until {one['end']}", OVERRIDE)


def _override(draft: Draft, item: Item, where: str) -> None:
    if utc(item["end"]) > draft.now:
        whom = f"{item['addUserID'] or 'nobody'} for {item['removeUserID'] or 'nobody'}"
        draft.leave(where, f"{whom} from {item['start']} to {item['end']}", OVERRIDE)


def _rotation(
    draft: Draft, entry: Item, rotations: dict[str, Item], zone: ZoneInfo, where: str
) -> Rotation | None:
    target = entry["target"]
    name = target.get("name") or target["id"]
    inside = f"{where}, target `{name}`"
    windows = [window for rule in entry["rules"] for window in _windows(rule)]
    if not windows:
        return None
    start = local(draft.now, zone).replace(hour=0, minute=0)
    if target["type"] == "user":
        people = (draft.person(str(target["id"]), name, inside),)
        return Rotation(name, zone, start, WEEK, (people,), None, None, tuple(windows))
    if target["id"] not in rotations:
        draft.leave(inside, "its rotation is not in the export", "Export rotations too")
        return None
    return _turns(draft, rotations[target["id"]], zone, windows, inside)


def _turns(
    draft: Draft, item: Item, zone: ZoneInfo, windows: Sequence[Window], inside: str
) -> Rotation | None:
    """Return a rotation as it stands: GoAlert keeps whose turn it is, whatever the start."""
    users = [str(one) for one in item.get("userIDs") or [one["id"] for one in item.get("users") or ()]]
    own = draft.zone(item.get("timeZone") or zone.key, inside)
    if not users or own is None or item["type"] not in EVERY:
        what = "it is a rotation of nobody" if not users else f"it has {item['type']} turns"
        draft.leave(inside, what, BY_HAND)
        return None
    if own.key != zone.key:
        draft.leave(
            inside,
            f"its turns change by the clocks of {own.key}, its hours by those of {zone.key}; now all do",
            "Look at its handover",
        )
    turns: list[Turn] = [(draft.person(one, "", inside),) for one in users]
    handoffs, index = item.get("nextHandoffTimes"), item.get("activeUserIndex")
    if handoffs and index is not None and index >= 0:
        first = (int(index) + 1) % len(turns)
        anchor = local(utc(handoffs[0]), zone)
    else:
        first, anchor = 0, local(utc(item["start"]), zone)
        draft.leave(
            inside, "whose turn it is now is not in the export", "Check who is on call, or export it again"
        )
    every = EVERY[item["type"]] * int(item["shiftLength"])
    name = item.get("name") or "rotation"
    return Rotation(name, zone, anchor, every, (*turns[first:], *turns[:first]), None, None, tuple(windows))


def _windows(rule: Item) -> list[Window]:
    start, end = (int(one[:2]) * 60 + int(one[3:5]) for one in (rule["start"], rule["end"]))
    days = [(day + 6) % 7 for day, wanted in enumerate(rule["weekdayFilter"]) if wanted]  # Sunday comes first
    return windows_of(days, start, (end - start) % MINUTES_OF_DAY or MINUTES_OF_DAY)


def _alone(draft: Draft, target: Item, rotations: dict[str, Item], where: str) -> None:
    """Add a rotation that a policy pages without a schedule as a schedule of its own."""
    item = rotations.get(str(target["id"]))
    if target["type"] != "rotation" or not item or draft.named(str(target["id"])):
        return
    if zone := draft.zone(item.get("timeZone") or "UTC", where):
        found = _turns(draft, item, zone, (), where)
        draft.schedule(item, where, zone, [[found] if found else []], at_once=True)


def _level(draft: Draft, step: Item, where: str) -> Level:
    targets: list[Target] = []
    for target in step["targets"]:
        if target["type"] in {"schedule", "rotation"}:
            targets.append(("schedule", str(target["id"])))
        elif target["type"] == "user":
            targets.append(("people", draft.person(str(target["id"]), target.get("name") or "", where)))
        elif target["type"] == "slackChannel" and (name := channel_of(target.get("name"))):
            targets.append(("channel", name))
        else:
            draft.leave(
                where, f"a step tells {target['type']} `{target.get('name')}`", "Muster has no such step"
            )
    return targets, timedelta(minutes=int(step["delayMinutes"]))


def _phone(user: Item) -> str:
    for one in user.get("contactMethods") or ():
        if one.get("type") in {"VOICE", "SMS"} and not one.get("disabled"):
            return str(one.get("value") or "")
    return ""
