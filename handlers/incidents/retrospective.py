"""Declaring what is over already: in one line with its times, or by the form."""

from bot.domain.incidents.incident import Draft, Severity
from bot.domain.incidents.retrospective import typed
from bot.domain.incidents.severity_words import graded
from bot.operations.oncall.rota import zone_of
from bot.views.commands import Group, Subcommand
from bot.views.incidents.declare import Origin
from bot.views.incidents.declare_as import Asked, Sort
from handlers.incidents.declare import at_once, named
from handlers.request import Feature, Request


async def retro(request: Request) -> None:
    """Declare what is typed, if that says how bad it was and when; else open the form with it."""
    severity, rest = graded(request.plain, sure=True)
    zone = await request.uow.read(zone_of, request.user)
    times, rest = typed(rest, zone, request.uow.clock.now())
    if not severity:  # it may stand after the times, too
        severity, rest = graded(rest, sure=True)
    name, private = named(rest)
    kind = next(iter(request.uow.process.types.values()))
    draft = Draft(
        name=name,
        type=kind.name,
        severity=severity or Severity.S3,
        private=private or kind.private,
        over={one.value: at for one, at in times.items()},
    )
    whole = bool(severity and times and name)
    origin = Origin(request.response_url, sort=Sort.OVER)
    await at_once(request, draft, origin, Asked(times=times), whole=whole)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            retro,
            usage="retro [S1..S4] [when] [name]",
            brief="it is over already",
            help="Declare an incident that is over, with the times at which it was. Nobody is paged; S1, S2 "
            "go on to their review. With severity, times and name in one line it is declared at once.",
            example="/inc retro S3 yesterday 14:05-15:10 Logins failed",
            place=(Group.CALL, 15),
            aliases=("retrospective",),
            of_incident=False,
        ),
    ),
)
