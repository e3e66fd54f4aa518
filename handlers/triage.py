"""Accept and Decline, beneath a problem that waits for triage."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.desk import Desk
from bot.operations.triage import accept, decline
from bot.views import announcement, life
from handlers.pressed import incident_of, settle
from handlers.refusals import answers_refusals
from handlers.request import Listener


@answers_refusals
async def accepted(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, desk: Desk) -> None:
    """Make the problem an incident."""
    await ack()
    incident = await incident_of(desk, body)
    incident = await desk.perform(accept, incident.id, by=body["user"]["id"])
    await settle(respond, body, life.accepted(incident))


@answers_refusals
async def declined(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, desk: Desk) -> None:
    """Say that the problem is no incident."""
    await ack()
    incident = await incident_of(desk, body)
    incident = await desk.perform(decline, incident.id, by=body["user"]["id"])
    await settle(respond, body, life.declined(incident))


LISTENERS = (
    Listener("action", announcement.ACCEPT, accepted),
    Listener("action", announcement.DECLINE, declined),
)
