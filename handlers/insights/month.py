"""`/inc insights`: a month in ten lines."""

from dataclasses import replace

from bot.domain.insights.periods import Period, month_of
from bot.domain.oncall.load import month_of as month_meant
from bot.operations.oncall.rota import zone_of
from bot.views.commands import Group, Subcommand
from bot.views.insights import month as view
from handlers.insights.figures import figures
from handlers.request import Feature, Request


async def insights_by_command(request: Request) -> None:
    """Answer with this month until today, or with the one that is named."""
    uow = request.uow
    zone = await uow.read(zone_of, request.user)
    now = uow.clock.now()
    begin = month_meant(request.plain, zone, now).start.astimezone(zone).date()
    whole = month_of(begin, zone)
    period: Period = replace(whole, last=min(whole.last, now.astimezone(zone).date()))
    found = await figures(uow, period, request.user)
    before = await figures(uow, period.before, request.user)
    await request.answer(view.month(found, before, view.OWN, request.links.to_insights(period)))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            insights_by_command,
            usage="insights [month]",
            brief="a month's figures",
            help="Show a month in ten lines: incidents, how long it took to engage, mitigate and resolve, "
            "pages, alerts, updates and follow-ups, beside the days before. Only you see it.",
            example="/inc insights november",
            place=(Group.PEOPLE, 59),
            of_incident=False,
        ),
    ),
)
