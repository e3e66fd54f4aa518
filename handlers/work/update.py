"""Updates: the form, and the buttons of the reminder."""

from bot.domain.incidents.timers import TimerKind
from bot.domain.incidents.undoing import Thing
from bot.domain.rights import Right
from bot.domain.work.held import LooksSecret, Place
from bot.domain.work.work import taking_updates
from bot.operations.incidents import timers
from bot.operations.work import update as operations
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_active
from bot.views.work import update as view_of
from handlers import words
from handlers.incidents import resolve, severity, streams
from handlers.pressed import of_incident, pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, as_read
from handlers.undoable import confirmed
from handlers.work.asking import ask_author
from storage import incidents, updates

POSTED = "Your update is posted."


async def update(request: Request) -> None:
    """Post what was typed, or open the form; the answer offers the form for what else it can change.

    In a stream's channel it is the stream's.
    """
    if request.stream:
        await streams.update(request, request.stream, as_read(request.text))
        return
    incident = taking_updates(request.here)
    latest = await request.uow.read(updates.latest, incident.id)
    text = as_read(request.text)
    if not text:
        await request.open(view_of.form(incident, latest, viewer=request.user))
        return
    try:
        await request.once(
            operations.post_update,
            incident.id,
            text,
            by=request.user,
            status=incident.status,
            severity=incident.severity,
            next_in=view_of.usual_next_in(latest, incident),
        )
    except LooksSecret:
        await ask_author(request, incident, Place.UPDATE, text)
        return
    await request.answer(view_of.sent(await request.uow.read(incidents.visible, incident.id, request.user)))


@answers_in_form(view_of.STATUS)
async def submitted(form: Submission) -> None:
    """Post the update, once. A lower severity and Resolved are asked about then."""
    by = form.user
    incident = await form.uow.read(incidents.visible, form.number, by)
    found = view_of.entered(form.entered, form.metadata, incident)
    if isinstance(found, dict):
        await form.wrong(found)
        return
    # before the update: who may not resolve is refused, and nothing is posted
    question = await form.uow.read(resolve.form_for, incident.id, by, POSTED) if found.resolves else None
    await form.once(
        operations.post_update,
        incident.id,
        found.text,
        by=by,
        status=found.status,
        severity=found.severity,
        next_in=found.next_in,
        sure=form.sure,
    )
    if found.lowered:
        incident = await form.uow.read(incidents.visible, incident.id, by)
        question = await severity.lower_form(form.uow, incident, found.lowered, POSTED, by=by)
    if question:
        await form.turn_into(question)
    elif (found.status, found.severity) != (incident.status, incident.severity):
        now = await form.uow.read(incidents.visible, incident.id, by)
        await confirmed(form, now, view_of.changed(now), Thing.STATUS, Thing.SEVERITY)
    else:
        await form.close()


async def snooze(request: Request) -> None:
    """Put the reminder off."""
    incident = await words.incident(request)
    incident = await request.uow.perform(timers.snooze, incident.id, TimerKind.UPDATE, by=request.user)
    await request.answer(view_of.snoozed(incident))


@pressed
async def stopped(request: Request) -> None:
    """Send no more reminders."""
    incident = await request.uow.perform(timers.stop, request.number, TimerKind.UPDATE, by=request.user)
    await request.answer(view_of.stopped(incident))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            update,
            usage="update [text]",
            brief="say how it stands",
            help="Tell everybody what the impact is and what is being done.",
            example="/inc update Checkout fails for 5 % of users; rolling back",
            place=(Group.INFORM, 10),
            own_way_with_secrets=True,
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(update)),
        Listener("action", view_of.SNOOZE, of_incident(snooze)),
        Listener("action", view_of.STOP, stopped),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(
        PanelButton((Row.WORK, 10), opens("Update", view_of.OPEN, "primary"), while_active, Right.UPDATE),
    ),
)
