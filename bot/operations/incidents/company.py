"""Who is with an incident: who acts or acted, who only looks on, and who held what when."""

from bot.domain.incidents.history import TELLS, Held, holdings
from bot.domain.incidents.incident import Incident
from storage import members, roles, timeline
from storage.transaction import Tx


def company(tx: Tx, incident: Incident) -> tuple[list[str], list[str]]:
    """Return the responders, who lead, hold a role or did something, and the observers in the channel."""
    held = roles.of(tx, incident.id).values()
    acted = dict.fromkeys(one for one in (incident.lead, *held, *timeline.authors(tx, incident.id)) if one)
    gone = members.gone(tx, incident.id)
    observers = [one for one in members.of(tx, incident.id) if one not in acted]
    return [one for one in acted if one not in gone], observers


def history(tx: Tx, incident: Incident) -> list[Held]:
    """Return who held what when in an incident."""
    return holdings(timeline.of_kinds(tx, incident.id, *TELLS))
