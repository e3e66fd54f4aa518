"""The recap for whoever comes into an incident's channel: private, and once."""

import logging

from bot.domain.errors import Refused
from bot.domain.facts import JoinedLate
from bot.integrations.slack.client import SlackClient
from bot.jobs import Job
from bot.operations.incidents.recap import recap_of
from bot.unit_of_work import UnitOfWork
from bot.views.incidents import recap
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.catch_up")

_NOT_THERE = ("user_not_in_channel", "not_in_channel", "channel_not_found", "is_archived")


def catching_up(uow: UnitOfWork, slack: SlackClient) -> Job:
    """Return what shows somebody how it stands, unless they left again. Nobody is notified of that."""

    async def show(delivery: Delivery) -> None:
        if delivery.uncertain:  # it may be there, and what only they see is in no history
            return
        person = delivery.subject["person"]
        try:
            found = await uow.read(recap_of, delivery.subject["incident"], person)
        except Refused:
            return
        shown = recap.recap(found.incident, found, came=True)
        if found.incident.channel:
            await slack.tolerate(
                *_NOT_THERE,
                method="chat.postEphemeral",
                channel=found.incident.channel,
                user=person,
                text=shown.text,
                blocks=shown.blocks,
            )

    return Job("slack.catch_up", {JoinedLate}, show, "catch_up:{incident}:{person}", _not_shown)


def _not_shown(tx: Tx, delivery: Delivery, reason: str) -> None:
    log.warning("somebody was not told how it stands", extra={"reason": reason})
