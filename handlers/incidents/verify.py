"""Verifying an S1: by its button, or by `/inc verify`."""

from bot.domain.incidents.incident import unverified
from bot.operations.incidents import verify as operations
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens
from bot.views.incidents import verify as view_of
from handlers import words
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request


async def verify(request: Request) -> None:
    """Note that it is an S1, and page leadership and liaison."""
    incident = await words.incident(request)
    called = await request.uow.perform(operations.verify, incident.id, by=request.user)
    await request.answer(view_of.verified(incident, called))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            verify,
            usage="verify",
            brief="it is certainly an S1",
            help="Say that it is certainly an S1: leadership and liaison are paged, at any hour.",
            example="/inc verify",
            place=(Group.MOVE, 70),
        ),
    ),
    listeners=(Listener("action", view_of.VERIFY, of_incident(verify)),),
    buttons=(
        PanelButton(
            (Row.WORK, 70), opens("Verify S1", view_of.VERIFY), lambda incident, viewer: unverified(incident)
        ),
    ),
)
