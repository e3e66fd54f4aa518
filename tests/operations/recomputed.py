"""Figures found in the raw timeline by a slow script, which shares nothing with those that people read."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Raw = dict[str, Any]
HAND = {
    "Impact start": "impact",
    "Detected": "detected",
    "Engaged": "engaged",
    "Mitigated": "mitigated",
    "Resolved": "resolved",
}
TABLES = (
    *("incidents", "entries", "members", "people", "escalations", "pages", "updates", "fields", "alerts"),
    *("false_alarms", "actions", "follow_ups"),
)
"""What is read of it: all rows, in the order of their first column."""
Tables = dict[str, list[Raw]]
OVER = ("Resolved", "Post-incident", "Closed")


def replayed(entries: list[Raw], now: datetime) -> Raw:
    """Live through one incident again, entry by entry, and say what it was like in the end."""
    life: Raw = {"status": "Investigating", "near_miss": False, "reopened": False, "impact": None}
    life |= {"hand": {}, "chain": set(), "called": None, "answered": None, "only_correct": False}
    life |= {"mitigated": None, "resolved": None, "detected": None, "engaged": None, "updates": []}
    for entry in entries:
        data, at = json.loads(entry["data"]), datetime.fromisoformat(entry["at"])
        HAPPENED.get(entry["kind"], lambda *_: None)(life, data, at, entry)
    at_work = life["status"] in ("Investigating", "Fixing") and not life["only_correct"]
    if at_work or life["status"] not in (*OVER, "Monitoring", "Investigating", "Fixing"):
        life["mitigated"] = None
    for name, at in life["hand"].items():
        if at:
            life[name] = datetime.fromisoformat(at)
    return life


def _declared(life: Raw, data: Raw, at: datetime, entry: Raw) -> None:
    life.update(severity=data["severity"], highest=data["severity"], near_miss=data["near_miss"])
    life["status"] = "Triage" if data["triage"] else "Resolved" if data["over"] else "Investigating"
    life["over"] = data["over"]
    life["detected"], life["resolved"] = (None, at) if data["over"] else (at, None)


def _status(life: Raw, data: Raw, at: datetime, entry: Raw) -> None:
    before, after = data["before"], data["after"]
    if before in ("Investigating", "Fixing") and after not in ("Investigating", "Fixing"):
        life["mitigated"] = at
    if before in (*OVER, "Cancelled") and after == "Investigating":
        life["only_correct"] = data["back"] is False
        life["reopened"] = life["reopened"] or data["back"] is not False
        if data["back"]:
            life["resolved"] = None
    if after == "Resolved":
        life["resolved"], life["only_correct"] = at, False
    life["status"] = after


def _severity(life: Raw, data: Raw, at: datetime, entry: Raw) -> None:
    life["severity"] = data["after"]
    life["highest"] = data["after"] if data["reason"] else min(life["highest"], data["after"])


def _paged(life: Raw, data: Raw, at: datetime, entry: Raw) -> None:
    if life["called"] is None:
        life["called"], life["chain"] = at, {data["page"]}


def _escalated(life: Raw, data: Raw, at: datetime, entry: Raw) -> None:
    if data["from_page"] in life["chain"]:
        life["chain"].add(data["page"])


def _acknowledged(life: Raw, data: Raw, at: datetime, entry: Raw) -> None:
    pages = {data["page"], *(each["page"] for each in data.get("also", []))}
    if life["answered"] is None and pages & life["chain"]:
        life["answered"] = at
    if life["engaged"] is None and data["role"] == "EOC":
        life["engaged"] = at


def _time(life: Raw, data: Raw, at: datetime, entry: Raw) -> None:
    if data["name"] in HAND:
        life["hand"][HAND[data["name"]]] = data["after"]


HAPPENED: dict[str, Any] = {
    "declared": _declared,
    "status": _status,
    "severity": _severity,
    "paged": _paged,
    "escalated": _escalated,
    "acknowledged": _acknowledged,
    "time": _time,
    "accepted": lambda life, *_: life.update(status="Investigating"),
    "declined": lambda life, *_: life.update(status="Declined"),
    "near_miss": lambda life, *_: life.update(near_miss=True),
    "real": lambda life, *_: life.update(near_miss=False),
}


def left_out(life: Raw, drill: bool) -> str | None:
    """Say why an incident is in no figure."""
    if drill:
        return "drills"
    if life["near_miss"]:
        return "near misses"
    gone = {"Merged": "merged into others", "Declined": "declined in triage", "Cancelled": "cancelled"}
    return {**gone, "Triage": "still in triage"}.get(life["status"])


def spans(life: Raw) -> dict[str, timedelta]:
    """Return how long what took, but what stands apart."""
    ends = {
        "Time to detect": ("impact", "detected"),
        "Time to acknowledge": ("called", "answered"),
        "Time to mitigate": ("detected", "mitigated"),
        "Time to resolve": ("detected", "resolved"),
        "Time to mobilise": ("detected", "mobilised"),
    }
    found = {}
    for name, (first, last) in ends.items():
        apart = life["reopened"] and name in ("Time to mitigate", "Time to resolve")
        if life[first] and life[last] and life[last] >= life[first] and not apart:
            found[name] = life[last] - life[first]
    return found


def middle(took: list[timedelta]) -> tuple[timedelta, timedelta]:
    """Return the median, and the value that nine of ten do not exceed, by counting."""
    ordered = sorted(took)
    count = len(ordered)
    half = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2 if count % 2 == 0 else ordered[count // 2]
    ninth = next(one for one in ordered if sum(each <= one for each in ordered) * 10 >= 9 * count)
    return half, ninth


def figures(raw: Tables, viewer: str, now: datetime) -> Raw:
    """Return what is to be found by hand in all that is kept, as whoever reads it may know of it."""
    mine = {row["incident"] for row in raw["members"] if row["person"] == viewer and not row["gone"]}
    known = {row["id"]: row for row in raw["incidents"] if not row["private"] or row["id"] in mine}
    lives = {number: _life(raw, number, now) for number in known}
    why = {number: left_out(life, bool(known[number]["drill"])) for number, life in lives.items()}
    counted = {number: life for number, life in lives.items() if not why[number]}
    took, apart = defaultdict(list), Counter[str]()
    for life in counted.values():
        for name, span in spans(life).items():
            took[name].append(span)
        apart.update(_apart(life))
    return {
        "declared": len(known),
        "excluded": dict(Counter(one for one in why.values() if one)),
        "severity": dict(Counter(life["highest"] for life in counted.values())),
        "took": {name: (len(found), *middle(found)) for name, found in took.items()},
        "apart": dict(apart),
        **_named(raw, counted),
        "updates": _updates(raw, counted, now),
        "heard": _heard(raw, {number: known[number] for number in counted}, now),
        "noise": _noise(raw, known),
        **_pages(raw, known, viewer),
        "follow-ups": _follow_ups(raw, known, viewer, now),
    }


def _life(raw: Tables, number: int, now: datetime) -> Raw:
    life = replayed([row for row in raw["entries"] if row["incident"] == number], now)
    there = []
    for escalation in raw["escalations"]:
        if escalation["incident"] != number or escalation["state"] == "cancelled":
            continue
        answers = [
            row["answered_at"]
            for row in raw["pages"]
            if row["escalation"] == escalation["id"] and row["state"] == "acknowledged"
        ]
        there.append(max(answers, default=None))
    running = any(row["incident"] == number and row["state"] == "running" for row in raw["escalations"])
    waits = running or not there or None in there
    life["mobilised"] = None if waits else datetime.fromisoformat(max(one for one in there if one))
    return life


def _apart(life: Raw) -> list[str]:
    if not life["reopened"]:
        return []
    return [name for name in spans({**life, "reopened": False}) if name not in spans(life)]


def _value(raw: Tables, number: int, name: str) -> str:
    found = [row["value"] for row in raw["fields"] if row["incident"] == number and row["name"] == name]
    return str(found[0]) if found else ""


def _named(raw: Tables, counted: dict[int, Raw]) -> Raw:
    services, causes = Counter[str](), Counter[str]()
    for number in counted:
        parts = {part.strip().casefold() for part in _value(raw, number, "Affected services").split(",")}
        services.update(parts - {""} or {""})
        causes[_value(raw, number, "Root cause").casefold()] += 1
    return {"service": dict(services), "cause": dict(causes)}


def _updates(raw: Tables, counted: dict[int, Raw], now: datetime) -> tuple[int, int]:
    over = {row["id"]: row["resolved_at"] or now.isoformat() for row in raw["incidents"]}
    kept = missed = 0
    for number in counted:
        theirs = [row for row in raw["updates"] if row["incident"] == number]
        for place, row in enumerate(theirs):
            if not row["next_at"]:
                continue
            by = datetime.fromisoformat(row["next_at"])
            after = [datetime.fromisoformat(one["at"]) for one in theirs[place + 1 : place + 2]]
            if after and after[0] <= by:
                kept += 1
            elif by < datetime.fromisoformat(over[number]):
                missed += 1
    return kept, kept + missed


def _heard(raw: Tables, counted: dict[int, Raw], now: datetime) -> dict[str, int]:
    found = Counter[str]()
    for number, row in counted.items():
        times = {name: datetime.fromisoformat(row[name]) if row[name] else None for name in _TIMES}
        resolved, impaired, began = (times[name] for name in _TIMES[:3])
        start = began or datetime.fromisoformat(row["declared_at"])
        facing = _value(raw, number, "Externally facing") != "no" and row["highest"] in {"S1", "S2"}
        blip = resolved and resolved - start <= timedelta(minutes=5)
        unknown = row["retrospective"] and not began
        presumed = facing and not unknown and not blip
        seen = impaired
        if presumed or _value(raw, number, "Customer impact") == "yes":
            seen = seen or datetime.fromisoformat(row["declared_at"])
        if row["correcting"] or not (seen or (began and not row["retrospective"])):
            continue
        by = (began or seen or start) + timedelta(hours=1)
        told = [one["at"] for one in raw["entries"] if one["incident"] == number and one["kind"] == SAID]
        if told:
            found["within the hour" if datetime.fromisoformat(told[0]) <= by else "later, or not at all"] += 1
        elif row["unpublished"]:
            found["not told, for a reason that is written down"] += 1
        else:
            found["later, or not at all" if by <= now else "still in time"] += 1
    return dict(found)


FIRST_SHIFT = datetime(2026, 3, 1, 9, tzinfo=UTC)
"""One begins each day then; what lies before it is a gap."""
SAID = "notice_published"
_TIMES = ("resolved_at", "impaired_at", "impact_began_at")


def _noise(raw: Tables, known: dict[int, Raw]) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    wrong = {row["incident"] for row in raw["false_alarms"]}
    for number, row in known.items():
        alerts = [one for one in raw["alerts"] if one["incident"] == number]
        if not alerts or row["drill"]:
            continue
        if row["status"] in {"Declined", "Cancelled"}:
            became = "false alarms" if number in wrong else "declined or cancelled"
        elif row["status"] == "Triage":
            became = "undecided"
        else:
            nobody = not row["lead"] and row["status"] in {"Investigating", "Fixing", "Monitoring"}
            became = "undecided" if nobody else "real"
        found[min(alerts, key=lambda one: one["id"])["rule"]][became] += 1
    return {rule: dict(counts) for rule, counts in found.items()}


def _pages(raw: Tables, known: dict[int, Raw], viewer: str) -> Raw:
    zones = {row["id"]: ZoneInfo(row["tz"]) for row in raw["people"]}
    walks = {row["id"]: row["incident"] for row in raw["escalations"]}
    people: dict[str, list[int]] = {}
    whole, drills, shifts = [0, 0, 0, 0], 0, Counter[Any]()
    for row in raw["pages"]:
        incident = walks[row["escalation"]]
        at_once = row["quiet"] and row["answered_at"] == row["raised_at"]
        if not row["responder"] or at_once or (incident and incident not in known):
            continue
        if incident and known[incident]["drill"]:
            drills += 1
            continue
        at = datetime.fromisoformat(row["raised_at"])
        there = at.astimezone(zones[row["responder"]])
        night, weekend = there.hour >= 22 or there.hour < 7, there.isoweekday() > 5
        acknowledged = row["answered_by"] == row["responder"]
        for counts in (whole, people.setdefault(row["responder"], [0, 0, 0, 0])):
            for place, counts_so in enumerate((True, night, weekend, acknowledged)):
                counts[place] += counts_so
        if row["level_team"] == "dotcom EOC" and at >= FIRST_SHIFT:
            shifts[(at - FIRST_SHIFT).days] += 1
    own = people if viewer == "UREP" else {who: one for who, one in people.items() if who == viewer}
    return {
        "pages": tuple(whole),
        "people": {who: (one[0], one[1], one[2]) for who, one in own.items()},
        "called": (len(people), max((one[0] for one in people.values()), default=0)),
        "drills": drills,
        "shifts": dict(shifts),
    }


def _follow_ups(raw: Tables, known: dict[int, Raw], viewer: str, now: datetime) -> tuple[int, int, int]:
    kept = {row["action"] for row in raw["follow_ups"]}
    made = done = overdue = 0
    for row in raw["actions"]:
        incident = known.get(row["incident"])
        if row["id"] not in kept or not incident or incident["drill"] or row["cancelled"]:
            continue
        if row["private"] and viewer not in {row["assignee"], row["by_whom"], incident["lead"]}:
            continue
        made += 1
        done += bool(row["done_at"])
        overdue += bool(
            row["due"] and not row["done_at"] and row["due"] < now.astimezone(UTC).date().isoformat()
        )
    return made, done, overdue
