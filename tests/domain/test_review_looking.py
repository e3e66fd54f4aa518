"""What to look at in a review: each thing that a reader of the facts would ask about, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.alerts.changes import Changed
from bot.domain.incidents.incident import Severity, Status, Summary
from bot.domain.incidents.times import Moment
from bot.domain.paging.pages import PageState
from bot.domain.reviews.looking import MOST, Ask, Look, looks
from bot.domain.timeline.entries import Kind
from bot.domain.work.work import Update
from tests.values import a_page
from tests.views.reviews.told import at, entry, facts


def calm(**changes: object):
    """Return facts of which there is nothing to ask."""
    told: dict[str, object] = {
        "entries": [entry(number, Kind.NOTE, 5 * number, "x") for number in range(9)],
        "pages": [a_page(state=PageState.ACKNOWLEDGED, answered_by="UEOC", answered_at=at(2))],
        "updates": [update(5, 35), update(30, 60)],
        "alerts": [],
    }
    return facts(**told | changes)


def update(posted: float, next_at: float | None) -> Update:
    due = None if next_at is None else at(next_at)
    return Update(1, 7, "x", Status.FIXING, Severity.S2, "ULEAD", at(posted), due)


def change(minutes: float, summary: str = "deploy") -> Changed:
    return Changed(1, "ci", summary, "", {}, (), at(minutes), at(minutes))


def asked(told: object, unfilled: tuple[str, ...] = (), changes: tuple[Changed, ...] = ()) -> list[Look]:
    return looks(told, unfilled, changes, None)  # type: ignore[arg-type]


def test_where_all_is_well_there_is_nothing_to_ask() -> None:
    assert asked(calm()) == []


@pytest.mark.parametrize(
    ("missing", "ask"),
    [
        ({"summary": Summary("", "c")}, Ask.SUMMARY),
        ({"summary": Summary("s", " ")}, Ask.CAUSES),
    ],
)
def test_what_nobody_wrote_is_missed(missing: dict[str, Summary], ask: Ask) -> None:
    told = calm()

    assert asked(replace(told, incident=replace(told.incident, **missing))) == [Look(ask)]


def test_an_impact_without_a_beginning_or_an_end_is_missed() -> None:
    told = calm()

    for moment in (Moment.IMPACT_START, Moment.IMPACT_END):
        assert Look(Ask.IMPACT) in asked(replace(told, times={**told.times, moment: None}))


def test_follow_ups_and_updates_that_there_are_none_of_are_missed() -> None:
    assert asked(calm(follow_ups=[])) == [Look(Ask.NO_FOLLOW_UP)]
    assert asked(calm(updates=[])) == [Look(Ask.NO_UPDATE)]


def test_a_gap_is_longer_than_ten_minutes_while_it_hurt() -> None:
    entries = [entry(1, Kind.NOTE, 10, "x"), entry(2, Kind.NOTE, 20, "x"), entry(3, Kind.NOTE, 37, "x")]

    assert asked(calm(entries=entries)) == [Look(Ask.GAP, at(20), timedelta(minutes=17))]


def test_before_it_was_declared_and_after_it_was_over_there_is_no_gap() -> None:
    told = calm(entries=[entry(number, Kind.NOTE, 9 * number, "x") for number in range(5)])
    assert asked(told) == []

    late = {**told.times, Moment.IMPACT_END: at(37), Moment.RESOLVED: at(400)}
    assert asked(replace(told, times=late)) == []
    assert asked(replace(told, left_out=1, entries=[])) == []  # what is not told here may have been there


def test_an_update_after_it_was_due_is_late() -> None:
    assert asked(calm(updates=[update(0, 15), update(22, 60)])) == [
        Look(Ask.LATE, at(15), timedelta(minutes=7))
    ]
    assert asked(calm(updates=[update(0, 15)])) == [Look(Ask.LATE, at(15), timedelta(minutes=25))]
    assert asked(calm(updates=[update(0, 15), update(15, None)])) == []


def test_pages_that_nobody_answered_are_named_by_their_team() -> None:
    silent = a_page(state=PageState.ESCALATED, raised_at=at(3))
    cancelled, waits = a_page(state=PageState.CANCELLED), a_page(raised_at=at(9))
    told = calm(pages=[silent, cancelled])

    assert asked(told) == [Look(Ask.UNANSWERED, at(3), what="dotcom EOC")]
    assert asked(replace(told, pages=[waits])) == [Look(Ask.UNANSWERED, at(9), what="dotcom EOC")]
    still = replace(told.incident, status=Status.MONITORING)
    assert asked(replace(told, pages=[waits], incident=still)) == []  # somebody may answer it yet


def test_alerts_before_the_declaration_say_how_long_before() -> None:
    assert asked(calm(alerts=facts().alerts)) == [
        Look(Ask.ALERT, at(-4), timedelta(minutes=4), "DiskFull [db-1]")
    ]


def test_changes_of_the_hour_before_the_impact_are_told() -> None:
    changes = (change(-71), change(-30, "migration"), change(-9))  # the impact began ten minutes before

    assert asked(calm(), changes=changes) == [Look(Ask.CHANGE, at(-30), timedelta(minutes=20), "migration")]


def test_roles_that_nobody_had_are_named() -> None:
    assert asked(calm(), ("CMOC",)) == [Look(Ask.ROLE, what="CMOC")]


def test_there_are_never_too_many() -> None:
    assert len(asked(calm(pages=[a_page(state=PageState.ESCALATED)] * 99))) == MOST
