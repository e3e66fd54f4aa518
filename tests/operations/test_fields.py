from dataclasses import replace

import pytest

from bot.domain.actors import Actor, Machine, MachineKind
from bot.domain.errors import NotFound, Refused
from bot.domain.incidents.fields import (
    BLOCKS_DEPLOYMENTS,
    CUSTOMER_IMPACT,
    EXTERNALLY_FACING,
    MOST_LINKS,
    Field,
    Link,
)
from bot.domain.incidents.incident import Status
from bot.domain.incidents.labels import labels
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.changes import save
from bot.operations.incidents.fields import add_link, remove_link, set_fields
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.ownership import hand_over
from bot.operations.incidents.undo import undo
from bot.operations.paging.acknowledge import acknowledge_incident
from storage import fields, incidents, links, timeline
from tests.conftest import Office
from tests.operations.given import given_incident

TOKEN = Machine(MachineKind.TOKEN, "release")


@pytest.mark.parametrize("by", ["UIM", TOKEN], ids=str)
def test_a_field_is_set_replaced_and_taken_away_and_the_timeline_tells_it(office: Office, by: Actor) -> None:
    incident = given_incident(office)

    office.perform(set_fields, incident.id, {"Affected services": "Git", CUSTOMER_IMPACT: "Y"}, by="UREP")
    office.perform(set_fields, incident.id, {"Affected services": "Runners"}, by=by)

    now = office.clock.now()
    assert office.read(fields.of, incident.id) == [
        Field("Affected services", "Runners", by, now),
        Field(CUSTOMER_IMPACT, "yes", "UREP", now),
    ]
    office.perform(set_fields, incident.id, {"Affected services": "-"}, by="UREP")
    assert [one.name for one in office.read(fields.of, incident.id)] == [CUSTOMER_IMPACT]
    told = [one.data for one in office.read(timeline.of, incident.id) if one.kind is Kind.FIELD]
    assert [(one["before"], one["after"]) for one in told] == [
        ("", "Git"),
        ("", "yes"),
        ("Git", "Runners"),
        ("Runners", ""),
    ]


@pytest.mark.parametrize(
    ("severity", "value", "blocks"),
    [("S4", "automatic", False), ("S4", "Yes", True), ("S1", "automatic", True), ("S1", "no", False)],
)
def test_a_field_says_whether_deployments_are_blocked(
    office: Office, severity: str, value: str, blocks: bool
) -> None:
    incident = given_incident(office, severity)

    for one in ("yes", value):
        office.perform(set_fields, incident.id, {BLOCKS_DEPLOYMENTS: one}, by="UREP")

    assert ("blocks deployments" in labels(office.read(incidents.get, incident.id))) is blocks
    assert "FieldChanged" in office.events()


@pytest.mark.parametrize(("name", "value"), [(BLOCKS_DEPLOYMENTS, "perhaps"), ("Service", "Git")])
def test_a_field_that_means_nothing_is_refused_and_the_others_with_it(
    office: Office, name: str, value: str
) -> None:
    incident = given_incident(office)

    with pytest.raises(Refused):
        office.perform(set_fields, incident.id, {CUSTOMER_IMPACT: "yes", name: value}, by="UREP")

    assert office.read(fields.of, incident.id) == []


def test_without_customers_outside_the_eoc_takes_the_lead_of_an_s1_from_the_im(office: Office) -> None:
    incident = given_incident(office, "S1")
    office.perform(set_fields, incident.id, {EXTERNALLY_FACING: "no"}, by="UREP")

    for who in ("UIM", "UEOC"):
        office.perform(acknowledge_incident, incident.id, by=who)

    assert office.read(incidents.get, incident.id).lead == "UEOC"


def test_who_leads_follows_whether_customers_are_outside_unless_a_person_chose(office: Office) -> None:
    incident = given_incident(office, "S2")
    for who in ("UEOC", "UIM"):
        office.perform(acknowledge_incident, incident.id, by=who)

    def led_by(value: str) -> str:
        office.perform(set_fields, incident.id, {EXTERNALLY_FACING: value}, by="UREP")
        return office.read(incidents.get, incident.id).lead

    assert [led_by("yes"), led_by("no"), led_by("yes"), led_by("no")] == ["UIM", "UEOC", "UIM", "UEOC"]
    office.perform(undo, incident.id, by="UREP")
    assert office.read(incidents.get, incident.id).lead == "UIM"
    told = [one.data["after"] for one in office.read(timeline.of, incident.id) if one.kind is Kind.LEAD]
    assert told[-4:] == ["UEOC", "UIM", "UEOC", "UIM"]
    office.perform(hand_over, incident.id, "UIM", by="UIM")
    assert led_by("no") == "UIM"


def test_a_value_that_is_set_already_is_no_change(office: Office) -> None:
    incident = given_incident(office)
    for _ in range(2):
        office.perform(set_fields, incident.id, {CUSTOMER_IMPACT: "yes"}, by="UREP")

    assert office.events().count("FieldChanged") == 1


def test_nothing_is_set_of_what_was_no_incident(office: Office) -> None:
    incident = given_incident(office)
    office.perform(change_status, incident.id, Status.CANCELLED, by="UREP", reason="A test")

    with pytest.raises(Refused, match="stay as they are"):
        office.perform(set_fields, incident.id, {CUSTOMER_IMPACT: "yes"}, by="UREP")


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
    told = office.events()
    assert (told.count("LinkAdded"), told.count("LinkRemoved")) == (3, 1)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "call.test", "", "https://a.test/<b>", "https://a b"])
def test_what_no_browser_opens_as_a_page_is_no_link(office: Office, url: str) -> None:
    incident = given_incident(office)

    with pytest.raises(Refused):
        office.perform(add_link, incident.id, "Call", url, by="UREP")


def test_a_link_leads_where_its_name_says_and_there_is_an_end_to_them(office: Office) -> None:
    incident = given_incident(office)

    with pytest.raises(Refused, match="is no address"):
        office.perform(add_link, incident.id, "good.test/login", "https://evil.test", by="UREP")
    for number in range(MOST_LINKS):
        office.perform(add_link, incident.id, "Graph", f"https://a.test/{number}", by="UREP")
    with pytest.raises(Refused, match="has 20 links already"):
        office.perform(add_link, incident.id, "Graph", "https://a.test/more", by="UREP")


def test_an_incident_has_the_call_of_its_type_until_it_gets_another(office: Office) -> None:
    kinds = office.uow.process.types
    called = replace(kinds["GitLab.com"], call="https://meet.test/{id}?a")
    office.uow.process = replace(office.uow.process, types={**kinds, "GitLab.com": called})
    incident = given_incident(office)
    assert office.read(incidents.get, incident.id).call == "https://meet.test/1?a"

    office.clock.advance(minutes=1)
    office.perform(add_link, incident.id, "call", "https://other.test", by="UREP")

    assert office.read(incidents.get, incident.id).call == "https://other.test"
    assert [(one.name, one.url) for one in office.read(links.of, incident.id)] == [
        ("Call", "https://other.test")
    ], "people are led into two calls"


def test_nothing_is_attached_to_an_incident_that_there_is_not(office: Office) -> None:
    with pytest.raises(NotFound):
        office.perform(set_fields, 7, {CUSTOMER_IMPACT: "yes"}, by="UREP")


def test_an_incident_knows_of_which_one_it_is_a_duplicate(office: Office) -> None:
    first, second = given_incident(office), given_incident(office, channel=None)

    office.perform(save, replace(second, merged_into=first.id))

    assert office.read(incidents.get, second.id).merged_into == first.id
    assert office.read(incidents.get, first.id).merged_into is None
