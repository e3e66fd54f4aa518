"""Digests: one direct message for the further pages of a person whom many call already.

Two lanes a person: what is posted, which calls them, never waits for an edit that Slack wants to have later.
Each effect compares what was drawn with what is so by then; if they differ, the list is edited once more.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.domain.facts import DigestChanged
from bot.domain.paging.digests import Listed, calls_anew, in_order
from bot.domain.paging.notifications import Notification
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Effect, Job, recording
from bot.operations.paging.calling import deleted, moved
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.paging import digest as view
from storage import incidents, notifications, offers, pages
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.pages")

SOON = timedelta(seconds=10)
"""A page that is to be added to a list waits no longer for its turn to be edited."""
TOGETHER = timedelta(seconds=1)
"""How long an edit waits for more to happen: Slack takes about one a second."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A digest as it should be now, and where it is."""

    digest: Notification
    listed: Sequence[Listed]
    message: Message
    now: datetime

    @property
    def pages(self) -> list[int]:
        return [one.page.id for one in self.listed]

    @property
    def new(self) -> bool:
        return any(one.new for one in self.listed)

    @property
    def calls_anew(self) -> bool:
        there = self.digest.sent_at if self.digest.place else None
        return calls_anew(self.listed, there, self.now)


class Digests:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        lane = "list:{notification}"
        return [
            Job(
                "slack.redraw_digest",
                {DigestChanged},
                self.redraw,
                lane,
                _unsaid,
                coalesce=True,
                after=TOGETHER,
            )
        ]

    async def send(self, delivery: Delivery) -> Effect | None:
        """Call a person by a new list. What the one that they were just called by stands for is added to it.

        After an attempt of unknown fate it is sent again: a duplicate beats silence.
        """
        number = delivery.subject["notification"]
        seen = await self._uow.read(_seen, number, resent=delivery.uncertain)
        if not seen.listed:
            return None
        if not seen.calls_anew:
            return recording(DigestChanged(notification=number)) if seen.new else None
        return await self._post(delivery, seen)

    async def _post(self, delivery: Delivery, seen: Seen) -> Effect:
        where = await self._slack.post(delivery, seen.digest.person, seen.message, readable=False)
        log.info("pages sent in a digest", extra={"count": len(seen.listed)})
        return partial(_posted, seen=seen, channel=where.channel, ts=where.ts, resent=delivery.uncertain)

    async def redraw(self, delivery: Delivery) -> Effect | None:
        """Edit the list. A page that it does not show yet waits for no limit on edits: a new list calls."""
        seen = await self._uow.read(_seen, delivery.subject["notification"])
        gone = partial(deleted, notification_id=seen.digest.id)
        if not seen.digest.place:
            return gone if seen.new else None
        try:
            there = await self._slack.redraw(delivery, *seen.digest.place, seen.message)
        except DeliveryFailed as failure:
            if seen.new and failure.after and failure.after > SOON:
                return await self._post(delivery, seen)
            raise
        return partial(_edited, seen=seen) if there else gone


def _seen(tx: Tx, number: int, *, resent: bool = False) -> Seen:
    digest = notifications.get(tx, number)
    listed = [Listed(page, severity) for page, severity in pages.digested(tx, digest.person)]
    lines = in_order(listed)
    shown = [
        (one.page, incidents.get(tx, one.page.incident) if one.page.incident else None)
        for one in lines[: view.SHOWN]
    ]
    last = max((one.page.id for one in listed), default=0)
    asked = {page.id: offer for page, _ in shown if (offer := offers.latest(tx, [page.id]))}
    message = view.digest(shown, len(lines), last, resent=resent or digest.resent, offers=asked)
    return Seen(digest, listed, message, tx.now)


def _posted(tx: Tx, *, seen: Seen, channel: str, ts: str, resent: bool) -> None:
    moved(tx, seen.digest.id, channel, ts, seen.pages, resent=resent)
    _compare(tx, seen)


def _edited(tx: Tx, *, seen: Seen) -> None:
    if notifications.get(tx, seen.digest.id).ts == seen.digest.ts:
        notifications.show(tx, seen.digest.id, seen.pages)
    _compare(tx, seen)


def _compare(tx: Tx, seen: Seen) -> None:
    """Have the list edited again if it is another by now; leave one that is over where it is."""
    now = _seen(tx, seen.digest.id)
    if now.message != seen.message:
        tx.record(DigestChanged(notification=seen.digest.id))
    elif not now.listed:
        notifications.place(tx, seen.digest.id, None, None)


def _unsaid(tx: Tx, delivery: Delivery, reason: str) -> None:
    log.warning("not said", extra={"job": delivery.job, "reason": reason})
