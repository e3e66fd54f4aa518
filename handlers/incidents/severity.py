"""How bad it is: raised in one step; lowering it asks whether it was never that bad."""

from typing import Any

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, Severity, Status, gradable
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.incidents.undoing import Thing
from bot.operations.incidents.less_bad import watch
from bot.operations.incidents.severity import change_severity, needless_pages
from bot.operations.paging.engaged import told_of
from bot.operations.rights import visible
from bot.unit_of_work import UnitOfWork
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_open
from bot.views.incidents import guide
from bot.views.incidents import life as life_view
from bot.views.incidents import severity as view_of
from bot.views.incidents.state import chosen, chosen_several, named, one_of, typed
from handlers import words
from handlers.pressed import of_incident, pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from handlers.undoable import answered, confirmed
from storage import incidents, pages


async def severity(request: Request) -> None:
    """Raise it to what was typed; ask which when that is lower; or open the form."""
    # read anew with the right to change it: no form for whom it would refuse
    incident = gradable(await request.uow.read(visible, request.here.id, request.user))
    if not request.plain:
        await request.open(view_of.form(incident, request.uow.process))
        return
    to = words.severity(request.plain)
    if incident.severity.worse_than(to):
        await request.open(await lower_form(request.uow, incident, to, by=request.user))
        return
    changed = await request.uow.perform(change_severity, incident.id, to, by=request.user)
    pending = await request.uow.read(pages.pending_of, incident.id)
    engaged = await request.uow.read(told_of, changed, by=request.user)
    shown = view_of.regraded(changed, incident.severity, pending, engaged)
    await answered(request, changed, shown, Thing.SEVERITY)


async def lower_form(
    uow: UnitOfWork, incident: Incident, to: Severity, note: str = "", *, by: str
) -> dict[str, Any]:
    """Return the form that asks about a lower severity, and whether to go on calling for the higher one."""
    calling = await uow.read(needless_pages, incident.id, to, by=by)
    return view_of.lower_form(incident, to, note, calling)


@answers_in_form(view_of.SEVERITY)
async def submitted(form: Submission) -> None:
    """Raise it to what was chosen, or ask which when that is lower."""
    to = one_of(Severity, form.entered, view_of.SEVERITY)
    incident = gradable(await form.uow.read(incidents.visible, form.number, form.user))
    if incident.severity.worse_than(to):
        await form.turn_into(await lower_form(form.uow, incident, to, by=form.user))
        return
    changed = await form.uow.perform(change_severity, incident.id, to, by=form.user)
    pending = await form.uow.read(pages.pending_of, incident.id)
    engaged = await form.uow.read(told_of, changed, by=form.user)
    shown = view_of.regraded(changed, incident.severity, pending, engaged)
    await confirmed(form, changed, shown, Thing.SEVERITY)


@answers_in_form(view_of.REASON)
async def lowered(form: Submission) -> None:
    """Correct the severity, or leave it and go on to Monitoring."""
    reason, by = typed(form.entered, view_of.REASON), form.user
    if chosen(form.entered, view_of.WHICH) == Status.MONITORING:
        why = f"It is less bad now. {reason}".strip()
        public = chosen(form.entered, view_of.PUBLIC)
        to_public = named(PublicStatus, public) if public else None
        moved = await form.uow.perform(watch, form.number, to_public, by=by, reason=why)
        await confirmed(form, moved, life_view.moved(moved), Thing.STATUS)
    elif reason:
        to = named(Severity, form.metadata.partition(":")[2])
        off = bool(chosen_several(form.entered, view_of.CALL_OFF))
        changed = await form.uow.perform(change_severity, form.number, to, by=by, reason=reason, call_off=off)
        await confirmed(form, changed, view_of.regraded(changed, to), Thing.SEVERITY)
    else:
        raise Refused("Say why it was never that bad.")


@pressed
async def guide_asked(request: Request) -> None:
    """Show the whole severity guide on top of the form, which keeps what is entered."""
    await request.client.views_push(trigger_id=request.trigger_id, view=guide.sheet())


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
        Listener("action", view_of.OPEN, of_incident(severity)),
        Listener("action", guide.OPEN, guide_asked),
        Listener("view", view_of.FORM, submitted),
        Listener("view", view_of.LOWER_FORM, lowered),
    ),
    buttons=(PanelButton((Row.WORK, 50), opens("Severity", view_of.OPEN), while_open),),
)
