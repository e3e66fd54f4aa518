"""Too much for one IM: asking for another one, and being that."""

from bot.operations.incidents import another_im as operations
from bot.views.commands import Group, Subcommand
from bot.views.incidents import overload as view_of
from handlers.pressed import of_incident, pressed
from handlers.request import Feature, Listener, Request


async def ask(request: Request) -> None:
    """Ask where IMs are for another one."""
    incident = await request.uow.perform(operations.ask_for_im, request.here.id, by=request.user)
    await request.answer(view_of.asks(incident))


@pressed
async def helped(request: Request) -> None:
    """Take the incident over as its IM; the question is edited."""
    incident = await request.uow.perform(operations.help_out, request.number, by=request.user)
    await request.answer(view_of.took_over(incident))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            ask,
            usage="another-im",
            brief="ask for another IM",
            help="As the IM of two or more S1 and S2 at once, ask where IMs are for another one. Whoever "
            "comes takes the role, and the lead if you have it; after 15 minutes leadership is offered.",
            example="/inc another-im",
            place=(Group.PEOPLE, 24),
        ),
    ),
    listeners=(Listener("action", view_of.ASK, of_incident(ask)), Listener("action", view_of.HELP, helped)),
)
