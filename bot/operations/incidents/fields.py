"""Custom fields and links of an incident."""

from bot.domain.actors import Actor
from bot.domain.facts import FieldChanged
from bot.domain.incidents.fields import field, link
from bot.operations.rights import visible
from storage import fields, links
from storage.transaction import Tx


def set_field(tx: Tx, incident_id: int, name: str, value: str, *, by: Actor) -> None:
    """Give an incident's field a value, or take it away with an empty one."""
    incident = visible(tx, incident_id, by)
    if value:
        fields.put(tx, incident.id, field(name, value, by, tx.now))
    else:
        fields.remove(tx, incident.id, name)
    tx.record(FieldChanged(incident=incident.id, by=by))


def add_link(tx: Tx, incident_id: int, name: str, url: str, *, by: Actor) -> None:
    """Add a link to an incident, or name it anew."""
    links.put(tx, visible(tx, incident_id, by).id, link(name, url, by, tx.now))


def remove_link(tx: Tx, incident_id: int, url: str, *, by: Actor) -> None:
    links.remove(tx, visible(tx, incident_id, by).id, url)
