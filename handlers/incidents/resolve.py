"""Resolving: by its form, which asks what ended it, or in one line."""

from dataclasses import replace
from typing import Any

from bot.domain.errors import Refused, Step
from bot.domain.incidents.communication import resolved_early
from bot.domain.incidents.fields import FieldType
from bot.domain.incidents.incident import Incident, NotTheLead, Status
from bot.domain.incidents.undoing import Thing
from bot.domain.timeline.entries import Kind
from bot.domain.work.work import ActionKind
from bot.operations.incidents.changes import missing_fields
from bot.operations.incidents.lifecycle import Written, change_status, may_end, write_down
from bot.operations.incidents.lifecycle import resolve as resolve_incident
from bot.views.blocks import Message
from bot.views.commands import Group, PanelButton, Row, Subcommand
from bot.views.incidents import fields
from bot.views.incidents import life as life_view
from bot.views.incidents import resolve as view_of
from bot.views.incidents.state import chosen
from handlers import words
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from handlers.undoable import confirmed
from storage import actions, alerts, incidents, timeline
from storage.transaction import Tx


async def resolve(request: Request) -> None:
    """Resolve for the reason that was typed, or open the form; who does not lead is offered the lead."""
    incident = request.here
    found = view_of.TYPED.get(request.plain.lower().rstrip(".!"))
    if words.bare(request.plain) and not found:
        raise Refused(
            "To resolve this incident, say what ended it: `/inc resolve fix`, `/inc resolve by itself`, or "
            f"`/inc resolve` alone, which asks. For a new problem: `/inc declare resolve {request.plain}`.",
            Step("Resolve this incident", "resolve", incident.id),
            Step("Declare a new one", f"declare resolve {request.text}"),
        )
    try:
        await request.uow.read(may_end, incident.id, Status.RESOLVED, by=request.user)
    except NotTheLead as refused:
        await request.answer(life_view.end_offer(refused, f"resolve {request.text}".strip()))
        return
    missing = await request.uow.read(_missing, incident)
    early = await request.uow.read(_early, incident)
    if found and not missing and early:
        await request.open(view_of.watch_form(incident, found, early=True))
        return
    if not found or missing or view_of.watched(incident, found):
        await request.open(await request.uow.read(_form, incident, ended=found))
        return
    moved = await request.uow.perform(resolve_incident, incident.id, found, by=request.user)
    await request.answer(await request.uow.read(_done, moved))


@answers_in_form(view_of.ENDED)
async def submitted(form: Submission) -> None:
    """Resolve, or propose to watch first what nobody understands. What was written is kept either way."""
    ended, by = view_of.ending(form.entered), form.user
    if not ended:
        raise Refused("Choose what ended it.")
    incident = await form.uow.read(may_end, form.number, Status.RESOLVED, by=by)
    filled, wrong = fields.entered(form.entered, await form.uow.read(_missing, incident))
    if wrong:
        await form.wrong(wrong)
        return
    written = Written(view_of.summary(form.entered), filled, form.sure)
    early = await form.uow.read(_early, incident)
    if early or view_of.watched(incident, ended):
        await form.uow.perform(write_down, incident.id, written, by=by)
        await form.turn_into(view_of.watch_form(incident, ended, early=early))
        return
    resolved = await form.uow.perform(resolve_incident, incident.id, ended, written=written, by=by)
    await confirmed(form, resolved, await form.uow.read(_done, resolved))


@answers_in_form(view_of.THEN)
async def decided(form: Submission) -> None:
    """Watch it, or resolve it all the same."""
    number, by = form.number, form.user
    ended = view_of.Ending.__members__.get(form.metadata.partition(":")[2], view_of.Ending.UNKNOWN)
    if chosen(form.entered, view_of.THEN) != Status.MONITORING:
        resolved = await form.uow.perform(resolve_incident, number, ended, by=by)
        await confirmed(form, resolved, await form.uow.read(_done, resolved))
    elif (await form.uow.read(incidents.visible, number, by)).status is Status.MONITORING:
        await form.close()
    else:
        moved = await form.uow.perform(change_status, number, Status.MONITORING, by=by, reason=ended)
        await confirmed(form, moved, life_view.moved(moved), Thing.STATUS)


def form_for(tx: Tx, incident_id: int, by: str, note: str = "") -> dict[str, Any]:
    """Return the form, for another form in which Resolved was chosen. Refuses who may not resolve."""
    return _form(tx, may_end(tx, incident_id, Status.RESOLVED, by=by), note)


def _form(
    tx: Tx, incident: Incident, note: str = "", *, ended: view_of.Ending | None = None
) -> dict[str, Any]:
    still_open = [action for action in actions.of(tx, incident.id) if not action.done_at]
    return view_of.form(incident, len(still_open), note, missing=_missing(tx, incident), ended=ended)


def _done(tx: Tx, incident: Incident) -> Message:
    """Say that it is resolved, what of its alerts fires on, and ask about actions that are still open."""
    found = [one for one in actions.of(tx, incident.id) if not one.done_at]
    fires = alerts.count(tx, incident.id).open
    return view_of.done(incident, sum(one.kind is ActionKind.ACTION for one in found), fires)


def _early(tx: Tx, incident: Incident) -> bool:
    """Say whether it is a Partial Service Disruption that was not watched for long enough."""
    moved = timeline.latest(tx, incident.id, Kind.STATUS)
    watched = incident.status is Status.MONITORING and moved
    return resolved_early(incident, moved.at if watched and moved else None, tx.now)


def _missing(tx: Tx, incident: Incident) -> list[FieldType]:
    """Return the required fields that an incident lacks if it is resolved now."""
    return missing_fields(tx, replace(incident, status=Status.RESOLVED))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            resolve,
            usage="resolve [fix or by itself]",
            brief="the impact is over",
            help="Say that the impact is over, and what ended it. Only the lead can.",
            example="/inc resolve by itself",
            place=(Group.MOVE, 30),
        ),
    ),
    listeners=(
        Listener("view", view_of.FORM, submitted),
        Listener("view", view_of.WATCH_FORM, decided),
    ),
    buttons=(
        PanelButton(
            (Row.WORK, 30),
            lambda incident: life_view.next_step(incident)[0],
            lambda incident, viewer: bool(life_view.next_step(incident)),
        ),
    ),
)
