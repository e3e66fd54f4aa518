"""What makes an incident a matter for Security or the IM, whatever its severity.

From the public GitLab handbook: an Incident Manager is engaged for a security incident, for unauthorized
access to a production system, and when an entire path of the application must be blocked ("When to Engage an
Incident Manager?"); the Security Engineer on call, if it may be related to security ("Security Incidents").
"""

import re
from collections.abc import Collection
from enum import StrEnum

from bot.domain.incidents.incident import Incident
from bot.domain.process import IM, SECURITY


class Concern(StrEnum):
    """One of the three, by the word that is typed for it."""

    SECURITY = "security"
    ACCESS = "access"
    PATH = "path"

    @property
    def said(self) -> str:
        return _SAID[self]

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that it calls for."""
        return (IM,) if self is Concern.PATH else (SECURITY, IM)


_SAID = {
    Concern.SECURITY: "It may be a security incident",
    Concern.ACCESS: "Unauthorized access to a production system",
    Concern.PATH: "A whole path or part of the application must be blocked",
}
_TYPED = re.compile(
    r"(?P<security>security|sirt|vulnerability)|(?P<access>(?:un)?auth\w*(?:\s+access)?|access)|"
    r"(?P<path>(?:whole\s+)?path|block(?:ed)?)",
    re.IGNORECASE,
)


def typed(text: str) -> tuple[Concern | None, str]:
    """Return the concern that a text begins with, and the words after it; all of them if it names none."""
    found = _TYPED.match(text)
    if not found or text[found.end() :][:1].isalnum():
        return None, text
    named = next(Concern(name) for name, word in found.groupdict().items() if word)
    return named, text[found.end() :].strip(" :,.-")


def asks(incident: Incident, there: Collection[str]) -> bool:
    """Say whether people are asked; not once everybody whom an answer could call is `there` or called."""
    return incident.status.open and not {SECURITY, IM}.issubset(there)
