"""Making a public incident private: it goes on where only its own people read."""

from dataclasses import replace

from bot.domain.actors import Actor
from bot.domain.errors import Refused
from bot.domain.facts import TurnedPrivate
from bot.domain.incidents.incident import Incident, closable_to_others
from bot.operations.incidents.changes import save
from bot.operations.incidents.streams import turn_private
from bot.operations.rights import visible
from storage import incidents, members, posts, subscriptions, timeline
from storage.transaction import Tx


def may_make_private(tx: Tx, incident_id: int, *, by: Actor) -> tuple[Incident, list[str]]:
    """Return the incident, and who stays in it; refuse, also before the form opens."""
    incident = closable_to_others(visible(tx, incident_id, by))
    there = members.of(tx, incident_id)
    if by not in there:  # they would lock themselves out
        raise Refused(f"Only people in its channel can make INC-{incident_id} private. Join it first.")
    return incident, there


def make_private(tx: Tx, incident_id: int, reason: str, *, by: Actor) -> Incident:
    """Make an incident private. Slack lets no bot convert a channel: a new one is opened for the same people.

    What was told in the old one is not told again; its messages are taken back, and it is archived. So it is
    with its duplicates, which tell of the same; they went on here, and get no new channel.
    """
    before, _ = may_make_private(tx, incident_id, by=by)
    incident = replace(before, private=True, channel=None, channel_name=None, channel_lost=False)
    _close_to_others(tx, before, incident, reason, by)
    for one in incidents.public_duplicates(tx, incident_id):
        _close_to_others(tx, one, replace(one, private=True, channel=None, channel_lost=True), reason, by)
    return incident


def _close_to_others(tx: Tx, before: Incident, after: Incident, reason: str, by: Actor) -> None:
    timeline.hush(tx, before.id)
    if before.channel:
        posts.forget_in(tx, before.channel)
    members.moved(tx, before.id)
    subscriptions.close_to_others(tx, before.id)
    turn_private(tx, before.id)
    incidents.topic_set(tx, before.id, "")
    tx.record(TurnedPrivate(incident=before.id, by=by, text=reason, channel=before.channel))
    save(tx, after)
