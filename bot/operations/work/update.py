"""Telling everybody how it stands, and being reminded to."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.actors import Actor
from bot.domain.durations import TYPED_TWICE
from bot.domain.errors import Refused
from bot.domain.facts import UpdateOverdue, UpdatePosted
from bot.domain.incidents.incident import Incident, Severity, Status
from bot.domain.incidents.undoing import Thing, undoable_to
from bot.domain.rights import Right
from bot.domain.work.held import CONFIRMED, Place
from bot.domain.work.work import Update, taking_updates
from bot.operations.incidents.changed import keep, seen
from bot.operations.incidents.changes import save
from bot.operations.incidents.lifecycle import moved
from bot.operations.incidents.severity import regraded
from bot.operations.rights import allow, visible
from bot.secret_scan import refuse_secrets
from storage import held_texts, updates
from storage.transaction import Tx


def post_update(
    tx: Tx,
    incident_id: int,
    text: str,
    *,
    by: Actor,
    status: Status,
    severity: Severity,
    next_in: timedelta | None,
    sure: str = "",
) -> Update:
    """Post an update in the channel and under the announcements, with the state it leaves the incident in.

    `next_in` is the time until the next one is due, None for no further update. What looks like a secret
    raises LooksSecret, unless `sure` confirms it.
    """
    incident = taking_updates(visible(tx, incident_id, by, Right.UPDATE))
    if not text:
        raise Refused("An update needs a text: what is the impact, and what are you doing?")
    if sure != CONFIRMED:
        refuse_secrets(text, sure=sure)
    held_texts.settle(tx, incident_id, Place.UPDATE, str(by))
    stays = (status, severity) == (incident.status, incident.severity)
    if stays and (said := _said_already(tx, incident, text, by)):
        return said
    incident = _in_state(tx, incident, status, severity, by=by)
    due = tx.now + next_in if next_in and incident.watched and not incident.waits_until else None
    draft = Update(0, incident_id, text, incident.status, incident.severity, by, tx.now, due)
    update = replace(draft, id=updates.add(tx, draft))
    tx.record(UpdatePosted(incident=incident_id, by=by, text=text, update=update.id))
    save(tx, replace(incident, updated_at=tx.now, update_in=next_in))
    return update


def nudge(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Remind the lead and the channel of an overdue update. The next reminder follows in the same rhythm."""
    due = incident.next_update_at or tx.now
    tx.record(UpdateOverdue(incident=incident.id, due=due.isoformat()))


def _said_already(tx: Tx, incident: Incident, text: str, by: Actor) -> Update | None:
    """Return the last update if the same person has just posted the same."""
    last = updates.latest(tx, incident.id)
    if not last or tx.now - last.at >= TYPED_TWICE or not isinstance(by, str):
        return None
    return last if (last.text, last.by) == (text, by) else None


def _in_state(tx: Tx, incident: Incident, status: Status, severity: Severity, *, by: Actor) -> Incident:
    """Change what the update changes; the update itself tells the channel of it."""
    if (severity, status) != (incident.severity, incident.status):
        allow(tx, by, Right.WORK)
    if severity is not incident.severity:
        stood = seen(tx, incident)
        incident = regraded(tx, incident, severity, by=by, told=False)
        save(tx, incident)
        keep(tx, Thing.SEVERITY, stood, by=by)
    if status is not incident.status:
        stood = seen(tx, incident)
        incident = moved(tx, incident, status, by=by, told=False)
        save(tx, incident)
        if undoable_to(status):
            keep(tx, Thing.STATUS, stood, by=by)
    return incident
