"""What people write during an incident: updates and actions."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.actors import Actor, Machine, parsed
from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import GONE, OVER, REOPENABLE, Incident, Severity, Status, went_on


@dataclass(frozen=True, slots=True)
class Update:
    """What the impact is and what is being done, with the state it left the incident in."""

    id: int
    incident: int
    text: str
    status: Status
    severity: Severity
    by: Actor
    at: datetime
    next_at: datetime | None


class ActionKind(StrEnum):
    """Work during the incident, or after it."""

    ACTION = "During the incident"
    FOLLOW_UP = "Follow-up"


@dataclass(frozen=True, slots=True)
class Action:
    """A piece of work. `done_at` is None while it is open; `ts` is its message in the channel.

    Of a `private` one only its assignee, whoever wrote it and the incident's lead know. A `cancelled` one was
    ended, and not done.
    """

    id: int
    incident: int
    title: str
    details: str
    kind: ActionKind
    assignee: str | None
    due: date | None
    by: Actor
    at: datetime
    done_by: str | None = None
    done_at: datetime | None = None
    ts: str | None = None
    private: bool = False
    cancelled: bool = False

    @property
    def said(self) -> str:
        """Return what everybody in the incident may read of it."""
        return "a private follow-up" if self.private else self.title


def taken(action: Action, by: str) -> Action:
    if action.done_at:
        raise Refused(f"That is done already, by {_whom(action.done_by)}.")
    if action.assignee == by:
        raise Refused("It is yours already.")
    return replace(action, assignee=by)


def returned(action: Action, by: str) -> Action:
    """Return the action free for anybody again: its assignee cannot do it."""
    if action.done_at:
        raise Refused(f"That is done already, by {_whom(action.done_by)}.")
    if action.assignee != by:
        raise Refused("It is not yours any more.")
    return replace(action, assignee=None)


def done(action: Action, by: Actor, now: datetime) -> Action:
    if action.done_at:
        raise Refused(f"That is done already, by {_whom(action.done_by)}.")
    return replace(action, done_by=str(by), done_at=now)


def _whom(done_by: str | None) -> str:
    found = parsed(done_by or "")
    return found.spoken if isinstance(found, Machine) else f"<@{found}>"


def taking_actions(incident: Incident) -> Incident:
    """Return the incident if it takes actions; refuse, also before somebody writes one in vain."""
    if incident.status in GONE:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: it takes no more actions. "
            f"{went_on(incident) or '`/inc list` shows the open incidents.'}",
            Step("Open incidents", "list"),
        )
    return incident


def taking_updates(incident: Incident) -> Incident:
    """Return the incident if it takes updates; refuse, also before somebody writes one in vain."""
    if incident.status is Status.TRIAGE:
        raise Refused(
            f"INC-{incident.id} is in Triage: nobody waits for updates yet. "
            "If it is an incident, `/inc accept` starts it; if not, `/inc decline`.",
            Step("Accept", f"accept {incident.id}", incident.id),
            Step("Decline", f"decline {incident.id}", incident.id),
        )
    if incident.status in OVER & REOPENABLE:
        raise Refused(
            f"INC-{incident.id} is {incident.status} and takes no updates. "
            "To work on it again: `/inc reopen <reason>`.",
            Step("Reopen", "reopen", incident.id),
        )
    if incident.status in OVER:
        raise Refused(
            f"INC-{incident.id} is {incident.status} and takes no updates. "
            f"{went_on(incident) or '`/inc list` shows the open ones.'}",
            Step("Open incidents", "list"),
        )
    return incident
