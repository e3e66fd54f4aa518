"""The impact bar: stretches between the times that are known, and a text that says the same."""

from datetime import datetime, timedelta

from bot.domain.incidents.times import Moment
from bot.views.browser import impact
from bot.views.browser.rich import Reader
from tests.fakes import NOON


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def known(**given: float) -> dict[Moment, datetime | None]:
    return {one: at(given[one.name]) if one.name in given else None for one in Moment}


def test_each_stretch_begins_where_the_one_before_ends():
    times = known(IMPACT_START=0, DETECTED=10, ENGAGED=15, MITIGATED=50, RESOLVED=100)

    found = impact.phases(times, at(500))

    assert [(one.name, round(one.start, 2), round(one.width, 2)) for one in found] == [
        ("undetected", 0, 0.1),
        ("detected", 0.1, 0.05),
        ("engaged", 0.15, 0.35),
        ("mitigated", 0.5, 0.5),
    ]


def test_what_is_open_goes_on_until_now():
    found = impact.phases(known(DETECTED=0, ENGAGED=5), at(10))

    assert [(one.name, one.width) for one in found] == [("detected", 0.5), ("engaged", 0.5)]


def test_the_text_says_what_the_bar_shows():
    drawn = impact.bar(known(IMPACT_START=0, DETECTED=10, RESOLVED=100), at(500))

    assert 'role="img"' in drawn
    assert "time to detect 10 min" in drawn
    assert "time to resolve 1 h 30 min" in drawn


def test_times_in_no_order_and_no_times_draw_nothing_wrong():
    assert impact.bar(known(), at(0)) == ""
    assert impact.bar(known(DETECTED=10), at(10)) == ""
    for one in impact.phases(known(IMPACT_START=30, DETECTED=10, ENGAGED=5, RESOLVED=40), at(50)):
        assert 0 <= one.start <= 1
        assert 0 < one.width <= 1


def test_each_known_time_is_stated():
    assert [name for name, _ in impact.stated(known(DETECTED=0, RESOLVED=5), Reader())] == [
        "Detected",
        "Resolved",
    ]


def test_times_are_stated_in_the_order_in_which_they_were():
    times = known(IMPACT_START=0, DETECTED=10, MITIGATED=50, IMPACT_END=40, RESOLVED=50)

    assert [name for name, _ in impact.stated(times, Reader())] == [
        "Impact start",
        "Detected",
        "Impact end",
        "Mitigated",
        "Resolved",
    ]
