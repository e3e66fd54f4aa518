"""Giving an incident another name."""

from dataclasses import replace

from bot.domain.actors import Actor
from bot.domain.errors import Refused, Step
from bot.domain.facts import Renamed
from bot.domain.incidents.incident import Incident, renamable
from bot.domain.incidents.undoing import Thing
from bot.domain.text import LONGEST_NAME
from bot.domain.work.held import CONFIRMED
from bot.operations.incidents.changed import keep, seen
from bot.operations.incidents.changes import save
from bot.operations.rights import visible
from bot.secret_scan import find
from storage.transaction import Tx


def rename(tx: Tx, incident_id: int, name: str, *, by: Actor, sure: str = "") -> Incident:
    """Rename an incident; card, announcement and channel follow."""
    before = visible(tx, incident_id, by)
    if not name:
        raise Refused("A name is needed: `/inc rename <name>`.", Step("Rename it", "rename", incident_id))
    renamable(before)
    if len(name) > LONGEST_NAME:
        said = f"That name has {len(name)} characters, and {LONGEST_NAME} are the most. Shorten it."
        raise Refused(said, Step("Rename it", "rename", incident_id))
    if find(name) and sure != CONFIRMED:
        said = "This looks like it holds a secret, and a name is shown everywhere. Choose one without it."
        raise Refused(said, Step("Rename it", "rename", incident_id))
    if name == before.name:
        said = "That is its name already. For another one: `/inc rename <name>`."
        raise Refused(said, Step("Rename it", "rename", incident_id))
    incident = replace(before, name=name)
    tx.record(Renamed(incident=incident_id, by=by, before=before.name, after=name))
    stood = seen(tx, before)
    save(tx, incident)
    keep(tx, Thing.NAME, stood, by=by)
    return incident
