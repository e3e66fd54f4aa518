"""Who is at work on what a page is about."""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.actors import Actor
from bot.domain.incidents.incident import Incident
from bot.domain.paging.engagement import Holder, answered_for_all, engaged
from bot.domain.paging.escalations import Escalation
from bot.domain.timeline.entries import Entry, Kind
from storage import members, pages, people, roles, timeline
from storage.transaction import Tx

UNABLE = timedelta(hours=12)
"""So long it counts that somebody cannot take the pages of an incident: they may be well again."""


def engaged_in(tx: Tx, incident_id: int) -> frozenset[str]:
    """Return everybody who is at work on an incident."""
    answered, gone = answered_for_all(pages.of_incident(tx, incident_id)), members.gone(tx, incident_id)
    there = (one for one in answered if one not in gone and people.present(tx, one))
    return engaged(roles.holders(tx, incident_id)).union(there)


def told_of(tx: Tx, incident: Incident, *, by: Actor) -> list[Holder]:
    """Return who is told when an incident pages: at work in a role that it calls for, and not who did it."""
    kind = tx.process.type_of(incident.type)
    called = tx.process.roles_called(kind, high=incident.severity.high)
    return [
        one
        for one in roles.holders(tx, incident.id)
        if one.engaged and one.role in called and one.person != by
    ]


def at_work(tx: Tx, of: Escalation) -> frozenset[str]:
    """Return everybody who is at work on what an escalation is about."""
    if of.incident:
        return engaged_in(tx, of.incident)
    each = any(level.needs_all for level in of.path)
    return answered_for_all(pages.of_escalation(tx, of.id)) if each else frozenset()


def unable(tx: Tx, incident_id: int) -> Mapping[str, Entry]:
    """Return who said that they cannot take a page of an incident, and has acknowledged none since."""
    said: dict[str, Entry] = {}
    for one in timeline.of_kinds(tx, incident_id, Kind.CANNOT_TAKE, Kind.ACKNOWLEDGED):
        said.pop(one.data["person"], None)
        if one.kind is Kind.CANNOT_TAKE and tx.now - one.at < UNABLE:
            said[one.data["person"]] = one
    return said
