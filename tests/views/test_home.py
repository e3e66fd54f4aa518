"""The calendar of the Home tab."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.oncall.spans import Span
from bot.views.oncall.home import calendar

WEDNESDAY = datetime(2026, 3, 25, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def shown(zone: str, *spans: Span) -> list[str]:
    return calendar([("EOC", span) for span in spans], WEDNESDAY, ZoneInfo(zone)).splitlines()


def test_the_days_on_call_stand_in_brackets_from_today_for_four_weeks() -> None:
    over = Span(WEDNESDAY, WEDNESDAY + DAY)
    long = Span(datetime(2026, 3, 31, 22, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC))

    assert shown("UTC", over, long) == [
        "     Mo  Tu  We  Th  Fr  Sa  Su",
        "Mar         [25][26] 27  28  29",
        "     30 [31][ 1]  2   3   4   5",
        "Apr   6   7   8   9  10  11  12",
        "     13  14  15  16  17  18  19",
        "     20  21  22",
    ]
    assert max(map(len, shown("UTC", over, long))) < 36, "a phone shows no more in a line"


@pytest.mark.parametrize(
    ("zone", "days"), [("UTC", "[31] 1 "), ("Asia/Seoul", "31 [ 1]"), ("America/Denver", "[31] 1 ")]
)
def test_days_are_those_of_the_reader(zone: str, days: str) -> None:
    span = Span(datetime(2026, 3, 31, 16, tzinfo=UTC), datetime(2026, 3, 31, 18, tzinfo=UTC))

    week = next(line for line in shown(zone, span) if "30" in line)
    assert days.replace(" ", "") in week.replace(" ", "")
