"""What the review of an incident is written from, read in one transaction for whoever may know of it."""

from datetime import MINYEAR, UTC, datetime

from bot.domain.actors import Actor
from bot.domain.alerts.changes import LATELY
from bot.domain.reviews.document import MOST_ENTRIES, ReviewFacts, leads_anew
from bot.domain.reviews.looking import Look, looks, span_of
from bot.domain.reviews.versions import Version
from bot.domain.rights import Right
from bot.domain.timeline.entries import Entry, Kind
from bot.operations.incidents.company import company
from bot.operations.incidents.times import times_of
from bot.operations.rights import rights_of
from storage import (
    actions,
    alerts,
    change_events,
    fields,
    follow_ups,
    incidents,
    links,
    pages,
    roles,
    timeline,
    updates,
)
from storage.follow_ups import Sought
from storage.transaction import Tx

MOST, MOST_CHANGES = 500, 30
_BEGINNING = datetime(MINYEAR + 1, 1, 1, tzinfo=UTC)
"""So many pages, updates, alerts and changes of lead are told at most."""


def facts_of(tx: Tx, incident_id: int, by: Actor) -> ReviewFacts:
    """Return the facts. Raises NotFound, for what is hidden as for no number."""
    incident = incidents.visible(tx, incident_id, by)
    values = {one.name: one.value for one in fields.of(tx, incident.id)}
    known = [kind for kind in tx.process.fields.values() if values.get(kind.name)]
    mine = follow_ups.visible(tx, by, Sought(incident=incident.id, only_open=False))
    kept = [one for one in mine if not one.action.private]
    each = {one.action.id for one in kept}
    others = [one for one in actions.of(tx, incident.id) if not one.private and one.id not in each]
    left_out = max(0, timeline.count(tx, incident.id, highlights=True) - MOST_ENTRIES)
    return ReviewFacts(
        incident=incident,
        times=times_of(tx, incident),
        entries=_told(tx, incident.id, whole=not left_out),
        left_out=left_out,
        holders=roles.holders(tx, incident.id),
        responders=sorted(company(tx, incident)[0]),
        pages=pages.of_incident(tx, incident.id)[:MOST],
        updates=updates.newest(tx, incident.id, MOST)[::-1],
        alerts=sorted(alerts.of_incident(tx, incident.id, MOST), key=lambda one: (one.first_at, one.id)),
        follow_ups=sorted(kept, key=lambda one: one.action.id),
        actions=sorted(others, key=lambda one: one.id),
        fields=[(kind, values[kind.name]) for kind in known],
        others=[one for one in fields.of(tx, incident.id) if one.name not in tx.process.fields],
        links=links.of(tx, incident.id),
    )


def _told(tx: Tx, incident_id: int, *, whole: bool) -> list[Entry]:
    """Return the highlights, with who led anew as long as they go."""
    highlights = timeline.of(tx, incident_id, True, 0, MOST_ENTRIES)
    led = [one for one in timeline.of_kinds(tx, incident_id, Kind.LEAD) if leads_anew(one)]
    if not whole:
        led = [one for one in led if one.at <= highlights[-1].at]
    return sorted([*highlights, *led[:MOST]], key=lambda one: (one.at, one.id))


def looks_of(tx: Tx, facts: ReviewFacts, latest: Version | None, *, by: Actor) -> list[Look]:
    """Return what to look at, as far as `by` may know of it: guests know of no changes."""
    incident = facts.incident
    wanted = tx.process.roles_called(tx.process.type_of(incident.type), high=incident.highest.high)
    held = {one.role for one in facts.holders}
    begin, _ = span_of(facts)
    since = max(begin, _BEGINNING) - LATELY
    knows = Right.WORK in rights_of(tx, str(by))
    changes = change_events.between(tx, since, begin, MOST_CHANGES) if knows else []
    return looks(facts, [role for role in wanted if role not in held], changes, latest)
