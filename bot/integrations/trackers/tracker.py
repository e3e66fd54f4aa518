"""What an issue tracker is to Muster: one project in which each incident has an issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.issues import Issue, issue_labels
from bot.jobs import DeliveryFailed
from bot.views.issue import Shown


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the issue of an incident should say now. One that is `hidden` says no more than its number.

    `lead` is the lead's Slack user id and e-mail address, empty for nobody; `database` tells this
    installation's issues from others'.
    """

    shown: Shown
    database: str
    lead: tuple[str, str] = ("", "")
    confidential: bool = False
    hidden: bool = False

    @property
    def incident(self) -> Incident:
        return self.shown.incident

    @property
    def labels(self) -> tuple[str, ...]:
        return issue_labels(self.incident)

    def closes(self, issue: Issue, *, closed_there: bool) -> bool | None:
        """Return whether to close (True) or reopen (False) it: None leaves it as whoever was there has it."""
        closed = not self.incident.status.open
        return closed if closed not in {issue.closed, closed_there} else None


@dataclass(frozen=True, slots=True)
class Made:
    """An issue that was made: the number that people see, and its address."""

    number: int
    url: str


class Tracker(Protocol):
    """Calls one tracker. Raises DeliveryFailed, and Gone for an issue that is not there.

    One that `keeps_secrets` has confidential issues.
    """

    name: str
    project: str
    keeps_secrets: bool

    async def create(self, wanted: Wanted) -> Made: ...

    async def find(self, wanted: Wanted) -> Made | None:
        """Return the issue that was made by a call whose answer was lost."""
        ...

    async def follow(self, wanted: Wanted, issue: Issue) -> None:
        """Write what differs, and leave alone what people wrote or set there."""
        ...

    async def try_out(self) -> None:
        """Ask for something that changes nothing: raises DeliveryFailed if the token does not read there."""
        ...


def listed(found: Any, name: str) -> Sequence[dict[str, Any]]:
    """Return the objects of a list that was asked for. Raises DeliveryFailed for anything else: a page of a
    proxy does not say that there is nothing.
    """
    if not isinstance(found, list):
        raise DeliveryFailed(f"{name} answered what is no list")
    return dicts(found)


def dicts(found: Any) -> Sequence[dict[str, Any]]:
    """Return the objects of a list, whatever was answered."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
