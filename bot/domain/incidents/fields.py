"""What people attach to an incident: custom fields and links."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.actors import Actor
from bot.domain.errors import Refused

BLOCKS_DEPLOYMENTS = "Blocks Deployments"
"""The field that says `yes` or `no` where the severity alone would say otherwise."""


@dataclass(frozen=True, slots=True)
class Field:
    """A value that an incident has under a name, once: a later one takes its place."""

    name: str
    value: str
    set_by: Actor
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """An address that belongs to an incident, once, under the name that it got last."""

    name: str
    url: str
    added_by: Actor
    at: datetime


def field(name: str, value: str, by: Actor, now: datetime) -> Field:
    """Return a field, or refuse one that could not be found again or means nothing."""
    if not name.strip():
        raise Refused("A field needs a name.")
    if name == BLOCKS_DEPLOYMENTS and value.casefold() not in {"yes", "no"}:
        raise Refused(f"{name} is `yes` or `no`.")
    return Field(name.strip(), value, by, now)


def link(name: str, url: str, by: Actor, now: datetime) -> Link:
    """Return a link, or refuse an address that a browser would not open as a page."""
    if not url.startswith(("https://", "http://")):
        raise Refused("A link begins with `https://` or `http://`.")
    return Link(name.strip() or url, url, by, now)
