"""The summary: four parts, written as they become known."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.incidents.incident import writable
from bot.operations.work.summary import write_summary
from bot.unit_of_work import UnitOfWork
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.work import summary as view_of
from handlers.pressed import incident_of
from handlers.refusals import answers_in_form, answers_refusals
from handlers.request import Feature, Listener, Request, as_read, with_names
from storage import incidents


async def summary(request: Request) -> None:
    """Open the form with what is written already, and what was typed below it."""
    incident = writable(request.here)
    typed = as_read(await with_names(request.text, request.uow))
    await request.open(view_of.form(incident, typed))


@answers_refusals
async def form_asked(
    ack: AsyncAck,
    body: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    uow: UnitOfWork,
) -> None:
    """Open the form from a button."""
    await ack()
    incident = writable(await incident_of(uow, body))
    await client.views_open(trigger_id=body["trigger_id"], view=view_of.form(incident))


@answers_in_form(view_of.SUMMARY)
async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], uow: UnitOfWork) -> None:
    """Store what changed."""
    metadata = view["private_metadata"]
    incident = await uow.read(incidents.visible, view_of.incident_of(metadata), body["user"]["id"])
    found = view_of.entered(view["state"]["values"], metadata, incident.summary)
    if isinstance(found, dict):
        await ack(response_action="errors", errors=found)
        return
    await uow.perform(write_summary, incident.id, found, by=body["user"]["id"])
    await ack()


FEATURE = Feature(
    subcommands=(
        Subcommand(
            summary,
            usage="summary [text]",
            brief="write what is known",
            help="Write the summary, the causes, the CMOC notice and the exec summary.",
            example="/inc summary The disk of the primary is full since noon",
            place=(Group.INFORM, 30),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, form_asked),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(PanelButton((Row.FACTS, 10), opens("Summary", view_of.OPEN), unless_gone),),
)
