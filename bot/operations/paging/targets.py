"""Whom each level of an escalation's path calls now."""

from collections.abc import Collection, Mapping, Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.weekend import zone_of
from bot.domain.oncall.schedules import WorkingHours
from bot.domain.paging.escalations import Escalation, OnCall
from bot.domain.paging.practice import parts
from bot.domain.paging.targets import Target, target
from bot.domain.process import CHANNEL, EVERYBODY, NEXT, Level
from storage import incidents, members, people, schedules
from storage.transaction import Tx


def callable_for(tx: Tx, incident_id: int | None) -> OnCall:
    """Return who would be called now for each team: nobody who was removed from this private incident.

    In practice those who take part, and nobody else.
    """
    gone = members.gone(tx, incident_id)
    if incident_id and (playing := practising(tx, incident_id)):
        there = people.callable_of(tx, [*filter(None, dict.fromkeys(playing.values()))])
        return {team: (who,) if who in there and who not in gone else () for team, who in playing.items()}
    return people.on_call(tx, gone)


def practising(tx: Tx, incident_id: int) -> Mapping[str, str]:
    """Return who is on call for each team in an incident for practice; nothing in any other."""
    incident = incidents.in_practice(tx, incident_id)
    return parts(incident, tx.process) if incident else {}


def callable_on(tx: Tx, of: Escalation) -> OnCall:
    """Return that, and whom each level of an escalation's path calls that calls others, or not always."""
    other, on_call = [one for one in of.path if not one.plain], callable_for(tx, of.incident)
    practice = incidents.in_practice(tx, of.incident) if of.incident else None
    if practice:
        return {**on_call, **{one.key: _among(tx, practice, one, on_call) for one in other}}
    return {**on_call, **{one.key: _for(tx, of, one).people for one in other}}


def _among(tx: Tx, practice: Incident, level: Level, on_call: OnCall) -> Sequence[str]:
    """Return whom a level calls in practice: a path of an older version may name others, or a channel."""
    if level.call not in {*practice.practice, practice.reporter}:
        return on_call.get(level.team, ())
    gone = members.gone(tx, practice.id)
    return [one for one in people.callable_of(tx, [level.call]) if one not in gone]


def why_passed_over(tx: Tx, of: Escalation, key: str) -> str:
    """Return why a level calls nobody now though somebody could be called, or nothing."""
    return next((_for(tx, of, one).why for one in of.path if one.key == key and not one.plain), "")


def callable_on_paths(tx: Tx) -> OnCall:
    """Return whom each team and each level of its path would call now, for an incident of any kind."""
    levels = (level for team in tx.process.teams.values() for level in tx.process.walk(team))
    other = {one.key: _target(tx, one, None, ()).people for one in levels if not one.plain}
    return {**people.on_call(tx), **other}


def surely_called(tx: Tx, level: Level) -> Sequence[str]:
    """Return whom a level calls now for an incident that it is called for: a channel may have no reader."""
    return () if level.call.startswith(CHANNEL) else _target(tx, level, None, ()).people


def _for(tx: Tx, of: Escalation, level: Level) -> Target:
    incident = incidents.get(tx, of.incident) if of.incident else None
    return _target(tx, level, incident, members.gone(tx, of.incident))


def _target(tx: Tx, level: Level, of: Incident | None, gone: Collection[str]) -> Target:
    there = [one for one in _meant(tx, level) if one not in gone]
    return target(level, of, there, lambda who: hours_of(tx, who, level.team), tx.now)


def _meant(tx: Tx, level: Level) -> Sequence[str]:
    team, now = tx.process.teams.get(level.team), people.on_call(tx).get(level.team, ())
    if not level.call:
        return now
    if level.call.startswith(CHANNEL):
        return [level.call]
    if level.names_person:
        return people.callable_of(tx, [level.call])
    if level.call == NEXT and team and team.schedule:
        return people.callable_of(tx, schedules.next_people(tx, team.schedule))
    everybody = people.everybody_on_call(tx, level.team)
    return everybody if level.call == EVERYBODY else [one for one in everybody if one not in now][:1]


def hours_of(tx: Tx, who: str, team: str) -> WorkingHours:
    """Return the working hours of a person: their own, else the schedule's, else the usual where they are."""
    known, of = people.get(tx, who), tx.process.teams.get(team)
    own = tx.process.contact(who, known.email if known else None).hours
    of_schedule = of.schedule.hours if of and of.schedule else None
    return own or of_schedule or WorkingHours(zone_of(known.tz if known else None))
