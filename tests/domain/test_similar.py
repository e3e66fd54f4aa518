"""Which open incidents somebody may mean who is about to declare another one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.merging import similar
from tests.fakes import NOON
from tests.values import an_incident


@pytest.mark.parametrize(
    ("name", "minutes", "found"),
    [
        ("Checkout is slow", 240, True),
        ("checkout, slow", 240, True),
        ("The mail is late", 240, False),
        ("", 240, False),
        ("", 15, True),
        ("The mail is late", 15, True),
    ],
)
def test_what_was_declared_just_now_or_shares_a_word_is_similar(name: str, minutes: int, found: bool) -> None:
    there = replace(an_incident(), name="Checkout fails", declared_at=NOON - timedelta(minutes=minutes))

    assert similar(name, [there], NOON) == [there] * found


def test_the_newest_three_are_shown() -> None:
    known = [
        replace(an_incident(), id=number, declared_at=NOON - timedelta(minutes=number))
        for number in (4, 2, 1, 3)
    ]

    assert [one.id for one in similar("", known, NOON)] == [1, 2, 3]
