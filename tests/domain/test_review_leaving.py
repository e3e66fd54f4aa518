"""What of a review's document is private where it is taken to."""

from dataclasses import replace

import pytest

from bot.domain.reviews.leaving import LeavesPrivate, private_in, refuse_private
from bot.domain.text import UNTITLED
from tests.values import an_incident

OWN = an_incident(id=1, name="Disk full")
LAPTOP = an_incident(id=12, name="Stolen laptop", private=True)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Began with the STOLEN Laptop", ["INC-12"]),
        ("See inc-12.", ["INC-12"]),
        ("See INC-120 and PINC-12", []),
        ("A laptop", []),
    ],
)
def test_others_are_known_by_number_and_name(text: str, named: list[str]) -> None:
    assert private_in(text, OWN, [LAPTOP, OWN]) == named


def test_a_short_or_missing_name_is_looked_for_nowhere() -> None:
    short, none = replace(LAPTOP, name="Mail"), replace(LAPTOP, name=UNTITLED)
    assert private_in(f"Mail of an {UNTITLED}", OWN, [short, none]) == []


def test_what_was_confirmed_confirms_nothing_else() -> None:
    own = replace(OWN, private=True)
    with pytest.raises(LeavesPrivate, match="INC-1 itself") as asked:
        refuse_private("Text", own, [], sure="")
    refuse_private("Text", own, [], sure=asked.value.sure)
    with pytest.raises(LeavesPrivate, match="INC-1 itself, INC-12"):
        refuse_private("Stolen laptop", own, [LAPTOP], sure=asked.value.sure)


def test_at_home_it_may_speak_of_its_own_incident_alone() -> None:
    own = replace(OWN, private=True)
    assert private_in("INC-1 and INC-12", own, [LAPTOP, own], at_home=True) == ["INC-12"]
