"""What the organisation says of insights: where the month is posted, and which fields tell what."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.domain.incidents.fields import AFFECTED_SERVICES
from bot.domain.oncall.schedules import instant

MORNING = time(9)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class InsightRules:
    """Where the figures of a month are posted, if anywhere, in whose `zone` a month and a morning are, and
    the fields that hold the services, the cause, and whether a change caused it; an empty one is none.
    """

    channel: str = ""
    zone: tzinfo = UTC
    service: str = AFFECTED_SERVICES
    cause: str = ""
    change: str = ""


NOWHERE = InsightRules()


def month_before(at: datetime, zone: tzinfo) -> date:
    """Return the first day of the month that is over."""
    return (at.astimezone(zone).date().replace(day=1) - timedelta(days=1)).replace(day=1)


def next_post(after: datetime, zone: tzinfo) -> datetime:
    """Return the next morning on which the month before is posted: of a month's first working day."""
    first = after.astimezone(zone).date().replace(day=1)
    while (at := _morning(first, zone)) <= after:
        first = (first + timedelta(days=31)).replace(day=1)
    return at


def _morning(first: date, zone: tzinfo) -> datetime:
    weekday = first.weekday()
    day = first + timedelta(days=7 - weekday if weekday >= _SATURDAY else 0)
    return instant(datetime.combine(day, MORNING), zone)
