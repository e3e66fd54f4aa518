"""Actions and follow-ups: the form, Done, Take it, and the list."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.incidents.incident import Incident
from bot.domain.work.work import ActionKind, taking_actions
from bot.operations.once import once
from bot.operations.work.actions import add_action, finish_action, return_action, take_action
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.incidents.state import number
from bot.views.work import action as view_of
from handlers import words
from handlers.pressed import in_private, incident_of, number_of, seen, show_instead, value_of
from handlers.refusals import answers_in_form, answers_refusals
from handlers.request import Feature, Listener, Request, replace
from storage import actions, people


async def add(request: Request) -> None:
    """Add what was typed for the person named at its end or start; without one open the form."""
    incident = taking_actions(request.here)
    text, person, unknown = await words.for_whom(request)
    if not person or not text:
        await request.open(view_of.form(incident, text, unknown))
        return
    await request.uow.perform(
        once,
        f"command:{request.trigger_id}",
        add_action,
        incident.id,
        title=text,
        details="",
        kind=ActionKind.ACTION if incident.status.open else ActionKind.FOLLOW_UP,
        assignee=person,
        due=None,
        by=request.user,
    )
    name = await request.uow.read(people.name_of, person)
    await request.answer(view_of.added(text, name))


async def show(request: Request) -> None:
    """List the actions in private."""
    incident = await words.incident(request)
    found = await request.uow.read(actions.of, incident.id)
    await request.answer(view_of.listing(found, incident))


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
    incident = taking_actions(await incident_of(uow, body))
    await client.views_open(trigger_id=body["trigger_id"], view=view_of.form(incident))


@answers_in_form(view_of.TITLE)
async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], uow: UnitOfWork) -> None:
    """Write the action down; a form that arrives twice adds one."""
    found = view_of.entered(view["state"]["values"])
    if isinstance(found, dict):
        await ack(response_action="errors", errors=found)
        return
    await uow.perform(
        once,
        f"form:{view['id']}",
        add_action,
        number(view["private_metadata"]),
        title=found.title,
        details=found.details,
        kind=found.kind,
        assignee=found.assignee,
        due=found.due,
        by=body["user"]["id"],
    )
    await ack()


@answers_refusals
async def turned(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Show a page of the list in the place of the panel, or of the page before."""
    await ack()
    await show_instead(respond, body, await _listing(body, uow, await incident_of(uow, body)))


@answers_refusals
async def finished(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Mark an action as done."""
    await ack()
    action = await uow.perform(finish_action, number_of(body), by=body["user"]["id"])
    await _list_again(respond, body, uow, action.incident)


@answers_refusals
async def taken(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Give an action to whoever takes it."""
    await ack()
    action = await uow.perform(take_action, number_of(body), by=body["user"]["id"])
    await _list_again(respond, body, uow, action.incident)


@answers_refusals
async def returned(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Leave an action to anybody else."""
    await ack()
    await uow.perform(return_action, number_of(body), by=body["user"]["id"])


async def _list_again(respond: AsyncRespond, body: dict[str, Any], uow: UnitOfWork, incident_id: int) -> None:
    """Redraw a private list; the channel's message is redrawn by itself."""
    if in_private(body):
        await replace(respond, await _listing(body, uow, await seen(uow, body, incident_id)))


async def _listing(body: dict[str, Any], uow: UnitOfWork, incident: Incident) -> Message:
    """Return the list, or the page of it that the button leads to."""
    page = number(value_of(body).partition(":")[2] or "1")
    return view_of.listing(await uow.read(actions.of, incident.id), incident, page)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            add,
            usage="action <thing to do> [@person]",
            brief="give somebody a task",
            help="Add an action to do during the incident, or a follow-up for after it.",
            example="/inc action Drain the broken node @ana",
            place=(Group.INFORM, 40),
        ),
        Subcommand(
            show,
            usage="actions",
            brief="what there is to do",
            help="List the actions and follow-ups, the open ones first.",
            example="/inc actions",
            place=(Group.INFORM, 50),
        ),
    ),
    listeners=(
        Listener("action", view_of.ADD, form_asked),
        Listener("action", view_of.DONE, finished),
        Listener("action", view_of.TAKE, taken),
        Listener("action", view_of.RETURN, returned),
        Listener("action", view_of.LIST, turned),
        Listener("action", view_of.PREVIOUS, turned),
        Listener("action", view_of.NEXT, turned),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(
        PanelButton((Row.FACTS, 20), opens("Add action", view_of.ADD), unless_gone),
        PanelButton((Row.FACTS, 30), opens("Actions", view_of.LIST), unless_gone),
    ),
)
