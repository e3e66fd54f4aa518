"""Who is called in practice, and what is typed of an incident that is over."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Draft, Severity, Status
from bot.domain.incidents.near_miss import missed, real
from bot.domain.incidents.retrospective import typed
from bot.domain.incidents.times import Moment
from bot.domain.paging.practice import asked_in, lacks_people, parts, taking_part, walked
from tests.fakes import NOON, process
from tests.values import an_incident

RULES = process()
PRACTICE = an_incident(drill=True, practice=("U1", "U2", "U3"))


def test_each_level_of_a_path_is_another_of_those_who_take_part_in_turn():
    playing = parts(PRACTICE, RULES)

    assert [playing[one] for one in ("dotcom EOC", "dotcom IMOC", "dotcom leadership escalation")] == [
        "U1",
        "U2",
        "U3",
    ]
    assert set(playing) == set(RULES.teams)
    assert set(playing.values()) == {"U1", "U2", "U3"}
    assert parts(an_incident(), RULES) == {}
    assert set(parts(an_incident(drill=True), RULES).values()) == {""}


def test_a_path_in_practice_calls_nobody_else_at_any_level():
    playing = parts(PRACTICE, RULES)

    for team in RULES.teams.values():
        path = walked(RULES.walk(team), playing, "U1")
        assert {level.call for level in path} <= {"U1", "U2", "U3"}
        assert all(level.names_person for level in path)


def test_practice_for_which_nobody_was_chosen_has_no_place_for_anybody():
    alone = an_incident(drill=True)

    assert {level.call for level in walked(RULES.walk(RULES.teams["dotcom EOC"]), parts(alone, RULES))} == {
        ""
    }
    assert not asked_in(alone, "UEOC")
    with pytest.raises(Refused, match="does not take part"):
        taking_part(alone, "UEOC")


def test_a_drill_is_declared_with_who_takes_part_unless_it_pages_nobody():
    kind, draft = RULES.types["Gameday"], Draft("Disk full", "Gameday", Severity.S2)

    assert lacks_people(draft, kind)
    assert not lacks_people(replace(draft, practice=("U1",)), kind)
    assert not lacks_people(replace(draft, near_miss=True), kind)
    assert not lacks_people(replace(draft, over={}), kind)
    assert not lacks_people(draft, RULES.types["GitLab.com"])


def test_who_does_not_take_part_is_given_nothing():
    assert taking_part(PRACTICE, "U2") == "U2"
    assert taking_part(PRACTICE, "UREP") == "UREP"
    assert taking_part(an_incident(), "UEOC") == "UEOC"
    with pytest.raises(Refused, match="does not take part"):
        taking_part(PRACTICE, "UEOC")


@pytest.mark.parametrize(
    ("text", "start", "end", "rest"),
    [
        ("yesterday 09:00-10:30 Down", "2026-03-01T09:00", "2026-03-01T10:30", "Down"),
        ("Down from 10:00 to 11:00", "2026-03-02T10:00", "2026-03-02T11:00", "Down"),
        ("23:00-01:00 Down", "2026-03-01T23:00", "2026-03-02T01:00", "Down"),
        ("2026-02-20 23:00 - 01:00: Down", "2026-02-20T23:00", "2026-02-21T01:00", "Down"),
        ("2026-02-20 23:00 - 2026-02-22 01:00 Down", "2026-02-20T23:00", "2026-02-22T01:00", "Down"),
    ],
)
def test_the_times_of_what_is_over_are_read_from_a_line(text, start, end, rest):
    times, left = typed(text, ZoneInfo("UTC"), NOON)

    assert left == rest
    assert f"{times[Moment.IMPACT_START]:%Y-%m-%dT%H:%M}" == start
    assert f"{times[Moment.IMPACT_END]:%Y-%m-%dT%H:%M}" == end


def test_a_line_without_times_keeps_its_words():
    assert typed("Down at 14:05", ZoneInfo("UTC"), NOON) == ({}, "Down at 14:05")


@pytest.mark.parametrize("status", [Status.INVESTIGATING, Status.RESOLVED, Status.POST_INCIDENT])
def test_only_the_lead_makes_it_a_near_miss_and_it_turns_back(status):
    grave = an_incident(status=status, lead="ULEAD", reporter="ULEAD")

    with pytest.raises(Refused, match="Only the lead"):
        missed(grave, "UEOC")
    noted = missed(grave, "ULEAD")
    assert (noted.near_miss, noted.lead_by_hand, noted.watched) == (True, True, False)
    assert real(noted).lead_by_hand is False
    with pytest.raises(Refused, match="already"):
        missed(noted, "ULEAD")
    with pytest.raises(Refused, match="no near miss"):
        real(grave)


def test_what_is_gone_or_a_drill_is_no_near_miss():
    for other in (an_incident(status=Status.CANCELLED), an_incident(drill=True)):
        with pytest.raises(Refused, match="so it is no near miss"):
            missed(other, "ULEAD")
