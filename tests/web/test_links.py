"""Links are signed: what we did not make opens nothing."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.paging.contact_methods import OwnMethod, VerificationCode
from bot.web.links import ACKNOWLEDGE_PATH, Links
from tests.fakes import NOON

DATABASE = "9dbb0390a6249b3a"
LINKS = Links("xoxb-1", DATABASE, "https://muster.example.com/")


def token(link: str | None) -> str:
    assert link
    return link.rpartition("/")[2]


def test_a_link_stands_below_the_public_address_and_names_page_and_person() -> None:
    link = LINKS.to_acknowledge(12, "U012ABCDEF")

    assert link
    assert link.startswith(f"https://muster.example.com{ACKNOWLEDGE_PATH}")
    assert len(link) < 100
    assert LINKS.page_and_person(token(link)) == (12, "U012ABCDEF")


def test_every_replica_agrees_and_another_token_does_not() -> None:
    made = token(LINKS.to_acknowledge(12, "UANA"))

    assert Links("xoxb-1", DATABASE, None).page_and_person(made) == (12, "UANA")
    assert Links("xoxb-2", DATABASE, None).page_and_person(made) is None


def test_page_1_has_another_link_in_every_database() -> None:
    other = Links("xoxb-1", "0dbb0390a6249b3b", "https://muster.example.com/")

    assert other.page_and_person(token(LINKS.to_acknowledge(1, "UANA"))) is None
    assert other.notification_test_and_contact_method(token(LINKS.to_confirm(1, "sms"))) is None


METHOD = OwnMethod(3, "UANA", "sms", "+442079460000")
CODE = VerificationCode(7, 3, NOON)


def test_a_code_has_six_digits_and_every_replica_knows_it() -> None:
    code = LINKS.code(METHOD, CODE)

    assert re.fullmatch(r"\d{6}", code)
    assert Links("xoxb-1", DATABASE, None).code(METHOD, CODE) == code


@pytest.mark.parametrize(
    "other",
    [
        LINKS.code(METHOD, replace(CODE, id=8)),
        LINKS.code(METHOD, replace(CODE, sent_at=NOON + timedelta(seconds=1))),
        LINKS.code(replace(METHOD, id=4), CODE),
        LINKS.code(replace(METHOD, address="+442079460001"), CODE),
        LINKS.code(replace(METHOD, person="UBO"), CODE),
        Links("xoxb-2", DATABASE, None).code(METHOD, CODE),
        Links("xoxb-1", "0dbb0390a6249b3b", None).code(METHOD, CODE),
    ],
)
def test_another_code_address_database_or_token_has_another_one(other: str) -> None:
    """Else whoever knows the code of their own phone could verify another one with it."""
    assert other != LINKS.code(METHOD, CODE)


MALFORMED: list[object] = [
    None,
    7,
    "7",
    [],
    [7],
    [7, "UANA", 1],
    {"page": 7},
    ["7", "UANA"],
    [7, None],
    [7, ""],
]
MALFORMED += [[True, "U"], [1.5, "U"], [0, "UANA"], [-1, "UANA"], [2**63, "UANA"], [10**40, "UANA"]]


@pytest.mark.parametrize("named", MALFORMED)
def test_what_is_signed_and_malformed_is_for_nothing(named: object) -> None:
    assert LINKS.page_and_person(LINKS._pages.dumps(named)) is None
    assert LINKS.notification_test_and_contact_method(LINKS._notification_tests.dumps(named)) is None


@pytest.mark.parametrize("wrong", ["", "x", ".", "W10.x", "ä"])
def test_what_is_not_signed_is_for_nothing(wrong: str) -> None:
    assert LINKS.page_and_person(wrong) is None
    assert LINKS.notification_test_and_contact_method(wrong) is None


def test_a_link_that_was_changed_is_for_nothing() -> None:
    made = token(LINKS.to_acknowledge(12, "UANA"))
    other = token(LINKS.to_acknowledge(13, "UANA"))

    assert LINKS.page_and_person(other.partition(".")[0] + "." + made.partition(".")[2]) is None


def test_a_link_of_one_kind_does_not_pass_for_another() -> None:
    assert LINKS.notification_test_and_contact_method(token(LINKS.to_acknowledge(12, "UANA"))) is None
    assert LINKS.page_and_person(token(LINKS.to_confirm(12, "sms"))) is None


def test_without_a_public_address_there_are_no_links() -> None:
    assert Links("xoxb-1", DATABASE, None).to_acknowledge(12, "UANA") is None


def test_an_address_may_leave_the_port_open() -> None:
    links = Links("xoxb-1", DATABASE, "http://127.0.0.1:{port}")
    links.listen(4711)

    assert str(links.to_acknowledge(1, "UANA")).startswith("http://127.0.0.1:4711/p/")
