"""Who leads, and who holds which role."""

from dataclasses import replace

from bot.domain.alerts.changes import LATELY, MOST_CHANGES
from bot.domain.errors import Refused
from bot.domain.incidents.ownership import in_progress
from bot.domain.incidents.undoing import Thing
from bot.domain.process import EOC
from bot.operations.incidents import company
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.incidents.role_requests import ask_for_role
from bot.operations.paging.calling import cards_of
from bot.operations.rights import visible
from bot.views.alerts import changes
from bot.views.blocks import Block
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_open
from bot.views.incidents import life as view_of
from bot.views.incidents import role_card, role_request
from bot.views.incidents.state import chosen, chosen_person, chosen_several
from handlers import role_words, words
from handlers.incidents import role_requests, streams
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from handlers.undoable import answered, confirmed
from storage import change_events
from storage import roles as stored
from storage.transaction import Tx

CHOOSE = "Choose a person."


async def lead(request: Request) -> None:
    """Hand the lead over, or ask whoever takes it for a confirmation. In a stream's channel it is that of
    the stream.
    """
    if request.stream:
        await streams.lead(request, request.stream)
        return
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
    shown = view_of.leads(changed, request.user, confirmed=to == incident.lead)
    await answered(request, changed, shown, Thing.LEAD)


async def role(request: Request) -> None:
    """Give a role to the person named; without one say who holds it; without a role open the form.

    A button may name a role for the form.
    """
    incident, roles = request.here, request.uow.process.every_role
    typed, person = await words.role_and_person(request)
    asks, typed = words.asks(typed)
    held = await request.uow.read(stored.of, incident.id)
    if not typed and not person:
        await request.open(view_of.role_form(in_progress(incident), roles, held, request.rest))
        return
    if role_words.means_lead(typed):
        await lead(replace(request, text=f"<@{person}>" if person else ""))
        return
    chosen = words.role(typed, request.uow.process)
    if person is None:
        await request.answer(view_of.holder(incident, chosen, held.get(chosen)))
        return
    if asks:
        await role_requests.ask(request, chosen, person)
        return
    await request.uow.perform(assign_role, incident.id, chosen, person, by=request.user)
    await answered(request, incident, view_of.holds(incident, chosen, person), Thing.ROLE)


async def roles(request: Request) -> None:
    """Say who leads and who holds which role."""
    if request.plain.lower() == "history":
        await past(request)
        return
    incident = await words.incident(request, takes="nothing, `history` or an incident's number")
    held = await request.uow.read(stored.of, incident.id)
    who = await request.uow.read(company.company, incident)
    before = await request.uow.read(stored.before, incident.id)
    await request.answer(view_of.everybody(incident, request.uow.process.roles, held, who, before))


async def past(request: Request) -> None:
    """Say who held what when."""
    found = await request.uow.read(company.history, request.here)
    await request.answer(view_of.history(request.here, found))


async def duties(request: Request) -> None:
    """Say what is expected in the role that is typed, or in those that this person holds."""
    process = request.uow.process
    if request.plain:  # a role's duties can be read anywhere, also before there is an incident
        card = process.role_cards.get(words.role(request.plain, process))
        cards = [card] if card else []
    else:
        cards = await request.uow.read(cards_of, request.here, request.user)
    changed = await request.uow.read(_lately) if any(card.role == EOC for card in cards) else []
    await request.answer(role_card.duties(request.incident, cards, changed))


def _lately(tx: Tx) -> list[Block]:
    """Return what changed in the last hour, if anything did."""
    found = change_events.since(tx, tx.now - LATELY, MOST_CHANGES)
    return changes.on_card(found, LATELY) if found else []


@of_incident
async def lead_taken(request: Request) -> None:
    """Take the lead, after the confirmation."""
    by = request.user
    incident = await request.uow.perform(hand_over, request.here.id, by, by=by)
    await answered(request, incident, view_of.leads(incident, by), Thing.LEAD)


@of_incident
async def lead_taken_to_end(request: Request) -> None:
    """Take the lead and offer to resolve or cancel, which was the wish."""
    incident, by = request.here, request.user
    if incident.lead != by:
        incident = await request.uow.perform(hand_over, incident.id, by, by=by)
    await request.answer(view_of.taken_to_end(incident, request.rest))


@answers_in_form(view_of.PERSON)
async def lead_submitted(form: Submission) -> None:
    """Hand the lead over to the person chosen."""
    to = chosen_person(form.entered, view_of.PERSON)
    if not to:
        raise Refused(CHOOSE)
    changed = await form.uow.perform(hand_over, form.number, to, by=form.user)
    await confirmed(form, changed, view_of.leads(changed, form.user), Thing.LEAD)


@answers_in_form(view_of.PERSON)
async def role_submitted(form: Submission) -> None:
    """Give the role to the person chosen."""
    role, to = chosen(form.entered, view_of.ROLE), chosen_person(form.entered, view_of.PERSON)
    if not role or not to:
        await form.wrong({view_of.PERSON: CHOOSE} if role else {view_of.ROLE: "Choose a role."})
        return
    if view_of.ASK in chosen_several(form.entered, view_of.ASK):
        asked = await form.once(ask_for_role, form.number, role, to, by=form.user)
        await (confirmed(form, asked, role_request.sent(asked, role, to)) if asked else form.close())
        return
    changed = await form.uow.perform(assign_role, form.number, role, to, by=form.user)
    await confirmed(form, changed, view_of.holds(changed, role, to), Thing.ROLE)


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
            usage="role [ask] [role] [@person or me]",
            brief="give, take or ask for it",
            help="Give somebody a role, take it, or see who holds it; `ask` asks them whether they take it.",
            example="/inc role IM @ana",
            place=(Group.PEOPLE, 20),
        ),
        Subcommand(
            roles,
            usage="roles [history]",
            brief="who does what",
            help="See who leads, who holds which role, who acts and who looks on; or who held what when.",
            example="/inc roles",
            place=(Group.PEOPLE, 30),
        ),
        Subcommand(
            duties,
            usage="duties [role]",
            brief="what a role has to do",
            help="Read what is expected of you in your roles, or of anybody in the role that you name.",
            example="/inc duties IM",
            place=(Group.PEOPLE, 35),
        ),
    ),
    listeners=(
        Listener("action", view_of.TAKE_LEAD, lead_taken),
        Listener("action", view_of.LEAD_TO_END, lead_taken_to_end),
        Listener("action", view_of.LEAD_OPEN, of_incident(lead)),
        Listener("action", view_of.HISTORY, of_incident(past)),
        Listener("action", view_of.ROLE_OPEN, of_incident(role)),
        Listener("action", role_card.OPEN, of_incident(duties)),
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
