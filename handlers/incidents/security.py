"""Security, unauthorized access, or a path to be blocked: Security and the IM are paged."""

from bot.domain.incidents.incident import pageable
from bot.domain.incidents.security import Concern, typed
from bot.operations.incidents.security import page_for
from bot.operations.rights import visible
from bot.views.commands import Group, Subcommand
from bot.views.incidents import security as view_of
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request
from storage import roles


async def security(request: Request) -> None:
    """Page for what was typed, or ask which it is."""
    incident = pageable(request.here)
    concern, words = typed(request.plain)
    if concern:
        await _page(request, concern, words)
        return
    await request.uow.read(visible, incident.id, request.user)  # who may page nobody is asked nothing
    await request.answer(view_of.question(incident, words))


async def _page(request: Request, concern: Concern, words: str) -> None:
    number, by = request.here.id, request.user
    incident, waiting = await request.uow.perform(page_for, number, concern, words, by=by)
    held = await request.uow.read(roles.of, number)
    await request.answer(view_of.called(incident, concern, waiting, held))


def _pressing(concern: Concern) -> Listener:
    async def pressed(request: Request) -> None:
        await _page(request, concern, request.rest)

    return Listener("action", view_of.PRESSED[concern], of_incident(pressed))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            security,
            usage="security [access or path] [text]",
            brief="page Security or the IM",
            help="Security, unauthorized access, or a whole path to be blocked? Say which: Security and the "
            "IM are paged, for a path the IM. No incident yet? Declare one of type SIRT: `/inc declare`.",
            example="/inc security access Somebody logged in as root",
            place=(Group.CALL, 25),
        ),
    ),
    listeners=(Listener("action", view_of.OPEN, of_incident(security)), *map(_pressing, Concern)),
)
