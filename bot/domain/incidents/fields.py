"""What people attach to an incident: custom fields and links."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.actors import Actor
from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import FINISHED, GONE, Incident, Status
from bot.domain.text import one_line

CONFIDENTIAL = "Keep GitLab Issue Confidential"
BLOCKS_DEPLOYMENTS = "Blocks Deployments"
"""The field that says `yes` or `no` where the severity alone would say otherwise."""
EXTERNALLY_FACING = "Externally facing"
"""With `no`, the type's own team leads at S1 and S2 too."""
CUSTOMER_IMPACT = "Customer impact"
AFFECTED_SERVICES = "Affected services"
DATA_CLASS = "Data class"
"""How the handbook's standard classes the data that an incident holds."""
DATA_CLASSES = (GREEN, YELLOW, ORANGE, RED) = ("GREEN", "YELLOW", "ORANGE", "RED")
FOR_ITS_PEOPLE = frozenset({YELLOW, ORANGE})
"""Data that an incident may hold, in private."""

LONGEST_VALUE = 500
CALL = "Call"
"""The name of the link to the incident's call."""
CUSTOMER_CALL = "Customer call"
"""The name of the link to the call with customers."""
ONE_OF_A_KIND = (CALL, CUSTOMER_CALL)
"""Links of which an incident has one: another address takes its place, that nobody joins another call."""
MOST_LINKS = 20
LONGEST_LINK_NAME = 75
LONGEST_URL = 1000
_LIKE_AN_ADDRESS = re.compile(r"://|@|\w[.。．｡]\w")
EMPTY = "-"
"""What is typed to empty a field."""
_EMPTIES = frozenset({"none", "clear", "empty", "nothing", "unset"})
"""What people type for it, where the field cannot hold the word itself."""
YES, NO = "yes", "no"
_YES_OR_NO = {"y": YES, "true": YES, "on": YES, "n": NO, "false": NO, "off": NO}
_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,6}|,(?!\d{3}$)\d{1,6})?")
"""A comma before three digits may part thousands: nobody knows which number is meant."""
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")
_LINK = re.compile(r"https?://[^\s<>|]+", re.IGNORECASE)
_WITH_PASSWORD = re.compile(r"https?://[^/?#]*@", re.IGNORECASE)
_NO_LETTER = re.compile(r"[\W_]+")


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "several choices"
    YES_NO = "yes or no"
    PERSON = "person"
    LINK = "link"
    DATE = "date"


class Required(StrEnum):
    """From when on a field has to have a value: people are asked for it, and nothing waits for it."""

    DECLARE = "declare"
    RESOLVE = "resolve"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class FieldType:
    """A custom field that incidents of these types and severities can have; without any, all of them.

    `unset` is what it is called when it has no value.
    """

    name: str
    kind: FieldKind = FieldKind.TEXT
    choices: tuple[str, ...] = ()
    required: Required = Required.NEVER
    types: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    unset: str = ""

    def of_type(self, kind: str) -> bool:
        return not self.types or kind in self.types

    def concerns(self, incident: Incident) -> bool:
        return self.of_type(incident.type) and (
            not self.severities or incident.severity.value in self.severities
        )


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


def letters(text: str) -> str:
    """Return what tells names and choices apart as people type them: "blocks-deployments" is one of ours."""
    return _NO_LETTER.sub("", text.casefold())


def value(field: FieldType, entered: str) -> str:
    """Return a value as it is kept, an empty one for none. Refuses what the field cannot hold."""
    text = one_line(entered)
    if text in {"", EMPTY} or (field.unset and letters(text) == letters(field.unset)):
        return ""
    if (found := _READ[field.kind](field, text)) is None:
        if letters(text) in _EMPTIES:
            return ""
        raise Refused(f"“{field.name}” is {expected(field)}. `{EMPTY}` empties it.")
    if len(found) > LONGEST_VALUE:
        raise Refused(f"“{field.name}” has at most {LONGEST_VALUE} characters.")
    if field.name == DATA_CLASS and found == RED:
        raise Refused(
            "RED data never belongs in an incident, not in a private one either. Take it out, describe it "
            "without the data, and get help from the Infrastructure Liaison: `/inc escalate liaison`.",
            Step("Page the liaison", "escalate liaison"),
        )
    return found


def _choice(field: FieldType, text: str) -> str | None:
    return next((one for one in field.choices if letters(one) == letters(text)), None)


def _choices(field: FieldType, text: str) -> str | None:
    chosen = [_choice(field, one) for one in text.split(",") if one.strip()]
    found = [one for one in chosen if one]
    return ", ".join(dict.fromkeys(found)) if found and len(found) == len(chosen) else None


def _yes_or_no(_: FieldType, text: str) -> str | None:
    word = _YES_OR_NO.get(text.casefold(), text.casefold())
    return word if word in {YES, NO} else None


def _day(_: FieldType, text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


_READ: Mapping[FieldKind, Callable[[FieldType, str], str | None]] = {
    FieldKind.TEXT: lambda _, text: text,
    FieldKind.NUMBER: lambda _, text: text.replace(",", ".") if _NUMBER.fullmatch(text) else None,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.YES_NO: _yes_or_no,
    FieldKind.PERSON: lambda _, text: text if _PERSON.fullmatch(text) else None,
    FieldKind.LINK: lambda _, text: text if _LINK.fullmatch(text) else None,
    FieldKind.DATE: _day,
}
"""What a text means for a field of each kind; None for what it cannot hold."""


def expected(field: FieldType) -> str:
    """Say what a field holds."""
    unset = [field.unset] if field.unset else []
    among = ", ".join([*unset, *field.choices])
    said = {
        FieldKind.TEXT: "a text on one line",
        FieldKind.NUMBER: "a number, such as 12 or 0.5",
        FieldKind.CHOICE: f"one of: {among}",
        FieldKind.CHOICES: f"some of these, with commas between them: {among}",
        FieldKind.YES_NO: ", ".join([*unset, YES]) + f" or {NO}",
        FieldKind.PERSON: "a person, mentioned",
        FieldKind.LINK: "an address that begins with https:// or http://",
        FieldKind.DATE: "a day, such as 2026-12-31",
    }
    return said[field.kind]


def missing(
    known: Mapping[str, FieldType], filled: Collection[str], incident: Incident
) -> tuple[FieldType, ...]:
    """Return the required fields that an incident in this state still lacks."""
    ended = incident.status in FINISHED - {Status.CLOSED}
    wanted = {Required.DECLARE} if incident.watched or ended else set()
    wanted |= {Required.RESOLVE} if ended else set()
    needed = (one for one in known.values() if one.required in wanted and one.concerns(incident))
    return tuple(one for one in needed if one.name not in filled)


def taking_fields(incident: Incident) -> Incident:
    """Return the incident if its fields and links can change; refuse, also before they are filled in."""
    if incident.status in GONE:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: its fields and links stay as they are.",
            Step("How it stands", "", incident.id),
        )
    return incident


def is_link(url: str) -> bool:
    """Say whether a browser would open this address as a page."""
    return bool(_LINK.fullmatch(url)) and len(url) <= LONGEST_URL


def named(name: str) -> str:
    """Return the name of a link as it is kept: a call has its own name however it is typed."""
    name = one_line(name)
    return next((one for one in ONE_OF_A_KIND if letters(one) == letters(name)), name)


def link(name: str, url: str, by: Actor, now: datetime) -> Link:
    """Return a link, or refuse an address that a browser would not open as a page."""
    if not is_link(url):
        raise Refused(f"A link begins with `https://` or `http://` and has at most {LONGEST_URL} characters.")
    if _WITH_PASSWORD.match(url):
        raise Refused("Everybody here reads a link: write its address without the user and password in it.")
    name = named(name)
    if len(name) > LONGEST_LINK_NAME and name != url:
        raise Refused(f"The name of a link has at most {LONGEST_LINK_NAME} characters. Write a shorter one.")
    if _LIKE_AN_ADDRESS.search(name) and name != url:
        raise Refused("The name of a link is no address: whoever presses it must not be led elsewhere.")
    return Link(name[:LONGEST_LINK_NAME] or url, url, by, now)
