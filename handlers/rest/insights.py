"""The figures of a time, by the API: read a piece at a time, as for the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from bot.domain.insights.insight import Insight
from bot.domain.insights.periods import Period
from bot.operations.insights.reading import Gathered, begun, insight, read_on
from bot.views.browser.insights_export import lines
from handlers.rest import models
from handlers.rest.asked import Asked
from storage import people
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read so far: of the time that is asked for, and of the one before it. `waits` come next."""

    waits: tuple[Gathered, ...]
    change: bool
    found: tuple[Insight, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return not self.waits


def show_insights(tx: Tx, asked: Asked) -> Reading:
    """Begin to read. Without a day it is this month until today, in UTC unless a zone is given."""
    query, zone = asked.query, ZoneInfo(asked.query.zone)
    first, last = _days(query.since, query.until, tx.now.astimezone(zone).date())
    period = Period(first, last, zone)
    waits = (begun(tx, one, by=asked.by, private=asked.private) for one in (period, period.before))
    return Reading(tuple(waits), bool(tx.process.insights.change))


def _days(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    last = until or max(today, since or today)
    return since or last.replace(day=1), last


def read_further(tx: Tx, reading: Reading) -> Reading:
    """Return it with the next piece."""
    first, *rest = reading.waits
    if not first.done:
        return replace(reading, waits=(read_on(tx, first), *rest))
    found = (*reading.found, insight(tx, first))
    names = people.names(tx, {who for one in found for who, _ in one.paged.people})
    return replace(reading, waits=tuple(rest), found=found, names=names)


def shown(reading: Reading) -> models.Insights:
    now, before = reading.found
    return models.Insights(
        period=_period(now),
        before=_period(before),
        figures=[
            models.InsightFigure(**one) for one in lines(now, before, reading.names, change=reading.change)
        ],
    )


def _period(one: Insight) -> models.InsightPeriod:
    return models.InsightPeriod(first=one.period.first, last=one.period.last, zone=str(one.period.zone))
