"""`/inc load`: how the people of a schedule were paged in a month."""

from bot.domain.errors import Refused
from bot.domain.oncall.load import month_of
from bot.operations.oncall.load import load, managed_by
from bot.operations.oncall.rota import zone_of
from bot.views.commands import Group, Subcommand
from bot.views.oncall import load as view
from handlers.oncall import typed
from handlers.request import Feature, Request


async def load_by_command(request: Request) -> None:
    """Answer whoever manages the schedule; of several that they manage, ask which."""
    said, uow = await typed.meant(request), request.uow
    zone = await uow.read(zone_of, request.user)
    try:
        month = month_of(said.text, zone, uow.clock.now())
    except Refused:
        if not said.schedule:
            typed.refuse_unknown(request, "load", said.text, "month", "Write `/inc load EOC 2026-11`.")
        raise
    theirs = await uow.read(managed_by, request.user) or list(uow.process.schedules)
    schedule = said.schedule or typed.which(request, "load", theirs)
    found = await uow.read(load, schedule, month, by=request.user)
    await request.answer(view.load(found, zone, uow.clock.now()))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            load_by_command,
            usage="load [schedule] [month]",
            brief="who was paged how often",
            help="Show those who manage a schedule its pages in a month: times to acknowledge, nights and "
            "weekends, by person and by shift.",
            example="/inc load EOC november",
            place=(Group.PEOPLE, 55),
            of_incident=False,
        ),
    ),
)
