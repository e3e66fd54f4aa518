"""What the pagers that teams keep tell of their alerts, by webhooks and when they are asked."""

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.paging.pagers import OPSGENIE, PAGERDUTY, PagerState, Touch
from bot.domain.text import one_line

LONGEST, LONGEST_ADDRESS = 80, 254
_KEY = re.compile(r"muster/(?:INC-\d{1,18}/)?page-\d{1,18}")
"""By what an alert of ours is known there."""
_EVENTS = {"incident.acknowledged": "acknowledged", "incident.resolved": "resolved"}
STATUSES: Mapping[str, PagerState] = {
    "acknowledged": PagerState.ACKNOWLEDGED,
    "resolved": PagerState.RESOLVED,
}


def text_in(found: Any, name: str) -> str:
    """Return a text of a mapping; empty where there is none."""
    text = found.get(name) if isinstance(found, dict) else None
    return text.encode("utf-8", "ignore").decode().replace("\0", "") if isinstance(text, str) else ""


def _of(found: Any, name: str) -> Mapping[str, Any]:
    inner = found.get(name) if isinstance(found, dict) else None
    return inner if isinstance(inner, dict) else {}


def name_in(found: Any, name: str) -> str:
    """Return what somebody is called there: one short line, which mentions nobody in Slack."""
    return one_line(text_in(found, name).translate({ord("<"): None, ord(">"): None}))[:LONGEST]


def of_pagerduty(incident: Any, agent: Any) -> Touch | None:
    """Return what became of an incident of PagerDuty's that is one of ours, by whoever did it."""
    key, status = text_in(incident, "incident_key"), text_in(incident, "status")
    if not _KEY.fullmatch(key) or status not in STATUSES:
        return None
    person = text_in(agent, "type").startswith("user")
    user, name = (text_in(agent, "id")[:LONGEST], name_in(agent, "summary")) if person else ("", "")
    return Touch(PAGERDUTY, key, STATUSES[status], user, name)


def told_by_pagerduty(body: Any) -> tuple[str, Touch] | None:
    """Return what an event of PagerDuty's webhooks, version 3, tells, and the event's own id."""
    event = body.get("event") if isinstance(body, dict) else None
    data, status = _of(event, "data"), _EVENTS.get(text_in(event, "event_type"))
    if not status or not isinstance(event, dict):
        return None
    touch, event_id = of_pagerduty({**data, "status": status}, event.get("agent")), text_in(event, "id")
    return (event_id[:LONGEST], touch) if touch and event_id else None


def opsgenie_touch(key: str, did: PagerState, user: str) -> Touch:
    """Return what was done there. People are called by their addresses, and nothing else is."""
    person = user[:LONGEST_ADDRESS] if "@" in user else ""
    return Touch(OPSGENIE, key, did, person, name_in({"name": person}, "name"), person)


def told_by_opsgenie(body: Any) -> Touch | None:
    """Return what a webhook of Opsgenie's tells of an alert that may be ours."""
    alert = body.get("alert") if isinstance(body, dict) else None
    key, action = text_in(alert, "alias"), text_in(body, "action")
    did = {"Acknowledge": PagerState.ACKNOWLEDGED, "Close": PagerState.RESOLVED}.get(action)
    by = text_in(alert, "username")
    return opsgenie_touch(key, did, by) if did and _KEY.fullmatch(key) else None
