"""The private answer to whoever declared: it gets the channel's link as soon as there is a channel."""

import logging
from datetime import timedelta

from bot.domain.facts import DeclareAnswered
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Job
from bot.unit_of_work import UnitOfWork
from bot.views.incidents import declare
from storage import incidents, members
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.answers")

LIFE = timedelta(minutes=30)
"""How long Slack takes edits of an answer to a command. Whoever declared has the link in a message too."""


class Answers:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        """Return the job. It has its turn in the lane in which the channel is opened: after that."""
        return [Job("slack.link_answer", {DeclareAnswered}, self.link, "channel:{incident}", _without_link)]

    async def link(self, delivery: Delivery) -> None:
        """Say once more what was made, now with the way in. It is tried once: others wait in the lane."""
        subject = delivery.subject
        incident = await self._uow.read(incidents.get, subject["incident"])
        gone = await self._uow.read(members.gone, incident.id)
        if incident.reporter in gone:
            return
        if incident.channel and self._uow.clock.now() - delivery.created_at < LIFE:
            try:
                await self._slack.edit_answer(subject["answer"], declare.made(incident, subject["called"]))
            except DeliveryFailed as failure:  # nothing is lost: the direct message has the link
                log.warning("a private answer stays without its link", extra={"reason": failure.reason})


def _without_link(_: Tx, __: Delivery, ___: str) -> None:
    """Leave the answer as it is: the direct message has the link."""
