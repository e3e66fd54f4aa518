"""Letting an S3 or S4 wait for Monday, and going on before."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.operations.incidents import weekend as operations
from bot.unit_of_work import UnitOfWork
from bot.views.commands import PanelButton, Row
from bot.views.incidents import weekend as view_of
from handlers.pressed import incident_of, show_instead
from handlers.refusals import answers_refusals
from handlers.request import Feature, Listener


@answers_refusals
async def wait_pressed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Let it wait."""
    await ack()
    incident = await incident_of(uow, body)
    incident = await uow.perform(operations.wait_until_monday, incident.id, by=body["user"]["id"])
    await show_instead(respond, body, view_of.waits(incident))


@answers_refusals
async def work_pressed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Go on with it now."""
    await ack()
    incident = await incident_of(uow, body)
    incident = await uow.perform(operations.work_now, incident.id, by=body["user"]["id"])
    await show_instead(respond, body, view_of.goes_on(incident))


FEATURE = Feature(
    listeners=(
        Listener("action", view_of.WAIT, wait_pressed),
        Listener("action", view_of.WORK, work_pressed),
    ),
    buttons=(
        PanelButton(
            (Row.WORK, 60),
            view_of.work,
            lambda incident, viewer: incident.status.active and bool(incident.waits_until),
        ),
    ),
)
