"""Keeping what a person changes as it was before, so that they can undo it for a while."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.actors import Actor
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timers import Timer
from bot.domain.incidents.undoing import Beside, Change, Held, Thing, kept, plain, values
from bot.domain.paging.engagement import Holder
from bot.domain.paging.pages import Page
from storage import changes, incidents, pages, roles, timers
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Seen:
    """An incident with what a change may touch besides."""

    incident: Incident
    timers: Sequence[Timer]
    holders: Sequence[Holder]
    waiting: Sequence[Page]


def seen(tx: Tx, incident: Incident) -> Seen:
    """Read what a change of an incident may touch, before it does."""
    waiting = pages.pending_of(tx, incident.id)
    return Seen(incident, timers.all_of(tx, incident.id), roles.holders(tx, incident.id), waiting)


def keep(
    tx: Tx,
    thing: Thing,
    before: Seen,
    *,
    by: Actor,
    role: str = "",
    was: Mapping[str, Any] | None = None,
    became: Mapping[str, Any] | None = None,
) -> None:
    """Keep a change that was just written. What a machine does, nobody undoes."""
    if not isinstance(by, str):
        return
    now, number = incidents.get(tx, before.incident.id), before.incident.id
    changes.add(
        tx,
        Change(
            id=0,
            incident=number,
            thing=thing,
            role=role,
            by_whom=by,
            made_at=tx.now,
            was={**values(before.incident, thing), **(was or {})},
            became={**values(now, thing), **(became or {})},
            beside=_beside(tx, before),
        ),
    )


def _beside(tx: Tx, before: Seen) -> Beside:
    waited = {one.escalation.id for one in before.waiting}
    waits = {one.escalation.id for one in pages.pending_of(tx, before.incident.id)}
    return Beside(
        raised=sorted(waits - waited),
        called_off=sorted(waited - waits),
        timers=[kept(one, tx.now) for one in before.timers],
        held=[
            Held(one.role, one.person, plain(one.since), one.by_hand) for one in before.holders if one.since
        ],
    )
