"""Checklists: a call with customers, and what follows when users were blocked."""

from bot.domain.errors import Malformed
from bot.domain.incidents import checklists as domain
from bot.domain.incidents.checklists import CHECKLISTS, checkable
from bot.domain.incidents.fields import CUSTOMER_CALL as CALL_LINK
from bot.domain.incidents.incident import Incident
from bot.operations.incidents.checklists import begin_checklist, done, press_item, take_call
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens
from bot.views.incidents import checklist as view_of
from bot.views.incidents import life, links
from handlers import words
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request
from storage import links as stored_links
from storage import roles


async def customer_call(request: Request) -> None:
    """Have the channel see the checklist of a call with customers."""
    await _begin(request, domain.CUSTOMER_CALL)


async def blocked_users(request: Request) -> None:
    """Have the channel see what follows when users were blocked."""
    await _begin(request, domain.USERS_BLOCKED)


async def _begin(request: Request, name: str) -> None:
    """Post the checklist, once; from then on show it to whoever asks."""
    incident = checkable(await words.incident(request), name)
    news = await request.once(begin_checklist, incident.id, name, by=request.user)
    if news and incident.channel:
        await request.answer(view_of.begun(incident, name))
    else:
        await _show(request, incident, name)


async def pressed(request: Request) -> None:
    """Do what an item is for; where a person or an address has to be named, ask for it."""
    incident = request.here
    name, _, key = request.rest.partition(":")
    if name not in CHECKLISTS:
        raise Malformed
    item = CHECKLISTS[name].item(key)
    ready = await request.uow.read(done, incident, name)
    if item.role and key not in ready:
        held, known = await request.uow.read(roles.of, incident.id), request.uow.process.every_role
        await request.open(life.role_form(checkable(incident, name), known, held, item.role))
        return
    call = request.uow.process.type_of(incident.type).customer_call
    if key == domain.CALL and key not in ready and not call:
        known_links = await request.uow.read(stored_links.of, incident.id)
        await request.open(links.form(checkable(incident, name), known_links, CALL_LINK))
        return
    incident = await request.uow.perform(press_item, incident.id, name, key, by=request.user)
    if request.in_private or not incident.channel:
        await _show(request, incident, name)


async def take(request: Request) -> None:
    """Take the call with customers; the question is edited."""
    incident = await request.uow.perform(take_call, request.here.id, by=request.user)
    await request.answer(view_of.took(incident))


async def _show(request: Request, incident: Incident, name: str) -> None:
    ready = await request.uow.read(done, incident, name)
    await request.answer(view_of.checklist(incident, name, ready))


def _while_high(incident: Incident, viewer: str) -> bool:
    return incident.severity.high and incident.status.active


FEATURE = Feature(
    subcommands=(
        Subcommand(
            customer_call,
            usage="customer-call",
            brief="call with customers",
            help="Get the checklist of a call with customers: a second IM, leadership, the roles Engineering "
            "Communications Lead and CSM, a call of its own. Each item is done by one press.",
            example="/inc customer-call",
            place=(Group.INFORM, 68),
        ),
        Subcommand(
            blocked_users,
            usage="blocked-users",
            brief="users were blocked",
            help="Get the checklist of what follows when users were blocked: admin notes, and follow-ups for "
            "Trust and Safety, the CMOC and SIRT.",
            example="/inc blocked-users",
            place=(Group.MOVE, 75),
            aliases=("users-blocked",),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN[domain.CUSTOMER_CALL], of_incident(customer_call)),
        Listener("action", view_of.OPEN[domain.USERS_BLOCKED], of_incident(blocked_users)),
        Listener("action", view_of.PRESS, of_incident(pressed)),
        Listener("action", view_of.TAKE, of_incident(take)),
    ),
    buttons=(
        PanelButton((Row.FACTS, 82), opens("Customer call", view_of.OPEN[domain.CUSTOMER_CALL]), _while_high),
        PanelButton(
            (Row.FACTS, 84), opens("Users were blocked", view_of.OPEN[domain.USERS_BLOCKED]), _while_high
        ),
    ),
)
