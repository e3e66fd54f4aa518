import pytest

from bot.domain.errors import Refused
from bot.operations.incidents.ownership import assign_role
from bot.operations.incidents.role_requests import answer_for_role, ask_for_role, waiting
from storage import roles
from tests.conftest import Office
from tests.operations.given import given_incident


def test_a_request_is_answered_once_and_is_over_when_another_has_the_role(office: Office) -> None:
    incident = given_incident(office)
    office.perform(ask_for_role, incident.id, "IM", "UIM", by="UREP")
    office.perform(answer_for_role, incident.id, takes=False, by="UIM")

    with pytest.raises(Refused, match="Nobody asks you"):
        office.perform(answer_for_role, incident.id, takes=True, by="UIM")
    office.clock.advance(minutes=1)
    office.perform(ask_for_role, incident.id, "IM", "UIM", by="UREP")
    office.clock.advance(minutes=1)
    office.perform(assign_role, incident.id, "IM", "UEOC2", by="UEOC2")

    assert office.read(waiting, incident) == []
    with pytest.raises(Refused, match="Nobody asks you"):
        office.perform(answer_for_role, incident.id, takes=True, by="UIM")
    assert office.read(roles.of, incident.id)["IM"] == "UEOC2"
