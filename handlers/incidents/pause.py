"""Pausing an S3 or S4 until a date: in one line, or by its form."""

from datetime import datetime

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.pause import typed
from bot.operations.incidents import pause as operations
from bot.operations.incidents import weekend
from bot.operations.oncall.rota import zone_of
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens
from bot.views.incidents import pause as view_of
from bot.views.incidents import weekend as weekend_view
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from storage.transaction import Tx

_ENDS = {"end", "off", "over", "stop"}


async def pause(request: Request) -> None:
    """Pause until the date that was typed, end the pause, or open the form."""
    incident = request.here
    if request.plain.lower() in _ENDS:
        ended = await request.uow.perform(weekend.work_now, incident.id, by=request.user)
        await request.answer(weekend_view.goes_on(ended))
        return
    incident, proposed = await request.uow.read(_proposed, incident.id, request.user)
    if not request.plain:
        await request.open(view_of.form(incident, proposed, incident.paused_for or ""))
        return
    zone = await request.uow.read(zone_of, request.user)
    try:
        at, reason = typed(request.plain, zone, request.uow.clock.now())
    except Refused as unclear:
        await request.open(view_of.form(incident, proposed, request.plain, str(unclear)))
        return
    paused = await request.uow.perform(operations.pause, incident.id, at, reason, by=request.user)
    await request.answer(view_of.paused(paused))


@answers_in_form(view_of.UNTIL)
async def submitted(form: Submission) -> None:
    """Pause until the date that was chosen."""
    found = view_of.entered(form.entered, form.uow.clock.now())
    if isinstance(found, dict):
        await form.wrong(found)
        return
    at, reason = found
    await form.uow.perform(operations.pause, form.number, at, reason, by=form.user)
    await form.close()


def _proposed(tx: Tx, incident_id: int, by: str) -> tuple[Incident, datetime]:
    """Return an incident that this person can pause, with its end or the next working morning."""
    incident = operations.may_pause(tx, incident_id, by=by)
    if incident.waits_until:
        return incident, incident.waits_until
    return incident, weekend.next_workday(tx, by)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            pause,
            usage="pause [until when] [reason]",
            brief="let an S3 or S4 rest",
            help="Let an S3 or S4 rest until a date: no reminders, and a long investigation calls nobody. "
            "Pages go on; S1 or S2 ends the pause, and so does `/inc pause end`.",
            example="/inc pause until monday Waiting for the vendor",
            place=(Group.MOVE, 58),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(pause)),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(
        PanelButton(
            (Row.WORK, 58),
            opens("Pause", view_of.OPEN),
            lambda incident, viewer: (
                incident.status.active and not incident.severity.high and not incident.waits_until
            ),
        ),
    ),
)
