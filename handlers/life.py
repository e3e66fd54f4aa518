"""An incident's life: status, name, and the words for each step of it."""

from dataclasses import replace
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import Desk
from bot.domain.errors import Refused, Step
from bot.domain.incidents import ENDED_BY_LEAD, REOPENABLE, Incident, Status, renamable
from bot.operations.lifecycle import change_status
from bot.operations.lifecycle import reopen as reopen_incident
from bot.operations.rename import rename as rename_incident
from bot.views import life as view_of
from bot.views.state import number, one_of, typed, typed_line
from handlers import cancel, resolve, words
from handlers.pressed import incident_of, settle
from handlers.refusals import answers_in_form, answers_refusals
from handlers.request import Listener, Request, Subcommand


async def status(request: Request) -> None:
    """Set the status that was typed, or open the form."""
    incident = request.here
    possible = view_of.statuses(incident, request.user)
    to = words.status(request.plain, possible) if request.plain else None
    if to is Status.RESOLVED:
        await resolve.resolve(replace(request, text=""))
    elif to is Status.CANCELLED:
        await cancel.cancel(replace(request, text=""))
    elif to:
        await _move(request, incident, to)
    else:
        await request.open(view_of.status_form(_movable(incident, request.user), request.user))


async def close(request: Request) -> None:
    """Close: nothing is left to do."""
    await _move(request, _alone(request, "close"), Status.CLOSED)


async def reopen(request: Request) -> None:
    """Start working again, for the reason that was typed or that the form asks for."""
    incident = request.here
    if request.plain or incident.status not in REOPENABLE:
        opened = await request.desk.perform(reopen_incident, incident.id, request.plain, by=request.user)
        await request.answer(view_of.moved(opened))
    else:
        await request.open(view_of.reopen_form(incident))


async def rename(request: Request) -> None:
    """Give the name that was typed, or open the form."""
    incident = request.here
    if request.plain:
        renamed = await request.desk.perform(rename_incident, incident.id, request.plain, by=request.user)
        await request.answer(view_of.renamed(renamed))
    else:
        await request.open(view_of.rename_form(renamable(incident)))


@answers_refusals
async def form_asked(
    ack: AsyncAck,
    body: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    desk: Desk,
) -> None:
    """Open the form that a button stands for."""
    await ack()
    incident = await incident_of(desk, body)
    match body["actions"][0]["action_id"]:
        case view_of.STATUS_OPEN:
            viewer = body["user"]["id"]
            form = view_of.status_form(_movable(incident, viewer), viewer)
        case view_of.REOPEN_OPEN:
            form = view_of.reopen_form(_finished(incident))
        case _:
            form = view_of.rename_form(renamable(incident))
    await client.views_open(trigger_id=body["trigger_id"], view=form)


@answers_refusals
async def close_pressed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, desk: Desk) -> None:
    """Close from a button."""
    await ack()
    incident = await incident_of(desk, body)
    closed = await desk.perform(change_status, incident.id, Status.CLOSED, by=body["user"]["id"])
    await settle(respond, body, view_of.moved(closed))


@answers_in_form(view_of.STATUS)
async def status_submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], desk: Desk) -> None:
    """Set the status that was chosen."""
    entered = view["state"]["values"]
    to, reason = one_of(Status, entered, view_of.STATUS), typed(entered, view_of.REASON)
    reopening = view_of.REASON in entered and to is Status.INVESTIGATING
    if reopening and not reason:
        await ack(response_action="errors", errors={view_of.REASON: "Say why it is opened again."})
        return
    by = body["user"]["id"]
    if to in ENDED_BY_LEAD:
        form_for = resolve.form_for if to is Status.RESOLVED else cancel.form_for
        form = await desk.read(form_for, number(view["private_metadata"]), by)
        await ack(response_action="update", view=form)
        return
    await desk.perform(change_status, number(view["private_metadata"]), to, by=by, reason=reason)
    await ack()


@answers_in_form(view_of.NAME)
async def rename_submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], desk: Desk) -> None:
    """Give the name that was written."""
    name = typed_line(view["state"]["values"], view_of.NAME)
    if not name:
        await ack(response_action="errors", errors={view_of.NAME: "Write a name, a few words are enough."})
        return
    await desk.perform(rename_incident, number(view["private_metadata"]), name, by=body["user"]["id"])
    await ack()


@answers_in_form(view_of.REASON)
async def reopen_submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], desk: Desk) -> None:
    """Start working again."""
    reason = typed(view["state"]["values"], view_of.REASON)
    if not reason:
        await ack(response_action="errors", errors={view_of.REASON: "Say why it is opened again."})
        return
    await desk.perform(reopen_incident, number(view["private_metadata"]), reason, by=body["user"]["id"])
    await ack()


async def _move(request: Request, incident: Incident, to: Status) -> None:
    moved = await request.desk.perform(change_status, incident.id, to, by=request.user)
    await request.answer(view_of.moved(moved))


def _alone(request: Request, word: str) -> Incident:
    """Return this channel's incident, unless the command begins a sentence: that may be a new problem."""
    if request.plain:
        raise Refused(
            f"`/inc {word}` stands alone, so nothing was changed. To {word} this incident: `/inc {word}`. "
            f"To declare a new one: `/inc declare {word} …`.",
            Step(f"{word.title()} this incident", word),
            Step("Declare a new one", f"declare {word} {request.text}"),
        )
    return request.here


def _movable(incident: Incident, viewer: str) -> Incident:
    if view_of.statuses(incident, viewer):
        return incident
    raise Refused(
        f"INC-{incident.id} is {incident.status}, and nothing follows that. "
        "If the problem is back, declare a new incident: `/inc declare`."
    )


def _finished(incident: Incident) -> Incident:
    if incident.status in REOPENABLE:
        return incident
    raise Refused(f"INC-{incident.id} is {incident.status}: there is nothing to reopen.")


SUBCOMMANDS = {
    "status": Subcommand(
        status,
        usage="status [status]",
        help="Move it on: Fixing, Monitoring, Resolved and so on.",
        example="/inc status Fixing",
    ),
    "rename": Subcommand(
        rename,
        usage="rename [name]",
        help="Give the incident another name; its channel follows.",
        example="/inc rename Checkout is slow in Europe",
    ),
    "reopen": Subcommand(
        reopen,
        usage="reopen <reason>",
        help="Start working on a finished incident again.",
        example="/inc reopen Errors are back since the restart",
    ),
    "close": Subcommand(
        close,
        usage="close",
        help="Say that nothing is left to do. S1 and S2 are reviewed first.",
        example="/inc close",
    ),
}

LISTENERS = (
    Listener("action", view_of.STATUS_OPEN, form_asked),
    Listener("action", view_of.RENAME_OPEN, form_asked),
    Listener("action", view_of.REOPEN_OPEN, form_asked),
    Listener("action", view_of.CLOSE, close_pressed),
    Listener("view", view_of.STATUS_FORM, status_submitted),
    Listener("view", view_of.RENAME_FORM, rename_submitted),
    Listener("view", view_of.REOPEN_FORM, reopen_submitted),
)
