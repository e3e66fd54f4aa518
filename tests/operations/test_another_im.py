"""Another IM is asked for once, and one comes."""

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident
from bot.domain.process import IM
from bot.operations.incidents.another_im import ask_for_im, help_out
from bot.operations.paging.acknowledge import acknowledge_incident
from storage import incidents, roles
from tests.conftest import Office
from tests.operations.given import given_incident


@pytest.fixture
def second(office: Office) -> Incident:
    """The second S1 of one IM."""
    for incident in (given_incident(office, "S1"), given_incident(office, "S1", channel="CTWO")):
        office.perform(acknowledge_incident, incident.id, by="UIM")
    return office.read(incidents.get, incident.id)


def test_whoever_comes_first_is_im_and_leads(office: Office, second: Incident) -> None:
    assert second.lead == "UIM"
    office.perform(ask_for_im, second.id, by="UIM")
    with pytest.raises(Refused, match="somebody else"):
        office.perform(help_out, second.id, by="UIM")

    office.perform(help_out, second.id, by="USEC")

    assert office.read(roles.of, second.id)[IM] == "USEC"
    assert office.read(incidents.get, second.id).lead == "USEC"
    with pytest.raises(Refused, match="<@USEC> is IM of it"):
        office.perform(help_out, second.id, by="UCMOC")


def test_it_is_asked_once_and_by_the_im_alone(office: Office, second: Incident) -> None:
    with pytest.raises(Refused, match="needs no other IM"):
        office.perform(ask_for_im, second.id, by="UCMOC")
    office.perform(ask_for_im, second.id, by="UIM")
    with pytest.raises(Refused, match="asked for already"):
        office.perform(ask_for_im, second.id, by="UIM")


def test_nobody_helps_unasked(office: Office, second: Incident) -> None:
    with pytest.raises(Refused, match="needs no other IM"):
        office.perform(help_out, second.id, by="USEC")
