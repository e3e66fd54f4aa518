"""Who is in an incident's channel, as Slack tells us."""

from collections.abc import Collection

from storage import incidents, members
from storage.transaction import Tx


def joined(tx: Tx, channel: str, person: str) -> None:
    """Note that a person came in."""
    if incident := incidents.in_channel(tx, channel):
        members.note(tx, incident.id, person)


def left(tx: Tx, channel: str, person: str) -> None:
    """Note that a person went out: a private incident is invisible to them from now on."""
    if incident := incidents.in_channel(tx, channel):
        members.remove(tx, incident.id, person)


def found(tx: Tx, incident_id: int, people: Collection[str]) -> None:
    """Write who is in the channel, as Slack lists them: no event tells what happened while we were away."""
    for person in set(members.of(tx, incident_id)).difference(people):
        members.remove(tx, incident_id, person)
    for person in people:
        members.note(tx, incident_id, person)
