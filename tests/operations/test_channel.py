import pytest

from bot.domain.incidents.incident import Severity
from bot.domain.timeline.entries import Entry, Kind
from bot.operations.incidents.severity import change_severity
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.workspace.channel import channel_lost, channel_opened, not_invited
from bot.operations.workspace.places import took_nothing
from storage import incidents, members, pages, timeline
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident
from tests.operations.look import last, story


def opened(office: Office, incident_id: int, channel: str = "CINC") -> None:
    office.perform(channel_opened, incident_id, channel, f"inc-{incident_id}")


def told(office: Office) -> list[Entry | None]:
    """Return the entries that the channel is told of."""
    subjects = [subject for event, subject in office.emitted() if event == "EntriesAdded"]
    return [office.read(timeline.get, entry) for subject in subjects for entry in subject["entries"]]


def announced(office: Office) -> list[tuple[str, str]]:
    return [
        (job, lane.rpartition(":")[2])
        for job, lane in (one.split(" ") for one in deliveries(office))
        if job.startswith("announce")
    ]


def test_a_channel_is_told_once_what_it_missed(office: Office) -> None:
    incident = given_incident(office, "S3", channel=None)
    office.perform(acknowledge, office.read(pages.pending_of, incident.id)[0].id, by="UEOC")
    office.perform(change_severity, incident.id, Severity.S4, by="UEOC", reason="A test")
    assert told(office) == []

    opened(office, incident.id)
    opened(office, incident.id)

    assert [entry.kind for entry in told(office) if entry] == [Kind.ACKNOWLEDGED, Kind.LEAD, Kind.SEVERITY]


def test_a_channel_that_we_come_into_as_we_made_it_is_not_back(office: Office) -> None:
    follow(office)
    incident = given_incident(office, channel=None)
    assert office.read(took_nothing, "CINC")

    opened(office, incident.id)
    assert not office.read(took_nothing, "CINC")
    assert office.read(took_nothing, "CNEWS")

    office.perform(finished, "topic", "dead")
    assert office.read(took_nothing, "CINC")

    office.perform(finished, "topic", "sent")
    office.perform(finished, "card", "sent")
    assert office.read(took_nothing, "CINC")


def finished(tx: Tx, lane: str, state: str) -> None:
    tx.execute(
        "UPDATE outbox SET state = :state, finished_at = :now WHERE lane LIKE :lane",
        {"state": state, "now": tx.now, "lane": f"{lane}:%"},
    )


def test_all_of_one_decision_is_told_in_one_message(office: Office) -> None:
    incident = given_incident(office, "S3")

    office.perform(change_severity, incident.id, Severity.S1, by="UREP")

    subjects = [subject for event, subject in office.emitted() if event == "EntriesAdded"]
    assert len(subjects) == 1
    assert len(subjects[0]["entries"]) == 3  # the severity, and two pages


@pytest.mark.parametrize(
    ("kind", "private", "triage", "expected"),
    [
        (
            "GitLab.com",
            False,
            False,
            [("announce", "incidents"), ("announce", "incidents-dotcom")],
        ),
        ("GitLab.com", False, True, [("announce_triage", "incidents-dotcom-triage")]),
        ("Gameday", False, False, [("announce", "incidents")]),
        ("SIRT", False, False, []),
        ("SIRT", False, True, []),
        ("SIRT", True, False, []),
        ("GitLab.com", True, False, []),
        ("GitLab.com", True, True, []),
    ],
)
def test_an_incident_is_announced_where_its_type_says(
    office: Office, kind: str, private: bool, triage: bool, expected: list[tuple[str, str]]
) -> None:
    incident = given_incident(office, kind=kind, private=private, triage=triage, channel=None)
    follow(office)
    assert announced(office) == []

    opened(office, incident.id)

    assert announced(office) == expected


def test_changes_of_a_private_incident_reach_no_announcement(office: Office) -> None:
    incident = given_incident(office, private=True)
    follow(office)

    office.perform(change_severity, incident.id, Severity.S1, by="UREP")

    assert not [one for one in deliveries(office) if "announce" in one or "triage" in one]


def test_the_channel_gets_its_people_its_card_and_the_pages_their_link(office: Office) -> None:
    incident = given_incident(office, "S1", channel=None)

    follow(office)
    opened(office, incident.id)

    assert office.read(members.of, incident.id) == ["UCMOC", "UEOC", "UIM", "UREP"]
    follows = deliveries(office)
    assert {"post_card card:1", "invite people:1", "greet greeting:1"} <= set(follows)
    assert [one for one in follows if "redraw_page" in one] == [
        f"redraw_page notification:{n}" for n in (1, 2, 3)
    ]
    now = office.read(incidents.get, incident.id)
    assert (now.channel, now.channel_name) == ("CINC", "inc-1")


def test_a_second_channel_does_not_take_the_place_of_the_first(office: Office) -> None:
    incident = given_incident(office, channel="CINC")

    opened(office, incident.id, "COTHER")

    assert office.read(incidents.get, incident.id).channel == "CINC"
    assert office.events() == []


def test_a_channel_that_cannot_be_opened_does_not_keep_the_incident_from_being_announced(
    office: Office,
) -> None:
    incident = given_incident(office, channel=None)

    follow(office)
    office.perform(channel_lost, incident.id, "restricted_action")

    follows = deliveries(office)
    assert {"announce announce:1:incidents", "announce announce:1:incidents-dotcom"} <= set(follows)
    assert "tell_problem problem:1" in follows
    assert last(office, incident.id, Kind.PROBLEM).data["why"] == "restricted_action"
    assert office.read(incidents.channel_settled, incident.id)
    assert len(office.read(pages.pending_of, incident.id)) == 1


def test_one_who_cannot_be_invited_does_not_keep_the_others_out(office: Office) -> None:
    incident = given_incident(office, "S1")

    office.perform(not_invited, incident.id, {"UIM": "user_is_restricted"})

    assert office.read(members.of, incident.id) == ["UCMOC", "UEOC", "UREP"]
    assert "<@UIM>" in last(office, incident.id, Kind.PROBLEM).data["what"]


def test_without_a_channel_nothing_is_told_and_nothing_is_lost(office: Office) -> None:
    incident = given_incident(office, channel=None)

    office.perform(change_severity, incident.id, Severity.S2, by="UREP")

    assert told(office) == []
    assert Kind.SEVERITY in [entry.kind for entry in story(office, incident.id)]
