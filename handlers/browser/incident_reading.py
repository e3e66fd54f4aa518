"""What the page of an incident shows, read in one transaction for whoever may know of it."""

from datetime import MINYEAR, UTC, datetime, timedelta

from bot.domain.alerts.changes import Changed
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.times import Moment, Times
from bot.domain.paging.engagement import vacant_roles
from bot.domain.paging.pages import Page
from bot.domain.rights import Right
from bot.domain.timeline.entries import Entry, Kind
from bot.domain.timeline.pictures import Picture
from bot.domain.timeline.sought import SoughtEntries, Stretch
from bot.operations.incidents.company import company
from bot.operations.incidents.times import times_of
from bot.operations.rights import rights_of
from bot.views.browser.incident import BEFORE_HOURS, Scene
from storage import (
    actions,
    alerts,
    change_events,
    fields,
    incidents,
    links,
    notifications,
    pages,
    people,
    pictures,
    roles,
    sought_entries,
    timeline,
    updates,
)
from storage.transaction import Tx

MOST_ALERTS, MOST_CHANGES, MOST_UPDATES, MOST_CALLS = 20, 30, 20, 30
_BEGINNING = datetime(MINYEAR + 1, 1, 1, tzinfo=UTC)


def read(tx: Tx, viewer: str, number: int, sought: SoughtEntries) -> tuple[Scene, dict[str, str]]:
    """Return the scene and the names of its people. Raises NotFound, for what is hidden as for no number."""
    incident = incidents.visible(tx, number, viewer)
    held, times = roles.holders(tx, incident.id), times_of(tx, incident)
    values = {one.name: one for one in fields.of(tx, incident.id)}
    known = [one for one in tx.process.fields.values() if one.name in values]
    responders, observers = company(tx, incident)
    found_alerts = alerts.of_incident(tx, incident.id, MOST_ALERTS)
    called, earlier = _called(tx, incident)
    notes, changed = _notes(tx, incident)
    stretch = sought_entries.stretch(tx, incident.id, sought)
    kind, works = tx.process.type_of(incident.type), Right.WORK in rights_of(tx, viewer)
    scene = Scene(
        incident=incident,
        now=tx.now,
        times=times,
        holders=held,
        vacant=vacant_roles(incident, kind, tx.process, [one.role for one in held if one.engaged]),
        fields=[(one, values[one.name].value) for one in known],
        others=[one for name, one in values.items() if name not in tx.process.fields],
        links=links.of(tx, incident.id),
        responders=responders,
        observers=observers,
        pages=called,
        earlier_pages=earlier,
        methods=notifications.by_page(tx, [one.id for one in called]),
        alerts=found_alerts,
        alerts_total=alerts.count(tx, incident.id).total if found_alerts else 0,
        changes=_changes(tx, incident, times) if works else [],
        updates=updates.newest(tx, incident.id, MOST_UPDATES),
        actions=actions.of(tx, incident.id),
        sought=sought,
        stretch=stretch,
        facets=sought_entries.facets(tx, incident.id),
        changed_notes=changed,
        hidden_notes=notes,
        pictures=_pictures(tx, stretch),
        works=works,
    )
    return scene, people.names(tx, scene.people)


def _called(tx: Tx, incident: Incident) -> tuple[list[Page], int]:
    """Return the latest pages, and how many came before them."""
    found = pages.of_incident(tx, incident.id)
    return found[-MOST_CALLS:], max(0, len(found) - MOST_CALLS)


def _notes(tx: Tx, incident: Incident) -> tuple[list[Entry], frozenset[int]]:
    """Return the hidden notes, and which notes somebody changed."""
    edits = timeline.of_kinds(tx, incident.id, Kind.NOTE_CHANGED)
    if not edits:
        return [], frozenset()
    hidden = [note for note, is_hidden in timeline.notes(tx, incident.id) if is_hidden]
    return hidden, frozenset(one.data["note"] for one in edits)


def _pictures(tx: Tx, stretch: Stretch) -> list[Picture]:
    """Return the pictures of the pinned messages on a page, those of each message together."""
    pins = [one for one in stretch.entries if one.kind is Kind.PIN and one.data.get("files")]
    found = pictures.of_messages(
        tx, sorted({one.incident for one in pins}), [str(one.data.get("ts")) for one in pins]
    )
    return sorted(found, key=lambda one: (one.incident, one.ts, one.id))


def _changes(tx: Tx, incident: Incident, known: Times) -> list[Changed]:
    begin = known[Moment.IMPACT_START] or incident.happened_at
    since = max(begin, _BEGINNING) - timedelta(hours=BEFORE_HOURS)
    return change_events.between(tx, since, begin, MOST_CHANGES)
