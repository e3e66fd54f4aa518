"""PagerDuty: `GET /schedules/{id}`, `/escalation_policies` and `/users` of its REST API."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.oncall.overrides import NONE
from bot.domain.oncall.shifts import on_call
from bot.imports.draft import BY_HAND, OVERRIDE, Draft, Level, Target
from bot.imports.exports import Item
from bot.imports.rotations import MINUTES_OF_DAY, Rotation, Window, local, schedule_of, utc, windows_of

NAME = "PagerDuty"
AHEAD = timedelta(weeks=4)


def kind_of(item: Item) -> str:
    if "schedule_layers" in item:
        return "schedule"
    # Only this product's references have a summary: others name the schedules that they page by such a type.
    if item.get("type") == "schedule_v3" or (item.get("type") == "schedule" and "summary" in item):
        return "schedule without layers"
    if "escalation_rules" in item:
        return "escalation policy"
    if "contact_methods" in item or (item.get("type") == "user" and "email" in item):
        return "user"
    return ""


def take(draft: Draft, items: dict[str, list[Item]]) -> None:
    """Carry over all that is in an export."""

    def user(item: Item, _where: str) -> None:
        draft.know(str(item["id"]), str(item.get("email") or ""), str(item.get("name") or ""), _phone(item))

    def schedule(item: Item, where: str) -> None:
        if zone := draft.zone(item["time_zone"], where):
            # The highest layer, which wins, comes first in the export.
            layers = [_layer(draft, layer, zone, where) for layer in reversed(item["schedule_layers"])]
            draft.schedule(item, where, zone, [[one] for one in layers if one], at_once=False)
            _overrides(draft, item, where)
            _compare(draft, item, where)

    def bare(_item: Item, where: str) -> None:
        draft.leave(where, "it is in the export without its layers", "Export it by GET /schedules/{id}")

    def policy(item: Item, where: str) -> None:
        levels = [_level(draft, rule, where) for rule in item["escalation_rules"]]
        draft.path(item["name"], where, levels, int(item.get("num_loops") or 0))

    draft.each(items["user"], "user", user)
    draft.each(items["schedule"], "schedule", schedule)
    draft.each(items["schedule without layers"], "schedule", bare)
    draft.each(items["escalation policy"], "escalation policy", policy)


def _layer(draft: Draft, layer: Item, zone: ZoneInfo, where: str) -> Rotation | None:
    name = layer.get("name") or "layer"
    inside = f"{where}, layer `{name}`"
    users = [one["user"] for one in layer["users"]]
    end = utc(layer["end"]) if layer.get("end") else None
    if end and end <= draft.now:
        return None
    if not users:
        draft.leave(inside, "it is a rotation of nobody", "Nothing, or put people in")
        return None
    turns = tuple((draft.person(user["id"], user.get("summary") or "", inside),) for user in users)
    return Rotation(
        name,
        zone,
        local(utc(layer["rotation_virtual_start"]), zone),
        timedelta(seconds=layer["rotation_turn_length_seconds"]),
        turns,
        local(utc(layer["start"]), zone),
        local(end, zone) if end else None,
        tuple(window for one in layer.get("restrictions") or () for window in _windows(one)),
    )


def _windows(restriction: Item) -> list[Window]:
    hour, minute = map(int, restriction["start_time_of_day"].split(":")[:2])
    minutes = int(restriction["duration_seconds"]) // 60
    weekly = restriction["type"] == "weekly_restriction"
    days = [int(restriction["start_day_of_week"]) - 1] if weekly else range(7)
    return windows_of(days, hour * 60 + minute, min(minutes, 7 * MINUTES_OF_DAY))


def _level(draft: Draft, rule: Item, where: str) -> Level:
    strategy = rule.get("escalation_rule_assignment_strategy") or {}
    kind = strategy.get("type") if isinstance(strategy, dict) else strategy
    if kind == "round_robin":
        draft.leave(where, "a level takes turns by alert (round robin); Muster pages all of it", BY_HAND)
    targets: list[Target] = []
    for target in rule["targets"]:
        if str(target["type"]).startswith("schedule"):
            targets.append(("schedule", str(target["id"])))
        else:
            targets.append(("people", draft.person(target["id"], target.get("summary") or "", where)))
    return targets, timedelta(minutes=rule["escalation_delay_in_minutes"])


def _phone(user: Item) -> str:
    for method in user.get("contact_methods") or ():
        if method.get("type") == "phone_contact_method" and method.get("address"):
            return f"+{method.get('country_code') or 1}{method['address']}"
    return ""


def _entries(item: Item, key: str) -> list[tuple[datetime, datetime, str, str]]:
    entries = (item.get(key) or {}).get("rendered_schedule_entries") or ()
    return [
        (utc(one["start"]), utc(one["end"]), str(one["user"]["id"]), one["user"].get("summary") or "")
        for one in entries
    ]


def _overrides(draft: Draft, item: Item, where: str) -> None:
    for start, end, _, shown in _entries(item, "overrides_subschedule"):
        if end > draft.now:
            what = f"override: {shown} from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
            draft.leave(where, what, OVERRIDE)


def _compare(draft: Draft, item: Item, where: str) -> None:
    """Compare with the shifts that PagerDuty itself worked out, where the export holds them."""
    name = draft.named(str(item["id"]))
    if not name:
        return
    schedule = schedule_of(name, draft.schedules[name])
    overridden = _entries(item, "overrides_subschedule")
    for start, end, user, shown in _entries(item, "final_schedule"):
        moment = max(start, draft.now)
        if not moment < min(end, draft.now + AHEAD):
            continue
        if any(first <= moment < last for first, last, *_ in overridden):
            continue
        if draft.person(user, shown, where) not in (found := on_call(schedule, NONE, moment)):
            ours = ", ".join(found) or "nobody"
            what = f"at {moment:%Y-%m-%d %H:%M} UTC PagerDuty has {shown} on call, this schedule {ours}"
            draft.leave(where, what, "Compare both schedules before you use this one")
            return
