"""Deciding about a problem that waits for triage: by the buttons beneath it, or by `/inc accept`."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, Status
from bot.operations.incidents import triage as operations
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.commands import Group, PanelButton, Row, Subcommand
from bot.views.incidents import life
from bot.views.incidents import triage as view_of
from handlers import words
from handlers.pressed import incident_of, show_instead
from handlers.refusals import answers_refusals
from handlers.request import Feature, Listener, Request
from storage import pages, roles


async def accept(request: Request) -> None:
    """Make a triaged problem an incident."""
    incident = await _meant(request)
    await request.answer(await _accept(request.uow, incident.id, request.user))


async def decline(request: Request) -> None:
    """Say that a triaged problem is no incident."""
    incident = await _meant(request)
    incident = await request.uow.perform(operations.decline, incident.id, by=request.user)
    await request.answer(life.declined(incident))


@answers_refusals
async def accepted(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Make the problem an incident."""
    await ack()
    incident = await incident_of(uow, body)
    await show_instead(respond, body, await _accept(uow, incident.id, body["user"]["id"]))


@answers_refusals
async def declined(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Say that the problem is no incident."""
    await ack()
    incident = await incident_of(uow, body)
    incident = await uow.perform(operations.decline, incident.id, by=body["user"]["id"])
    await show_instead(respond, body, life.declined(incident))


async def _accept(uow: UnitOfWork, incident_id: int, by: str) -> Message:
    incident = await uow.perform(operations.accept, incident_id, by=by)
    pending = await uow.read(pages.pending_of, incident_id)
    return life.accepted(incident, pending, await uow.read(roles.holders, incident_id))


def _waiting(incident: Incident, viewer: str) -> bool:
    return incident.status is Status.TRIAGE


async def _meant(request: Request) -> Incident:
    """Return the triaged problem that is meant: by its number, or the one of this channel."""
    if not request.plain and not request.incident:
        raise Refused(
            "Which problem? Give its number, as in `/inc accept INC-7` or `/inc decline INC-7`, "
            "or press Accept or Decline below it in the triage channel."
        )
    return await words.incident(request)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            accept,
            usage="accept [INC-number]",
            brief="a triaged problem is one",
            help="Make a triaged problem an incident: the on-call people are paged.",
            example="/inc accept INC-7",
            place=(Group.MOVE, 80),
        ),
        Subcommand(
            decline,
            usage="decline [INC-number]",
            brief="a triaged one is none",
            help="Say that a triaged problem is no incident.",
            example="/inc decline INC-7",
            place=(Group.MOVE, 90),
        ),
    ),
    listeners=(
        Listener("action", view_of.ACCEPT, accepted),
        Listener("action", view_of.DECLINE, declined),
    ),
    buttons=(
        PanelButton((Row.WORK, 10), view_of.accept, _waiting),
        PanelButton((Row.WORK, 20), view_of.decline, _waiting),
    ),
)
