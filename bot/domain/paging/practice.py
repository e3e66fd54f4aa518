"""Practice: an incident in which only the people who were chosen are called, whoever is on call."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.errors import NotThem, Refused, Step
from bot.domain.incidents.incident import Draft, Incident
from bot.domain.process import ALWAYS, IncidentType, Level, Process


class NobodyChosen(Refused):
    """A drill is declared, and nobody was chosen for it: whoever is on call is never called for practice."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"{kind} is for practice: say who takes part, as in `/inc test @ana @ben`. Nobody else is called."
        )


def lacks_people(draft: Draft, kind: IncidentType) -> bool:
    """Say whether a draft of a drill does not say who takes part. What pages nobody needs nobody."""
    return kind.drill and not draft.practice and not draft.near_miss and draft.over is None


def parts(incident: Incident, process: Process) -> Mapping[str, str]:
    """Return who is on call for each team in an incident for practice: nobody where nobody was chosen.

    The teams of the own team's path come first, then those that are paged beside it: so several people are
    called one after the other, each in another role. With fewer people than teams they take turns.
    """
    if not incident.drill:
        return {}
    kind = process.type_of(incident.type)
    own = [level.team for level in process.teams[kind.pages].path]
    order = dict.fromkeys([kind.pages, *own, *kind.called(high=True), *kind.verified, *process.teams])
    people = incident.practice or ("",)
    return {team: people[number % len(people)] for number, team in enumerate(order)}


def walked(path: Sequence[Level], on_call: Mapping[str, str], person: str = "") -> tuple[Level, ...]:
    """Return a path that calls only those: each level its team's, one of a `person` by name that one.

    When a level is called does not count: no working hours, and no channel in which others read.
    """
    return tuple(
        level if level.by_name else replace(level, call=on_call.get(level.team, person), only=ALWAYS)
        for level in path
    )


def asked_in(incident: Incident, person: str) -> bool:
    """Say whether somebody is reminded and asked in an incident. In practice only those are who were chosen:
    who declared it for them is told what they did, and leads until somebody acknowledges.
    """
    return not incident.drill or person in incident.practice


def taking_part(incident: Incident, person: str) -> str:
    """Return the person if they take part, or refuse: in practice nobody else is called or given work.

    Whoever declared it leads it until somebody acknowledges.
    """
    if incident.drill and person not in {*incident.practice, incident.reporter}:
        raise NotThem(
            f"INC-{incident.id} is for practice, and <@{person}> does not take part: nobody else is called "
            "or given work. `/inc test @person` in its channel adds somebody, `/inc test me` yourself.",
            Step("Take part", "test me", incident.id),
        )
    return person
