"""Merging duplicates, and several small incidents into one S2."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.fields import FieldKind
from bot.domain.incidents.incident import Incident, Severity, Status, Summary
from bot.domain.incidents.timers import TimerKind
from bot.domain.paging.escalations import Reason
from bot.domain.timeline.entries import Kind
from bot.domain.work.work import ActionKind
from bot.operations.incidents.fields import add_link, set_fields
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.merging import combine, merge
from bot.operations.paging.acknowledge import acknowledge_incident
from bot.operations.paging.paging import request_page
from bot.operations.work.actions import add_action
from bot.operations.work.summary import write_summary
from bot.operations.workspace.membership import joined
from storage import actions, fields, incidents, links, members, pages, roles
from tests.conftest import Office
from tests.fakes import NOON, FakeClock
from tests.operations.given import given_incident, pending
from tests.operations.look import acted_on, last, story


def two(
    office: Office, severity: str = "S3", other: str = "S3", *, private: bool = False
) -> tuple[Incident, Incident]:
    """Return a duplicate and the incident that it is one of, whose EOC has answered."""
    target = given_incident(office, severity, name="Down", channel="CMAIN", private=private)
    office.perform(acknowledge_incident, target.id, by="UEOC")
    return given_incident(office, other, name="Down too", channel="CDUP", private=private), target


def test_people_actions_links_and_timeline_go_on_in_the_other_incident(office: Office) -> None:
    duplicate, target = two(office)
    office.perform(joined, "CDUP", "UELSE", at=NOON)
    kind = ActionKind.ACTION
    office.perform(
        add_action, duplicate.id, title="Look", details="", kind=kind, assignee=None, due=None, by="UREP"
    )
    for of, url in ((duplicate, "https://a.test/2"), (target, "https://a.test/1")):
        office.perform(add_link, of.id, "Graph", url, by="UREP")

    office.perform(merge, duplicate.id, target.id, by="UREP")

    now = office.read(incidents.get, duplicate.id)
    assert (now.status, now.merged_into) == (Status.MERGED, target.id)
    assert "UELSE" in office.read(members.of, target.id)
    assert [one.title for one in office.read(actions.of, target.id)] == ["Look"]
    assert office.read(actions.of, duplicate.id) == []
    assert [one.name for one in office.read(links.of, target.id)] == ["Graph", "Graph (INC-2)"]
    assert {entry.incident for entry in story(office, target.id)} == {duplicate.id, target.id}
    assert last(office, duplicate.id, Kind.STATUS).data["channel"] == "CMAIN"
    assert last(office, target.id, Kind.DUPLICATE).data["moved_actions"] == 1


def test_fields_and_parts_of_the_summary_that_the_other_one_lacks_go_along(office: Office) -> None:
    duplicate, target = two(office)
    office.perform(write_summary, target.id, Summary("The disk is full"), by="UREP")
    office.perform(write_summary, duplicate.id, Summary("Full", causes="Logs"), by="UREP")
    mine, theirs = [one.name for one in office.uow.process.fields.values() if one.kind is FieldKind.YES_NO][
        :2
    ]
    office.perform(set_fields, target.id, {mine: "no"}, by="UREP")
    office.perform(set_fields, duplicate.id, {mine: "yes", theirs: "yes"}, by="UREP")

    office.perform(merge, duplicate.id, target.id, by="UREP")

    assert office.read(incidents.get, target.id).summary == Summary("The disk is full", causes="Logs")
    assert {one.name: one.value for one in office.read(fields.of, target.id)} == {mine: "no", theirs: "yes"}
    assert last(office, target.id, Kind.FIELD).data["name"] == theirs
    assert last(office, target.id, Kind.SUMMARY).data["changed"] == ["Causes"]


def test_who_is_at_work_already_is_not_called_for_the_duplicate(office: Office) -> None:
    duplicate, target = two(office)
    assert pending(office, duplicate) == [("dotcom EOC", "UEOC")]

    office.perform(merge, duplicate.id, target.id, by="UREP")

    assert office.read(pages.pending_of, duplicate.id) == office.read(pages.pending_of, target.id) == []


def test_whom_only_the_duplicate_called_is_called_for_the_other_one(office: Office, clock: FakeClock) -> None:
    duplicate, target = two(office)
    office.perform(request_page, "dotcom CMOC", "Please write", by="UREP", incident_id=duplicate.id)

    office.perform(merge, duplicate.id, target.id, by="UREP")

    (page,) = office.read(pages.pending_of, target.id)
    assert (page.level_team, page.escalation.message) == ("dotcom CMOC", "Please write")
    assert office.read(pages.pending_of, duplicate.id) == []


def test_a_page_that_is_carried_over_keeps_its_deadline(office: Office, clock: FakeClock) -> None:
    duplicate, target = two(office)
    office.perform(request_page, "dotcom CMOC", "", by="UREP", incident_id=duplicate.id)
    clock.advance(minutes=10)

    office.perform(merge, duplicate.id, target.id, by="UREP")

    (page,) = office.read(pages.pending_of, target.id)
    assert page.escalation.due_at == clock.now() + timedelta(minutes=5)


def test_an_unanswered_page_of_a_graver_duplicate_goes_on_at_its_level(office: Office) -> None:
    target = given_incident(office, "S4", triage=True, channel="CMAIN")
    duplicate = given_incident(office, "S3", triage=True, channel="CDUP")
    office.perform(request_page, "dotcom EOC", "", by="UREP", incident_id=duplicate.id)

    office.perform(merge, duplicate.id, target.id, by="UREP")

    (page,) = office.read(pages.pending_of, target.id)
    assert (page.responder, page.escalation.reason) == ("UEOC", Reason.ASKED)
    assert office.read(incidents.get, target.id).severity is Severity.S4  # nobody was at work on it


def test_the_worse_severity_counts_and_pages_as_a_raise(office: Office) -> None:
    duplicate, target = two(office, "S3", "S1")

    office.perform(merge, duplicate.id, target.id, by="UREP")

    assert office.read(incidents.get, target.id).severity is Severity.S1
    assert {team for team, _ in pending(office, target)} == {"dotcom IMOC", "dotcom CMOC"}


def test_an_im_at_work_on_a_grave_duplicate_leads_on_and_is_not_paged_again(
    office: Office, clock: FakeClock
) -> None:
    duplicate, target = two(office, other="S1")
    office.perform(acknowledge_incident, duplicate.id, by="UIM")
    clock.advance(minutes=40)

    office.perform(merge, duplicate.id, target.id, by="UREP")

    assert "UIM" not in [who for _, who in pending(office, target)]
    assert office.read(roles.of, target.id)["IM"] == "UIM"
    assert office.read(incidents.get, target.id).lead == "UIM"


def test_roles_that_nobody_has_come_with_whoever_is_at_work(office: Office) -> None:
    target = given_incident(office, "S3", channel="CMAIN")
    duplicate = given_incident(office, "S3", channel="CDUP")
    office.perform(request_page, "dotcom IMOC", "", by="UREP", incident_id=duplicate.id)
    office.perform(acknowledge_incident, duplicate.id, by="UIM")

    office.perform(merge, duplicate.id, target.id, by="UREP")

    assert office.read(roles.of, target.id) == {"IM": "UIM"}
    assert "UEOC" in dict(map(reversed, pending(office, target)))  # type: ignore[arg-type]


def test_one_that_ended_takes_a_duplicate_only_when_it_is_opened_for_it(office: Office) -> None:
    duplicate, target = two(office)
    office.perform(request_page, "dotcom CMOC", "", by="UREP", incident_id=duplicate.id)
    office.perform(change_status, target.id, Status.RESOLVED, by="UEOC")

    with pytest.raises(Refused, match="INC-1 is Resolved"):
        office.perform(merge, duplicate.id, target.id, by="UREP")
    office.perform(merge, duplicate.id, target.id, by="UREP", opening=True)

    now = office.read(incidents.get, target.id)
    assert now.correcting
    assert office.read(pages.pending) == []


def test_the_duplicates_channel_is_archived_a_day_later_and_once(office: Office, clock: FakeClock) -> None:
    duplicate, target = two(office)
    office.perform(merge, duplicate.id, target.id, by="UREP")
    office.emitted()

    clock.advance(minutes=24 * 60 - 1)
    assert acted_on(office, TimerKind.ARCHIVE) == []
    clock.advance(minutes=1)
    assert acted_on(office, TimerKind.ARCHIVE) == [duplicate.id]
    clock.advance(minutes=48 * 60)
    assert acted_on(office, TimerKind.ARCHIVE) == []


def test_a_duplicate_of_a_duplicate_goes_on_in_the_last_one(office: Office) -> None:
    first, second = two(office)
    third = given_incident(office, channel="CTHIRD")

    office.perform(merge, first.id, second.id, by="UREP")
    with pytest.raises(Refused, match="merged into INC-1: merge into that one"):
        office.perform(merge, third.id, first.id, by="UREP")
    office.perform(merge, second.id, third.id, by="UREP")

    assert office.read(incidents.get, first.id).merged_into == third.id
    assert {one.incident for one in story(office, third.id)} == {1, 2, 3}


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True)])
def test_private_and_public_are_not_merged(office: Office, first: bool, second: bool) -> None:
    duplicate = given_incident(office, private=first, channel="CDUP")
    target = given_incident(office, private=second, channel="CMAIN")

    with pytest.raises(Refused, match="private"):
        office.perform(merge, duplicate.id, target.id, by="UREP")


def test_private_ones_are_merged_where_the_same_people_are_in_both(office: Office) -> None:
    duplicate, target = two(office, private=True)
    office.perform(joined, "CDUP", "UELSE", at=NOON)

    with pytest.raises(Refused, match="not the same people"):
        office.perform(merge, duplicate.id, target.id, by="UREP")
    office.perform(joined, "CMAIN", "UELSE", at=NOON)
    office.perform(merge, duplicate.id, target.id, by="UREP")

    assert office.read(incidents.get, duplicate.id).status is Status.MERGED


def test_several_small_ones_become_one_s2_that_pages_as_any_raise(office: Office) -> None:
    _, target = two(office)
    given_incident(office, "S4", channel="CMORE")

    office.perform(combine, target.id, [2, 3], by="UREP")

    assert office.read(incidents.get, target.id).severity is Severity.S2
    assert [office.read(incidents.get, one).merged_into for one in (2, 3)] == [target.id] * 2
    assert {team for team, _ in pending(office, target)} == {"dotcom IMOC", "dotcom CMOC"}


def test_a_grave_one_is_not_combined(office: Office) -> None:
    _, target = two(office, "S3", "S1")

    with pytest.raises(Refused, match="only active S3 and S4"):
        office.perform(combine, target.id, [2], by="UREP")
    assert office.read(incidents.get, 2).status is Status.INVESTIGATING
