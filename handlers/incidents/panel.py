"""The incident's panel: what bare `/inc` shows in its channel."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.domain.incidents.incident import Incident
from bot.domain.paging.pages import since_reopened
from bot.operations.incidents.weekend import can_wait
from bot.operations.paging.escalate import escalatable
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.incidents import card
from bot.views.incidents import panel as view_of
from bot.views.paging.page import engaged
from handlers.features import BUTTONS
from handlers.pressed import incident_of
from handlers.refusals import answers_refusals
from handlers.request import Listener, Request, answer
from storage import pages, roles
from storage.transaction import Tx


async def panel(request: Request) -> None:
    """Show the state of this channel's incident and what can be done."""
    await request.answer(await request.uow.read(_panel, request.here, request.user))


@answers_refusals
async def more_asked(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Show in private what the card has no room for."""
    await ack()
    incident = await incident_of(uow, body)
    await answer(respond, await uow.read(_panel, incident, body["user"]["id"]))


def _panel(tx: Tx, incident: Incident, viewer: str) -> Message:
    found = since_reopened(pages.of_incident(tx, incident.id))
    pending = [page for page in found if page.pending]
    waits = can_wait(tx, incident, viewer)
    held = roles.of(tx, incident.id)
    last = [page.id for page in pending if not escalatable(tx, page, viewer)]
    return view_of.panel(
        incident, held, engaged(found), pending, viewer, buttons=BUTTONS, can_wait=waits, last=last
    )


LISTENERS = (Listener("action", card.MORE, more_asked),)
