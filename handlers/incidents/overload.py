"""Too much for one IM: asking for another one, and being that."""

from bot.operations.incidents import another_im as operations
from bot.views.incidents import overload as view_of
from handlers.pressed import of_incident, pressed
from handlers.request import Feature, Listener, Request


@of_incident
async def asked(request: Request) -> None:
    """Ask where IMs are for another one."""
    incident = await request.uow.perform(operations.ask_for_im, request.number, by=request.user)
    await request.answer(view_of.asks(incident))


@pressed
async def helped(request: Request) -> None:
    """Take the incident over as its IM; the question is edited."""
    incident = await request.uow.perform(operations.help_out, request.number, by=request.user)
    await request.answer(view_of.took_over(incident))


FEATURE = Feature(
    listeners=(Listener("action", view_of.ASK, asked), Listener("action", view_of.HELP, helped)),
)
