"""Texts that wait for a decision, and tokens: what is kept of them, and for how long."""

from datetime import timedelta

import pytest

from bot.domain.errors import NotFound
from bot.domain.tokens import SAME_ANSWER, hashed
from bot.domain.work.held import KEPT_FOR, Decision, HeldText, Place
from storage import api_answers, held_texts, tokens
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.given import given_incident

KEY = "glpat-abcdefghij0123456789"


def held(office: Office, place: Place = Place.UPDATE, **more: str) -> int:
    def add(tx: Tx) -> int:
        text = HeldText(0, 1, place, "UREP", more.get("marked_by"), "Token", KEY, "•", None, None, tx.now)
        return held_texts.add(tx, text)

    return office.perform(add)


def test_only_its_author_sees_what_waits_to_be_posted(office: Office) -> None:
    given_incident(office)
    number = held(office)

    assert office.read(held_texts.visible, number, "UREP").text == KEY
    with pytest.raises(NotFound):
        office.read(held_texts.visible, number, "UIM")


def test_who_pinned_it_and_the_lead_see_what_stands_masked(office: Office) -> None:
    given_incident(office)
    number = held(office, Place.PIN, marked_by="UIM")

    for person in ("UREP", "UIM"):
        assert office.read(held_texts.visible, number, person).id == number
    with pytest.raises(NotFound):
        office.read(held_texts.visible, number, "UEOC")


def test_after_the_decision_the_secret_is_kept_nowhere(office: Office) -> None:
    given_incident(office)
    number = held(office)

    office.perform(held_texts.decide, office.read(held_texts.get, number), Decision.SHOWN, "UREP")

    assert office.read(held_texts.get, number).text == ""


def test_what_nobody_decides_about_is_forgotten_after_a_week(office: Office) -> None:
    given_incident(office)
    number = held(office)
    office.clock.advance(minutes=KEPT_FOR / timedelta(minutes=1) - 1)
    assert office.perform(held_texts.prune, KEPT_FOR) == 0

    office.clock.advance(minutes=1)

    assert office.perform(held_texts.prune, KEPT_FOR) == 1
    found = office.read(held_texts.get, number)
    assert (found.decision, found.text) == (Decision.FORGOTTEN, "")


def test_a_token_is_found_by_its_hash_until_it_is_revoked(office: Office) -> None:
    expires = office.clock.now() + timedelta(days=1)
    office.perform(tokens.add, "ci", hashed("muster_1"), frozenset({"blocks:read"}), expires)

    found = office.read(tokens.by_hash, hashed("muster_1"))

    assert found
    assert (found.name, found.scopes, found.state(office.clock.now())) == (
        "ci",
        frozenset({"blocks:read"}),
        "valid",
    )
    assert found.state(expires) == "expired"
    office.perform(tokens.revoke, "ci")
    revoked = office.read(tokens.named, "ci")
    assert revoked
    assert revoked.state(office.clock.now()) == "revoked"
    office.perform(tokens.add, "ci", hashed("muster_2"), frozenset({"blocks:read"}), None)
    assert office.read(tokens.by_hash, hashed("muster_1")) is None
    assert [one.name for one in office.read(tokens.everyone)] == ["ci"]


def test_an_answer_of_the_api_is_kept_for_its_key_and_for_a_day(office: Office) -> None:
    office.perform(tokens.add, "ci", hashed("muster_1"), frozenset({"incidents:write"}), None)
    answered = api_answers.Answered("digest", 201, "{}")
    office.perform(api_answers.keep, 1, "one", answered)

    assert office.read(api_answers.given, 1, "one") == answered
    assert office.read(api_answers.given, 1, "other") is None
    office.clock.advance(minutes=SAME_ANSWER / timedelta(minutes=1) + 1)
    assert office.perform(api_answers.prune, SAME_ANSWER) == 1
    assert office.read(api_answers.given, 1, "one") is None
