"""Who gets updates, what executives were told, and what is ticked off: written once, and read back."""

from bot.domain.incidents.executive_notices import ExecutiveNotice
from bot.domain.incidents.subscriptions import Subscription, Target
from storage import checklists, executive_notices, members, subscriptions
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident


def subscribed(office: Office, incident: int, *targets: str) -> None:
    for target in targets:
        kind = Target.CHANNEL if target.startswith("C") else Target.PERSON
        office.perform(subscriptions.add, Subscription(incident, target, kind, "UREP", NOON))


def targets(office: Office, incident: int) -> list[str]:
    return [one.target for one in office.read(subscriptions.of, incident)]


def test_a_subscription_is_there_once_until_it_is_taken_away(office: Office) -> None:
    given_incident(office)
    subscribed(office, 1, "CHELP", "UEOC", "UEOC")

    assert targets(office, 1) == ["CHELP", "UEOC"]
    assert office.read(subscriptions.channels_of, 1) == ("CHELP",)
    assert office.perform(subscriptions.remove, 1, "CHELP")
    assert not office.perform(subscriptions.remove, 1, "CHELP")
    assert targets(office, 1) == ["UEOC"]


def test_of_an_incident_that_turns_private_only_its_people_are_left(office: Office) -> None:
    given_incident(office)
    office.perform(members.add, 1, "UEOC")
    subscribed(office, 1, "CHELP", "UEOC", "USTRANGER")

    office.perform(subscriptions.close_to_others, 1)

    assert targets(office, 1) == ["UEOC"]


def test_a_duplicates_subscriptions_move_and_none_is_there_twice(office: Office) -> None:
    given_incident(office)
    given_incident(office, channel="CTWO")
    subscribed(office, 1, "UEOC")
    subscribed(office, 2, "CHELP", "UEOC")

    moved = office.perform(subscriptions.move, 2, 1)

    assert [one.target for one in moved] == ["CHELP"]
    assert (targets(office, 1), targets(office, 2)) == (["CHELP", "UEOC"], [])


def test_the_first_notice_is_the_notice(office: Office) -> None:
    given_incident(office)
    first, second = (ExecutiveNotice(0, 1, one, "S", "I", "R", "", "UREP", NOON) for one in ("A", "B"))

    number = office.perform(executive_notices.add, first)
    office.perform(executive_notices.add, second)

    found = office.read(executive_notices.of, 1)
    assert found
    assert (found.id, found.heading) == (number, "A")
    assert office.read(executive_notices.get, number + 1).heading == "B"


def test_an_item_is_ticked_once(office: Office) -> None:
    given_incident(office)

    assert office.perform(checklists.tick, 1, "call", "asked", "UEOC")
    assert not office.perform(checklists.tick, 1, "call", "asked", "UIM")

    assert {item: one.done_by for item, one in office.read(checklists.of, 1, "call").items()} == {
        "asked": "UEOC"
    }
