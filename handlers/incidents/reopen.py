"""Reopening: in one line the problem is back; the form also knows "only to merge or correct"."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.incidents.incident import REOPENABLE, reopenable
from bot.operations.incidents.lifecycle import reopen as reopen_incident
from bot.unit_of_work import UnitOfWork
from bot.views.commands import Group, PanelButton, Row, Subcommand
from bot.views.incidents import reopen as view_of
from bot.views.incidents.state import chosen, number, typed
from handlers.pressed import incident_of, number_of, show_instead
from handlers.refusals import answers_in_form, answers_refusals
from handlers.request import Feature, Listener, Request
from storage import incidents, pages
from storage.transaction import Tx


async def reopen(request: Request) -> None:
    """Say that the problem is back, for the reason that was typed, or open the form."""
    incident = reopenable(request.here)
    if not request.plain:
        await request.open(view_of.form(incident))
        return
    opened = await request.uow.perform(reopen_incident, incident.id, request.plain, by=request.user)
    await request.answer(view_of.reopened(opened, await request.uow.read(pages.pending_of, opened.id)))


@answers_refusals
async def form_asked(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, uow: UnitOfWork
) -> None:
    """Open the form from a button."""
    await ack()
    incident = reopenable(await incident_of(uow, body))
    await client.views_open(trigger_id=body["trigger_id"], view=view_of.form(incident))


@answers_refusals
async def only_pressed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Call off whom the reopening paged."""
    await ack()
    by = body["user"]["id"]
    incident = await uow.perform(reopen_incident, number_of(body), "", by=by, back=False)
    await show_instead(respond, body, view_of.corrected(incident))


@answers_in_form(view_of.REASON)
async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], uow: UnitOfWork) -> None:
    """Reopen as it was chosen."""
    entered, by = view["state"]["values"], body["user"]["id"]
    reason, back = typed(entered, view_of.REASON), chosen(entered, view_of.WHICH) != view_of.CORRECT
    if not reason:
        await ack(response_action="errors", errors={view_of.REASON: "Say why it is opened again."})
        return
    await uow.perform(reopen_incident, number(view["private_metadata"]), reason, by=by, back=back)
    await ack()


def form_for(tx: Tx, incident_id: int, by: str) -> dict[str, Any]:
    """Return the form, for another form in which Investigating was chosen."""
    return view_of.form(reopenable(incidents.visible(tx, incident_id, by)))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            reopen,
            usage="reopen [reason]",
            brief="work on it again",
            help="Work on it again. A reason pages as a declaration does; alone, it asks whether to page.",
            example="/inc reopen Errors are back since the restart",
            place=(Group.MOVE, 50),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, form_asked),
        Listener("action", view_of.ONLY, only_pressed),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(
        PanelButton(
            (Row.WORK, 80),
            view_of.again,
            lambda incident, viewer: incident.status in REOPENABLE or incident.correcting,
        ),
    ),
)
