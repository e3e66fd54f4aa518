"""Datadog's webhooks: with the body that docs/alert-sources.md gives, or the one that Datadog starts with.

Datadog puts a message into the body as it is: a quote in it breaks the JSON. What is needed is found then.
"""

import re
from typing import Any

from bot.domain.alerts.signals import LONGEST_TITLE, AlertLink, Signal, State, grade
from bot.intake.values import Unreadable, key_of, line, mapping, text, url

_FIELD = re.compile(r'"(key|transition|title|priority|link|scope|type|id)"\s*:\s*"((?:[^"\\]|\\.)*)"')
_STATES = "Re-Triggered|Triggered|Recovered|Re-Warn|Warn|Re-No Data|No Data|Renotify"
_TITLE = re.compile(
    r"(?:\[P(?P<priority>[1-5])\]\s*)?"
    rf"\[(?P<state>{_STATES})(?: on (?P<scope>[^\]]*))?\]\s*(?P<name>.*)",
    re.IGNORECASE | re.DOTALL,
)
"""How Datadog writes a monitor's title: what it is now, on what."""
_TEST = re.compile(r"\[TEST\]", re.IGNORECASE)
_OVER = "recovered"
_MILD = ("warn", "re-warn")


def mended(raw: bytes) -> Any:
    """Return what is found in a body that is no JSON. Raises ValueError where nothing is."""
    found = dict(_FIELD.findall(raw.decode("utf-8", "replace")))
    if not found.get("key") and not found.get("title"):
        raise ValueError("no JSON, and neither a key nor a title in it")
    return found


def read(body: Any) -> list[Signal]:
    """Return the signal of a webhook. Raise Unreadable where it has neither a key nor a title."""
    told = mapping(body)
    title = line(told.get("title"), LONGEST_TITLE)
    if not title and not told.get("key"):
        raise Unreadable("'title' and 'key' are missing")
    written = _TITLE.search(title)
    parts = written.groupdict("") if written else {}
    state = (line(told.get("transition")) or parts.get("state", "")).lower()
    scope = line(told.get("scope")) or parts.get("scope", "")
    place = url(told.get("link"))
    return [
        Signal(
            key=key_of(line(told.get("key"), 2000) or "/".join(filter(None, (parts.get("name"), scope)))),
            title=title or "A monitor without a title",
            state=State.RESOLVED if state == _OVER else State.FIRING,
            severity=grade(_graded(told, parts, state)),
            text=text(told.get("body")),
            labels=_tags(told.get("tags")) | ({"scope": scope} if scope else {}),
            links=(AlertLink("Datadog", place),) if place else (),
            image=url(told.get("snapshot")),
            group=key_of(line(told.get("aggregate"), 2000)),
            test=bool(_TEST.match(title)),
        )
    ]


def _graded(told: Any, parts: dict[str, str], state: str) -> str:
    """Return a word for how grave it is: its priority, else what has become of it."""
    priority = line(told.get("priority")) or (f"P{parts['priority']}" if parts.get("priority") else "")
    known = priority if re.fullmatch(r"P[1-5]", priority, re.IGNORECASE) else ""
    return known or ("warning" if state in _MILD else line(told.get("severity")))


def _tags(raw: object) -> dict[str, str]:
    """Return tags as labels: `env:prod` is the label env."""
    told = raw if isinstance(raw, list) else line(raw, 10_000).split(",")
    split = [line(one).partition(":") for one in told]
    return {name.strip(): value.strip() or "yes" for name, _, value in split[:100] if name.strip()}
