"""Tests of a person's contact methods, as a direct message that follows what becomes of each."""

import logging
from functools import partial

from bot.domain.facts import NotificationTestBegun, NotificationTestChanged
from bot.integrations.slack.client import SlackClient
from bot.jobs import Effect, Job
from bot.operations.paging.notification_tests import notification_test_shown
from bot.unit_of_work import UnitOfWork
from bot.views.paging import notification_test as view
from storage import notification_tests
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.notification_tests")


class NotificationTests:
    """The message is posted once, then redrawn."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        job = partial(Job, lane="notification_test:{notification_test}", on_dead=_unsaid)
        return [
            job("slack.send_notification_test", {NotificationTestBegun}, self.send),
            job("slack.redraw_notification_test", {NotificationTestChanged}, self.redraw, coalesce=True),
        ]

    async def send(self, delivery: Delivery) -> Effect:
        test = await self._uow.read(notification_tests.get, delivery.subject["notification_test"])
        posted = await self._slack.post(delivery, test.person, view.dm(test), readable=False)
        shown = partial(notification_test_shown, notification_test_id=test.id)
        return partial(shown, channel=posted.channel, ts=posted.ts)

    async def redraw(self, delivery: Delivery) -> None:
        test = await self._uow.read(notification_tests.get, delivery.subject["notification_test"])
        if test.dm_channel and test.dm_ts:
            await self._slack.redraw(delivery, test.dm_channel, test.dm_ts, view.dm(test))


def _unsaid(tx: Tx, delivery: Delivery, reason: str) -> None:
    log.warning("a test page could not be shown", extra={"job": delivery.job, "reason": reason})
