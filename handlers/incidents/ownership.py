"""Who leads, and who holds which role."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.incidents.ownership import in_progress
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.rights import visible
from bot.unit_of_work import UnitOfWork
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_open
from bot.views.incidents import life as view_of
from bot.views.incidents.state import chosen, chosen_person, number
from handlers import words
from handlers.pressed import incident_of, show_instead, value_of
from handlers.refusals import answers_in_form, answers_refusals
from handlers.request import Feature, Listener, Request
from storage import roles as stored

CHOOSE = "Choose a person."


async def lead(request: Request) -> None:
    """Hand the lead over, or ask whoever takes it for a confirmation."""
    incident = in_progress(request.here)
    leading = incident.lead == request.user
    if not request.plain and leading:
        await request.open(view_of.lead_form(incident))
        return
    to = await words.lead(request) if request.plain else request.user
    if to == request.user and not leading:
        await request.uow.read(visible, incident.id, request.user)  # who may not lead is offered nothing
        await request.answer(view_of.take_offer(incident))
        return
    changed = await request.uow.perform(hand_over, incident.id, to, by=request.user)
    await request.answer(view_of.leads(changed, request.user, confirmed=to == incident.lead))


async def role(request: Request) -> None:
    """Give a role to the person named; without one say who holds it; without a role open the form."""
    incident, roles = request.here, request.uow.process.roles
    typed, person = await words.role_and_person(request)
    held = await request.uow.read(stored.of, incident.id)
    if not typed and not person:
        await request.open(view_of.role_form(in_progress(incident), roles, held))
        return
    chosen = words.role(typed, roles)
    if person is None:
        await request.answer(view_of.holder(incident, chosen, held.get(chosen)))
        return
    await request.uow.perform(assign_role, incident.id, chosen, person, by=request.user)
    await request.answer(view_of.holds(incident, chosen, person))


async def roles(request: Request) -> None:
    """Say who leads and who holds which role."""
    incident = await words.incident(request)
    held = await request.uow.read(stored.of, incident.id)
    await request.answer(view_of.everybody(incident, request.uow.process.roles, held))


@answers_refusals
async def lead_taken(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork) -> None:
    """Take the lead, after the confirmation."""
    await ack()
    by = body["user"]["id"]
    incident = await incident_of(uow, body)
    incident = await uow.perform(hand_over, incident.id, by, by=by)
    await show_instead(respond, body, view_of.leads(incident, by))


@answers_refusals
async def lead_taken_to_end(
    ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, uow: UnitOfWork
) -> None:
    """Take the lead and offer to resolve or cancel, which was the wish."""
    await ack()
    by = body["user"]["id"]
    incident = await incident_of(uow, body)
    if incident.lead != by:
        incident = await uow.perform(hand_over, incident.id, by, by=by)
    await show_instead(respond, body, view_of.taken_to_end(incident, value_of(body).partition(":")[2]))


@answers_refusals
async def lead_form_asked(
    ack: AsyncAck,
    body: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    uow: UnitOfWork,
) -> None:
    """Open the form for the lead, offer the lead to anybody else."""
    await ack()
    incident = in_progress(await incident_of(uow, body))
    if incident.lead == body["user"]["id"]:
        await client.views_open(trigger_id=body["trigger_id"], view=view_of.lead_form(incident))
    else:
        await show_instead(respond, body, view_of.take_offer(incident))


@answers_refusals
async def role_form_asked(
    ack: AsyncAck,
    body: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    uow: UnitOfWork,
) -> None:
    """Open the form for a role; the button may name one."""
    await ack()
    incident = in_progress(await incident_of(uow, body))
    held = await uow.read(stored.of, incident.id)
    named = value_of(body).partition(":")[2]
    form = view_of.role_form(incident, uow.process.roles, held, named)
    await client.views_open(trigger_id=body["trigger_id"], view=form)


@answers_in_form(view_of.PERSON)
async def lead_submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], uow: UnitOfWork) -> None:
    """Hand the lead over to the person chosen."""
    to = chosen_person(view["state"]["values"], view_of.PERSON)
    if not to:
        await ack(response_action="errors", errors={view_of.PERSON: CHOOSE})
        return
    await uow.perform(hand_over, number(view["private_metadata"]), to, by=body["user"]["id"])
    await ack()


@answers_in_form(view_of.PERSON)
async def role_submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], uow: UnitOfWork) -> None:
    """Give the role to the person chosen."""
    entered = view["state"]["values"]
    role, to = chosen(entered, view_of.ROLE), chosen_person(entered, view_of.PERSON)
    if not role or not to:
        missing = {view_of.PERSON: CHOOSE} if role else {view_of.ROLE: "Choose a role."}
        await ack(response_action="errors", errors=missing)
        return
    await uow.perform(assign_role, number(view["private_metadata"]), role, to, by=body["user"]["id"])
    await ack()


FEATURE = Feature(
    subcommands=(
        Subcommand(
            lead,
            usage="lead [@person or me]",
            brief="hand over or take the lead",
            help="Hand the lead to somebody, or take it yourself.",
            example="/inc lead @ana",
            place=(Group.PEOPLE, 10),
        ),
        Subcommand(
            role,
            usage="role [role] [@person or me]",
            brief="give or take a role",
            help="Give somebody a role, or see who holds it.",
            example="/inc role IM @ana",
            place=(Group.PEOPLE, 20),
        ),
        Subcommand(
            roles,
            usage="roles",
            brief="who does what",
            help="See who leads and who holds which role.",
            example="/inc roles",
            place=(Group.PEOPLE, 30),
        ),
    ),
    listeners=(
        Listener("action", view_of.TAKE_LEAD, lead_taken),
        Listener("action", view_of.LEAD_TO_END, lead_taken_to_end),
        Listener("action", view_of.LEAD_OPEN, lead_form_asked),
        Listener("action", view_of.ROLE_OPEN, role_form_asked),
        Listener("view", view_of.LEAD_FORM, lead_submitted),
        Listener("view", view_of.ROLE_FORM, role_submitted),
    ),
    buttons=(
        PanelButton(
            (Row.PEOPLE, 10),
            opens("Hand over the lead", view_of.LEAD_OPEN),
            lambda incident, viewer: incident.status.open and viewer == incident.lead,
        ),
        PanelButton(
            (Row.PEOPLE, 10),
            view_of.take_lead,
            lambda incident, viewer: incident.status.open and viewer != incident.lead,
        ),
        PanelButton((Row.PEOPLE, 20), opens("Roles", view_of.ROLE_OPEN), while_open),
    ),
)
