"""Who gets an incident's updates: people in direct messages, channels in one message and its thread."""

from collections.abc import Sequence

from bot.domain.actors import Actor
from bot.domain.errors import NotThem, Refused
from bot.domain.facts import Subscribed, Unsubscribed
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.subscriptions import (
    Subscription,
    Target,
    refuse_channel_of_private,
    subscribable,
)
from bot.domain.paging.practice import taking_part
from bot.domain.rights import Right
from bot.operations.rights import visible
from bot.operations.workspace.people import refuse_inactive
from storage import incidents, people, places, subscriptions
from storage.transaction import Tx


def subscribe(
    tx: Tx, incident_id: int, *, persons: Sequence[str], channels: Sequence[str], by: str
) -> list[Subscription]:
    """Have people and channels get the updates, and return everything that gets them now.

    Whoever may read an incident may get its updates; for others it takes who works on it.
    """
    others = [*channels, *(one for one in persons if one != by)]
    incident = subscribable(visible(tx, incident_id, by, Right.WORK if others else Right.UPDATE))
    for person in persons:
        _refuse_person(tx, incident, person)
    for channel in channels:
        _refuse_channel(tx, incident, channel)
    wanted = [(one, Target.PERSON) for one in persons] + [(one, Target.CHANNEL) for one in channels]
    for target, kind in wanted:
        if subscriptions.add(tx, Subscription(incident_id, target, kind, by, tx.now)):
            tx.record(Subscribed(incident=incident_id, by=by, target=target, target_kind=kind.value))
    return subscriptions.of(tx, incident_id)


def unsubscribe(tx: Tx, incident_id: int, targets: Sequence[str], *, by: str) -> list[Subscription]:
    """Have them get no more updates, and return everything that still gets them."""
    visible(tx, incident_id, by, Right.UPDATE if list(targets) == [by] else Right.WORK)
    for target in targets:
        found = subscriptions.find(tx, incident_id, target)
        if not found:
            whom = f"<#{target}>" if target.startswith("C") else "You" if target == by else f"<@{target}>"
            verb = "get" if whom == "You" else "gets"
            raise Refused(f"{whom} {verb} no updates of INC-{incident_id}. `/inc subscribe` begins that.")
        subscriptions.remove(tx, incident_id, target)
        tx.record(Unsubscribed(incident=incident_id, by=by, target=target, target_kind=found.kind.value))
    return subscriptions.of(tx, incident_id)


def gets_updates(tx: Tx, incident_id: int, person: str) -> bool:
    """Say whether a person still gets an incident's updates, and may know of it."""
    known = people.get(tx, person)
    there = subscriptions.find(tx, incident_id, person) and not (known and not known.active)
    return bool(there and incidents.visible_of(tx, [incident_id], person))


def move(tx: Tx, duplicate: Incident, target: Incident, by: Actor) -> None:
    """Have those who get a duplicate's updates get those of the incident into which it was merged."""
    for one in subscriptions.move(tx, duplicate.id, target.id):
        tx.record(
            Subscribed(
                incident=target.id,
                by=by,
                target=one.target,
                target_kind=one.kind.value,
                duplicate=duplicate.id,
            )
        )


def _refuse_person(tx: Tx, incident: Incident, person: str) -> None:
    taking_part(incident, person)
    refuse_inactive(tx, person)
    if not incidents.visible_of(tx, [incident.id], person):
        raise NotThem(
            f"<@{person}> is not in the channel of INC-{incident.id}: only its people get its updates. "
            "Invite them there first, then try again."
        )


def _refuse_channel(tx: Tx, incident: Incident, channel: str) -> None:
    refuse_channel_of_private(incident)
    if incident.drill:
        raise Refused(f"INC-{incident.id} is for practice: only who takes part hears of it.")
    if channel == incident.channel:
        raise Refused(f"The channel of INC-{incident.id} gets its updates anyway. Name another one.")
    place = places.named(tx, channel)
    if not place or place.archived:
        state = "is archived" if place else "is none that I see"
        raise Refused(f"<#{channel}> {state}. Invite me there (`/invite @muster`), or name another one.")
    announced = tx.process.type_of(incident.type).announce
    if place.id in {found.id for name in announced if (found := places.named(tx, name))}:
        raise Refused(f"INC-{incident.id} is announced in <#{channel}> anyway, with its updates.")
