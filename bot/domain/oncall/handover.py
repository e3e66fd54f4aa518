"""A change of shift: who was on call and who is now, the note for them, and what they are to take over.

From the public GitLab handbook, "Incident Manager Responsibilities": who runs an incident that goes on beyond
their shift is responsible for handing it over to whoever comes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident
from bot.domain.oncall.schedules import Turn
from bot.domain.paging.pages import Page

ASK_AGAIN = timedelta(minutes=15)
"""How long an incident waits to be taken over, before it is asked again and before the managers are told."""
NOTE_AFTER = timedelta(hours=1)
"""How long after their shift somebody can still write the note."""
NOTE_HOLDS = 3000


@dataclass(frozen=True, slots=True)
class Duty:
    """These people are on call for a schedule from `begun_at` on, and leave a note to the next ones."""

    id: int
    schedule: str
    people: Turn
    begun_at: datetime
    note: str = ""
    noted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """Whoever begins the `duty` is asked to take over an incident in which `outgoing` holds the role."""

    id: int
    duty: int
    incident: int
    role: str
    outgoing: str
    taken_by: str | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """The change from one duty to the next one of its schedule."""

    before: Duty
    now: Duty

    @property
    def outgoing(self) -> Turn:
        return tuple(one for one in self.before.people if one not in self.now.people)

    @property
    def incoming(self) -> Turn:
        """Return who came; where nobody did, those who stay take over what the others had."""
        came = tuple(one for one in self.now.people if one not in self.before.people)
        return came or self.now.people


def changes(latest: Duty | None, people: Turn) -> bool:
    """Say whether others are on call now. Through a gap those before it stay on duty, as nobody came."""
    return bool(people) and (latest is None or set(latest.people) != set(people))


def crosses(brief: Brief, incident: Incident, held: Mapping[str, str], waiting: Sequence[Page]) -> bool:
    """Say whether it waits to be taken over: whoever had the role before has it, or is paged in it."""
    if brief.taken_by or not incident.status.open:
        return False
    paged = any(page.role == brief.role and page.responder == brief.outgoing for page in waiting)
    return paged or held.get(brief.role) == brief.outgoing


def taking(
    brief: Brief, incident: Incident, handover: Handover, by: str, on_call: Collection[str], *, crossing: bool
) -> None:
    """Refuse to let somebody take over who does not come on duty, or what waits for nobody any more."""
    if brief.taken_by:
        who = "You have" if brief.taken_by == by else f"<@{brief.taken_by}> has"
        raise Refused(f"{who} taken over INC-{brief.incident} already. You need not do anything.")
    if by not in {*handover.incoming, *on_call}:
        asked = " or ".join(f"<@{one}>" for one in handover.incoming)
        raise Refused(
            f"INC-{brief.incident} waits for {asked}, who came on call for {handover.now.schedule}. "
            f"To take the role all the same: `/inc role {brief.role} me` in its channel."
        )
    if not incident.status.open:
        raise Refused(f"INC-{incident.id} is {incident.status}: there is nothing to take over any more.")
    if not crossing:
        raise Refused(
            f"<@{brief.outgoing}> is not {brief.role} of INC-{brief.incident} any more: there is nothing to "
            f"take over. `/inc INC-{brief.incident}` shows how it stands."
        )


def may_note(duty: Duty, following: Duty | None, by: str, now: datetime) -> bool:
    """Say whether somebody can write the note of a duty: it is theirs, and lasts or has just ended."""
    return by in duty.people and (following is None or now < following.begun_at + NOTE_AFTER)


def noted(duty: Duty, text: str, by: str, *, after: bool) -> Duty:
    """Return the duty with its note, or with one more line `after` what it says."""
    note = "\n".join(filter(None, (duty.note, text))) if after else text
    if len(note) > NOTE_HOLDS:
        raise Refused(f"A note has room for {NOTE_HOLDS} characters. `/inc handover` opens it to shorten it.")
    return replace(duty, note=note, noted_by=by if note else None)
