"""Custom fields and links of an incident."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from bot.domain.actors import Actor
from bot.domain.errors import Refused
from bot.domain.facts import FieldChanged, FieldsWanted, LinkAdded, LinkRemoved
from bot.domain.incidents.fields import (
    EXTERNALLY_FACING,
    MOST_LINKS,
    ONE_OF_A_KIND,
    Field,
    FieldKind,
    FieldType,
    link,
    taking_fields,
    value,
)
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.undoing import Thing
from bot.domain.paging.practice import asked_in
from bot.operations.incidents.changed import keep, seen
from bot.operations.incidents.changes import timers_of
from bot.operations.incidents.ownership import lead_by_role
from bot.operations.rights import visible
from bot.operations.workspace.people import refuse_inactive
from storage import fields, incidents, links, timers
from storage.transaction import Tx


def set_fields(tx: Tx, incident_id: int, entered: Mapping[str, str], *, by: Actor) -> None:
    """Give fields of an incident other values, or take them away with empty ones."""
    incident = taking_fields(visible(tx, incident_id, by))
    stood = seen(tx, incident)
    before = {one.name: one.value for one in fields.of(tx, incident.id)}
    became: dict[str, str] = {}
    for name, text in entered.items():
        field = field_named(tx, name)
        now = Field(name, value(field, text), by, tx.now)
        if now.value != before.get(name, ""):
            change_field(tx, incident, field, before.get(name, ""), now)
            became[name] = now.value
    if became.keys() & {EXTERNALLY_FACING}:
        incidents.save(tx, lead_by_role(tx, incidents.get(tx, incident.id)))
    timers.keep(tx, incident.id, timers_of(tx, incidents.get(tx, incident.id)))  # fields have a say in some
    if became:
        keep(
            tx,
            Thing.FIELD,
            stood,
            by=by,
            was={name: before.get(name, "") for name in became},
            became=became,
        )


def field_named(tx: Tx, name: str) -> FieldType:
    """Return a field that there is. Raises Refused."""
    if not (field := tx.process.fields.get(name)):
        there = ", ".join(tx.process.fields) or "none"
        raise Refused(f"There is no field “{name[:80]}”. Fields: {there}.")
    return field


def field_values(tx: Tx, entered: Mapping[str, str]) -> dict[str, str]:
    """Return values as they are kept, of fields that there are; empty ones are left out. Raises Refused."""
    found = {name: value(field_named(tx, name), text) for name, text in entered.items()}
    return {name: text for name, text in found.items() if text}


def ask_for_fields(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Ask whoever leads for the required fields that are missing."""
    if incident.lead and asked_in(incident, incident.lead):
        tx.record(FieldsWanted(incident=incident.id, person=incident.lead))


def change_field(
    tx: Tx, incident: Incident, field: FieldType, before: str, now: Field, *, undone: bool = False
) -> None:
    """Write another value of a field, or none."""
    after = now.value
    if after and field.kind is FieldKind.PERSON:
        refuse_inactive(tx, after)
    if after:
        fields.put(tx, incident.id, now)
    else:
        fields.remove(tx, incident.id, field.name)
    kind, unset = field.kind.value, field.unset
    tx.record(
        FieldChanged(
            incident=incident.id,
            by=now.set_by,
            name=field.name,
            type=kind,
            before=before or unset,
            after=after or unset,
            undone=undone,
        )
    )


def fields_for(tx: Tx, incident: Incident) -> list[tuple[FieldType, str]]:
    """Return the fields that an incident can have, or has all the same, each with its value."""
    values = {one.name: one.value for one in fields.of(tx, incident.id)}
    can = (one for one in tx.process.fields.values() if one.concerns(incident) or one.name in values)
    return [(one, values.get(one.name, "")) for one in can]


def add_link(tx: Tx, incident_id: int, name: str, url: str, *, by: Actor) -> None:
    """Add a link to an incident, or name it anew. Another call takes the place of the one before."""
    incident = taking_fields(visible(tx, incident_id, by))
    added, known = link(name, url, by, tx.now), {one.url: one.name for one in links.of(tx, incident.id)}
    if known.get(url) == added.name:
        return
    replaced = [one for one, named in known.items() if added.name in ONE_OF_A_KIND and named == added.name]
    for one in replaced:
        remove_link(tx, incident.id, one, by=by)
    if url not in known and not replaced and len(known) >= MOST_LINKS:
        raise Refused(f"INC-{incident.id} has {MOST_LINKS} links already. Remove one first: `/inc link`.")
    links.put(tx, incident.id, added)
    tx.record(LinkAdded(incident=incident.id, by=by, name=added.name, url=url))


def remove_link(tx: Tx, incident_id: int, url: str, *, by: Actor) -> None:
    incident = taking_fields(visible(tx, incident_id, by))
    for one in links.of(tx, incident.id):
        if one.url == url:
            links.remove(tx, incident.id, url)
            tx.record(LinkRemoved(incident=incident.id, by=by, name=one.name, url=url))


def change_links(tx: Tx, incident_id: int, name: str, url: str, removed: Iterable[str], *, by: Actor) -> None:
    """Do what the form asks for: remove links, and add one where there is an address."""
    for one in removed:
        remove_link(tx, incident_id, one, by=by)
    if url:
        add_link(tx, incident_id, name, url, by=by)
