"""Asking to be let into a private incident, and its people's answer."""

from bot.domain.errors import Refused
from bot.operations.incidents.access import answer_access, ask_access
from bot.views.commands import Group, Subcommand
from bot.views.incidents import access as view
from handlers import words
from handlers.pressed import pressed
from handlers.request import Feature, Listener, Request


async def access(request: Request) -> None:
    """Have the lead of a private incident asked, and say the same whether there is one or not."""
    found = words.first_number(request.plain)
    if not found:
        raise Refused("Say which incident, and why: `/inc access INC-7 I know the service`.")
    number, reason = found
    known = await request.once(ask_access, number, reason, by=request.user)
    await request.answer(view.no_need(known) if known else view.noted(number))


@pressed
async def let_in(request: Request) -> None:
    await request.uow.perform(answer_access, request.number, granted=True, by=request.user)


@pressed
async def refused(request: Request) -> None:
    await request.uow.perform(answer_access, request.number, granted=False, by=request.user)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            access,
            usage="access <INC-number> [reason]",
            brief="ask to be let in",
            help="Ask the lead of a private incident to let you in. You learn nothing of it unless they do.",
            example="/inc access INC-7 I know the service",
            place=(Group.PEOPLE, 46),
            of_incident=False,
        ),
    ),
    listeners=(Listener("action", view.LET_IN, let_in), Listener("action", view.REFUSE, refused)),
)
