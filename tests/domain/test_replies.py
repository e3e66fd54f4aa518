"""Replies to texts, and what is reported of calls and texts: pure rules."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.paging.pages import PageState
from bot.domain.paging.replies import CODES, Answer, Reply, code_of, meant, understood
from bot.domain.paging.reports import Outcome, outcome_of
from tests.values import a_page

PAGE = a_page()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1", Reply()),
        ("ack", Reply()),
        (" Acknowledge. ", Reply()),
        ("1 INC-7", Reply(7)),
        ("ack inc 7!", Reply(7)),
        ("INC7", Reply(7)),
        ("kd", Reply(code="KD")),
        ("1 Kd", Reply(code="KD")),
        ("", None),
        ("2", None),
        ("7", None),
        ("17", None),
        ("1INC-7", None),
        ("No.", Reply(answer=Answer.CANNOT)),
        ("no inc-7", Reply(7, answer=Answer.CANNOT)),
        ("Way", Reply(answer=Answer.ON_MY_WAY)),
        ("on my way 10 min kd", Reply(code="KD", answer=Answer.ON_MY_WAY, length=timedelta(minutes=10))),
        ("way 5 INC-7", Reply(7, answer=Answer.ON_MY_WAY, length=timedelta(minutes=5))),
        ("way 7", None),
        ("wayKD", None),
        ("not me", None),
        ("ok", None),
        ("ack please", None),
        ("INC-7 INC-8", None),
        ("INC-12345678901", None),
        ("\u0661", None),
    ],
)
def test_a_reply_says_what_it_answers(text: str, wanted: Reply | None) -> None:
    assert understood(text) == wanted


def test_codes_of_pages_that_follow_each_other_differ_in_both_letters() -> None:
    for number in range(1, 2 * CODES):
        here, after = code_of(number), code_of(number + 1)
        assert here[0] != after[0]
        assert here[1] != after[1]
    assert len({code_of(number) for number in range(CODES)}) == CODES


def page(number: int, incident: int | None, state: PageState = PageState.PENDING):
    return replace(PAGE, id=number, state=state, escalation=replace(PAGE.escalation, incident=incident))


OVER = PageState.ESCALATED
THEIRS = [page(1, 7, OVER), page(2, 8), page(3, 8), page(4, None), page(5, 9, OVER), page(6, 9, OVER)]


@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        (Reply(), [2, 4]),
        (Reply(8), [2]),
        (Reply(9), [6]),
        (Reply(10), []),
        (Reply(code=code_of(1)), [1]),
        (Reply(code=code_of(4)), [4]),
        (Reply(code=code_of(7)), []),
    ],
)
def test_a_reply_means_what_waits_and_a_code_also_what_is_over(reply: Reply, wanted: list[int]) -> None:
    assert [one.id for one in meant(reply, THEIRS)] == wanted


def test_a_code_that_comes_again_means_the_newest_page() -> None:
    assert [one.id for one in meant(Reply(code=code_of(1)), [page(1, 7), page(1 + CODES, 8)])] == [1 + CODES]


@pytest.mark.parametrize(
    ("status", "answered_by", "wanted"),
    [
        ("queued", "", None),
        ("ringing", "", None),
        ("in-progress", "human", None),
        ("sent", "", None),
        ("", "", None),
        ("machine", "", None),
        ("completed", "human", Outcome.COMPLETED),
        ("completed", "unknown", Outcome.COMPLETED),
        ("completed", "machine_start", Outcome.MACHINE),
        ("completed", "fax", Outcome.MACHINE),
        ("busy", "", Outcome.BUSY),
        ("no-answer", "", Outcome.NO_ANSWER),
        ("failed", "", Outcome.FAILED),
        ("delivered", "", Outcome.DELIVERED),
        ("undelivered", "", Outcome.UNDELIVERED),
    ],
)
def test_a_report_says_how_a_call_or_text_ended(
    status: str, answered_by: str, wanted: Outcome | None
) -> None:
    assert outcome_of(status, answered_by) is wanted


def test_whoever_listened_or_got_a_text_was_reached() -> None:
    assert [one for one in Outcome if not one.nobody] == [Outcome.DELIVERED, Outcome.COMPLETED]
