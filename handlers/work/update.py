"""Updates: the form, and the buttons of the reminder."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.incidents.timers import TimerKind
from bot.domain.work.work import taking_updates
from bot.operations.incidents import timers
from bot.operations.once import once
from bot.operations.work import update as operations
from bot.unit_of_work import UnitOfWork
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_active
from bot.views.incidents import severity
from bot.views.work import update as view_of
from handlers.incidents import resolve
from handlers.pressed import incident_of
from handlers.refusals import answers_in_form, answers_refusals
from handlers.request import Feature, Listener, Request, answer, as_read, with_names
from storage import incidents, updates

POSTED = "Your update is posted."


async def update(request: Request) -> None:
    """Post what was typed, or open the form; the answer offers the form for what else it can change."""
    incident = taking_updates(request.here)
    latest = await request.uow.read(updates.latest, incident.id)
    text = as_read(await with_names(request.text, request.uow))
    if not text:
        await request.open(view_of.form(incident, latest, viewer=request.user))
        return
    await request.uow.perform(
        once,
        f"command:{request.trigger_id}",
        operations.post_update,
        incident.id,
        text,
        by=request.user,
        status=incident.status,
        severity=incident.severity,
        next_in=view_of.usual_next_in(latest, incident),
    )
    await request.answer(view_of.sent(await request.uow.read(incidents.visible, incident.id, request.user)))


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
    incident = taking_updates(await incident_of(uow, body))
    latest = await uow.read(updates.latest, incident.id)
    form = view_of.form(incident, latest, viewer=body["user"]["id"])
    await client.views_open(trigger_id=body["trigger_id"], view=form)


@answers_in_form(view_of.STATUS)
async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], uow: UnitOfWork) -> None:
    """Post the update, once. A lower severity and Resolved are asked about then."""
    metadata, by = view["private_metadata"], body["user"]["id"]
    incident = await uow.read(incidents.visible, view_of.incident_of(metadata), by)
    found = view_of.entered(view["state"]["values"], metadata, incident)
    if isinstance(found, dict):
        await ack(response_action="errors", errors=found)
        return
    # before the update: who may not resolve is refused, and nothing is posted
    question = await uow.read(resolve.form_for, incident.id, by, POSTED) if found.resolves else None
    await uow.perform(
        once,
        f"form:{view['id']}",
        operations.post_update,
        incident.id,
        found.text,
        by=by,
        status=found.status,
        severity=found.severity,
        next_in=found.next_in,
    )
    if found.lowered:
        incident = await uow.read(incidents.visible, incident.id, by)
        question = severity.lower_form(incident, found.lowered, POSTED)
    await (ack(response_action="update", view=question) if question else ack())


@answers_refusals
async def snoozed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Put the reminder off."""
    await ack()
    incident = await incident_of(uow, body)
    incident = await uow.perform(timers.snooze, incident.id, TimerKind.UPDATE, by=body["user"]["id"])
    await answer(respond, view_of.snoozed(incident))


@answers_refusals
async def stopped(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Send no more reminders."""
    await ack()
    incident = await incident_of(uow, body)
    incident = await uow.perform(timers.stop, incident.id, TimerKind.UPDATE, by=body["user"]["id"])
    await answer(respond, view_of.stopped(incident))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            update,
            usage="update [text]",
            brief="say how it stands",
            help="Tell everybody what the impact is and what is being done.",
            example="/inc update Checkout fails for 5 % of users; rolling back",
            place=(Group.INFORM, 10),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, form_asked),
        Listener("action", view_of.SNOOZE, snoozed),
        Listener("action", view_of.STOP, stopped),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(PanelButton((Row.WORK, 10), opens("Update", view_of.OPEN, "primary"), while_active),),
)
