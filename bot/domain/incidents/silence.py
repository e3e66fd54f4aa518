"""Acknowledged but silent: whoever shows no activity while an incident is investigated is asked if they are
still on it, and then their role is paged again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.incidents.incident import Incident, Status
from bot.domain.paging.engagement import Holder
from bot.domain.paging.pages import Page, since_reopened
from bot.domain.process import Process, Silence

EVERY = timedelta(minutes=1)
"""How often is looked, and how often a person's activity is noted at most."""
ANSWER_WITHIN = timedelta(minutes=5)
SPOKEN = frozenset({None, "file_share", "me_message", "thread_broadcast"})
"""Subtypes of messages by which a person says something."""
APART = timedelta(minutes=15)
"""So far apart are this rule and the one about an investigation that takes too long."""


@dataclass(frozen=True, slots=True)
class Activity:
    """When somebody last did something for an incident, as far as it was noted.

    `asked_at` is when it was decided to ask them, `told_at` when the question had reached Slack. Whatever
    they do ends the question.
    """

    id: int
    incident: int
    person: str
    at: datetime
    asked_at: datetime | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """A role that somebody holds by an acknowledgement, and the team that is paged for it again."""

    role: str
    team: str


def minded(incident: Incident, rule: Silence) -> bool:
    """Say whether silence matters in an incident as it stands."""
    at_work = incident.watched and incident.status is Status.INVESTIGATING and not incident.waits_until
    return at_work and incident.severity in rule.severities


def due(activity: Activity, rule: Silence) -> datetime | None:
    """Return when somebody is asked, or paged again once they were; None while the question is on its way."""
    if not activity.asked_at:
        return activity.at + rule.after + EVERY  # what they did within a minute of that is not noted
    return activity.told_at + ANSWER_WITHIN if activity.told_at else None


@dataclass(frozen=True, slots=True)
class Case:
    """An incident with who holds its roles, its pages, and when people last did something for it."""

    incident: Incident
    holders: Collection[Holder]
    pages: Sequence[Page]
    activity: Mapping[str, Activity]


def duties(case: Case, process: Process, now: datetime) -> dict[str, tuple[Duty, ...]]:
    """Return who holds which roles by an acknowledgement.

    A role is left out that is being paged, or for which somebody else acknowledged too and is active.
    """
    pages = [page for page in since_reopened(case.pages) if not page.by_name and not page.rested]
    called = {team for one in pages if one.pending for team in (one.escalation.team, one.level_team)}
    found: dict[str, tuple[Duty, ...]] = {}
    for holder in case.holders:
        theirs = [page for page in pages if page.answered_by == holder.person]
        if not holder.engaged or holder.by_hand or not theirs:
            continue
        others = {one.answered_by for one in pages if one.role == holder.role} - {holder.person}
        seen = [one for who, one in case.activity.items() if who in others]
        if any(now - one.at < process.silence.after for one in seen):
            continue
        team = _team(holder.role, theirs, case.incident, process)
        if team and team not in called:
            found[holder.person] = (*found.get(holder.person, ()), Duty(holder.role, team))
    return found


def _team(role: str, theirs: Sequence[Page], incident: Incident, process: Process) -> str | None:
    """Return the team whose page somebody answered in a role, or else one that the incident's type pages."""
    own = (page.level_team for page in reversed(theirs) if page.role == role)
    fallback = process.team_of_role(role, process.type_of(incident.type))
    return next((one for one in own if one in process.teams), fallback.name if fallback else None)


def too_near(other: datetime | None, now: datetime) -> bool:
    """Say whether the other of the two rules has acted so shortly before that this one has to wait."""
    return other is not None and abs(now - other) < APART
