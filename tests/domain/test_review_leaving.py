"""What of a review's document is private where it is taken to."""

from dataclasses import replace
from time import process_time

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
        ("Acme Inc. 12 people", []),
        ("Stolen  laptop", ["INC-12"]),
        ("Stolen\nlaptop", ["INC-12"]),
        ("Stolen **laptop**", ["INC-12"]),
        ("Stol*en* `lap`top", ["INC-12"]),
        ("St\u200bolen laptop", ["INC-12"]),
        ("Sto\u00adlen\u00a0laptop", ["INC-12"]),
        ("Stolen&nbsp;laptop", ["INC-12"]),
        ("stolen\u2011laptop", ["INC-12"]),
        ("Ｓｔｏｌｅｎ laptop", ["INC-12"]),
        ("[Stolen](https://a.test/x?y=1) laptop", ["INC-12"]),
        ("[Stolen][1] <b>laptop</b>", ["INC-12"]),
        ("https://a.test/stolen-laptop.pdf", ["INC-12"]),
        ("#inc-12-stolen", ["INC-12"]),
        ("INC 12", ["INC-12"]),
        ("inc_12", ["INC-12"]),
        ("INC12", ["INC-12"]),
        ("INC\u201112", ["INC-12"]),
        ("INC-\u200b12", ["INC-12"]),
        ("INC-**12**", ["INC-12"]),
        ("INC-１２", ["INC-12"]),
        ("INC-012", ["INC-12"]),
        ("[it](https://muster.test/incidents/INC-12)", ["INC-12"]),
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


def test_a_long_document_is_looked_through_once_for_all() -> None:
    many = [replace(LAPTOP, id=number, name=f"Stolen laptop {number}") for number in range(1000, 1300)]
    text = "](<b INC- " * 20_000
    begun = process_time()
    assert private_in(text, OWN, many) == []
    assert process_time() - begun < 2
