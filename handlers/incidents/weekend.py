"""Letting an S3 or S4 wait for Monday, and going on before."""

from bot.operations.incidents import weekend as operations
from bot.views.commands import PanelButton, Row
from bot.views.incidents import weekend as view_of
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request


@of_incident
async def wait_pressed(request: Request) -> None:
    """Let it wait."""
    incident = await request.uow.perform(operations.wait_until_monday, request.here.id, by=request.user)
    await request.answer(view_of.waits(incident))


@of_incident
async def work_pressed(request: Request) -> None:
    """Go on with it now."""
    incident = await request.uow.perform(operations.work_now, request.here.id, by=request.user)
    await request.answer(view_of.goes_on(incident))


FEATURE = Feature(
    listeners=(
        Listener("action", view_of.WAIT, wait_pressed),
        Listener("action", view_of.WORK, work_pressed),
    ),
    buttons=(
        PanelButton(
            (Row.WORK, 60),
            view_of.work,
            lambda incident, viewer: incident.status.active and bool(incident.waits_until),
        ),
    ),
)
