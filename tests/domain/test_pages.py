from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.paging.pages import (
    LATE_AFTER,
    Call,
    Page,
    PageState,
    answered,
    first_call,
    lateness,
    missed,
    next_call,
    next_reminder,
    raised,
)
from tests import values
from tests.fakes import FIFTEEN_MINUTES, NOON, path, process

PATH = path("EOC team", "IM team", "leaders")
EVERYBODY = {"EOC team": "UEOC", "IM team": "UIM", "leaders": "ULEADER"}


def a_page(**changes: Any) -> Page:
    return values.a_page(**{"team": "EOC team", "level_team": "EOC team"} | changes)


def test_a_page_climbs_to_the_last_level_and_stays_there():
    page, called = a_page(), []
    for _ in range(5):
        call = next_call(page, PATH, EVERYBODY)
        called.append((call.responder, call.round))
        page = a_page(level=call.level, round=call.round)

    assert called == [("UIM", 1), ("ULEADER", 1), ("ULEADER", 2), ("ULEADER", 3), ("ULEADER", 4)]
    assert page.last_resort


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ((), Call(0, "UEOC", 1, ())),
        (("EOC team",), Call(1, "UIM", 1, ("EOC team",))),
        (("EOC team", "IM team"), Call(2, "ULEADER", 1, ("EOC team", "IM team"))),
        (("IM team",), Call(0, "UEOC", 1, ())),
        (tuple(EVERYBODY), Call(2, None, 1, tuple(EVERYBODY))),
    ],
)
def test_a_level_with_nobody_on_call_is_passed_over_at_once(missing, expected):
    on_call = {team: None if team in missing else who for team, who in EVERYBODY.items()}

    assert first_call(PATH, on_call) == expected


@pytest.mark.parametrize(
    ("minutes", "ran_out"),
    [(15, []), (29, []), (30, ["IM team"]), (45, list(EVERYBODY)[1:]), (600, list(EVERYBODY)[1:])],
)
def test_levels_whose_time_ran_out_too_are_named(minutes, ran_out):
    page = a_page()

    assert missed(page, PATH, page.raised_at + timedelta(minutes=minutes)) == ran_out


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.integers(0, 20))
def test_a_path_never_ends_by_itself(staffed, rounds):
    levels = path(*[f"team {n}" for n in range(len(staffed))])
    on_call = {f"team {n}": f"U{n}" if there else None for n, there in enumerate(staffed)}
    call = first_call(levels, on_call)

    for _ in range(rounds):
        before = a_page(level=call.level, round=call.round, responder=call.responder)
        call = next_call(before, levels, on_call)
        assert call.level > before.level or (call.level, call.round) == (len(levels) - 1, before.round + 1)
        assert call.responder or not any(staffed[before.level + 1 :]) or call.level == before.level


def test_a_new_deadline_counts_from_now_so_that_an_hour_away_raises_one_level():
    rules = process()
    team = rules.teams["dotcom EOC"]
    missed = a_page(team=team.name, level_team=team.name)
    an_hour_later = NOON + timedelta(hours=1)

    page = raised(
        next_call(missed, team.path, {"dotcom IMOC": "UIM"}), team, rules, an_hour_later, like=missed
    )

    assert (page.level, page.role, page.responder) == (1, "IM", "UIM")
    assert page.due_at == an_hour_later + FIFTEEN_MINUTES
    assert page.chain == missed.chain


def test_reminders_fall_at_5_and_10_minutes_and_never_at_the_deadline():
    reminders = [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15)]

    falls = [next_reminder(reminders, FIFTEEN_MINUTES, NOON, already) for already in range(4)]

    assert falls == [NOON + timedelta(minutes=5), NOON + timedelta(minutes=10), None, None]


def test_only_an_escalation_that_is_really_late_is_marked():
    page = a_page()

    assert lateness(page.due_at, page.due_at + LATE_AFTER) == timedelta()
    assert lateness(page.due_at, page.due_at + timedelta(minutes=12)) == timedelta(minutes=12)


def test_an_answered_page_has_no_reminder_left():
    page = answered(a_page(remind_at=NOON), "UEOC", NOON)

    assert (page.state, page.answered_by, page.remind_at) == (PageState.ACKNOWLEDGED, "UEOC", None)
