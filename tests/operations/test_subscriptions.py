"""Who may have whom get an incident's updates, on both engines."""

import pytest

from bot.domain.errors import NotThem, Refused
from bot.domain.incidents.subscriptions import Subscription, Target
from bot.operations.incidents.privacy import make_private
from bot.operations.incidents.subscriptions import gets_updates, subscribe, unsubscribe
from bot.operations.workspace.membership import joined, left
from bot.operations.workspace.people import learned
from storage import subscriptions
from storage.people import Person
from storage.places import Place
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident


def targets(office: Office) -> list[str]:
    return [one.target for one in office.read(subscriptions.of, 1)]


def test_a_channel_that_nobody_sees_is_refused_and_nothing_is_written(office: Office) -> None:
    given_incident(office)

    with pytest.raises(Refused, match="is none that I see"):
        office.perform(subscribe, 1, persons=["UEOC"], channels=["CNOWHERE"], by="UREP")

    assert targets(office) == []


def test_an_announcement_channel_and_the_own_one_get_them_anyway(office: Office) -> None:
    given_incident(office)

    for channel, why in (("C0", "is announced in"), ("CINC", "gets its updates anyway")):
        with pytest.raises(Refused, match=why):
            office.perform(subscribe, 1, persons=[], channels=[channel], by="UREP")


def test_twice_is_once_and_is_told_once(office: Office) -> None:
    given_incident(office)

    for _ in range(2):
        office.perform(subscribe, 1, persons=["UEOC"], channels=[], by="UREP")

    assert office.events().count("Subscribed") == 1
    assert targets(office) == ["UEOC"]


def test_whoever_left_the_workspace_gets_none(office: Office) -> None:
    given_incident(office)
    office.perform(subscribe, 1, persons=["UEOC"], channels=[], by="UREP")

    gone = Person("UEOC", "ueoc", "ueoc@example.com", False, "UTC")
    office.perform(learned, [gone], [Place("C9", "help", False)])

    assert not office.read(gets_updates, 1, "UEOC")
    with pytest.raises(NotThem, match="not an active member"):
        office.perform(subscribe, 1, persons=["UEOC"], channels=[], by="UREP")


def test_of_a_private_incident_only_its_people_get_them_and_as_long_as_they_are_there(office: Office) -> None:
    given_incident(office, private=True)
    with pytest.raises(NotThem, match="only its people"):
        office.perform(subscribe, 1, persons=["USOMEBODY"], channels=[], by="UREP")

    office.perform(joined, "CINC", "USOMEBODY", at=NOON)
    office.perform(subscribe, 1, persons=["USOMEBODY"], channels=[], by="UREP")
    assert office.read(gets_updates, 1, "USOMEBODY")
    office.perform(left, "CINC", "USOMEBODY", at=NOON)

    assert targets(office) == []
    assert not office.read(gets_updates, 1, "USOMEBODY")


def test_one_that_turns_private_keeps_its_people_alone(office: Office) -> None:
    given_incident(office)
    office.perform(joined, "CINC", "UREP", at=NOON)
    office.perform(learned, [], [Place("C9", "help", False)])
    office.perform(subscribe, 1, persons=["UREP", "USOMEBODY"], channels=["C9"], by="UREP")

    office.perform(make_private, 1, "Data", by="UREP")

    assert targets(office) == ["UREP"]


def test_who_gets_none_can_stop_nothing(office: Office) -> None:
    given_incident(office)

    with pytest.raises(Refused, match="You get no updates of INC-1"):
        office.perform(unsubscribe, 1, ["UREP"], by="UREP")


def test_a_row_of_somebody_who_may_not_know_of_it_sends_them_nothing(office: Office) -> None:
    """A restored database may have one."""
    given_incident(office, private=True)
    office.perform(subscriptions.add, Subscription(1, "USOMEBODY", Target.PERSON, "UREP", NOON))

    assert not office.read(gets_updates, 1, "USOMEBODY")
