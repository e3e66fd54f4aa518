"""`/inc away`: say that one is away, and learn for what one needs cover."""

from bot.domain.errors import Refused
from bot.operations.oncall.away import away
from bot.operations.oncall.rota import zone_of
from bot.views.commands import Group, Subcommand
from bot.views.oncall import away as view
from handlers.oncall import typed
from handlers.request import Feature, Request


async def away_by_command(request: Request) -> None:
    """Warn whoever is away of their shifts in that time, and those who manage the schedules."""
    said = await typed.meant(request)
    if said.person not in (None, request.user):
        raise Refused("You can say this of yourself alone: `/inc away until fri 18:00`.")
    meant = await said.span(request, "away")
    mine = await request.once(away, meant, by=request.user)
    if mine is not None:
        zone = await request.uow.read(zone_of, request.user)
        await request.answer(view.noted(meant, mine, zone))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            away_by_command,
            usage="away <when>",
            brief="are you on call while away?",
            help="Say when you are away. If you are on call then, you and those who manage the schedule are "
            "warned; you stay on call until somebody covers you.",
            example="/inc away until fri 18:00",
            place=(Group.PEOPLE, 54),
            of_incident=False,
        ),
    ),
)
