"""Who is in an incident's channel, as Slack tells us."""

from storage import incidents, members
from storage.transaction import Tx


def joined(tx: Tx, channel: str, person: str) -> None:
    """Note that a person came in."""
    if incident := incidents.in_channel(tx, channel):
        members.add(tx, incident.id, person)


def left(tx: Tx, channel: str, person: str) -> None:
    """Note that a person went out: a private incident is invisible to them from now on."""
    if incident := incidents.in_channel(tx, channel):
        members.remove(tx, incident.id, person)
