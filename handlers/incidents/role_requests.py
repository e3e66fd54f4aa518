"""Asking somebody whether they take a role: their answer, by the buttons of the question."""

from bot.domain.incidents.undoing import Thing
from bot.operations.incidents.role_requests import answer_for_role, ask_for_role
from bot.views.incidents import life
from bot.views.incidents import role_request as view_of
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request
from handlers.undoable import answered


async def ask(request: Request, role: str, person: str) -> None:
    """Have a person asked whether they take a role."""
    incident = request.here
    await request.once(ask_for_role, incident.id, role, person, by=request.user)
    await request.answer(view_of.sent(incident, role, person))


@of_incident
async def taken(request: Request) -> None:
    by = request.user
    incident, role = await request.uow.perform(answer_for_role, request.here.id, takes=True, by=by)
    await answered(request, incident, life.holds(incident, role, by), Thing.ROLE)


@of_incident
async def declined(request: Request) -> None:
    by = request.user
    incident, role = await request.uow.perform(answer_for_role, request.here.id, takes=False, by=by)
    await request.answer(view_of.declined(incident, role))


FEATURE = Feature(
    listeners=(
        Listener("action", view_of.TAKE, taken),
        Listener("action", view_of.DECLINE, declined),
    ),
)
