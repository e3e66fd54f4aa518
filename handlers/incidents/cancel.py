"""Cancelling: in one line, or by its form, which asks why it was no incident."""

from typing import Any

from bot.domain.errors import Refused
from bot.domain.incidents.incident import NotTheLead, Status
from bot.operations.incidents.lifecycle import change_status, may_end
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_active
from bot.views.incidents import cancel as view_of
from bot.views.incidents import life as life_view
from bot.views.incidents.state import typed
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from handlers.undoable import confirmed
from storage.transaction import Tx


async def cancel(request: Request) -> None:
    """Cancel for the reason that was typed, or open the form; who does not lead is offered the lead."""
    incident = request.here
    try:
        await request.uow.read(may_end, incident.id, Status.CANCELLED, by=request.user)
    except NotTheLead as refused:
        await request.answer(life_view.end_offer(refused, f"cancel {request.text}".strip(), request.plain))
        return
    if not request.plain:
        await request.open(view_of.form(incident))
        return
    cancelled = await request.uow.perform(
        change_status, incident.id, Status.CANCELLED, by=request.user, reason=request.plain
    )
    await request.answer(life_view.moved(cancelled))


@answers_in_form(view_of.REASON)
async def submitted(form: Submission) -> None:
    """Cancel for the reason that was written."""
    reason = typed(form.entered, view_of.REASON)
    if not reason:
        raise Refused("Say why it was no incident.")
    cancelled = await form.uow.perform(
        change_status, form.number, Status.CANCELLED, by=form.user, reason=reason
    )
    await confirmed(form, cancelled, life_view.moved(cancelled))


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
        Listener("action", view_of.OPEN, of_incident(cancel)),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(PanelButton((Row.PEOPLE, 40), opens("Cancel the incident", view_of.OPEN), while_active),),
)
