"""Somebody tests their own contact methods: one test at a time, each contact method once."""

from dataclasses import replace

import pytest

from bot.domain.errors import NotFound, Refused
from bot.domain.process import Contact
from bot.operations.paging.notification_tests import (
    begin_notification_test,
    confirm_notification_test,
    contact_method_tried,
    notification_test_shown,
)
from storage import notification_tests
from tests.conftest import Office
from tests.fakes import NOON, FakeClock, process


@pytest.fixture
def equipped(office: Office) -> Office:
    rules = replace(process(), contacts={"UEOC": Contact("+44", {"sms": "+441", "push": "eoc"})})
    return Office(office.database, rules, office.clock)


def test_a_test_goes_to_slack_and_through_every_contact_method(equipped: Office) -> None:
    notification_test = equipped.perform(begin_notification_test, by="UEOC")

    assert [way.contact_method for way in notification_test.ways] == ["slack", "sms", "push"]
    assert equipped.emitted() == [
        ("NotificationTestBegun", {"notification_test": 1, "contact_methods": ["sms", "push"]}),
    ]


def test_a_person_has_one_test_at_a_time(equipped: Office, clock: FakeClock) -> None:
    equipped.perform(begin_notification_test, by="UEOC")
    clock.advance(119)
    with pytest.raises(Refused, match="under way"):
        equipped.perform(begin_notification_test, by="UEOC")
    equipped.perform(begin_notification_test, by="UIM")

    clock.advance(1)

    assert equipped.perform(begin_notification_test, by="UEOC").id == 3


def test_when_all_is_known_another_may_begin_at_once(equipped: Office) -> None:
    equipped.perform(begin_notification_test, by="UEOC")
    for contact_method in ("slack", "sms"):
        equipped.perform(confirm_notification_test, 1, contact_method, by="UEOC")
    equipped.perform(contact_method_tried, 1, "push", "it answered 401")

    assert equipped.perform(begin_notification_test, by="UEOC").id == 2


def test_the_message_follows_what_becomes_of_each_contact_method(equipped: Office, clock: FakeClock) -> None:
    equipped.perform(begin_notification_test, by="UEOC")
    equipped.emitted()

    equipped.perform(notification_test_shown, 1, "D1", "1.0")
    equipped.perform(contact_method_tried, 1, "sms", None)
    equipped.perform(contact_method_tried, 1, "push", "it answered 401")
    clock.advance(60)
    equipped.perform(confirm_notification_test, 1, "sms", by="UEOC")
    equipped.perform(confirm_notification_test, 1, "sms", by="UEOC")

    slack, sms, push = equipped.read(notification_tests.get, 1).ways
    assert (slack.handed_at, slack.confirmed_at) == (NOON, None)
    assert (sms.handed_at, sms.confirmed_at) == (NOON, clock.now())
    assert push.error == "it answered 401"
    assert equipped.events() == ["NotificationTestChanged"] * 4


def test_nobody_confirms_for_somebody_else(equipped: Office) -> None:
    equipped.perform(begin_notification_test, by="UEOC")

    with pytest.raises(Refused, match="somebody else's") as refused:
        equipped.perform(confirm_notification_test, 1, "sms", by="UIM")
    assert [step.command for step in refused.value.steps] == ["test-page"]

    with pytest.raises(NotFound):
        equipped.perform(confirm_notification_test, 2, "sms", by="UIM")


def test_old_tests_are_forgotten(equipped: Office, clock: FakeClock) -> None:
    equipped.perform(begin_notification_test, by="UEOC")
    clock.advance(3600)
    equipped.perform(begin_notification_test, by="UEOC")

    equipped.perform(notification_tests.prune, clock.now() - NOON)

    with pytest.raises(NotFound):
        equipped.read(notification_tests.get, 1)
    assert equipped.read(notification_tests.get, 2).id == 2
