"""Figures found in the raw timeline by a slow script, which shares nothing with those that people read."""

import json
from datetime import datetime, timedelta
from typing import Any

Raw = dict[str, Any]
HAND = {
    "Impact start": "impact",
    "Detected": "detected",
    "Engaged": "engaged",
    "Mitigated": "mitigated",
    "Resolved": "resolved",
}
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
    pages = {data["page"], *(page for page, _ in data.get("also", []))}
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
