"""Cancelling: in one line, or by its form, which asks why it was no incident."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.incidents.incident import NotTheLead, Status
from bot.operations.incidents.lifecycle import change_status, may_end
from bot.unit_of_work import UnitOfWork
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_active
from bot.views.incidents import cancel as view_of
from bot.views.incidents import life as life_view
from bot.views.incidents.state import number, typed
from handlers.pressed import incident_of, show_instead
from handlers.refusals import answers_in_form, answers_refusals
from handlers.request import Feature, Listener, Request
from storage.transaction import Tx


async def cancel(request: Request) -> None:
    """Cancel for the reason that was typed, or open the form; who does not lead is offered the lead."""
    incident = request.here
    try:
        await request.uow.read(may_end, incident.id, Status.CANCELLED, by=request.user)
    except NotTheLead as refused:
        await request.answer(life_view.end_offer(refused, f"cancel {request.text}".strip()))
        return
    if not request.plain:
        await request.open(view_of.form(incident))
        return
    cancelled = await request.uow.perform(
        change_status, incident.id, Status.CANCELLED, by=request.user, reason=request.plain
    )
    await request.answer(life_view.moved(cancelled))


@answers_refusals
async def form_asked(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, uow: UnitOfWork
) -> None:
    """Open the form from a button, or offer the lead first."""
    await ack()
    incident = await incident_of(uow, body)
    try:
        await uow.read(may_end, incident.id, Status.CANCELLED, by=body["user"]["id"])
    except NotTheLead as refused:
        await show_instead(respond, body, life_view.end_offer(refused, "cancel"))
        return
    await client.views_open(trigger_id=body["trigger_id"], view=view_of.form(incident))


@answers_in_form(view_of.REASON)
async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], uow: UnitOfWork) -> None:
    """Cancel for the reason that was written."""
    reason = typed(view["state"]["values"], view_of.REASON)
    if not reason:
        await ack(response_action="errors", errors={view_of.REASON: "Say why it was no incident."})
        return
    incident_id, by = number(view["private_metadata"]), body["user"]["id"]
    await uow.perform(change_status, incident_id, Status.CANCELLED, by=by, reason=reason)
    await ack()


def form_for(tx: Tx, incident_id: int, by: str) -> dict[str, Any]:
    """Return the form, for another form in which Cancelled was chosen. Refuses who may not cancel."""
    return view_of.form(may_end(tx, incident_id, Status.CANCELLED, by=by))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            cancel,
            usage="cancel [reason]",
            brief="it was no incident",
            help="Say that it was no incident, and why. Only the lead can; the paging stops.",
            example="/inc cancel A load test of ours",
            place=(Group.MOVE, 60),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, form_asked),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(PanelButton((Row.PEOPLE, 40), opens("Cancel the incident", view_of.OPEN), while_active),),
)
