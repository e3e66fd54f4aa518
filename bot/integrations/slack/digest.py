"""Digests: one direct message for the further pages of a person whom many call already.

Two lanes a person: what is posted, which calls them, never waits for an edit that Slack wants to have later.
Each effect compares what was drawn with what is so by then; if they differ, the list is edited once more.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.domain.facts import DigestChanged, DigestDue, DigestMissing
from bot.domain.paging.digests import Listed, calls_anew, in_order
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Effect, Job, Subjects, recording
from bot.operations.paging.escalate import escalate_undelivered
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.paging import digest as view
from storage import digests, incidents, pages
from storage.digests import Digest
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.pages")

SOON = timedelta(seconds=10)
"""A page that is to be added to a list waits no longer for its turn to be edited."""
TOGETHER = timedelta(seconds=1)
"""How long an edit waits for more to happen: Slack takes about one a second."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A person's digest as it should be now, and where it is: the newest message first."""

    listed: Sequence[Listed]
    message: Message
    there: Sequence[Digest]
    now: datetime

    @property
    def new(self) -> list[int]:
        return [one.page.id for one in self.listed if one.new]

    @property
    def calls_anew(self) -> bool:
        return calls_anew(self.listed, self.there[0].posted_at if self.there else None, self.now)


class Digests:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        return [
            Job(
                "slack.send_digest",
                {DigestDue, DigestMissing},
                self.send,
                "digest:{person}",
                _undelivered,
                about=_person,
                urgent=True,
                coalesce=True,
            ),
            Job(
                "slack.redraw_digest",
                {DigestChanged},
                self.redraw,
                "list:{person}",
                _unsaid,
                coalesce=True,
                after=TOGETHER,
            ),
        ]

    async def send(self, delivery: Delivery) -> Effect | None:
        """Call a person by a new list. What the one that they were just called by stands for is added to it.

        After an attempt of unknown fate it is sent again: a duplicate beats silence.
        """
        person = delivery.subject["person"]
        seen = await self._uow.read(_seen, person, resent=delivery.uncertain)
        if not seen.listed:
            return None
        if not seen.calls_anew:
            return recording(DigestChanged(person=person)) if seen.new else None
        return await self._post(delivery, seen)

    async def _post(self, delivery: Delivery, seen: Seen) -> Effect:
        person, resent = delivery.subject["person"], delivery.uncertain
        where = await self._slack.post(delivery, person, seen.message, readable=False)
        log.info("pages sent in a digest", extra={"count": len(seen.listed), "new": len(seen.new)})
        return partial(_posted, person=person, seen=seen, channel=where.channel, ts=where.ts, resent=resent)

    async def redraw(self, delivery: Delivery) -> Effect | None:
        """Edit the newest list, and close those before it.

        A page that it does not show yet waits for no limit on edits: a newer list calls.
        """
        person = delivery.subject["person"]
        seen = await self._uow.read(_seen, person)
        if not seen.there:
            return recording(DigestMissing(person=person)) if seen.new else None
        newest, *others = seen.there
        try:
            shown, *_ = await asyncio.gather(
                self._slack.redraw(delivery, newest.channel, newest.ts, seen.message),
                *(self._slack.redraw(delivery, one.channel, one.ts, view.closed()) for one in others),
            )
        except DeliveryFailed as failure:
            if seen.new and failure.after and failure.after > SOON:
                return await self._post(delivery, seen)
            raise
        return partial(_edited if shown else _deleted, person=person, seen=seen)


def _seen(tx: Tx, person: str, *, resent: bool = False) -> Seen:
    listed = in_order([Listed(page, severity) for page, severity in pages.digested(tx, person)])
    shown = [
        (one.page, incidents.get(tx, one.page.incident) if one.page.incident else None)
        for one in listed[: view.SHOWN]
    ]
    last = max((one.page.id for one in listed), default=0)
    again = resent or any(one.page.resent for one in listed)
    message = view.digest(shown, len(listed), last, resent=again)
    return Seen(listed, message, digests.of(tx, person), tx.now)


def _person(_: Tx, fact: DigestDue | DigestMissing) -> Subjects:
    return ({"person": fact.person},)


def _posted(tx: Tx, *, person: str, seen: Seen, channel: str, ts: str, resent: bool) -> None:
    digests.record(tx, person, channel, ts)
    pages.record_digested(tx, [one.page.id for one in seen.listed], channel, ts, resent=resent)
    _compare(tx, person, seen)


def _edited(tx: Tx, *, person: str, seen: Seen) -> None:
    newest, *others = seen.there
    for one in others:
        digests.forget(tx, one)
    if digests.of(tx, person)[:1] == [newest]:
        added = [one.page.id for one in seen.listed if one.page.dm_ts != newest.ts]
        pages.record_digested(tx, added, newest.channel, newest.ts, resent=False)
    _compare(tx, person, seen)


def _compare(tx: Tx, person: str, seen: Seen) -> None:
    """Have the list edited again if it is another by now; forget one that is over."""
    now = _seen(tx, person)
    if len(now.there) > 1 or now.message != seen.message:
        tx.record(DigestChanged(person=person))
    elif not now.listed:
        for one in now.there:
            digests.forget(tx, one)


def _deleted(tx: Tx, *, person: str, seen: Seen) -> None:
    """Send the list anew: somebody deleted it, and pages still wait."""
    for one in seen.there:
        digests.forget(tx, one)
    tx.record(DigestMissing(person=person))


def _undelivered(tx: Tx, delivery: Delivery, reason: str) -> None:
    """Have the pages that no message shows leave by other contact methods, or call the next level."""
    person = delivery.subject["person"]
    new = _seen(tx, person).new
    if not new:
        _unsaid(tx, delivery, reason)
    for page_id in new:
        log.error("a page could not be delivered", extra={"page": page_id, "reason": reason})
        escalate_undelivered(tx, page_id, reason)


def _unsaid(tx: Tx, delivery: Delivery, reason: str) -> None:
    log.warning("not said", extra={"job": delivery.job, "reason": reason})
