"""Being let into a private incident: whoever asks learns nothing, until somebody in it lets them in."""

from bot.domain.errors import Refused
from bot.domain.facts import AccessAnswered, AccessAsked, PeopleAdded
from bot.domain.incidents.access import EVERY
from bot.domain.incidents.incident import Incident
from bot.domain.text import one_line
from bot.operations.rights import allow, visible
from storage import access_requests, incidents, members
from storage.transaction import Tx

LONGEST_REASON = 300


def ask_access(tx: Tx, incident_id: int, reason: str, *, by: str) -> Incident | None:
    """Have the lead of a private incident asked. Return the incident only to whoever may know of it anyway.

    Whether there is one must not show: not in the answer, and not in what is refused.
    """
    allow(tx, by)
    if known := incidents.visible_of(tx, [incident_id], by):
        return known[0]
    hidden = incidents.hidden(tx, incident_id)
    if hidden and not access_requests.asked_since(tx, hidden.id, by, tx.now - EVERY):
        request = access_requests.add(tx, hidden.id, by, one_line(reason)[:LONGEST_REASON])
        tx.record(AccessAsked(incident=hidden.id, request=request))
    return None


def answer_access(tx: Tx, request_id: int, *, granted: bool, by: str) -> None:
    """Let somebody in, or not; they are told only by being let in. Somebody who was removed comes back so."""
    request = access_requests.visible(tx, request_id, by)
    incident = visible(tx, request.incident, by)
    if not access_requests.answer(tx, request_id, granted=granted, by=by):
        raise Refused("Somebody answered that already.")
    if granted:
        members.let_in(tx, incident.id, request.person)
        tx.record(PeopleAdded(incident=incident.id, people=[request.person]))
    tx.record(
        AccessAnswered(
            incident=incident.id,
            by=by,
            told=granted,
            request=request_id,
            person=request.person,
            granted=granted,
        )
    )
