"""What is asked of the API, and by whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.actors import Actor
from bot.domain.errors import NotFound, Refused
from bot.domain.incidents.incident import Incident
from bot.domain.tokens import PRIVATE, Token
from bot.operations.rights import visible
from storage import people
from storage.transaction import Tx


class NeedsPerson(Refused):
    """Only a person can do it, and the token acts for nobody."""

    def __init__(self) -> None:
        super().__init__(
            "Only a person can do that. Use a token that acts for one: muster token add --person"
        )


class NeedsScope(Refused):
    def __init__(self, scope: str) -> None:
        super().__init__(f"This token needs the scope {scope}.")
        self.scope = scope


class NeedsField(Refused):
    """What was sent lacks a field that it needs beside the others."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: This is needed. {why}")


class WrongField(Refused):
    """What was sent has a field that cannot be meant as things stand now."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: expected {expected}.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was understood. `query` and `body` are of the endpoint's models."""

    token: Token
    path: Mapping[str, str]
    query: Any = None
    body: Any = None
    key: str = ""
    page_of: Callable[[int], str | None] = lambda _: None

    @property
    def by(self) -> Actor:
        return self.token.actor

    @property
    def viewer(self) -> str:
        return str(self.token.actor)

    @property
    def person(self) -> str:
        if not self.token.person:
            raise NeedsPerson
        return self.token.person

    @property
    def private(self) -> bool:
        """Say whether it may know of private incidents, as far as whoever it acts for does."""
        return PRIVATE in self.token.scopes

    @property
    def number(self) -> int:
        return number(self.path["incident"])


def number(text: str) -> int:
    """Return the number of an incident, as `7` or `INC-7`."""
    digits = text[4:] if text[:4].upper() == "INC-" else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise NotFound("incident", text[:40])
    return int(digits)


def known(tx: Tx, asked: Asked) -> Incident:
    """Return the incident that the path names, if this token may know of it; else there is none."""
    return known_by(tx, asked, asked.number)


def known_by(tx: Tx, asked: Asked, incident_id: int) -> Incident:
    found = visible(tx, incident_id, asked.by)
    if found.private and not asked.private:
        raise NotFound("incident", f"INC-{incident_id}")
    return found


def person(tx: Tx, who: str) -> str:
    """Return the Slack user id of a person who is named by it or by an e-mail address."""
    found = people.named(tx, who)
    if not found:
        raise NotFound("person", who[:80])
    return found.id
