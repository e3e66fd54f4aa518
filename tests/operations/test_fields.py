from dataclasses import replace

import pytest

from bot.domain.actors import Actor, Machine, MachineKind
from bot.domain.errors import NotFound, Refused
from bot.domain.incidents.fields import BLOCKS_DEPLOYMENTS, Field, Link
from bot.domain.incidents.labels import labels
from bot.operations.incidents.changes import save
from bot.operations.incidents.fields import add_link, remove_link, set_field
from storage import fields, incidents, links
from tests.conftest import Office
from tests.operations.given import given_incident

TOKEN = Machine(MachineKind.TOKEN, "release")


@pytest.mark.parametrize("by", ["UIM", TOKEN], ids=str)
def test_a_field_is_set_replaced_and_taken_away(office: Office, by: Actor) -> None:
    incident = given_incident(office)

    office.perform(set_field, incident.id, "Service", "Git", by="UREP")
    office.perform(set_field, incident.id, "Service", "Runners", by=by)
    office.perform(set_field, incident.id, "Area", "<b>", by="UREP")

    now = office.clock.now()
    assert office.read(fields.of, incident.id) == [
        Field("Area", "<b>", "UREP", now),
        Field("Service", "Runners", by, now),
    ]
    office.perform(set_field, incident.id, "Service", "", by="UREP")
    assert [one.name for one in office.read(fields.of, incident.id)] == ["Area"]


@pytest.mark.parametrize(
    ("severity", "value", "blocks"),
    [("S4", "", False), ("S4", "Yes", True), ("S1", "", True), ("S1", "no", False)],
)
def test_a_field_says_whether_deployments_are_blocked(
    office: Office, severity: str, value: str, blocks: bool
) -> None:
    incident = given_incident(office, severity)

    office.perform(set_field, incident.id, BLOCKS_DEPLOYMENTS, value, by="UREP")

    assert ("blocks deployments" in labels(office.read(incidents.get, incident.id))) is blocks
    assert "FieldChanged" in office.events()


@pytest.mark.parametrize(("name", "value"), [(BLOCKS_DEPLOYMENTS, "perhaps"), (" ", "Git")])
def test_a_field_that_means_nothing_is_refused(office: Office, name: str, value: str) -> None:
    incident = given_incident(office)

    with pytest.raises(Refused):
        office.perform(set_field, incident.id, name, value, by="UREP")

    assert office.read(fields.of, incident.id) == []


def test_a_link_is_added_once_named_anew_and_removed(office: Office) -> None:
    incident = given_incident(office)

    for name in ("Call", "War room"):
        office.perform(add_link, incident.id, name, "https://call.test/1", by="UREP")
    office.perform(add_link, incident.id, "", "http://a.test", by=TOKEN)

    now = office.clock.now()
    assert office.read(links.of, incident.id) == [
        Link("http://a.test", "http://a.test", TOKEN, now),
        Link("War room", "https://call.test/1", "UREP", now),
    ]
    office.perform(remove_link, incident.id, "http://a.test", by="UREP")
    assert [one.name for one in office.read(links.of, incident.id)] == ["War room"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "call.test", ""])
def test_what_no_browser_opens_as_a_page_is_no_link(office: Office, url: str) -> None:
    incident = given_incident(office)

    with pytest.raises(Refused):
        office.perform(add_link, incident.id, "Call", url, by="UREP")


def test_nothing_is_attached_to_an_incident_that_there_is_not(office: Office) -> None:
    with pytest.raises(NotFound):
        office.perform(set_field, 7, "Service", "Git", by="UREP")


def test_an_incident_knows_of_which_one_it_is_a_duplicate(office: Office) -> None:
    first, second = given_incident(office), given_incident(office, channel=None)

    office.perform(save, replace(second, merged_into=first.id))

    assert office.read(incidents.get, second.id).merged_into == first.id
    assert office.read(incidents.get, first.id).merged_into is None
