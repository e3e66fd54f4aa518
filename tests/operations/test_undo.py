"""Undoing: by who did it, for five minutes, while nobody changed the same since."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.errors import NotFound, Refused
from bot.domain.incidents import undoing as rules
from bot.domain.incidents.incident import Incident, Severity, Status
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.incidents.timers import TimerKind
from bot.domain.incidents.undoing import Thing
from bot.domain.paging.pages import PageState
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.fields import set_fields
from bot.operations.incidents.lifecycle import change_status, reopen
from bot.operations.incidents.merging import merge
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.incidents.public_status import set_public_status
from bot.operations.incidents.rename import rename
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.undo import Undone, ended_by, undo, undoable
from bot.operations.incidents.verify import verify
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.work.update import post_update
from bot.views.incidents import undo as view
from scheduler.ticks import Ticks
from storage import changes, fields, incidents, pages, roles, timeline, timers
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident, pending

SERVICES = "Affected services"


def undone(office: Office, incident: Incident, thing: Thing | None = None, by: str = "UREP") -> Undone:
    return office.perform(undo, incident.id, thing, by=by)


def now(office: Office, incident: Incident) -> Incident:
    return office.read(incidents.get, incident.id)


def raised(office: Office, severity: str = "S2") -> Incident:
    """Return an S3 whose EOC is at work, and that its reporter raised."""
    incident = given_incident(office)
    (page,) = office.read(pages.pending_of, incident.id)
    office.perform(acknowledge, page.id, by="UEOC")
    office.perform(change_severity, incident.id, Severity(severity), by="UREP")
    return incident


def test_an_undone_raise_is_as_before_and_cancels_its_unanswered_pages(office: Office) -> None:
    incident = raised(office)
    assert {who for _, who in pending(office, incident)} == {"UIM", "UCMOC"}

    found = undone(office, incident)

    after = now(office, incident)
    assert (after.severity, after.highest, after.update_in) == ("S3", "S3", incident.update_in)
    assert pending(office, incident) == []
    assert (set(found.let_go), found.stay) == ({"UIM", "UCMOC"}, [])
    entry = office.read(timeline.latest, incident.id, Kind.SEVERITY)
    assert entry
    assert (entry.data["undone"], set(entry.data["let_go"])) == (True, {"UIM", "UCMOC"})


def test_whoever_answered_an_undone_raise_stays(office: Office) -> None:
    incident = raised(office)
    im = next(one for one in office.read(pages.pending_of, incident.id) if one.role == "IM")
    office.perform(acknowledge, im.id, by="UIM")

    found = undone(office, incident)

    assert (found.let_go, found.stay) == (["UCMOC"], ["UIM"])
    assert office.read(roles.of, incident.id)["IM"] == "UIM"
    assert office.read(pages.get, im.id).state is PageState.ACKNOWLEDGED


def test_an_im_who_had_answered_before_the_raise_is_at_work_again(office: Office) -> None:
    incident = given_incident(office)
    office.perform(assign_role, incident.id, "IM", "UIM", by="UREP")
    before = office.read(roles.holders, incident.id)
    office.clock.advance(minutes=40)  # longer ago than an answer stands
    office.perform(lambda tx: roles.assign(tx, incident.id, "IM", "UIM", since=before[0].since))
    before = office.read(roles.holders, incident.id)
    office.perform(change_severity, incident.id, Severity.S2, by="UREP")
    assert "IM" not in office.read(roles.of, incident.id)

    undone(office, incident, Thing.SEVERITY)

    assert office.read(roles.holders, incident.id) == before


def test_an_undone_correction_is_grave_again_and_pages_nobody(office: Office) -> None:
    incident = given_incident(office, "S1")
    waiting = pending(office, incident)
    office.perform(change_severity, incident.id, Severity.S3, by="UREP", reason="A test")

    undone(office, incident)

    after = now(office, incident)
    assert (after.severity, after.highest) == ("S1", "S1")
    assert pending(office, incident) == waiting


@pytest.mark.parametrize(("by", "who"), [("UIM", "<@UIM>"), ("UREP", "you")])
def test_a_verified_s1_is_not_undone_and_says_who_verified_it(office: Office, by: str, who: str) -> None:
    incident = raised(office, "S1")
    office.perform(verify, incident.id, by=by)

    with pytest.raises(Refused, match=f"{who} verified the severity of INC-1 since") as refused:
        undone(office, incident)

    assert refused.value.steps[0].command == "severity S3"


def test_an_undone_status_keeps_the_start_of_the_investigation(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    (page,) = office.read(pages.pending_of, incident.id)
    office.perform(acknowledge, page.id, by="UEOC")
    before = office.read(timers.all_of, incident.id)
    clock.advance(minutes=20)
    office.perform(change_status, incident.id, Status.FIXING, by="UREP")
    assert not office.read(timers.of, incident.id, TimerKind.INVESTIGATING)
    clock.advance(minutes=4)

    undone(office, incident)

    after = {one.kind: one.due_at for one in office.read(timers.all_of, incident.id)}
    assert after[TimerKind.INVESTIGATING] == next(
        one.due_at for one in before if one.kind is TimerKind.INVESTIGATING
    )
    assert now(office, incident).status is Status.INVESTIGATING


def test_an_investigation_that_has_paged_its_im_pages_them_no_second_time(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office)
    (page,) = office.read(pages.pending_of, incident.id)
    office.perform(acknowledge, page.id, by="UEOC")
    clock.advance(minutes=31)
    office_tick(office)
    (im,) = [one for one in office.read(pages.pending_of, incident.id) if one.role == "IM"]
    office.perform(acknowledge, im.id, by="UIM")
    office.perform(change_status, incident.id, Status.FIXING, by="UREP")

    undone(office, incident)

    clock.advance(minutes=1)
    office_tick(office)
    assert pending(office, incident) == []


def office_tick(office: Office) -> None:
    asyncio.run(Ticks(office.uow).tick())


@pytest.mark.parametrize("to", [Status.FIXING, Status.MONITORING])
def test_every_move_is_undone(office: Office, to: Status) -> None:
    incident = given_incident(office)
    office.perform(change_status, incident.id, to, by="UREP")

    undone(office, incident, Thing.STATUS)

    assert now(office, incident).status is Status.INVESTIGATING


def test_an_undone_review_is_resolved_again(office: Office) -> None:
    incident = given_incident(office, "S1")
    office.perform(change_status, incident.id, Status.RESOLVED, by="UREP")
    resolved_at = now(office, incident).resolved_at
    office.perform(change_status, incident.id, Status.POST_INCIDENT, by="UREP")

    undone(office, incident)

    after = now(office, incident)
    assert (after.status, after.resolved_at) == (Status.RESOLVED, resolved_at)


def test_who_was_handed_the_lead_is_told_that_it_was_undone(office: Office) -> None:
    incident = given_incident(office)
    office.perform(hand_over, incident.id, "USOMEBODY", by="UREP")
    office.emitted()

    undone(office, incident)

    after = now(office, incident)
    assert (after.lead, after.lead_by_hand) == ("UREP", False)
    given = [what for fact, what in office.emitted() if fact == "Given"]
    assert [(one["person"], one["role"], one["undone"]) for one in given] == [("USOMEBODY", "", True)]


def test_a_lead_who_confirmed_it_can_undo_that(office: Office) -> None:
    incident = given_incident(office)
    office.perform(hand_over, incident.id, "UREP", by="UREP")

    undone(office, incident, Thing.LEAD)

    assert not now(office, incident).lead_by_hand


def test_an_undone_role_pages_its_team_again_where_the_giving_had_cancelled_that(office: Office) -> None:
    incident = given_incident(office)
    office.perform(assign_role, incident.id, "EOC", "USOMEBODY", by="UREP")
    assert pending(office, incident) == []
    office.emitted()

    undone(office, incident)

    assert office.read(roles.of, incident.id) == {}
    assert pending(office, incident) == [("dotcom EOC", "UEOC")]
    assert now(office, incident).engaged_at is None
    facts = office.emitted()
    assert [what["person"] for fact, what in facts if fact == "Given"] == ["USOMEBODY"]


def test_an_undone_role_is_its_former_holders_again(office: Office) -> None:
    incident = given_incident(office)
    office.perform(assign_role, incident.id, "IM", "UIM", by="UREP")
    before = office.read(roles.holders, incident.id)
    office.clock.advance(minutes=1)
    office.perform(assign_role, incident.id, "IM", "USOMEBODY", by="UREP")

    undone(office, incident, Thing.ROLE)

    assert office.read(roles.holders, incident.id) == before


def test_undone_fields_are_as_before_together(office: Office) -> None:
    incident = given_incident(office)
    office.perform(set_fields, incident.id, {SERVICES: "web"}, by="UREP")
    office.perform(set_fields, incident.id, {SERVICES: "api", "Customer impact": "yes"}, by="UREP")

    undone(office, incident)

    assert {one.name: one.value for one in office.read(fields.of, incident.id)} == {SERVICES: "web"}
    undone(office, incident)
    assert office.read(fields.of, incident.id) == []


def test_an_undone_public_status_is_as_before_and_cancels_what_it_began(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office)
    office.perform(set_public_status, incident.id, PublicStatus.PARTIAL, by="UREP")
    began = {TimerKind.CMOC, TimerKind.COMMUNICATED}
    assert began < {one.kind for one in office.read(timers.all_of, incident.id)}
    clock.advance(minutes=5)
    office_tick(office)
    assert {who for _, who in pending(office, incident)} >= {"UIM", "UCMOC"}

    found = undone(office, incident)

    assert now(office, incident).publicity == incident.publicity
    assert (set(found.let_go), found.hushed) == ({"UIM", "UCMOC"}, True)
    assert {who for _, who in pending(office, incident)} == {"UEOC"}
    assert not began & {one.kind for one in office.read(timers.all_of, incident.id)}
    entry = office.read(timeline.latest, incident.id, Kind.PUBLIC_STATUS)
    assert entry
    assert (entry.data["undone"], set(entry.data["let_go"])) == (True, {"UIM", "UCMOC"})
    clock.advance(minutes=60)
    office_tick(office)
    assert "UCMOC" not in {who for _, who in pending(office, incident)}


def test_an_undone_relief_goes_on_where_it_was(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    office.perform(set_public_status, incident.id, PublicStatus.DEGRADED, by="UREP")
    before = now(office, incident).publicity
    clock.advance(minutes=4)
    office.perform(set_public_status, incident.id, PublicStatus.OPERATIONAL, by="UREP")
    clock.advance(minutes=3)

    found = undone(office, incident)
    office_tick(office)

    assert now(office, incident).publicity == before
    assert not found.hushed
    assert "UCMOC" in {who for _, who in pending(office, incident)}, "seven minutes that nobody interrupted"


def test_a_cmoc_who_is_called_for_something_else_stays_called(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    office.perform(set_public_status, incident.id, PublicStatus.DEGRADED, by="UREP")
    clock.advance(minutes=5)
    office.perform(set_public_status, incident.id, PublicStatus.PARTIAL, by="UREP")
    office_tick(office)

    found = undone(office, incident)

    assert found.let_go == ["UIM"]
    assert "UCMOC" in {who for _, who in pending(office, incident)}


def test_an_undone_customer_impact_calls_off_the_cmoc(office: Office) -> None:
    incident = given_incident(office)
    office.perform(set_fields, incident.id, {"Customer impact": "yes"}, by="UREP")
    office_tick(office)
    (called,) = [one for one in office.read(pages.pending_of, incident.id) if one.responder == "UCMOC"]

    found = undone(office, incident)

    assert (found.let_go, found.hushed) == (["UCMOC"], True)
    assert office.read(pages.get, called.id).state is PageState.CANCELLED
    because = office.read(changes.undone_that_called, incident.id, called.escalation.id)
    assert because
    assert because.called == "“Customer impact”"


def test_an_undone_name_is_the_former_one(office: Office) -> None:
    incident = given_incident(office)
    office.perform(rename, incident.id, "Disk very full", by="UREP")

    undone(office, incident)

    assert now(office, incident).name == "Disk full"


CHANGES = [
    (Thing.SEVERITY, lambda tx, number, by: change_severity(tx, number, Severity.S2, by=by)),
    (Thing.STATUS, lambda tx, number, by: change_status(tx, number, Status.FIXING, by=by)),
    (Thing.PUBLIC, lambda tx, number, by: set_public_status(tx, number, PublicStatus.PARTIAL, by=by)),
    (Thing.LEAD, lambda tx, number, by: hand_over(tx, number, "USOMEBODY", by=by)),
    (Thing.ROLE, lambda tx, number, by: assign_role(tx, number, "IM", "USOMEBODY", by=by)),
    (Thing.FIELD, lambda tx, number, by: set_fields(tx, number, {SERVICES: "web"}, by=by)),
    (Thing.NAME, lambda tx, number, by: rename(tx, number, "Other", by=by)),
]
each = pytest.mark.parametrize(("thing", "change"), CHANGES, ids=[str(one) for one, _ in CHANGES])
AGAIN = {
    Thing.SEVERITY: lambda tx, number: change_severity(tx, number, Severity.S1, by="UEOC"),
    Thing.STATUS: lambda tx, number: change_status(tx, number, Status.MONITORING, by="UEOC"),
    Thing.PUBLIC: lambda tx, number: set_public_status(tx, number, PublicStatus.DEGRADED, by="UEOC"),
    Thing.LEAD: lambda tx, number: hand_over(tx, number, "UEOC", by="UEOC"),
    Thing.ROLE: lambda tx, number: assign_role(tx, number, "IM", "UIM", by="UEOC"),
    Thing.FIELD: lambda tx, number: set_fields(tx, number, {SERVICES: "api"}, by="UEOC"),
    Thing.NAME: lambda tx, number: rename(tx, number, "Another", by="UEOC"),
}
IS = {
    Thing.SEVERITY: "S1",
    Thing.STATUS: "Monitoring",
    Thing.PUBLIC: "Degraded Performance",
    Thing.LEAD: "<@UEOC>",
    Thing.ROLE: "<@UIM>",
    Thing.FIELD: "api",
    Thing.NAME: "Another",
}


@each
def test_what_is_undone_is_undone_once_and_that_is_not_undone(office, thing, change) -> None:
    incident = given_incident(office)
    office.perform(change, incident.id, by="UREP")
    (made,) = [office.read(undoable, incident.id, "UREP", thing)]
    office.perform(undo, incident.id, by="UREP", change_id=made.id)

    with pytest.raises(Refused, match="You have undone that already"):
        office.perform(undo, incident.id, by="UREP", change_id=made.id)
    with pytest.raises(Refused, match="nothing of yours to undo"):
        undone(office, incident)


@each
def test_nothing_is_undone_after_five_minutes(office, clock, thing, change) -> None:
    incident = given_incident(office)
    office.perform(change, incident.id, by="UREP")
    clock.advance(minutes=5, seconds=1)

    assert office.read(undoable, incident.id, "UREP", thing) is None
    with pytest.raises(Refused, match="more than 5 minutes ago") as refused:
        undone(office, incident)
    assert refused.value.steps


@each
def test_what_was_changed_since_is_not_undone_and_shown_as_it_is(office, thing, change) -> None:
    incident = given_incident(office)
    office.perform(change, incident.id, by="UREP")
    made = office.read(undoable, incident.id, "UREP", thing)
    office.perform(AGAIN[thing], incident.id)

    assert office.read(undoable, incident.id, "UREP", thing) is None
    with pytest.raises(Refused, match="<@UEOC> changed") as refused:
        office.perform(undo, incident.id, by="UREP", change_id=made.id)
    assert str(refused.value).endswith(f"Now it is: {IS[thing]}.")


@each
def test_only_who_did_it_undoes_it(office, thing, change) -> None:
    incident = given_incident(office)
    office.perform(change, incident.id, by="UREP")
    made = office.read(undoable, incident.id, "UREP", thing)

    with pytest.raises(Refused, match="only they can undo it"):
        office.perform(undo, incident.id, by="UEOC", change_id=made.id)
    with pytest.raises(Refused, match="nothing of yours"):
        undone(office, incident, by="UEOC")


@each
def test_after_another_undid_theirs_mine_can_be_undone(office, thing, change) -> None:
    incident = given_incident(office)
    before = now(office, incident)
    office.perform(change, incident.id, by="UREP")
    office.perform(AGAIN[thing], incident.id)
    undone(office, incident, by="UEOC")

    undone(office, incident)

    after = now(office, incident)
    for one in Thing:
        assert rules.values(after, one) == rules.values(before, one)
    assert (office.read(roles.of, incident.id), office.read(fields.of, incident.id)) == ({}, [])


@each
def test_nothing_is_undone_in_an_incident_that_was_merged_meanwhile(office, thing, change) -> None:
    incident, other = given_incident(office), given_incident(office, channel="COTHER")
    office.perform(change, incident.id, by="UREP")
    office.perform(merge, incident.id, other.id, by="UREP")

    with pytest.raises(Refused, match="Merged"):
        undone(office, incident, thing)


@each
def test_whoever_may_not_know_of_it_undoes_nothing(office, thing, change) -> None:
    incident = given_incident(office, private=True)
    office.perform(change, incident.id, by="UREP")

    with pytest.raises(NotFound):
        undone(office, incident, by="UEOC2")


@each
def test_each_has_a_button_and_says_how_it_is_again(office, thing, change) -> None:
    incident = given_incident(office)
    office.perform(change, incident.id, by="UREP")

    found = undone(office, incident)

    shown = view.undone(found.incident, found.change, let_go=found.let_go, stay=found.stay)
    assert shown.text.startswith("Undone: ")
    assert view.press(found.change)["value"] == f"{incident.id}:{found.change.id}"


def test_an_update_that_changed_severity_and_status_is_undone_one_by_one(office: Office) -> None:
    incident = given_incident(office)
    office.perform(
        post_update,
        incident.id,
        "Worse",
        by="UREP",
        status=Status.FIXING,
        severity=Severity.S2,
        next_in=timedelta(minutes=5),
    )

    undone(office, incident)
    undone(office, incident)

    after = now(office, incident)
    assert (after.status, after.severity, after.update_in) == (
        Status.INVESTIGATING,
        Severity.S3,
        timedelta(minutes=5),
    )


def test_what_somebody_just_ended_is_theirs_to_reopen(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    assert not office.read(ended_by, incident.id, "UREP")
    office.perform(change_status, incident.id, Status.RESOLVED, by="UREP")

    assert office.read(ended_by, incident.id, "UREP")
    assert not office.read(ended_by, incident.id, "UEOC")
    clock.advance(minutes=6)
    assert not office.read(ended_by, incident.id, "UREP")
    office.perform(reopen, incident.id, "Again", by="UREP")
    assert not office.read(ended_by, incident.id, "UREP")
