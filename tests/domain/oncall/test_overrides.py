"""Overrides: who is on call instead, and which ones are refused."""

import pytest

from bot.domain.errors import Refused
from bot.domain.oncall.overrides import NONE, Override, Overrides, accepted
from bot.domain.oncall.schedules import FOREVER
from tests.domain.oncall.values import override, utc

NOW = utc("2026-01-05 12:00")
FIRST = override("2026-01-06 09:00", "2026-01-06 17:00", "dan")
SECOND = override("2026-01-06 17:00", "2026-01-07 09:00", "eve", "abe")


@pytest.mark.parametrize(
    ("at", "people", "until"),
    [
        ("2026-01-06 08:59", (), "2026-01-06 09:00"),
        ("2026-01-06 09:00", ("dan",), "2026-01-06 17:00"),
        ("2026-01-06 17:00", ("eve", "abe"), "2026-01-07 09:00"),
        ("2026-01-07 09:00", (), None),
    ],
)
def test_an_override_holds_from_its_start_until_its_end(at: str, people: tuple[str, ...], until: str) -> None:
    assert Overrides([SECOND, FIRST]).at(utc(at)) == (people, utc(until) if until else FOREVER)


def test_of_two_that_overlap_the_later_is_followed() -> None:
    both = Overrides(
        [
            override("2026-01-06 09:00", "2026-01-06 12:00", "dan"),
            override("2026-01-06 11:00", "2026-01-06 13:00", "eve"),
        ]
    )

    assert both.at(utc("2026-01-06 10:00")) == (("dan",), utc("2026-01-06 11:00"))
    assert both.at(utc("2026-01-06 11:30")) == (("eve",), utc("2026-01-06 13:00"))


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (override("2026-01-06 09:00", "2026-01-06 10:00"), "Name who"),
        (override("2026-01-06 09:00", "2026-01-06 09:00", "dan"), "end after it starts"),
        (override("2026-01-06 09:00", "2026-01-05 09:00", "dan"), "end after it starts"),
        (override("2026-01-04 09:00", "2026-01-05 12:00", "dan"), "over already"),
        (override("2026-01-06 09:00", "2027-01-08 09:00", "dan"), "a year at most"),
        (
            override("2026-01-06 16:59", "2026-01-06 18:00", "dan"),
            "from 2026-01-06 09:00 to 2026-01-06 17:00 UTC",
        ),
        (override("2026-01-05 09:00", "2026-01-08 18:00", "dan"), "from 2026-01-06 09:00"),
        (override("2026-01-06 10:00", "2026-01-06 11:00", "dan"), "from 2026-01-06 09:00"),
    ],
)
def test_an_override_that_cannot_be_is_refused_with_the_reason(new: Override, said: str) -> None:
    with pytest.raises(Refused, match=said):
        accepted(new, Overrides([SECOND, FIRST]), NOW)


def test_an_override_may_touch_another_and_last_a_leap_year() -> None:
    between = override("2026-01-05 17:00", "2026-01-06 09:00", "dan")
    long = override("2027-03-01 00:00", "2028-03-01 00:00", "dan")

    assert accepted(between, Overrides([FIRST]), NOW) == between
    assert accepted(long, NONE, NOW) == long


def test_the_past_of_an_override_is_left_as_it_was() -> None:
    begun = accepted(override("2026-01-05 09:00", "2026-01-05 17:00", "dan"), NONE, NOW)

    assert begun == override("2026-01-05 12:00", "2026-01-05 17:00", "dan")
