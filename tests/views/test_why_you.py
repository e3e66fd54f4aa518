"""Why somebody is paged, in words that one understands when woken."""

from datetime import timedelta

import pytest

from bot.domain.process import Level
from bot.views.paging import page as page_view
from tests.values import a_page, an_incident
from tests.views.test_messages import said


@pytest.mark.parametrize(
    ("role", "team", "level", "words"),
    [
        ("IM", "dotcom IMOC", 1, "as Incident Manager (dotcom IMOC), second to be called;"),
        ("EOC", "dotcom EOC", 0, "as Engineer On Call (dotcom EOC), first to be called."),
        (
            "Infrastructure Liaison",
            "Infrastructure Liaison",
            2,
            "as Infrastructure Liaison, third to be called;",
        ),
        ("Database", "DBRE", 6, "as Database (DBRE), number 7 to be called;"),
    ],
)
def test_a_page_says_in_words_why_it_is_you(role: str, team: str, level: int, words: str):
    path = tuple(Level(team, timedelta(minutes=15)) for _ in range(7))
    shown = page_view.page(a_page(role=role, level_team=team, level=level, path=path), an_incident())

    assert f"Why you: you are on call {words}" in said(shown)


def test_a_page_that_comes_late_says_so_from_a_minute_on():
    texts = [
        str(page_view.page(a_page(late=timedelta(seconds=late)), an_incident()).blocks) for late in (9, 120)
    ]
    assert ["It comes" in text for text in texts] == [False, True]
    assert "It comes 2 min late." in texts[1]
