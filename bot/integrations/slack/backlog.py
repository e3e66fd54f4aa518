"""What waited for long is told in one message for all, not line by line."""

from collections.abc import Awaitable, Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias

from bot.domain.incidents.incident import Incident
from bot.domain.timeline.entries import Entry, Kind
from bot.integrations.slack.client import Posted, SlackClient
from bot.jobs import DeliveryFailed, Effect, Run
from bot.operations.paging.alarm import with_numbers
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.drill import marked
from bot.views.timeline import absence, entries
from bot.views.timeline.absence import Line
from storage import incidents, outbox, pages, timeline, updates
from storage.outbox import Delivery, Waiting
from storage.transaction import Tx

LATE = timedelta(minutes=10)
"""How long the first of a lane has waited when all that waits behind it is told together with it."""
NOT_YET = timedelta(seconds=5)
"""How long what is posted waits for its channel to open, or for the announcement under which it belongs."""
_CALLS = frozenset({Kind.ESCALATED, Kind.NOBODY})
_RISING = _CALLS | {Kind.UNREACHED}

Where: TypeAlias = Callable[[Tx, Delivery], tuple[str, str | None] | None]
Retell: TypeAlias = Callable[[Delivery, Sequence[Waiting]], Awaitable[Effect | None]]
Arrived: TypeAlias = Callable[[Delivery, Posted], Effect]


class Backlog:
    """Takes what waits behind a late delivery into it. One of unknown fate is looked for first."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def together(
        self,
        run: Run,
        retell: Retell,
        *,
        where: Where | None = None,
        arrived: Arrived | None = None,
        but_last: str | None = None,
    ) -> Run:
        """Return a job that does as `run` does, unless it is late and not alone: then `retell` tells of all.

        `where` says in which channel and thread to look for it, `arrived` what to write when it is there. The
        last delivery of the job `but_last` is not taken in: it is sent after.
        """

        async def catch_up(delivery: Delivery) -> Effect | None:
            if not await self._late(delivery):
                return await run(delivery)
            place = await self._uow.read(where, delivery) if where else None
            if place and delivery.uncertain and (found := await self._slack.find(delivery, *place)):
                return partial(_settled, head=delivery, effect=arrived(delivery, found) if arrived else None)
            await self._uow.perform(outbox.fold, delivery, but_last=but_last)
            behind = await self._uow.read(outbox.folded, delivery)
            if not behind:
                return await run(delivery)
            effect = await retell(replace(delivery, uncertain=False) if place else delivery, behind)
            return partial(_settled, head=delivery, effect=effect)

        return catch_up

    async def _late(self, delivery: Delivery) -> bool:
        """Say whether it waited for long, by our clock or by that of another who took others into it."""
        if self._uow.clock.now() - delivery.created_at >= LATE:
            return True
        return delivery.uncertain and bool(await self._uow.read(outbox.folded, delivery))

    async def wait_for_place(self, job: str, lane: str) -> None:
        """Come again later while the place where something belongs is still being made."""
        if await self._uow.read(outbox.unsent, job, lane):
            raise DeliveryFailed("its place is not there yet", after=NOT_YET, held=True)

    async def tell_channel(self, delivery: Delivery, behind: Sequence[Waiting]) -> Effect | None:
        """Tell an incident's channel in one message of all that happened, then of who is still called."""
        incident, message, calls, answered = await self._uow.read(_retold, delivery, behind)
        if not incident.channel:
            return None
        await self._slack.post(delivery, incident.channel, message, about=answered)
        return partial(_call_on, incident_id=incident.id, entries=calls)


def _settled(tx: Tx, *, head: Delivery, effect: Effect | None) -> None:
    if effect:
        effect(tx)
    outbox.finish_folded(tx, head)


def _call_on(tx: Tx, *, incident_id: int, entries: Sequence[int]) -> None:
    for entry in entries:
        tx.tell(incident_id, entry)


def incident_channel(tx: Tx, delivery: Delivery) -> tuple[str, str | None] | None:
    channel = incidents.get(tx, delivery.subject["incident"]).channel
    return (channel, None) if channel else None


def _retold(
    tx: Tx, delivery: Delivery, behind: Sequence[Waiting]
) -> tuple[Incident, Message, list[int], dict[str, str]]:
    incident = incidents.get(tx, delivery.subject["incident"])
    subjects = [delivery.subject, *[one.subject for one in behind]]
    found = [entry for subject in subjects for entry in _entries(tx, subject)]
    calls = _latest(tx, found, _CALLS)
    kept = [entry for entry in found if entry.kind not in _RISING]
    kept += [*calls, *_latest(tx, found, {Kind.UNREACHED})]
    lines = _updates(tx, subjects) + [(entry.at, entries.sentence(entry)) for entry in kept]
    message = marked(absence.retold(sorted(lines), delivery.created_at, tx.now), incident)
    message = replace(message, calls=entries.called(kept))
    waiting = [entry.id for entry in calls if pages.call_of(tx, entry.data["page"]).pending]
    return incident, message, waiting if incident.status.open else [], answered_in(tx, found)


def _entries(tx: Tx, subject: Mapping[str, Any]) -> list[Entry]:
    return [entry for number in subject.get("entries", ()) if (entry := timeline.get(tx, number))]


def _updates(tx: Tx, subjects: Iterable[Mapping[str, Any]]) -> list[Line]:
    sent = [updates.get(tx, subject["update"]) for subject in subjects if "update" in subject]
    return [(update.at, absence.update_line(update)) for update in sent]


def _latest(tx: Tx, found: Iterable[Entry], kinds: Container[Kind]) -> list[Entry]:
    """Return of what is said again at each level only the last of each team, with the numbers to call."""
    latest = {
        pages.get(tx, entry.data["page"]).escalation.team: entry for entry in found if entry.kind in kinds
    }
    return [with_numbers(tx, entry) for entry in latest.values()]


def answered_in(tx: Tx, found: Sequence[Entry]) -> dict[str, str]:
    """Return whose answers to which pages are told in these entries: by the escalation."""
    answers = [
        f"{pages.get(tx, one['page']).escalation.id}:{entry.by}"
        for entry in found
        if entry.kind is Kind.ACKNOWLEDGED
        for one in (entry.data, *entry.data.get("also", ()))
    ]
    return {"answered": " ".join(answers)} if answers else {}
