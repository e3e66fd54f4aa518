"""The answers to the question whether somebody is still on it."""

from bot.operations.incidents import silence as operations
from bot.views.incidents import silence as view_of
from handlers.pressed import pressed
from handlers.request import Feature, Listener, Request


@pressed
async def on_it(request: Request) -> None:
    """Note that somebody is still at work; the question is edited."""
    incident = await request.uow.perform(operations.on_it, request.number, by=request.user)
    await request.answer(view_of.noted(incident))


@pressed
async def page_again(request: Request) -> None:
    """Page their role again at once."""
    incident = await request.uow.perform(operations.page_again, request.number, by=request.user)
    await request.answer(view_of.paged(incident))


FEATURE = Feature(
    listeners=(Listener("action", view_of.ON_IT, on_it), Listener("action", view_of.AGAIN, page_again)),
)
