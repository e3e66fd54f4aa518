"""The times of an incident: when its impact was, and when people came, mitigated and resolved it."""

from bot.domain.errors import Refused
from bot.domain.facts import TimeChanged
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.times import Moment, Times, problems, timeable, times
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.public_status import impact_began
from bot.operations.rights import visible
from storage import timeline
from storage.transaction import Tx


def times_of(tx: Tx, incident: Incident) -> Times:
    statuses = timeline.of_kinds(tx, incident.id, Kind.STATUS)
    return times(incident, statuses, timeline.of_kinds(tx, incident.id, Kind.TIME))


def set_times(tx: Tx, incident_id: int, changed: Times, *, by: str) -> Times:
    """Set times, or have them set by themselves again with None, and return all of them."""
    incident = timeable(visible(tx, incident_id, by))
    before = times_of(tx, incident)
    for wrong in problems(before, changed, tx.now).values():
        raise Refused(wrong)
    if Moment.IMPACT_START in changed:
        impact_began(tx, incident, changed[Moment.IMPACT_START])
    for name, at in changed.items():
        if (was := before[name]) != at:
            tx.record(
                TimeChanged(
                    incident=incident.id,
                    by=by,
                    name=name.value,
                    before=was.isoformat() if was else "",
                    after=at.isoformat() if at else "",
                )
            )
    return times_of(tx, incident)
