"""The figures of a time, read a piece at a time."""

from bot.domain.insights.insight import Insight
from bot.domain.insights.periods import Period
from bot.operations.insights.reading import begun, insight, read_on
from bot.unit_of_work import UnitOfWork


async def figures(uow: UnitOfWork, period: Period, by: str) -> Insight:
    """Return the figures of what somebody may know of. Between two pieces others are heard."""
    gathered = await uow.read(begun, period, by=by)
    while not gathered.done:
        gathered = await uow.read(read_on, gathered)
    return await uow.read(insight, gathered)
