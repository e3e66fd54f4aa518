"""Several people are called by one level: whom it waits for, and what each answer means."""

from dataclasses import replace

import pytest

from bot.domain.paging.calling import end_of
from bot.domain.paging.engagement import answered_for_all, answered_with
from bot.domain.paging.escalations import (
    Call,
    Escalation,
    EscalationState,
    answered,
    call_after,
    call_at,
    called,
    ended,
    next_call,
    still_wanted,
)
from bot.domain.paging.pages import Page, PageState, newest, raised
from bot.domain.paging.pages import answered as page_answered
from bot.domain.paging.pages import ended as page_ended
from tests.fakes import NOON, path, process
from tests.values import an_escalation

ON_CALL = {"first": ("A", "B"), "second": ("C", "D")}
RUNNING, OVER = EscalationState.RUNNING, EscalationState.ACKNOWLEDGED


def walk(*, needs_all: bool = False, level: int = 0, waits_for: tuple[str, ...] = ("A", "B")) -> Escalation:
    levels = tuple(replace(one, needs_all=needs_all) for one in path("first", "second"))
    return an_escalation(path=levels, level=level, waits_for=waits_for)


def pages_of(of: Escalation, *, number: int = 1, **changes: object) -> list[Page]:
    found = raised(of, Call(of.level, of.waits_for, of.round, ()))
    return [replace(page, id=number + n, **changes) for n, page in enumerate(found)]  # type: ignore[arg-type]


def test_everybody_on_call_is_called_at_once_and_waited_for():
    begun = called(walk(waits_for=()), call_at(walk(), ON_CALL), NOON)
    then = next_call(begun, ON_CALL)

    assert begun.waits_for == ("A", "B")
    assert [page.responder for page in raised(begun, call_at(begun, ON_CALL))] == ["A", "B"]
    assert then == Call(1, ("C", "D"), 1, ())
    assert next_call(called(begun, then, NOON), ON_CALL) == Call(1, ("C", "D"), 2, ())
    assert [page.responder for page in raised(begun, call_at(begun, {}))] == [None]


@pytest.mark.parametrize(
    ("needs_all", "waits_for", "answers", "state", "left"),
    [
        (False, ("A", "B"), "A", OVER, ("A", "B")),
        (True, ("A", "B"), "A", RUNNING, ("B",)),
        (True, ("B",), "B", OVER, ()),
        (True, (), None, OVER, ()),
        (False, (), None, OVER, ()),
    ],
)
def test_one_answer_ends_it_or_each_is_waited_for(needs_all, waits_for, answers, state, left):
    now = answered(walk(needs_all=needs_all, waits_for=waits_for), answers)

    assert now.state is state
    assert state is OVER or now.waits_for == left


@pytest.mark.parametrize(
    ("needs_all", "at_work", "expected"),
    [
        (False, {"A"}, ("A", "B")),
        (True, set(), ("A", "B")),
        (True, {"A"}, ("B",)),
        (True, {"A", "B"}, ("A", "B")),
    ],
)
def test_where_each_has_to_answer_those_at_work_are_left_out_unless_all_are(needs_all, at_work, expected):
    of = walk(needs_all=needs_all)

    assert still_wanted(call_at(of, ON_CALL), of.path, at_work).responders == expected


def test_whoever_does_not_want_to_wait_is_never_called_by_it():
    both = {"first": ("A", "B"), "second": ("A", "C")}

    assert call_after(walk(), both, "A") == Call(1, ("C",), 1, ())
    assert call_after(walk(level=1, waits_for=("A", "C")), both, "A") is None
    assert call_after(walk(level=1, waits_for=("C",)), both, "A") == Call(1, ("C",), 2, ())


def test_an_answer_is_to_ones_own_page_where_each_has_to_and_to_the_path_where_one_does():
    passed = [page_ended(one, PageState.ESCALATED) for one in pages_of(walk(level=0))]
    others = {
        each: pages_of(walk(needs_all=each, level=1, waits_for=("C", "D")), number=3)
        for each in (False, True)
    }
    again = pages_of(walk(needs_all=True, waits_for=("A", "B")), number=3, round=2)

    def ids(known: list[Page], by: str, roles: tuple[str, ...] = ()) -> list[int]:
        return [one.id for one in answered_with(known, by, roles, process())]

    assert ids([*passed, *others[False]], "D") == [4]
    assert ids([*passed, *others[True]], "D") == [4]
    assert ids([*passed, *others[False]], "A") == [3]  # the path has moved on past them
    assert ids([*passed, *others[True]], "A") == [3, 4]
    assert ids([*passed, *again], "A") == [3]
    eoc = [
        [replace(one, role="EOC") for one in pages_of(walk(needs_all=each), number=9)]
        for each in (False, True)
    ]
    assert ids(eoc[False], "SOMEBODY", ("EOC",)) == [9]
    assert ids(eoc[1], "SOMEBODY", ("EOC",)) == []


def test_who_answered_where_each_has_to_is_at_work():
    each, one = pages_of(walk(needs_all=True)), pages_of(walk())

    assert answered_for_all([page_answered(each[0], "A", NOON), each[1]]) == {"A"}
    assert answered_for_all([page_answered(one[0], "A", NOON), one[1]]) == set()


def test_where_a_path_is_says_who_is_called_then_who_answered():
    a, b = pages_of(walk(needs_all=True))
    first = page_answered(a, "A", NOON)
    assert newest([first, b]) == b

    over = ended(b.escalation, OVER)
    answer, cancelled = (replace(one, escalation=over) for one in (first, page_ended(b, PageState.CANCELLED)))
    assert newest([answer, cancelled]) == answer
    assert end_of(cancelled, [answer, cancelled]) == answer

    gone = ended(b.escalation, EscalationState.CANCELLED)
    given_up = [replace(one, escalation=gone) for one in (first, page_ended(b, PageState.CANCELLED))]
    assert newest(given_up) == given_up[1]
    assert end_of(given_up[1], given_up) is None
