from datetime import datetime

import pytest

from bot.domain.incidents.weekend import monday_morning


@pytest.mark.parametrize(
    ("now", "tz", "monday"),
    [
        ("2026-03-06T23:59:59+00:00", "UTC", None),
        ("2026-03-07T00:00:00+00:00", "UTC", "2026-03-09T09:00:00+00:00"),
        ("2026-03-08T23:59:59+00:00", None, "2026-03-09T09:00:00+00:00"),
        ("2026-03-09T00:00:00+00:00", "UTC", None),
        ("2026-03-06T15:30:00+00:00", "Asia/Tokyo", "2026-03-09T00:00:00+00:00"),
        ("2026-03-08T15:00:00+00:00", "Asia/Tokyo", None),
        ("2026-03-09T05:00:00+00:00", "America/Los_Angeles", "2026-03-09T16:00:00+00:00"),
        ("2026-03-28T12:00:00+00:00", "Europe/Berlin", "2026-03-30T07:00:00+00:00"),
        ("2026-03-07T12:00:00+00:00", "Nowhere/Else", "2026-03-09T09:00:00+00:00"),
        ("2026-03-07T12:00:00+00:00", "../etc", "2026-03-09T09:00:00+00:00"),
    ],
)
def test_a_weekend_ends_on_monday_at_nine_where_somebody_is(now, tz, monday):
    found = monday_morning(datetime.fromisoformat(now), tz)

    assert found == (datetime.fromisoformat(monday) if monday else None)
