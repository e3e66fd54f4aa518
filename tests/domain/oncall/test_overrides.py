"""Overrides: who is on call instead, and which ones are refused."""

from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.oncall.overrides import NONE, Override, Overrides, accepted
from bot.domain.oncall.schedules import FOREVER
from tests.domain.oncall.values import override, utc

NOW = utc("2026-01-05 12:00")
FIRST = override("2026-01-06 09:00", "2026-01-06 17:00", "dan")
SECOND = override("2026-01-06 17:00", "2026-01-07 09:00", "eve")
ABE_FOR_BEN = override("2026-01-06 08:00", "2026-01-06 20:00", "abe", "ben")


@pytest.mark.parametrize(
    ("at", "people", "until"),
    [
        ("2026-01-06 08:59", ("ana",), "2026-01-06 09:00"),
        ("2026-01-06 09:00", ("dan",), "2026-01-06 17:00"),
        ("2026-01-06 17:00", ("eve",), "2026-01-07 09:00"),
        ("2026-01-07 09:00", ("ana",), None),
    ],
)
def test_an_override_holds_from_its_start_until_its_end(at: str, people: tuple[str, ...], until: str) -> None:
    found = Overrides([SECOND, FIRST]).at(utc(at), ("ana",))

    assert found == (people, utc(until) if until else FOREVER)


@pytest.mark.parametrize(
    ("at", "people", "until"),
    [
        ("2026-01-06 08:00", ("ana", "abe"), "2026-01-06 12:00"),
        ("2026-01-06 12:00", ("ana", "cem"), "2026-01-06 13:00"),
        ("2026-01-06 13:00", ("ana", "abe"), "2026-01-06 20:00"),
    ],
)
def test_who_covers_for_one_of_several_can_be_covered_for(
    at: str, people: tuple[str, ...], until: str
) -> None:
    both = Overrides([ABE_FOR_BEN, override("2026-01-06 12:00", "2026-01-06 13:00", "cem", "abe")])

    assert both.at(utc(at), ("ana", "ben")) == (people, utc(until))
    assert both.at(utc(at), ("ana",))[0] == ("ana",)
    assert both.at(utc(at), ("ana", "abe"))[0] == tuple(dict.fromkeys(("ana", people[1])))
    assert both.people == ("abe", "ben", "cem")


def test_of_two_that_overlap_the_one_that_was_made_later_is_followed() -> None:
    dan = override("2026-01-06 11:00", "2026-01-06 13:00", "dan")
    eve = override("2026-01-06 09:00", "2026-01-06 12:00", "eve")

    for both, later in (((dan, eve), "eve"), ((eve, dan), "dan")):
        assert Overrides(both).at(utc("2026-01-06 11:30"), ()) == ((later,), utc("2026-01-06 12:00"))
        assert Overrides(both).at(utc("2026-01-06 12:30"), ()) == (("dan",), utc("2026-01-06 13:00"))


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (override("2026-01-06 09:00", "2026-01-06 10:00", ""), "Name who"),
        (override("2026-01-06 09:00", "2026-01-06 10:00", "dan", "dan"), "Name who"),
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

    other = replace(FIRST, replaces="ben")

    assert accepted(between, Overrides([FIRST]), NOW) == between
    assert accepted(other, Overrides([FIRST, replace(ABE_FOR_BEN, replaces="cem")]), NOW) == other
    assert accepted(long, NONE, NOW) == long


def test_the_past_of_an_override_is_left_as_it_was() -> None:
    begun = accepted(override("2026-01-05 09:00", "2026-01-05 17:00", "dan"), NONE, NOW)

    assert begun == override("2026-01-05 12:00", "2026-01-05 17:00", "dan")
