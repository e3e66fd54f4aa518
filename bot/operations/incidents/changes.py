"""Writing an incident."""

from dataclasses import replace

from bot.domain.actors import BOT, Actor
from bot.domain.facts import PublicStatusChanged, StreamClosed
from bot.domain.incidents.fields import FieldType, missing
from bot.domain.incidents.incident import Incident, unverified
from bot.domain.incidents.timers import State, TimerKind, Wanted, minds_who_works, wanted
from bot.domain.paging.engagement import engaged
from bot.domain.process import IM
from storage import activity, fields, incidents, roles, streams, timers
from storage.transaction import Tx


def save(tx: Tx, incident: Incident) -> None:
    """Write the incident with its timers. Its streams end with it."""
    incidents.save(tx, incident)
    if not incident.status.open:
        _close_streams(tx, incident)
    now = timers_of(tx, incident)
    if TimerKind.SILENT in now:
        activity.begin(tx, incident.id)
    timers.keep(tx, incident.id, now)


def _close_streams(tx: Tx, incident: Incident) -> None:
    for one in streams.of(tx, incident.id):
        if one.open:
            streams.save(tx, replace(one, closed_at=tx.now))
            tx.record(StreamClosed(incident=incident.id, stream=one.id, name=one.name, ended="incident"))


def note_public_status(
    tx: Tx, before: Incident, after: Incident, *, by: Actor = BOT, told: bool = True
) -> None:
    """Record that it is another way for customers, if it is."""
    was, now = before.publicity.public_status, after.publicity.public_status
    if was is not now:
        tx.record(PublicStatusChanged(incident=after.id, by=by, told=told, before=was.value, after=now.value))


def timers_of(tx: Tx, incident: Incident) -> dict[TimerKind, Wanted]:
    """Return the timers that an incident in this state should have."""
    im = roles.of(tx, incident.id).get(IM) if unverified(incident) else None
    minded = minds_who_works(incident, tx.process)
    at_work = engaged(roles.holders(tx, incident.id)) if minded else frozenset()
    lacks = bool(missing_fields(tx, incident))
    return wanted(State(incident, tx.process, tx.now, im, lacks=lacks, at_work=at_work))


def missing_fields(tx: Tx, incident: Incident) -> list[FieldType]:
    """Return the required fields that an incident lacks. Where none is required, nothing is read."""
    required = missing(tx.process.fields, (), incident)
    filled = {one.name for one in fields.of(tx, incident.id)} if required else set()
    return [one for one in required if one.name not in filled]
