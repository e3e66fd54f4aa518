from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.paging.escalations import (
    LATE_AFTER,
    Call,
    Escalation,
    call_after,
    call_at,
    called,
    lateness,
    missed,
    next_call,
)
from tests import values
from tests.fakes import FIFTEEN_MINUTES, NOON, path

PATH = path("EOC team", "IM team", "leaders")
EVERYBODY = {"EOC team": ("UEOC",), "IM team": ("UIM",), "leaders": ("ULEADER",)}


def an_escalation(**changes: Any) -> Escalation:
    return values.an_escalation(**{"team": "EOC team", "path": PATH} | changes)


def test_an_escalation_climbs_to_the_last_level_and_stays_there():
    escalation, people = an_escalation(), []
    for _ in range(5):
        call = next_call(escalation, EVERYBODY)
        people.append((*call.responders, call.round))
        escalation = called(escalation, call, NOON)

    assert people == [("UIM", 1), ("ULEADER", 1), ("ULEADER", 2), ("ULEADER", 3), ("ULEADER", 4)]


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ((), Call(0, ("UEOC",), 1, ())),
        (("EOC team",), Call(1, ("UIM",), 1, ("EOC team",))),
        (("EOC team", "IM team"), Call(2, ("ULEADER",), 1, ("EOC team", "IM team"))),
        (("IM team",), Call(0, ("UEOC",), 1, ())),
        (tuple(EVERYBODY), Call(2, (), 1, tuple(EVERYBODY))),
    ],
)
@pytest.mark.parametrize("configured", [True, False])
def test_a_level_with_nobody_on_call_is_passed_over_at_once(missing, expected, configured):
    on_call = {team: who for team, who in EVERYBODY.items() if team not in missing}

    assert call_at(an_escalation(), on_call | dict.fromkeys(missing if configured else (), ())) == expected


@pytest.mark.parametrize(
    ("minutes", "ran_out"),
    [(15, []), (29, []), (30, ["IM team"]), (45, list(EVERYBODY)[1:]), (600, list(EVERYBODY)[1:])],
)
def test_levels_whose_time_ran_out_too_are_named(minutes, ran_out):
    assert missed(an_escalation(), NOON + timedelta(minutes=minutes)) == ran_out


def test_with_nobody_on_call_on_the_last_level_a_path_begins_anew_where_somebody_is():
    last = an_escalation(level=2, round=3)

    nobody = next_call(last, {})
    shift_began = next_call(last, {"IM team": ("UIM",)})
    there_again = next_call(last, EVERYBODY)

    assert nobody == Call(2, (), 4, ())
    assert shift_began == Call(1, ("UIM",), 1, ())
    assert there_again == Call(2, ("ULEADER",), 4, ())


def test_nobody_comes_after_whoever_alone_is_on_call_at_the_last_level_since_a_handover():
    last = an_escalation(level=2, waits_for=("UBEFORE",))

    assert call_after(last, EVERYBODY, "ULEADER") is None
    assert call_after(last, EVERYBODY, "UEOC") == Call(2, ("ULEADER",), 2, ())
    pair = {**EVERYBODY, "leaders": ("ULEADER", "UOTHER")}
    assert call_after(last, pair, "ULEADER") == Call(2, ("UOTHER",), 2, ())


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.integers(0, 20))
def test_a_path_never_ends_by_itself(staffed, rounds):
    levels = path(*[f"team {n}" for n in range(len(staffed))])
    on_call = {f"team {n}": (f"U{n}",) * there for n, there in enumerate(staffed)}
    call = call_at(an_escalation(path=levels), on_call)

    for _ in range(rounds):
        before = called(an_escalation(path=levels), call, NOON)
        call = next_call(before, on_call)
        again = before.level == len(levels) - 1
        assert again or call.level > before.level
        assert not again or call.responders or (call.level, call.round) == (before.level, before.round + 1)
        assert not again or bool(call.responders) == any(staffed)
        assert call.responders or not any(staffed[before.level + 1 :]) or call.level == before.level


def test_a_new_deadline_counts_from_now_so_that_an_hour_away_raises_one_level():
    an_hour_later = NOON + timedelta(hours=1)

    escalation = called(an_escalation(), next_call(an_escalation(), EVERYBODY), an_hour_later)

    assert (escalation.level, escalation.called_at) == (1, an_hour_later)
    assert escalation.due_at == an_hour_later + FIFTEEN_MINUTES
    assert escalation.started_at == NOON


def test_only_an_escalation_that_is_really_late_is_marked():
    assert lateness(NOON, NOON + LATE_AFTER) == timedelta()
    assert lateness(NOON, NOON + timedelta(minutes=12)) == timedelta(minutes=12)
