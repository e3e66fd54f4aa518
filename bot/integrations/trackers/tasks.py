"""What an issue tracker is to follow-ups: each has an issue, which is made, kept and looked at."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from bot.domain.work.follow_ups import TrackedIssue
from bot.integrations.trackers.tracker import Made
from bot.views.follow_up_issue import Told


@dataclass(frozen=True, slots=True)
class Task:
    """What the issue of a follow-up should be like now. `owner` is their Slack user id and e-mail address."""

    told: Told
    database: str
    labels: tuple[str, ...]
    owner: tuple[str, str] = ("", "")
    confidential: bool = False

    @property
    def closed(self) -> bool:
        return not self.told.one.open

    @property
    def due(self) -> date | None:
        return self.told.one.action.due

    @property
    def dropped(self) -> bool:
        return self.told.one.action.cancelled

    def closes(self, issue: TrackedIssue, *, closed_there: bool) -> bool | None:
        """Return whether to close (True) or reopen (False) it: None leaves it as whoever was there has it."""
        return self.closed if self.closed not in {issue.closed, closed_there} else None


@dataclass(frozen=True, slots=True)
class There:
    """An issue as it is there, at the `place` where it is now. The title of a confidential one, or of one in
    a private project that is not ours, is told nowhere else.
    """

    title: str
    closed: bool
    place: TrackedIssue
    not_planned: bool = False
    confidential: bool = False


class Tasks(Protocol):
    """Calls one tracker. Raises DeliveryFailed, and Gone for an issue that is not there."""

    name: str
    project: str
    keeps_secrets: bool

    def knows(self, issue: TrackedIssue) -> bool:
        """Say whether an issue is on the server that we talk to."""
        ...

    async def make(self, task: Task) -> Made: ...

    async def seek(self, task: Task) -> Made | None:
        """Return the issue that was made by a call whose answer was lost."""
        ...

    async def relate(self, task: Task, issue: TrackedIssue) -> None:
        """Link it with the incident's issue, if it is not linked; where a link is a mention, do nothing."""
        ...

    async def keep(self, task: Task, issue: TrackedIssue) -> None:
        """Write what differs, and leave alone what people wrote or set there."""
        ...

    async def look(self, issue: TrackedIssue, *, titled: bool) -> There:
        """Return how it is there; where its title is wanted, also whether that may be told."""
        ...


def labelled(
    present: Collection[str], wanted: Collection[str], scopes: tuple[str, ...]
) -> tuple[list[str], list[str]]:
    """Return which labels to add and which to remove: of others' only those of our scopes."""
    ours = [one for one in present if one.startswith(scopes)]
    return [one for one in wanted if one not in present], [one for one in ours if one not in wanted]


SCOPES = ("severity::", "priority::")


def text_of(found: Any, name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""
