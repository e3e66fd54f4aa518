"""What follows every change of an incident: the card and the announcements are redrawn."""

from dataclasses import replace

from bot.domain.incidents import Incident, Status
from bot.domain.pages import PageState
from bot.domain.timers import State, TimerKind, Wanted, wanted
from storage import incidents, outbox, pages, timers
from storage.transaction import Tx


def save(tx: Tx, incident: Incident) -> None:
    """Write the incident with its timers, and have every message that shows it redrawn."""
    before, keeping = incidents.get(tx, incident.id), timers_of(tx, incident)
    incidents.save(tx, incident)
    timers.keep(tx, incident.id, keeping)
    changed(tx, incident)
    if before.status is not incident.status or timers_of(tx, before) != keeping:
        tx.emit("messages.stale", incident=incident.id)
    if _heading(before) != _heading(incident):
        _retitle(tx, before, incident)
        tx.emit("greeting.stale", incident=incident.id)
        _redraw_pages(tx, incident.id)
    if before.status.open and not incident.status.open:
        _end_promises(tx, incident.id)


def timers_of(tx: Tx, incident: Incident) -> dict[TimerKind, Wanted]:
    """Return the timers that an incident in this state should have."""
    return wanted(State(incident, tx.process, tx.now))


def _retitle(tx: Tx, before: Incident, now: Incident) -> None:
    """Have the topic follow, but not each lead while pages wait: whoever answers next may lead instead."""
    if _heading(replace(before, lead=now.lead)) != _heading(now) or not pages.pending_of(tx, now.id):
        tx.emit("topic.stale", incident=now.id)


def changed(tx: Tx, incident: Incident) -> None:
    """Have every message that shows the incident redrawn."""
    tx.emit("incident.changed", incident=incident.id)
    for place in announced_in(tx, incident):
        tx.emit("announcement.stale", incident=incident.id, place=place)
    if triage := triaged_in(tx, incident):
        tx.emit("triage.stale", incident=incident.id, place=triage)


def show_calls(tx: Tx, incident_id: int) -> None:
    """Have the card and the reporter's message say who is being paged now."""
    tx.emit("incident.changed", incident=incident_id)
    tx.emit("greeting.stale", incident=incident_id)


def announce(tx: Tx, incident: Incident) -> None:
    """Announce the incident where its type says: in the triage channel until it is accepted."""
    if incident.status is Status.TRIAGE:
        if triage := triaged_in(tx, incident):
            tx.emit("triage.due", incident=incident.id, place=triage)
        return
    for place in announced_in(tx, incident):
        tx.emit("announcement.due", incident=incident.id, place=place)


def _redraw_pages(tx: Tx, incident_id: int) -> None:
    """Have the pages that wait for an answer say what it is about now, also one that is on its way.

    One that was raised just now will anyway.
    """
    for page in pages.pending_of(tx, incident_id):
        if page.dm_ts or outbox.open_in(tx, f"page:{page.id}", "page.raised"):
            tx.emit("page.changed", page=page.id)


def _end_promises(tx: Tx, incident_id: int) -> None:
    """Redraw the pages that moved on from somebody: they say that they can still be answered."""
    for page in pages.of_incident(tx, incident_id):
        if page.state is PageState.ESCALATED and page.dm_ts:
            tx.emit("page.changed", page=page.id)


def _heading(incident: Incident) -> tuple[object, ...]:
    """Return what the topic shows. Slack writes a line in the channel each time it is set."""
    return incident.severity, incident.status, incident.lead, incident.name


def announced_in(tx: Tx, incident: Incident) -> tuple[str, ...]:
    """Return the announcement channels of an incident. A private one is announced nowhere."""
    kind = tx.process.types.get(incident.type)
    return () if incident.private or not kind else kind.announce


def triaged_in(tx: Tx, incident: Incident) -> str | None:
    """Return the channel where an incident of this type waits to be accepted."""
    kind = tx.process.types.get(incident.type)
    return None if incident.private or not kind else kind.triage
