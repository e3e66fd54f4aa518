"""A person's own contact methods and rules: used once they are verified, and theirs alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import NotFound, Refused
from bot.domain.paging.contact_methods import AddressKind, OwnMethod, VerificationCode
from bot.domain.paging.notification_rules import Loudness
from bot.domain.paging.replies import Reply
from bot.domain.process import Contact, Notice
from bot.operations.paging.notification_rules import change_rule, use_default_rule
from bot.operations.paging.notify import contact_of
from bot.operations.paging.own_contact_methods import (
    add_contact_method,
    code_not_sent,
    remove_contact_method,
    send_code_again,
    verify_contact_method,
)
from bot.operations.paging.reports import replied
from bot.operations.workspace.people import learned
from storage import contact_methods, pages, verification_codes
from storage.people import Person
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.given import given_incident

OURS, THEIRS = "+351215550101", "+442079460000"
DEFAULT = (Notice("sms", timedelta(minutes=3)),)


@pytest.fixture
def office(office: Office) -> Office:
    """The office with two contact methods; the configuration has a number of the EOC's."""
    rules = replace(
        process(),
        contact_methods={"sms": AddressKind.NUMBER, "push": AddressKind.TOPIC},
        contacts={"UEOC": Contact("", {"sms": OURS}, DEFAULT)},
        default_contact=Contact(loud=DEFAULT),
    )
    return Office(office.database, rules, office.clock)


def code_of(method: OwnMethod, code: VerificationCode) -> str:
    return f"{method.person} {code.id}".replace(" ", "")


def added(office: Office, name: str = "sms", address: str = THEIRS, by: str = "UEOC") -> OwnMethod:
    return office.perform(add_contact_method, name, address, by=by)


def verify(office: Office, method: OwnMethod, typed: str = "", by: str = "") -> str:
    latest = office.read(verification_codes.latest, method.id)
    right = code_of(method, latest) if latest else ""
    whose = by or method.person
    return office.perform(verify_contact_method, method.id, typed or right, code_of, by=whose)


def addresses(office: Office, who: str = "UEOC") -> dict[str, str]:
    return dict(office.read(contact_of, who).addresses)


def test_an_address_is_used_once_its_code_was_typed_and_until_it_is_removed(office: Office) -> None:
    assert addresses(office) == {"sms": OURS}
    method = added(office)
    assert office.events() == ["VerificationCodeAsked"]
    assert addresses(office) == {"sms": OURS}

    assert verify(office, method) == ""
    assert addresses(office) == {"sms": THEIRS}
    assert verify(office, method) == "", "Slack delivers twice"
    given_incident(office)
    assert addresses(office, "UIM") == {}

    office.perform(remove_contact_method, method.id, by="UEOC")
    assert addresses(office) == {"sms": OURS}
    assert office.read(contact_methods.of, "UEOC") == []


def test_a_verified_address_is_used_until_the_new_one_is_verified(office: Office) -> None:
    verify(office, added(office, "push", "first"))
    second = added(office, "push", "second")

    assert addresses(office)["push"] == "first"
    verify(office, second)
    assert addresses(office)["push"] == "second"
    assert [one.address for one in office.read(contact_methods.of, "UEOC")] == ["second"]
    with pytest.raises(Refused, match="verified already"):
        added(office, "push", "second")


def test_wrong_codes_are_counted_and_the_fifth_ends_it(office: Office) -> None:
    method = added(office)

    said = [verify(office, method, "000000") for _ in range(5)]
    assert ["4 more" in said[0], "no try left" in said[-1]] == [True, True]
    assert "Too many" in verify(office, method)
    assert addresses(office) == {"sms": OURS}

    office.perform(send_code_again, method.id, by="UEOC")
    assert verify(office, method) == ""


def test_a_code_is_over_after_ten_minutes_or_when_another_was_sent(office: Office, clock: FakeClock) -> None:
    method = added(office)
    first = office.read(verification_codes.latest, method.id)
    assert first
    office.perform(send_code_again, method.id, by="UEOC")
    assert "not the code" in verify(office, method, code_of(method, first))

    clock.advance(minutes=10)
    assert "holds no longer" in verify(office, method)


def test_a_code_that_could_not_be_sent_says_why(office: Office) -> None:
    method = added(office)
    office.perform(code_not_sent, 1, "it answered 400 (21211)")

    assert "it answered 400 (21211)" in verify(office, method, "123456")


def test_removing_and_adding_again_gives_no_more_codes(office: Office, clock: FakeClock) -> None:
    for _ in range(5):
        office.perform(remove_contact_method, added(office).id, by="UEOC")
    with pytest.raises(Refused, match="Try again in 60 min"):
        added(office)
    assert office.read(contact_methods.of, "UEOC") == []
    added(office, by="UIM")

    clock.advance(minutes=60)
    added(office)


@pytest.mark.parametrize("act", [send_code_again, remove_contact_method])
def test_nobody_else_can_do_anything_with_it(office: Office, act: object) -> None:
    method = added(office)

    with pytest.raises(NotFound):
        office.perform(act, method.id, by="UIM")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        verify(office, method, by="UIM")
    assert THEIRS not in repr(method)


def test_a_reply_counts_from_the_number_that_is_reached(office: Office) -> None:
    verify(office, added(office))
    given_incident(office)

    assert office.perform(replied, "SM1", OURS, Reply(), ["sms"]) is None
    assert office.read(pages.get, 1).pending
    answered = office.perform(replied, "SM2", THEIRS, Reply(), ["sms"])
    assert answered
    assert answered.page
    assert office.read(pages.get, 1).answered_by == "UEOC"


def test_a_number_that_is_not_verified_answers_nothing(office: Office) -> None:
    added(office, by="UIM")
    given_incident(office)

    assert office.perform(replied, "SM1", THEIRS, Reply(), ["sms"]) is None


def test_a_persons_own_rule_wins_over_the_default_until_it_is_given_back(office: Office) -> None:
    own = (Notice("push"), Notice("sms", timedelta(minutes=1)))
    assert office.read(contact_of, "UIM").loud == DEFAULT

    office.perform(change_rule, Loudness.LOUD, own, by="UIM")
    assert office.read(contact_of, "UIM").loud == own
    assert office.read(contact_of, "UEOC").loud == DEFAULT
    office.perform(change_rule, Loudness.LOUD, (), by="UIM")
    assert office.read(contact_of, "UIM").loud == ()

    office.perform(use_default_rule, Loudness.LOUD, by="UIM")
    assert office.read(contact_of, "UIM").loud == DEFAULT


def test_the_addresses_of_whoever_left_are_not_used_and_forgotten_after_a_month(
    office: Office, clock: FakeClock
) -> None:
    verify(office, added(office))

    def month(*, active: bool) -> list[OwnMethod]:
        office.perform(learned, [Person("UEOC", "eoc", None, active, "UTC")], [])
        for _ in range(2):
            office.perform(contact_methods.forget_the_gone, timedelta(days=30))
            clock.advance(minutes=60 * 24 * 16)
        return office.read(contact_methods.of, "UEOC")

    assert month(active=False), "they may come back"
    assert month(active=True)
    assert month(active=False)
    office.perform(contact_methods.forget_the_gone, timedelta(days=30))
    assert office.read(contact_methods.of, "UEOC") == []
