"""Until when a pause is, as people type it: days and times on the clocks of their zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.pause import LONGEST, pausable, typed, until
from bot.domain.incidents.weekend import next_working_morning
from tests.values import an_incident

FRIDAY = datetime(2026, 3, 6, 12, tzinfo=UTC)
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "at", "reason"),
    [
        ("until monday Waiting for the vendor", "2026-03-09T08:00", "Waiting for the vendor"),
        ("until friday", "2026-03-13T08:00", ""),
        ("Friday 18:00: a change", "2026-03-06T17:00", "a change"),
        ("tomorrow", "2026-03-07T08:00", ""),
        ("until 18:00", "2026-03-06T17:00", ""),
        ("until 2026-03-30 14:00 - vendor", "2026-03-30T12:00", "vendor"),
        ("for 3 days why", "2026-03-09T12:00", "why"),
        ("2 weeks", "2026-03-20T12:00", ""),
        ("for 36h", "2026-03-08T00:00", ""),
        ("til monday", "2026-03-09T08:00", ""),
        ("'til next monday the vendor", "2026-03-09T08:00", "the vendor"),
        ("till tomorrow 9:00", "2026-03-07T08:00", ""),
        ("until tomorrow at 7", "2026-03-07T06:00", ""),
        ("next week, the vendor answers", "2026-03-09T08:00", "the vendor answers"),
        ("an hour and a half", "2026-03-06T13:30", ""),
        ("90 min lunch", "2026-03-06T13:30", "lunch"),
    ],
)
def test_a_date_is_read_with_the_reason_after_it(text: str, at: str, reason: str) -> None:
    assert typed(text, BERLIN, FRIDAY) == (datetime.fromisoformat(f"{at}+00:00"), reason)


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [(BERLIN, "2026-03-27T08:00", "2026-03-30T07:00"), (NEW_YORK, "2026-03-06T14:00", "2026-03-09T13:00")],
)
def test_nine_in_the_morning_is_nine_on_both_sides_of_a_change_of_the_clocks(
    zone: ZoneInfo, before: str, after: str
) -> None:
    thursday = datetime.fromisoformat(f"{before}+00:00") - timedelta(hours=20)

    ends = [typed(day, zone, thursday)[0] for day in ("until friday", "until monday")]

    assert ends == [datetime.fromisoformat(f"{one}+00:00") for one in (before, after)]
    assert next_working_morning(ends[0], str(zone)) == ends[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the vendor answers next week", "I do not understand until when: `the vendor answers next week`"),
        ("until mondayish", "I do not understand until when"),
        ("today", "is over already"),
        ("until 2027-01-01", "within 90 days"),
        ("for 999 days", "within 90 days"),
    ],
)
def test_a_date_that_is_none_is_refused_with_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        typed(text, BERLIN, FRIDAY)


def test_a_pause_ends_later_than_now_and_within_90_days() -> None:
    assert until(FRIDAY + LONGEST, FRIDAY) == FRIDAY + LONGEST

    for at in (FRIDAY, FRIDAY + LONGEST + timedelta(seconds=1)):
        with pytest.raises(Refused):
            until(at, FRIDAY)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("severity", Severity)
def test_only_an_active_s3_or_s4_is_paused(status: Status, severity: Severity) -> None:
    incident = an_incident(status=status, severity=severity)

    if status.active and not severity.high:
        assert pausable(incident) is incident
    else:
        with pytest.raises(Refused):
            pausable(incident)
