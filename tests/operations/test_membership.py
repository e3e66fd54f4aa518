import pytest

from bot.domain.errors import NotFound
from bot.domain.incidents import Incident
from bot.operations.acknowledge import acknowledge
from bot.operations.channel import not_invited
from bot.operations.membership import joined, left
from bot.operations.ownership import hand_over
from storage import incidents, members, pages
from tests.conftest import Office
from tests.operations.given import given_incident


def known_to(office: Office, viewer: str) -> list[int]:
    return [incident.id for incident in office.read(incidents.open_ones, viewer)]


@pytest.fixture
def secret(office: Office) -> Incident:
    return given_incident(office, kind="SIRT", private=True)


def test_a_private_incident_is_invisible_to_everybody_outside(office: Office, secret: Incident) -> None:
    assert known_to(office, "USOMEBODY") == []
    with pytest.raises(NotFound, match="I know no incident `INC-1`"):
        office.read(incidents.visible, secret.id, "USOMEBODY")


def test_a_private_incident_and_none_at_all_read_the_same(office: Office, secret: Incident) -> None:
    refusals = []
    for incident_id in (secret.id, 99):
        with pytest.raises(NotFound) as refused:
            office.read(incidents.visible, incident_id, "USOMEBODY")
        refusals.append(str(refused.value).replace(f"INC-{incident_id}", "INC-n"))

    assert refusals[0] == refusals[1]


@pytest.mark.parametrize("insider", ["UREP", "UEOC"])
def test_reporter_and_responder_know_it(office: Office, secret: Incident, insider: str) -> None:
    assert known_to(office, insider) == [secret.id]
    assert office.read(incidents.visible, secret.id, insider) == secret


def test_who_comes_in_knows_it_and_who_goes_out_knows_it_no_more(office: Office, secret: Incident) -> None:
    office.perform(joined, "CINC", "USOMEBODY")
    assert known_to(office, "USOMEBODY") == [secret.id]

    office.perform(left, "CINC", "USOMEBODY")

    assert known_to(office, "USOMEBODY") == []
    with pytest.raises(NotFound):
        office.read(incidents.visible, secret.id, "USOMEBODY")


def test_who_takes_a_page_or_the_lead_is_let_in(office: Office, secret: Incident) -> None:
    page = office.read(pages.pending_of, secret.id)[0]

    office.perform(acknowledge, page.id, by="USOMEBODY", taking=True)
    office.perform(hand_over, secret.id, "UEOC2", by="USOMEBODY")

    invited = [subject["people"] for event, subject in office.emitted() if event == "people.wanted"]
    assert invited == [["USOMEBODY"], ["UEOC2"]]
    assert known_to(office, "USOMEBODY") == known_to(office, "UEOC2") == [secret.id]


def test_who_could_not_be_invited_does_not_see_it(office: Office, secret: Incident) -> None:
    office.perform(not_invited, secret.id, {"UEOC": "user_is_restricted"})

    assert known_to(office, "UEOC") == []


def test_being_in_one_private_incident_opens_no_other(office: Office, secret: Incident) -> None:
    other = given_incident(office, kind="SIRT", private=True, channel="COTHER")
    office.perform(joined, "COTHER", "USOMEBODY")

    assert known_to(office, "USOMEBODY") == [other.id]
    assert known_to(office, "UREP") == [secret.id, other.id]


def test_public_incidents_are_known_to_all_worst_first(office: Office, secret: Incident) -> None:
    mild = given_incident(office, "S4", channel="CA")
    bad = given_incident(office, "S1", channel="CB")

    assert known_to(office, "USTRANGER") == [bad.id, mild.id]


def test_coming_in_twice_or_into_another_channel_changes_nothing(office: Office, secret: Incident) -> None:
    before = office.read(members.of, secret.id)

    for channel, person in [("CINC", "UREP"), ("CELSEWHERE", "USOMEBODY")]:
        office.perform(joined, channel, person)
    office.perform(left, "CELSEWHERE", "UREP")

    assert office.read(members.of, secret.id) == before
    assert office.events() == []
