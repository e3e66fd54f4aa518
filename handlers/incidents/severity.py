"""How bad it is: raised in one step; lowering it asks whether it was never that bad."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.incidents.incident import Severity, Status, gradable
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.severity import change_severity
from bot.unit_of_work import UnitOfWork
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_open
from bot.views.incidents import guide
from bot.views.incidents import severity as view_of
from bot.views.incidents.state import chosen, named, number, one_of, typed
from handlers import words
from handlers.pressed import incident_of
from handlers.refusals import answers_in_form, answers_refusals
from handlers.request import Feature, Listener, Request
from storage import incidents, pages, roles


async def severity(request: Request) -> None:
    """Raise it to what was typed; ask which when that is lower; or open the form."""
    incident = gradable(request.here)
    if not request.plain:
        await request.open(view_of.form(incident, request.uow.process))
        return
    to = words.severity(request.plain)
    if incident.severity.worse_than(to):
        await request.open(view_of.lower_form(incident, to))
        return
    changed = await request.uow.perform(change_severity, incident.id, to, by=request.user)
    pending = await request.uow.read(pages.pending_of, incident.id)
    holders = await request.uow.read(roles.holders, incident.id)
    await request.answer(view_of.regraded(changed, incident.severity, pending, holders))


@answers_refusals
async def form_asked(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, uow: UnitOfWork
) -> None:
    """Open the form from a button."""
    await ack()
    incident = gradable(await incident_of(uow, body))
    await client.views_open(trigger_id=body["trigger_id"], view=view_of.form(incident, uow.process))


@answers_in_form(view_of.SEVERITY)
async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], uow: UnitOfWork) -> None:
    """Raise it to what was chosen, or ask which when that is lower."""
    to, by = one_of(Severity, view["state"]["values"], view_of.SEVERITY), body["user"]["id"]
    incident = gradable(await uow.read(incidents.visible, number(view["private_metadata"]), by))
    if incident.severity.worse_than(to):
        await ack(response_action="update", view=view_of.lower_form(incident, to))
        return
    await uow.perform(change_severity, incident.id, to, by=by)
    await ack()


@answers_in_form(view_of.REASON)
async def lowered(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], uow: UnitOfWork) -> None:
    """Correct the severity, or leave it and go on to Monitoring."""
    incident_id, _, to = view["private_metadata"].partition(":")
    entered, by = view["state"]["values"], body["user"]["id"]
    reason = typed(entered, view_of.REASON)
    if chosen(entered, view_of.WHICH) == Status.MONITORING:
        why = f"It is less bad now. {reason}".strip()
        await uow.perform(change_status, number(incident_id), Status.MONITORING, by=by, reason=why)
    elif reason:
        await uow.perform(change_severity, number(incident_id), named(Severity, to), by=by, reason=reason)
    else:
        await ack(response_action="errors", errors={view_of.REASON: "Say why it was never that bad."})
        return
    await ack()


@answers_refusals
async def guide_asked(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond
) -> None:
    """Show the whole severity guide on top of the form, which keeps what is entered."""
    await ack()
    await client.views_push(trigger_id=body["trigger_id"], view=guide.sheet())


FEATURE = Feature(
    subcommands=(
        Subcommand(
            severity,
            usage="severity [S1..S4]",
            brief="how bad it is, S1 to S4",
            help="Say how bad it is. Raised to S1 or S2, it pages EOC, IM and CMOC, or whom its type names. "
            "Lowering it asks whether it was never that bad.",
            example="/inc severity S2",
            place=(Group.MOVE, 10),
            aliases=("sev",),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, form_asked),
        Listener("action", guide.OPEN, guide_asked),
        Listener("view", view_of.FORM, submitted),
        Listener("view", view_of.LOWER_FORM, lowered),
    ),
    buttons=(PanelButton((Row.WORK, 50), opens("Severity", view_of.OPEN), while_open),),
)
