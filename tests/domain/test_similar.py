"""Which open incidents somebody may mean who is about to declare another one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.incident import Summary
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


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("Checkout fails at payment", [1, 3, 2]),
        ("Checkouts", [1, 3, 2]),
        ("chekcout", [1, 3, 2]),
        ("database", [2]),
        ("databsae is down", [2]),
        ("mail queue grows", [3]),
        ("gitaly", [1]),
        ("is it down?", []),
    ],
)
def test_what_is_most_alike_comes_first_then_the_newest(name: str, order: list[int]) -> None:
    texts = {1: "Checkout is slow at payment", 2: "Database: down", 3: "Mail queue of the checkout"}
    known = [
        replace(an_incident(), id=number, name=text, declared_at=NOON - timedelta(hours=number))
        for number, text in texts.items()
    ]
    known[1] = replace(known[1], summary=Summary("the checkout cannot write"))

    assert [one.id for one in similar(name, known, NOON, {1: "Gitaly"})] == order


def test_the_newest_three_are_shown() -> None:
    known = [
        replace(an_incident(), id=number, declared_at=NOON - timedelta(minutes=number))
        for number in (4, 2, 1, 3)
    ]

    assert [one.id for one in similar("", known, NOON)] == [1, 2, 3]
