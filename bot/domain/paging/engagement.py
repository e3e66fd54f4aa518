"""Who is at work on an incident: they are told of what comes to them, and not called again.

Somebody is engaged who holds a role of the incident, by an acknowledgement or by hand, since it last became
active, or acknowledged since then where each who was called had to. A person who left, or who may not see the
incident any more, is not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.actors import Actor
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.ownership import leading
from bot.domain.paging.escalations import Escalation, EscalationState, OnCall, Reason
from bot.domain.paging.pages import Page, PageState, since_reopened
from bot.domain.process import REPORTER, IncidentType, Level, Process

RECENT = timedelta(minutes=30)
"""So long an acknowledgement stands when the incident becomes grave: later its people are paged anew."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a role since when: None if that was before the incident was reopened.

    `by_hand` says that a person gave it to them, `present` that they are still with us and see the incident.
    """

    role: str
    person: str
    since: datetime | None
    by_hand: bool
    present: bool = True

    @property
    def engaged(self) -> bool:
        return self.present and self.since is not None


@dataclass(frozen=True, slots=True)
class Staff:
    """The organisation's process, and who is on call for each team now."""

    process: Process
    on_call: OnCall


def engaged(holders: Collection[Holder]) -> frozenset[str]:
    """Return everybody who is at work on the incident by a role."""
    return frozenset(one.person for one in holders if one.engaged)


def answered_for_all(known: Sequence[Page]) -> frozenset[str]:
    """Return who acknowledged where each who was called has to: they are at work, with a role or without."""
    return frozenset(
        page.answered_by for page in since_reopened(known) if page.needs_all and page.answered_by
    )


def stays_engaged(
    holder: Holder | None, *, on_call: Collection[str], raised_by: Actor, gives_lead: bool, now: datetime
) -> bool:
    """Say whether a role's holder is told, and not paged, when the incident becomes grave.

    Whoever answered while their role did not lead is paged anew when this acknowledgement `gives_lead`.
    """
    if holder is None or not holder.engaged or holder.since is None:
        return False
    if not holder.by_hand and holder.person not in on_call:
        return False
    if holder.person == raised_by:
        return True
    if gives_lead and not holder.by_hand:
        return False
    return now - holder.since <= RECENT


def ready(on_call: OnCall, holders: Collection[Holder], path: Sequence[Level], process: Process) -> OnCall:
    """Return who is there at each level: on call for its team, or engaged in what its team alone is for.

    Several teams may share a role: its holder answers then only for themselves. Where all have to answer,
    nobody answers for the others.
    """
    each = {level.team for level in path if level.needs_all}
    held = _by_team([one for one in holders if one.engaged], process)
    of_others = {
        level.key: held[level.team]
        for level in path
        if level.team in held and not level.plain and not level.needs_all and on_call.get(level.key)
    }
    return {
        **on_call,
        **{team: them for team, them in held.items() if team not in each or not on_call.get(team)},
        **of_others,
    }


def held_by_hand(holders: Collection[Holder], process: Process) -> OnCall:
    """Return who is called for each team when the problem is back, instead of who is on call: a person chose
    them before the incident ended.
    """
    return _by_team([one for one in holders if one.by_hand and one.present], process)


def _by_team(holders: Collection[Holder], process: Process) -> dict[str, tuple[str, ...]]:
    roles = [team.role for team in process.teams.values()]
    held = {one.role: one.person for one in holders if roles.count(one.role) == 1}
    return {name: (held[team.role],) for name, team in process.teams.items() if team.role in held}


def roles_of_answer(
    page: Page, known: Sequence[Page], by: str, held: Mapping[str, str], staff: Staff
) -> tuple[str, ...]:
    """Return the roles in which somebody answers a page.

    Whoever the path called, or would call, answers for their own level; who holds a role already keeps to it;
    anybody else answers instead of the person called.
    """
    called = [one.role for one in known if one.escalation.id == page.escalation.id and one.responder == by]
    ready = [level.role for level in page.escalation.path if by in staff.on_call.get(level.team, ())]
    holding = [role for role, person in held.items() if person == by]
    return tuple(dict.fromkeys(called or ready[:1] or holding[:1])) or (page.role,)


def answered_with(pages: Sequence[Page], by: str, roles: Collection[str], process: Process) -> list[Page]:
    """Return the waiting pages that an acknowledgement answers.

    They call this person, have moved on past them, or call the one team whose role the person now holds.
    """
    passed = {
        page.escalation.id for page in pages if page.responder == by and page.state is PageState.ESCALATED
    }
    names = [team.role for team in process.teams.values()]
    sole = {role for role in roles if names.count(role) == 1}
    walks: dict[int, list[Page]] = {}
    for page in pages:
        if page.pending:
            walks.setdefault(page.escalation.id, []).append(page)
    return [page for walk in walks.values() for page in _answered_of(walk, by, passed, sole)]


def _answered_of(walk: list[Page], by: str, passed: Collection[int], sole: Collection[str]) -> list[Page]:
    """Return what an acknowledgement answers of the pages with which one path calls people at once."""
    first, all_of_it = walk[0], walk[0].escalation.needs_all
    own = [page for page in walk if page.responder == by]
    if own or not (first.escalation.id in passed or (first.role in sole and not all_of_it)):
        return own
    return walk if all_of_it else [first]


def late_answer(
    incident: Incident, pages: Sequence[Page], by: str, held: Mapping[str, str], staff: Staff
) -> Page | None:
    """Return the page that somebody answers late: a stand-in holds it, and the role itself is nobody's.

    It called them and moved on, or it called a team for which they are on call now.
    """
    if not incident.status.open:
        return None
    for page in pages:
        theirs = page.responder == by or by in staff.on_call.get(page.level_team, ())
        over = page.state in {PageState.ESCALATED, PageState.ACKNOWLEDGED} and page.answered_by != by
        wanted = page.escalation.team == page.level_team
        if theirs and over and wanted and page.role not in held:
            return page
    return None


def missing_roles(
    incident: Incident, pages: Sequence[Page], process: Process, held: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """Return role and team of each path that a stand-in answered, where nobody holds the role itself."""
    if not incident.watched:
        return ()
    waiting = {team for page in pages if page.pending for team in (page.escalation.team, page.level_team)}
    paths = [page.escalation for page in pages if not _called_off(page.escalation)]
    wanted = {one.team: one.role for one in paths if one.team in process.teams}  # the others cannot be paged
    return tuple((role, team) for team, role in wanted.items() if team not in waiting and role not in held)


def _called_off(path: Escalation) -> bool:
    """Say whether a change began a path that was called off: the change was undone."""
    began = {Reason.SEVERITY, Reason.PUBLIC_STATUS, Reason.CUSTOMERS}
    return path.reason in began and path.state is EscalationState.CANCELLED


def vacant_roles(
    incident: Incident, kind: IncidentType, process: Process, held: Collection[str]
) -> tuple[str, ...]:
    """Return the roles that an incident of this type calls for, and that nobody has."""
    if not incident.watched:
        return ()
    wanted = process.roles_called(kind, high=incident.severity.high)
    return tuple(role for role in wanted if role not in held)


def successor(
    incident: Incident, holders: Collection[Holder], process: Process, *, reporter_present: bool
) -> str | None:
    """Return who leads when the lead is gone: who would by their role, else the reporter, else nobody yet."""
    kind, high = process.type_of(incident.type), incident.led_high
    known = incident.reporter if isinstance(incident.reporter, str) and reporter_present else None
    reporter = known if known != incident.lead else None
    if reporter and kind.leads == REPORTER:
        return reporter
    paged = process.roles_called(kind, high=True)
    there = {one.role: one.person for one in holders if one.engaged and one.person != incident.lead}
    return next(
        (there[role] for role in (*leading(kind, process, high=high), *paged, *there) if role in there),
        reporter,
    )
