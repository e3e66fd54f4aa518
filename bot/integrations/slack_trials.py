"""Tests of a person's doors, as a direct message that follows what becomes of each."""

import logging
from functools import partial

from bot.desk import Desk
from bot.domain.facts import TrialBegun, TrialChanged
from bot.integrations.slack_client import SlackClient
from bot.jobs import Effect, Job
from bot.operations.paging.trials import trial_shown
from bot.views.paging import trial as view
from storage import trials
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.trials")


class Trials:
    """The message is posted once, then redrawn."""

    def __init__(self, desk: Desk, slack: SlackClient) -> None:
        self._desk = desk
        self._slack = slack

    def jobs(self) -> list[Job]:
        lane = "trial:{trial}"
        return [
            Job("slack.send_trial", {TrialBegun}, self.send, lane, _unsaid),
            Job("slack.redraw_trial", {TrialChanged}, self.redraw, lane, _unsaid, coalesce=True),
        ]

    async def send(self, delivery: Delivery) -> Effect:
        """Send the message."""
        trial = await self._desk.read(trials.get, delivery.subject["trial"])
        posted = await self._slack.post(delivery, trial.person, view.dm(trial), readable=False)
        return partial(trial_shown, trial_id=trial.id, channel=posted.channel, ts=posted.ts)

    async def redraw(self, delivery: Delivery) -> None:
        """Say what is known by now."""
        trial = await self._desk.read(trials.get, delivery.subject["trial"])
        if trial.dm_channel and trial.dm_ts:
            await self._slack.redraw(delivery, trial.dm_channel, trial.dm_ts, view.dm(trial))


def _unsaid(tx: Tx, delivery: Delivery, reason: str) -> None:
    log.warning("a test page could not be shown", extra={"job": delivery.job, "reason": reason})
