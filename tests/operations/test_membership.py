from collections.abc import Callable

import pytest

from bot.domain.errors import NotFound, Refused
from bot.domain.incidents.incident import Incident, Severity
from bot.domain.work.work import ActionKind
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.incidents.severity import change_severity
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.escalate import escalate_now, escalate_overdue
from bot.operations.paging.paging import request_page
from bot.operations.paging.why import why_newest
from bot.operations.work.actions import add_action
from bot.operations.workspace.channel import not_invited
from bot.operations.workspace.membership import found, joined, left
from bot.views.timeline import entries
from storage import incidents, members, pages, timeline
from storage.engines import open_database
from tests.conftest import Office
from tests.fakes import NOON, FakeClock, process
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident, pending


def known_to(office: Office, viewer: str) -> list[int]:
    return [incident.id for incident in office.read(incidents.open_ones, viewer)]


def invited(office: Office) -> list[list[str]]:
    return [subject["people"] for event, subject in office.emitted() if event == "PeopleAdded"]


@pytest.fixture
def secret(office: Office) -> Incident:
    return given_incident(office, private=True)


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
    office.perform(joined, "CINC", "USOMEBODY", at=NOON)
    assert known_to(office, "USOMEBODY") == [secret.id]

    office.perform(left, "CINC", "USOMEBODY", at=NOON)

    assert known_to(office, "USOMEBODY") == []
    with pytest.raises(NotFound):
        office.read(incidents.visible, secret.id, "USOMEBODY")


def test_who_is_given_the_lead_or_a_page_is_let_in(office: Office, secret: Incident) -> None:
    page = office.read(pages.pending_of, secret.id)[0]

    office.perform(hand_over, secret.id, "UEOC2", by="UREP")
    office.perform(escalate_now, page.id, by="UEOC")

    assert invited(office) == [["UEOC2"], ["UIM"]]
    assert known_to(office, "UIM") == known_to(office, "UEOC2") == [secret.id]


def test_who_was_called_may_answer_though_the_invitation_failed(office: Office, secret: Incident) -> None:
    page = office.read(pages.pending_of, secret.id)[0]
    office.perform(not_invited, secret.id, {"UEOC": "user_is_restricted"})
    office.emitted()

    office.perform(acknowledge, page.id, by="UEOC")

    assert [subject["people"] for event, subject in office.emitted() if event == "PeopleAdded"] == [["UEOC"]]
    assert known_to(office, "UEOC") == [secret.id]


def test_who_could_not_be_invited_does_not_see_it(office: Office, secret: Incident) -> None:
    office.perform(not_invited, secret.id, {"UEOC": "user_is_restricted"})

    assert known_to(office, "UEOC") == []


def test_being_in_one_private_incident_opens_no_other(office: Office, secret: Incident) -> None:
    other = given_incident(office, private=True, channel="COTHER")
    office.perform(joined, "COTHER", "USOMEBODY", at=NOON)

    assert known_to(office, "USOMEBODY") == [other.id]
    assert known_to(office, "UREP") == [secret.id, other.id]


def test_public_incidents_are_known_to_all_worst_first(office: Office, secret: Incident) -> None:
    mild = given_incident(office, "S4", channel="CA")
    bad = given_incident(office, "S1", channel="CB")

    assert known_to(office, "USTRANGER") == [bad.id, mild.id]


def test_coming_in_twice_or_into_another_channel_changes_nothing(office: Office, secret: Incident) -> None:
    before = office.read(members.of, secret.id)

    for channel, person in [("CINC", "UREP"), ("CELSEWHERE", "USOMEBODY")]:
        office.perform(joined, channel, person, at=NOON)
    office.perform(left, "CELSEWHERE", "UREP", at=NOON)

    assert office.read(members.of, secret.id) == before
    assert office.events() == []


def removed(office: Office, person: str = "UEOC", minutes: float = 0) -> None:
    office.clock.advance(minutes=minutes)
    office.perform(left, "CINC", person, at=office.clock.now())


def test_a_removal_calls_the_next_level_at_once(office: Office, secret: Incident) -> None:
    follow(office)
    removed(office, minutes=1)

    assert pending(office, secret) == [("dotcom IMOC", "UIM")]
    escalated = office.read(timeline.of, secret.id)[-1]
    assert "<@UEOC> is not in this channel any more" in entries.sentence(escalated)
    assert not [one for one in deliveries(office) if "ask_eoc" in one]


def test_a_removal_takes_back_also_what_counts_on_another_message(office: Office) -> None:
    secret = given_incident(office, "S1", private=True)
    office.perform(escalate_now, 1, by="UEOC")
    assert [responder for _, responder in pending(office, secret)].count("UIM") == 2

    removed(office, "UIM")

    assert set(pending(office, secret)) == {
        ("dotcom CMOC", "UCMOC"),
        ("dotcom leadership escalation", "ULEADER"),
    }


def test_nothing_calls_a_removed_person_again(office: Office, secret: Incident) -> None:
    removed(office)
    page = office.read(pages.pending_of, secret.id)[0]
    office.perform(acknowledge, page.id, by="UIM")

    office.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=secret.id)

    assert pending(office, secret) == [("dotcom IMOC", "UIM")]


def test_a_removed_person_reads_why_of_what_they_may_still_see(office: Office, secret: Incident) -> None:
    removed(office)
    with pytest.raises(Refused, match="No page has called you"):
        office.read(why_newest, None, by="UEOC")

    other = given_incident(office, channel="COTHER")
    given_incident(office, private=True, channel="CSECRET")
    office.perform(left, "CSECRET", "UEOC", at=office.clock.now())

    assert office.read(why_newest, None, by="UEOC").page.incident == other.id


def test_a_team_that_a_removed_person_answered_for_is_called_again(office: Office, secret: Incident) -> None:
    office.perform(acknowledge, 1, by="UEOC")
    removed(office)

    office.perform(change_severity, secret.id, Severity.S1, by="UREP")

    assert ("dotcom IMOC", "UIM") in pending(office, secret)


def test_when_the_last_level_is_removed_the_channel_is_called(office: Office, secret: Incident) -> None:
    for person in ("UEOC", "UIM", "ULEADER"):
        removed(office, person)

    assert pending(office, secret) == [("dotcom leadership escalation", None)]
    assert "nobody" in [entry.kind.value for entry in office.read(timeline.of, secret.id)]
    office.clock.advance(minutes=15)
    office.perform(escalate_overdue, office.read(pages.pending_of, secret.id)[0].escalation.id)
    assert [responder for _, responder in pending(office, secret)] == [None]


def test_the_second_on_the_list_is_called_instead_of_a_removed_first(clock: FakeClock, address: str) -> None:
    database = open_database(address, own_time=False)
    office = Office(database, process(im=("UIM", "UEOC2")), clock)
    secret = given_incident(office, private=True)
    removed(office, "UIM")

    office.perform(request_page, "dotcom IMOC", "", by="UREP", incident_id=secret.id)

    assert ("dotcom IMOC", "UEOC2") in pending(office, secret)
    database.close()


@pytest.mark.parametrize(
    "give",
    [
        lambda office, secret: office.perform(hand_over, secret.id, "UEOC", by="UREP"),
        lambda office, secret: office.perform(assign_role, secret.id, "EOC", "UEOC", by="UREP"),
        lambda office, secret: office.perform(
            add_action,
            secret.id,
            title="Look",
            details="",
            kind=ActionKind.ACTION,
            assignee="UEOC",
            due=None,
            by="UREP",
        ),
    ],
)
def test_work_does_not_let_a_removed_person_in(
    office: Office, secret: Incident, give: Callable[[Office, Incident], object]
) -> None:
    removed(office)
    office.emitted()

    with pytest.raises(Refused, match="Invite them there first"):
        give(office, secret)

    assert office.events() == []
    assert known_to(office, "UEOC") == []


def test_who_is_invited_again_by_people_is_a_member_again(office: Office, secret: Incident) -> None:
    removed(office)

    office.perform(joined, "CINC", "UEOC", at=office.clock.now())

    assert known_to(office, "UEOC") == [secret.id]
    office.perform(hand_over, secret.id, "UEOC", by="UREP")


def test_a_coming_that_is_told_late_does_not_undo_the_removal(office: Office, secret: Incident) -> None:
    removed(office, minutes=2)

    office.perform(joined, "CINC", "UEOC", at=NOON)

    assert known_to(office, "UEOC") == []


def test_who_leaves_a_public_channel_still_answers_and_is_let_in_again(office: Office) -> None:
    public = given_incident(office)
    removed(office)
    assert pending(office, public) == [("dotcom EOC", "UEOC")]
    office.emitted()

    office.perform(acknowledge, 1, by="UEOC")

    assert [subject["people"] for event, subject in office.emitted() if event == "PeopleAdded"] == [["UEOC"]]


def test_a_list_of_the_channel_takes_no_page_from_who_is_still_being_invited(
    office: Office, secret: Incident
) -> None:
    office.clock.advance(minutes=5)

    office.perform(found, secret.id, ["UREP"], at=office.clock.now(), own="UBOT")

    assert pending(office, secret) == [("dotcom EOC", "UEOC")]
    assert known_to(office, "UEOC") == [secret.id]


def test_a_list_of_the_channel_takes_pages_from_who_was_there_and_is_not(
    office: Office, secret: Incident
) -> None:
    office.perform(joined, "CINC", "UEOC", at=office.clock.now())
    office.clock.advance(minutes=5)

    office.perform(found, secret.id, ["UREP"], at=office.clock.now(), own="UBOT")

    assert pending(office, secret) == [("dotcom IMOC", "UIM")]
    assert known_to(office, "UEOC") == []


def test_our_own_user_is_no_member_though_slack_lists_it(office: Office, secret: Incident) -> None:
    office.perform(joined, "CINC", "UBOT", at=NOON)
    office.clock.advance(minutes=5)

    office.perform(found, secret.id, ["UREP", "UEOC", "UBOT"], at=office.clock.now(), own="UBOT")

    assert office.read(members.of, secret.id) == ["UEOC", "UREP"]
    assert office.read(members.gone, secret.id) == frozenset()
