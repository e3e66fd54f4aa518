import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Status
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.rename import rename
from bot.operations.workspace import places
from bot.operations.workspace.channel import channel_renamed
from storage import incidents
from storage.places import named
from tests.conftest import Office
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident
from tests.operations.look import kinds, last


def test_card_announcements_and_channel_follow_a_new_name(office: Office) -> None:
    incident = given_incident(office)
    follow(office)

    office.perform(rename, incident.id, "Redis is down", by="UIM")

    assert office.read(incidents.get, incident.id).name == "Redis is down"
    entry = last(office, incident.id, Kind.RENAMED)
    assert (entry.by, entry.data) == (
        "UIM",
        {"before": "Disk full", "after": "Redis is down", "undone": False},
    )
    assert {
        "redraw_card card:1",
        "redraw_announcement announce:1:incidents",
        "rename_channel channel:1",
    } <= set(deliveries(office))


def test_a_channel_that_is_named_right_is_left_alone(office: Office) -> None:
    incident = given_incident(office)
    office.perform(channel_renamed, incident.id, "inc-1-redis-is-down")

    follow(office)
    office.perform(rename, incident.id, "Redis is DOWN!", by="UIM")

    assert "rename_channel channel:1" not in deliveries(office)


def test_a_channel_that_does_not_exist_yet_is_not_renamed(office: Office) -> None:
    incident = given_incident(office, channel=None)

    follow(office)
    office.perform(rename, incident.id, "Redis is down", by="UIM")

    assert "rename_channel channel:1" not in deliveries(office)


@pytest.mark.parametrize(("name", "why"), [("", "A name is needed"), ("Disk full", "its name already")])
def test_a_name_that_is_none_is_refused(office: Office, name: str, why: str) -> None:
    incident = given_incident(office)

    with pytest.raises(Refused, match=why):
        office.perform(rename, incident.id, name, by="UREP")

    assert Kind.RENAMED not in kinds(office, incident.id)


def test_an_incident_that_is_over_keeps_its_name(office: Office) -> None:
    incident = given_incident(office)
    office.perform(change_status, incident.id, Status.CANCELLED, by="UREP", reason="A test")

    with pytest.raises(Refused, match="keeps its name"):
        office.perform(rename, incident.id, "x", by="UREP")


def test_a_channel_that_a_person_renamed_keeps_that_name_and_the_incident_its_own(office: Office) -> None:
    incident = given_incident(office)

    for _ in range(2):
        office.perform(places.renamed, "CINC", "war-room")

    now = office.read(incidents.get, incident.id)
    assert (now.name, now.channel_name) == ("Disk full", "war-room")
    assert kinds(office, incident.id).count(Kind.CHANNEL_RENAMED) == 1
    assert "EntriesAdded" not in office.events()


def test_an_announcement_channel_is_found_under_its_new_name(office: Office) -> None:
    office.perform(places.renamed, "C0", "all-incidents")
    office.perform(places.archived, "C1")

    found = office.read(named, "#all-incidents")
    assert found
    assert found.id == "C0"
    archived = office.read(named, "incidents-dotcom")
    assert archived
    assert archived.archived
    office.perform(places.unarchived, "C1")
    back = office.read(named, "C1")
    assert back
    assert not back.archived
