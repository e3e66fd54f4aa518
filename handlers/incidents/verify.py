"""Verifying an S1: by its button, or by `/inc verify`."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.domain.incidents.incident import unverified
from bot.operations.incidents import verify as operations
from bot.unit_of_work import UnitOfWork
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens
from bot.views.incidents import verify as view_of
from handlers import words
from handlers.pressed import incident_of, show_instead
from handlers.refusals import answers_refusals
from handlers.request import Feature, Listener, Request


async def verify(request: Request) -> None:
    """Note that it is an S1, and page leadership and liaison."""
    incident = await words.incident(request)
    called = await request.uow.perform(operations.verify, incident.id, by=request.user)
    await request.answer(view_of.verified(incident, called))


@answers_refusals
async def verified(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Do that from the button."""
    await ack()
    incident = await incident_of(uow, body)
    called = await uow.perform(operations.verify, incident.id, by=body["user"]["id"])
    await show_instead(respond, body, view_of.verified(incident, called))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            verify,
            usage="verify",
            brief="it is certainly an S1",
            help="Say that it is certainly an S1: leadership and liaison are paged, at any hour.",
            example="/inc verify",
            place=(Group.MOVE, 70),
        ),
    ),
    listeners=(Listener("action", view_of.VERIFY, verified),),
    buttons=(
        PanelButton(
            (Row.WORK, 70), opens("Verify S1", view_of.VERIFY), lambda incident, viewer: unverified(incident)
        ),
    ),
)
