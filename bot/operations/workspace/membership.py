"""Who is in an incident's channel, as Slack tells us."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.domain.facts import JoinedLate, PersonRemoved
from bot.domain.incidents.catch_up import to_catch_up
from bot.domain.incidents.incident import Incident
from bot.operations.paging.escalate import take_back
from bot.operations.workspace.leaving import leave
from storage import incidents, members, pages, subscriptions
from storage.transaction import Tx

FRESH = timedelta(minutes=1)
"""Who came so short a time ago may be missing in a list that Slack began to give before."""


def joined(tx: Tx, channel: str, person: str, *, at: datetime) -> None:
    """Note that a person came in: whoever invited a removed person has the right to."""
    if incident := incidents.in_channel(tx, channel):
        late = to_catch_up(incident, tx.now) and not members.was_there(tx, incident.id, person)
        # the same told to two replicas at once is news to one of them
        if members.came(tx, incident.id, person, at) and late:
            tx.record(JoinedLate(incident=incident.id, person=person))


def all_joined(tx: Tx, came: Sequence[tuple[str, str, datetime]]) -> None:
    """Note that people came in: who, into which channel, and when."""
    for channel, person, at in came:
        joined(tx, channel, person, at=at)


def unheard(tx: Tx, channel: str, person: str) -> bool:
    """Say whether this is an incident's channel in which, as far as we heard, the person is not."""
    return not incidents.here(tx, channel, person) and incidents.in_channel(tx, channel) is not None


def left(tx: Tx, channel: str, person: str, *, at: datetime) -> None:
    """Note that a person went out: a private incident is invisible to them from now on."""
    if incident := incidents.in_channel(tx, channel):
        _went(tx, incident, person, at)


def found(tx: Tx, incident_id: int, people: Collection[str], *, at: datetime, own: str) -> None:
    """Write who is in the channel, as Slack listed them since `at`: no event tells of an absence of ours.

    Who was invited and never came is no member, unless a page calls them: then the invitation is on its way.
    Our `own` user is in every channel and is no member: private incidents are compared by their people.
    """
    members.remove(tx, incident_id, own)
    people = [person for person in people if person != own]
    incident = incidents.get(tx, incident_id)
    called = {page.responder for page in pages.pending_of(tx, incident_id)}
    for person, came in members.seen_there(tx, incident_id, at - FRESH).items():
        if person in people:
            continue
        if came:
            _went(tx, incident, person, at)
        elif person not in called:
            members.remove(tx, incident_id, person)
    for person in people:
        members.came(tx, incident_id, person, at)


def _went(tx: Tx, incident: Incident, person: str, at: datetime) -> None:
    """A private incident calls somebody else at once, instead of who may not know of it any more."""
    if members.went(tx, incident.id, person, at) and incident.private:
        take_back(tx, incident.id, person)
        if incident.status.open:
            leave(tx, incident.id, person, removed=True)
        subscriptions.remove(tx, incident.id, person)
        tx.record(PersonRemoved(incident=incident.id, person=person))
