"""Tests of a person's contact methods, as a direct message that follows what becomes of each."""

import logging
from functools import partial

from bot.domain.facts import NotificationTestBegun, NotificationTestChanged
from bot.integrations.slack_client import SlackClient
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
        lane = "notification_test:{notification_test}"
        return [
            Job("slack.send_notification_test", {NotificationTestBegun}, self.send, lane, _unsaid),
            Job(
                "slack.redraw_notification_test",
                {NotificationTestChanged},
                self.redraw,
                lane,
                _unsaid,
                coalesce=True,
            ),
        ]

    async def send(self, delivery: Delivery) -> Effect:
        notification_test = await self._uow.read(
            notification_tests.get, delivery.subject["notification_test"]
        )
        posted = await self._slack.post(
            delivery, notification_test.person, view.dm(notification_test), readable=False
        )
        return partial(
            notification_test_shown,
            notification_test_id=notification_test.id,
            channel=posted.channel,
            ts=posted.ts,
        )

    async def redraw(self, delivery: Delivery) -> None:
        notification_test = await self._uow.read(
            notification_tests.get, delivery.subject["notification_test"]
        )
        if notification_test.dm_channel and notification_test.dm_ts:
            await self._slack.redraw(
                delivery, notification_test.dm_channel, notification_test.dm_ts, view.dm(notification_test)
            )


def _unsaid(tx: Tx, delivery: Delivery, reason: str) -> None:
    log.warning("a test page could not be shown", extra={"job": delivery.job, "reason": reason})
