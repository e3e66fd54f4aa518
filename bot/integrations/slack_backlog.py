"""What waited for long is told in one message for all, not line by line."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeAlias

from bot.desk import Desk
from bot.domain.incidents import Incident
from bot.domain.timeline import Entry, Kind
from bot.integrations.slack_client import SlackClient
from bot.jobs import Effect, Run
from bot.operations.alarm import with_numbers
from bot.views import absence, entries
from bot.views.absence import Line
from bot.views.blocks import Message
from storage import incidents, outbox, pages, timeline, updates
from storage.outbox import Delivery, Waiting
from storage.transaction import Tx

LATE = timedelta(minutes=10)
"""How long the first of a lane has waited when all that waits behind it is told together with it."""

Where: TypeAlias = Callable[[Tx, Delivery], tuple[str, str | None] | None]
Retell: TypeAlias = Callable[[Delivery, Sequence[Waiting]], Awaitable[object]]


class Backlog:
    """Takes what waits behind a late delivery into it. One of unknown fate is looked for first."""

    def __init__(self, desk: Desk, slack: SlackClient) -> None:
        self._desk = desk
        self._slack = slack

    def together(
        self, run: Run, retell: Retell, *, where: Where | None = None, but_last: str | None = None
    ) -> Run:
        """Return a job that does as `run` does, unless it is late and not alone: then `retell` tells of all.

        `where` says in which channel and thread to look for it. The last delivery of the job `but_last` is
        not taken in: it is sent after.
        """

        async def catch_up(delivery: Delivery) -> Effect | None:
            if self._desk.clock.now() - delivery.created_at < LATE:
                return await run(delivery)
            done = partial(outbox.finish_folded, head=delivery)
            place = await self._desk.read(where, delivery) if where else None
            if place and delivery.uncertain and await self._slack.find(delivery, *place):
                return done
            await self._desk.perform(outbox.fold, delivery, but_last=but_last)
            behind = await self._desk.read(outbox.folded, delivery)
            if not behind:
                return await run(delivery)
            await retell(replace(delivery, uncertain=False) if place else delivery, behind)
            return done

        return catch_up

    async def tell_channel(self, delivery: Delivery, behind: Sequence[Waiting]) -> None:
        """Tell an incident's channel in one message of all that happened."""
        incident, message, answered = await self._desk.read(_retold, delivery, behind)
        if incident.channel:
            await self._slack.post(delivery, incident.channel, message, about=answered)


def incident_channel(tx: Tx, delivery: Delivery) -> tuple[str, str | None] | None:
    """Return where the notices of an incident are."""
    channel = incidents.get(tx, delivery.subject["incident"]).channel
    return (channel, None) if channel else None


def _retold(
    tx: Tx, delivery: Delivery, behind: Sequence[Waiting]
) -> tuple[Incident, Message, dict[str, str]]:
    incident = incidents.get(tx, delivery.subject["incident"])
    lines: list[Line] = []
    calls: dict[str, Entry] = {}
    unreached: dict[str, Entry] = {}
    found: list[Entry] = []
    for subject in [delivery.subject, *[one.subject for one in behind]]:
        if "update" in subject:
            update = updates.get(tx, subject["update"])
            lines.append((update.at, absence.update_line(update)))
        for entry in filter(None, [timeline.get(tx, number) for number in subject.get("entries", ())]):
            found.append(entry)
            if entry.kind in {Kind.ESCALATED, Kind.NOBODY}:
                calls[pages.get(tx, entry.data["page"]).team] = with_numbers(tx, entry)
            elif entry.kind is Kind.UNREACHED:
                unreached[pages.get(tx, entry.data["page"]).team] = with_numbers(tx, entry)
            else:
                lines.append((entry.at, entries.sentence(entry)))
    lines += [(entry.at, entries.sentence(entry)) for entry in (*calls.values(), *unreached.values())]
    waiting = [entry for entry in calls.values() if pages.get(tx, entry.data["page"]).pending]
    last = entries.told(waiting[-1], incident) if waiting else None
    message = absence.retold(sorted(lines), delivery.created_at, tx.now, last)
    return incident, message, answered_in(tx, found)


def answered_in(tx: Tx, found: Sequence[Entry]) -> dict[str, str]:
    """Return whose answers to which pages are told in these entries: by the first page of their path."""
    answers = [
        f"{pages.get(tx, entry.data['page']).chain}:{entry.by}"
        for entry in found
        if entry.kind is Kind.ACKNOWLEDGED
    ]
    return {"answered": " ".join(answers)} if answers else {}
