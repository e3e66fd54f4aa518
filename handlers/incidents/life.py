"""An incident's life: status, name, and the words for each step of it."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import ACTIVE, FINISHED, REOPENABLE, Incident, Status, renamable
from bot.domain.incidents.undoing import Thing
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.rename import rename as rename_incident
from bot.operations.timeline.notes import note
from bot.views.blocks import Message
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_open
from bot.views.incidents import fixing
from bot.views.incidents import life as view_of
from bot.views.incidents.state import one_of, typed_line
from bot.views.timeline.note import noted
from handlers import words
from handlers.incidents import cancel, reopen, resolve
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from handlers.undoable import answered, confirmed
from storage import incidents
from storage.transaction import Tx

_TO = re.compile(r"^to:?\s+", re.IGNORECASE)


async def status(request: Request) -> None:
    """Set the status that was typed, or open the form."""
    incident = request.here
    possible = view_of.statuses(incident, request.user)
    typed, step = _with_step(request.plain)
    to = words.status(typed, possible) if typed else None
    if to is Status.RESOLVED:
        await resolve.resolve(replace(request, text=""))
    elif to is Status.CANCELLED:
        await cancel.cancel(replace(request, text=""))
    elif to is Status.INVESTIGATING and incident.status in REOPENABLE:
        await reopen.reopen(replace(request, text=""))
    elif to:
        await _move(request, incident, to, step)
    else:
        await request.open(view_of.status_form(_movable(incident, request.user), request.user))


async def close(request: Request) -> None:
    """Close: nothing is left to do."""
    await _move(request, _alone(request, "close"), Status.CLOSED)


async def rename(request: Request) -> None:
    """Give the name that was typed, or open the form."""
    incident = request.here
    if name := _TO.sub("", request.plain):
        renamed = await request.uow.perform(rename_incident, incident.id, name, by=request.user)
        await answered(request, renamed, view_of.renamed(renamed), Thing.NAME)
    else:
        await request.open(view_of.rename_form(renamable(incident)))


@answers_in_form(view_of.STATUS)
async def status_submitted(form: Submission) -> None:
    """Set the status that was chosen."""
    to = one_of(Status, form.entered, view_of.STATUS)
    incident = await form.uow.read(incidents.visible, form.number, form.user)
    if form_for := _asking(incident, to):
        await form.turn_into(await form.uow.read(form_for, incident.id, form.user))
        return
    moved = await form.uow.perform(change_status, incident.id, to, by=form.user)
    await confirmed(form, moved, _said(moved), Thing.STATUS)


@answers_in_form(view_of.NAME, own=True)
async def rename_submitted(form: Submission) -> None:
    """Give the name that was written."""
    name = typed_line(form.entered, view_of.NAME)
    if not name:
        raise Refused("Write a name, a few words are enough.")
    renamed = await form.uow.perform(rename_incident, form.number, name, by=form.user)
    await confirmed(form, renamed, view_of.renamed(renamed), Thing.NAME)


def _with_step(text: str) -> tuple[str, str]:
    """Return the status that is typed, and after Fixing the agreed step."""
    first, _, step = words.IS.sub("", text).partition(" ")
    to_fixing = first.rstrip(":,").lower() == Status.FIXING.lower()
    return (Status.FIXING, step.strip(" :-–—")) if to_fixing else (text, "")


async def _move(request: Request, incident: Incident, to: Status, step: str = "") -> None:
    if step and incident.status is to:  # it is in Fixing already: what was typed is noted all the same
        await request.once(note, incident.id, f"Agreed step: {step}", by=request.user)
        await request.answer(noted(incident))
        return
    moved = await request.uow.perform(change_status, incident.id, to, by=request.user, reason=step)
    await answered(request, moved, view_of.moved(moved) if step else _said(moved), Thing.STATUS)


def _said(moved: Incident) -> Message:
    """Say what it is now; going to Fixing asks for the agreed step."""
    return fixing.fixing(moved) if moved.status is Status.FIXING else view_of.moved(moved)


def _alone(request: Request, word: str) -> Incident:
    """Return this channel's incident, unless the command begins a sentence: that may be a new problem."""
    if words.bare(request.plain):
        raise Refused(
            f"`/inc {word}` stands alone, so nothing was changed. To {word} this incident: `/inc {word}`. "
            f"To declare a new one: `/inc declare {word} …`.",
            Step(f"{word.title()} this incident", word),
            Step("Declare a new one", f"declare {word} {request.text}"),
        )
    return request.here


def _asking(incident: Incident, to: Status) -> Callable[[Tx, int, str], dict[str, Any]] | None:
    """Return what asks more before a status that was chosen."""
    if to is Status.RESOLVED:
        return resolve.form_for
    if to is Status.CANCELLED:
        return cancel.form_for
    return reopen.form_for if incident.status in REOPENABLE and to is Status.INVESTIGATING else None


def _movable(incident: Incident, viewer: str) -> Incident:
    if view_of.statuses(incident, viewer):
        return incident
    raise Refused(
        f"INC-{incident.id} is {incident.status}, and nothing follows that. "
        "If the problem is back, declare a new incident: `/inc declare`."
    )


FEATURE = Feature(
    subcommands=(
        Subcommand(
            status,
            usage="status [status] [agreed step]",
            brief="Fixing, Monitoring, …",
            help="Move it on: Fixing, Monitoring, Resolved and so on. After Fixing, say the agreed step.",
            example="/inc status Fixing Roll back to 17.3",
            place=(Group.MOVE, 20),
        ),
        Subcommand(
            rename,
            usage="rename [name]",
            brief="another name",
            help="Give the incident another name; its channel follows.",
            example="/inc rename Checkout is slow in Europe",
            place=(Group.PEOPLE, 40),
            own_way_with_secrets=True,
        ),
        Subcommand(
            close,
            usage="close",
            brief="nothing is left to do",
            help="Say that nothing is left to do. S1 and S2 are reviewed first.",
            example="/inc close",
            place=(Group.MOVE, 40),
        ),
    ),
    listeners=(
        Listener("action", view_of.STATUS_OPEN, of_incident(status)),
        Listener("action", view_of.RENAME_OPEN, of_incident(rename)),
        Listener("action", view_of.CLOSE, of_incident(close)),
        Listener("view", view_of.STATUS_FORM, status_submitted),
        Listener("view", view_of.RENAME_FORM, rename_submitted),
    ),
    buttons=(
        PanelButton(
            (Row.WORK, 40),
            opens("Status", view_of.STATUS_OPEN),
            lambda incident, viewer: incident.status in ACTIVE | FINISHED,
        ),
        PanelButton((Row.PEOPLE, 30), opens("Rename", view_of.RENAME_OPEN), while_open),
    ),
)
