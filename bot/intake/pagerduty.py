"""PagerDuty's Events API v2: what Alertmanager, Grafana, Uptime Kuma and others send when they page."""

from typing import Any

from bot.domain.alerts.signals import LONGEST_TITLE, AlertLink, Signal, State, grade, unreadable
from bot.intake.values import Unreadable, instant, key_of, labels, line, mapping, objects, text, url

_ACTIONS = {"trigger": State.FIRING, "acknowledge": State.ACKNOWLEDGED, "resolve": State.RESOLVED}
_ABOUT = ("source", "component", "group", "class")


def read(body: Any) -> list[Signal]:
    """Return the signal of one event. Raise Unreadable where it names no alert to end."""
    if not isinstance(body, dict):
        raise Unreadable("Event object format is unrecognized")
    # an action that is none is no reason to stay silent: its sender meant somebody to look
    state = _ACTIONS.get(line(body.get("event_action")).lower(), State.FIRING)
    key = key_of(line(body.get("dedup_key"), 2000))
    if not key and state is not State.FIRING:
        raise Unreadable("'dedup_key' is missing or blank: it says which alert this is about")
    return [_signal(body, state, key)]


def _signal(body: dict[str, Any], state: State, key: str) -> Signal:
    payload = mapping(body.get("payload"))
    title = line(payload.get("summary"), LONGEST_TITLE)
    if not title and state is State.FIRING:
        return unreadable("", key)
    details = payload.get("custom_details")
    about = {name: payload.get(name) for name in _ABOUT}
    linked = [(one.get("text") or one.get("href"), one.get("href")) for one in objects(body.get("links"))]
    linked.append((body.get("client") or "Source", body.get("client_url")))
    images = [url(one.get("src")) for one in objects(body.get("images"))]
    return Signal(
        key=key,
        title=title,
        state=state,
        severity=grade(payload.get("severity")),
        text=text(details) if isinstance(details, str) else "",
        labels=labels(about, details),
        links=tuple(AlertLink(line(name, 100), url(where)) for name, where in linked if url(where)),
        image=next(filter(None, images), ""),
        since=instant(payload.get("timestamp")),
    )
