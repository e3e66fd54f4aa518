"""The recap of an incident, for whoever asks."""

from bot.operations.incidents.recap import recap_of
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens
from bot.views.incidents import recap as view_of
from handlers import words
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request


async def recap(request: Request) -> None:
    """Show all that somebody needs who comes to an incident."""
    incident = await words.incident(request)
    found = await request.uow.read(recap_of, incident.id, request.user)
    await request.answer(view_of.recap(found.incident, found))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            recap,
            usage="recap [INC-number]",
            brief="what you need to know",
            help="Read how it stands, the summary, the last update, who does what and the highlights. "
            "Only you see it; who joins later than 5 minutes gets it once by itself.",
            example="/inc recap",
            place=(Group.INFORM, 15),
        ),
    ),
    listeners=(Listener("action", view_of.OPEN, of_incident(recap)),),
    buttons=(
        PanelButton((Row.FACTS, 35), opens("Recap", view_of.OPEN), lambda incident, viewer: True, None),
    ),
)
