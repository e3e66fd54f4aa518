"""Contact methods that people add, the codes that verify them, and their rules: pure rules."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.paging.contact_methods import (
    CODE_HOLDS,
    AddressKind,
    VerificationCode,
    address_of,
    next_code_at,
    wrong_with,
)
from bot.domain.paging.notification_rules import rule_of
from bot.domain.process import Notice
from tests.fakes import NOON

NUMBER, MAIL, TOPIC, OTHER = AddressKind
CODE = VerificationCode(1, 1, NOON)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (NUMBER, " +44 20 (7946) 00-00 ", "+442079460000"),
        (MAIL, " ana@example.com ", "ana@example.com"),
        (TOPIC, "ana-phone_7", "ana-phone_7"),
        (OTHER, "@ana", "@ana"),
    ],
)
def test_an_address_is_kept_as_its_service_wants_it(kind: AddressKind, typed: str, kept: str) -> None:
    assert address_of(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "named"),
    [
        (NUMBER, "020 7946 0000", "country code"),
        (NUMBER, "0044 20 7946 0000", "country code"),
        (NUMBER, "+44", "country code"),
        (NUMBER, "+0044207946000", "country code"),
        (NUMBER, "911", "country code"),
        (NUMBER, "+44207946000a", "country code"),
        (NUMBER, "", "country code"),
        (MAIL, "ana", "ana@example.com"),
        (MAIL, "ana@localhost", "ana@example.com"),
        (MAIL, "ana@example.com\nBcc: all@example.com", "ana@example.com"),
        (MAIL, "a@example.com, b@example.com", "ana@example.com"),
        (MAIL, f"a@{'x' * 300}.com", "ana@example.com"),
        (TOPIC, "ana/phone", "letters"),
        (TOPIC, "x" * 65, "64"),
        (OTHER, "two words", "no spaces"),
        (OTHER, "x" * 201, "200"),
    ],
)
def test_what_is_no_address_is_refused_with_what_is_expected(
    kind: AddressKind, typed: str, named: str
) -> None:
    with pytest.raises(Refused, match=named):
        address_of(kind, typed)


@pytest.mark.parametrize(
    ("sent", "wait"),
    [
        ([], None),
        ([1, 2, 3, 4], None),
        ([1, 2, 3, 4, 59], 1),
        ([1, 2, 3, 4, 60], None),
        ([*range(100, 110)], 24 * 60 - 109),
        ([1, 2, 3, 4, 5, *range(100, 105)], 24 * 60 - 104),
        ([1500, *range(100, 109)], None),
    ],
)
def test_nobody_is_sent_more_than_five_codes_an_hour_and_ten_a_day(sent: list[int], wait: int | None) -> None:
    found = next_code_at([NOON - minutes * MINUTE for minutes in sent], NOON)

    assert found == (None if wait is None else NOON + wait * MINUTE)


@pytest.mark.parametrize(
    ("code", "after", "right", "said"),
    [
        (CODE, timedelta(), True, ""),
        (CODE, CODE_HOLDS - timedelta(seconds=1), True, ""),
        (CODE, CODE_HOLDS, True, "holds no longer"),
        (None, timedelta(), True, "holds no longer"),
        (CODE, timedelta(), False, "4 more tries"),
        (replace(CODE, tries=3), timedelta(), False, "1 more try."),
        (replace(CODE, tries=4), timedelta(), False, "no try left"),
        (replace(CODE, tries=4), timedelta(), True, ""),
        (replace(CODE, tries=5), timedelta(), True, "Too many wrong codes"),
        (replace(CODE, error="it answered 400"), timedelta(), False, "it answered 400"),
    ],
)
def test_a_code_holds_ten_minutes_and_five_tries(
    code: VerificationCode | None, after: timedelta, right: bool, said: str
) -> None:
    found = wrong_with(code, NOON + after, right=right)

    assert found == said if not said else said in found


def test_a_rule_is_in_the_order_in_which_it_calls() -> None:
    call, push = Notice("call", 5 * MINUTE), Notice("push")

    assert rule_of([call, push], ("push", "call", "sms")) == (push, call)
    assert rule_of([], ("push",)) == ()


@pytest.mark.parametrize(
    "rule",
    [
        [Notice("fax")],
        [Notice("call"), Notice("call", MINUTE)],
        [Notice("call", -MINUTE)],
        [Notice("call", 61 * MINUTE)],
    ],
)
def test_an_impossible_rule_is_refused(rule: list[Notice]) -> None:
    with pytest.raises(Refused):
        rule_of(rule, ("push", "call"))
