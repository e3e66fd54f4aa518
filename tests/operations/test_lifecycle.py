import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import REOPENABLE, NotTheLead, ReviewState, Severity, Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status, reopen
from bot.operations.incidents.ownership import assign_role
from bot.operations.incidents.severity import change_severity
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.escalate import escalate_now
from bot.operations.work.reviews import finish_review
from storage import incidents, pages
from tests.conftest import Office
from tests.fakes import FIFTEEN_MINUTES, FakeClock
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident, pending
from tests.operations.look import acted_on, due, kinds, last, nothing_is_due, restarted, story

ALL_THE_WAY = ("Fixing", "Monitoring", "Resolved", "Post-incident", "Closed")


def moved(office: Office, incident_id: int, *statuses: str) -> Status:
    """Walk an incident through its life and return where it is now."""
    for status in statuses:
        incident = office.read(incidents.get, incident_id)
        lead = incident.lead
        if status == "Closed" and incident.review is ReviewState.OPEN:
            office.perform(finish_review, incident_id, by=lead, anyway=True)
        office.perform(change_status, incident_id, Status(status), by=lead, reason="it came back")
    return office.read(incidents.get, incident_id).status


def engaged(office: Office, incident_id: int) -> None:
    page = office.read(pages.pending_of, incident_id)[0]
    office.perform(acknowledge, page.id, by="UEOC")
    office.emitted()


@pytest.mark.parametrize(
    ("severity", "way"),
    [
        ("S1", ALL_THE_WAY),
        ("S3", ("Fixing", "Monitoring", "Resolved", "Closed")),
        ("S4", ("Fixing", "Resolved", "Closed")),
        ("S2", ("Fixing", "Investigating", "Fixing", "Monitoring", "Fixing", "Resolved")),
        ("S3", ("Fixing", "Resolved", "Investigating", "Fixing")),
        ("S3", ("Cancelled", "Investigating", "Fixing")),
    ],
)
def test_an_incident_walks_through_its_life_and_each_step_is_told(
    office: Office, severity: str, way: tuple[str, ...]
) -> None:
    incident = given_incident(office, severity)

    assert moved(office, incident.id, *way) == way[-1]

    steps = [entry.data for entry in story(office, incident.id) if entry.kind is Kind.STATUS]
    assert [step["after"] for step in steps] == list(way)
    assert [step["before"] for step in steps] == ["Investigating", *way[:-1]]


@pytest.mark.parametrize(
    ("severity", "way", "to"),
    [
        ("S3", (), "Closed"),
        ("S3", (), "Triage"),
        ("S3", (), "Investigating"),
        ("S3", (), "Merged"),
        ("S3", ("Fixing", "Resolved"), "Post-incident"),
        ("S1", ("Fixing", "Resolved"), "Closed"),
        ("S1", ALL_THE_WAY, "Fixing"),
        ("S3", ("Cancelled",), "Fixing"),
    ],
)
def test_a_step_that_may_not_follow_is_refused_and_writes_nothing(
    office: Office, severity: str, way: tuple[str, ...], to: str
) -> None:
    incident = given_incident(office, severity)
    moved(office, incident.id, *way)
    before, told = office.read(incidents.get, incident.id), kinds(office, incident.id)
    office.emitted()

    with pytest.raises(Refused):
        office.perform(change_status, incident.id, Status(to), by="UREP", reason="why not")

    assert office.read(incidents.get, incident.id) == before
    assert kinds(office, incident.id) == told
    assert office.events() == []


@pytest.mark.parametrize("end", [Status.RESOLVED, Status.CANCELLED])
def test_only_the_lead_ends_it(office: Office, end: Status) -> None:
    incident = given_incident(office)
    moved(office, incident.id, "Fixing")

    with pytest.raises(NotTheLead, match="<@UREP>"):
        office.perform(change_status, incident.id, end, by="USOMEBODY", reason="a test")

    assert office.read(incidents.get, incident.id).status is Status.FIXING


def test_every_change_redraws_the_card_and_each_announcement(office: Office) -> None:
    incident = given_incident(office)

    follow(office)
    office.perform(change_status, incident.id, Status.FIXING, by="UREP")

    assert {
        "redraw_card card:1",
        "redraw_announcement announce:1:incidents",
        "redraw_announcement announce:1:incidents-dotcom",
        "set_topic topic:1",
    } <= set(deliveries(office))


@pytest.mark.parametrize("way", [("Fixing", "Resolved"), ALL_THE_WAY, ("Cancelled",)])
def test_an_incident_that_ended_has_no_deadline_left(
    office: Office, clock: FakeClock, way: tuple[str, ...]
) -> None:
    incident = given_incident(office, "S1")
    engaged(office, incident.id)

    moved(office, incident.id, *way)
    clock.advance(minutes=600)

    assert pending(office, incident) == []
    assert nothing_is_due(office)


def test_a_page_of_an_incident_that_ended_is_redrawn(office: Office) -> None:
    incident = given_incident(office, "S1")
    waiting = {page.id for page in office.read(pages.pending_of, incident.id)}

    moved(office, incident.id, "Cancelled")

    redrawn = {subject["page"] for event, subject in office.emitted() if event == "PageEnded"}
    assert redrawn == waiting


def test_a_lower_severity_is_refused_without_a_reason_and_writes_nothing(office: Office) -> None:
    incident = given_incident(office, "S1")
    told = kinds(office, incident.id)

    with pytest.raises(Refused, match="stays S1"):
        office.perform(change_severity, incident.id, Severity.S4, by="UREP")

    assert office.read(incidents.get, incident.id) == incident
    assert kinds(office, incident.id) == told


def test_a_correction_keeps_its_reason_and_needs_no_review_any_more(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")

    office.perform(change_severity, incident.id, Severity.S3, by="UREP", reason="One shard only")

    now = office.read(incidents.get, incident.id)
    assert (now.severity, now.highest) == (Severity.S3, Severity.S3)
    assert now.next_update_at == clock.now() + 4 * FIFTEEN_MINUTES
    assert last(office, incident.id, Kind.SEVERITY).data["reason"] == "One shard only"
    assert moved(office, incident.id, "Resolved", "Closed") is Status.CLOSED


def test_the_severity_of_an_incident_that_ended_stays(office: Office) -> None:
    incident = given_incident(office)
    moved(office, incident.id, "Fixing", "Resolved")

    with pytest.raises(Refused, match="reopen"):
        office.perform(change_severity, incident.id, Severity.S1, by="UREP")

    assert pending(office, incident) == []


@pytest.mark.parametrize("status", sorted(REOPENABLE))
def test_reopening_needs_a_reason_and_keeps_it(office: Office, clock: FakeClock, status: Status) -> None:
    incident = given_incident(office, "S2")
    ended = status is Status.CANCELLED
    moved(office, incident.id, *(["Cancelled"] if ended else ALL_THE_WAY[: ALL_THE_WAY.index(status) + 1]))

    with pytest.raises(Refused, match="needs a reason"):
        office.perform(reopen, incident.id, "  ", by="USOMEBODY")
    office.perform(reopen, incident.id, "It is back", by="USOMEBODY")
    now = office.read(incidents.get, incident.id)

    assert (now.status, now.resolved_at) == (Status.INVESTIGATING, None)
    assert now.next_update_at == clock.now() + 2 * FIFTEEN_MINUTES
    assert last(office, incident.id, Kind.STATUS).data["reason"] == "It is back"


@pytest.mark.parametrize("severity", ["S1", "S3"])
def test_the_problem_that_is_back_pages_as_a_declaration_with_its_clocks_anew(
    office: Office, clock: FakeClock, severity: str
) -> None:
    incident = given_incident(office, severity)
    declared = pending(office, incident)
    engaged(office, incident.id)
    clock.advance(minutes=29)
    moved(office, incident.id, "Resolved")
    clock.advance(minutes=5)

    now = office.perform(reopen, incident.id, "It is back", by="USOMEBODY")

    assert pending(office, incident) == declared
    assert (now.engaged_at, now.resolved_at) == (None, None)
    clock.advance(minutes=10)
    engaged(office, incident.id)
    clock.advance(minutes=29)
    assert not [one for one in kinds(office, incident.id) if one is Kind.STILL_INVESTIGATING]


def test_only_to_correct_pages_and_reminds_nobody_until_the_problem_is_back(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, "S3")
    engaged(office, incident.id)
    moved(office, incident.id, "Resolved")
    resolved = clock.now()

    office.perform(reopen, incident.id, "The name is wrong", by="USOMEBODY", back=False)
    office.perform(change_severity, incident.id, Severity.S1, by="UEOC")
    moved(office, incident.id, "Fixing", "Investigating")
    clock.advance(minutes=600)

    assert nothing_is_due(office)
    assert pending(office, incident) == []
    assert office.read(incidents.get, incident.id).resolved_at == resolved

    now = office.perform(reopen, incident.id, "It is back", by="USOMEBODY")

    assert (now.correcting, now.resolved_at) == (False, None)
    assert {person for _, person in pending(office, incident)} == {"UEOC", "UIM", "UCMOC"}


def test_what_was_corrected_and_closed_again_was_resolved_when_it_was(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, "S3")
    moved(office, incident.id, "Resolved", "Closed")
    resolved = clock.now()
    clock.advance(minutes=600)

    office.perform(reopen, incident.id, "The name is wrong", by="USOMEBODY", back=False)
    moved(office, incident.id, "Resolved", "Closed")

    now = office.read(incidents.get, incident.id)
    assert (now.resolved_at, now.correcting) == (resolved, False)


@pytest.mark.parametrize("way", [(), ("Fixing",)])
def test_what_has_not_ended_cannot_be_reopened(office: Office, way: tuple[str, ...]) -> None:
    incident = given_incident(office)
    moved(office, incident.id, *way)

    with pytest.raises(Refused, match="nothing to reopen"):
        office.perform(reopen, incident.id, "because", by="UREP")


def test_the_time_of_resolution_survives_closing(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    moved(office, incident.id, "Fixing", "Resolved")
    resolved = clock.now()
    clock.advance(minutes=60)

    moved(office, incident.id, "Closed")

    assert office.read(incidents.get, incident.id).resolved_at == resolved


def test_a_slow_investigation_survives_a_restart_and_calls_the_im_once(
    office_on_disk: Office, clock: FakeClock
) -> None:
    incident = given_incident(office_on_disk)
    engaged(office_on_disk, incident.id)
    clock.advance(minutes=180)
    office = restarted(office_on_disk)

    for _ in range(2):
        acted_on(office, TimerKind.INVESTIGATING)

    assert pending(office, incident) == [("dotcom IMOC", "UIM")]
    assert kinds(office, incident.id).count(Kind.STILL_INVESTIGATING) == 1
    office.database.close()


def test_the_half_hour_begins_with_an_eoc_who_was_given_the_role_by_hand(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office)
    office.perform(assign_role, incident.id, "CMOC", "UCMOC", by="UREP")
    clock.advance(minutes=10)
    office.perform(assign_role, incident.id, "EOC", "UEOC2", by="UREP")

    clock.advance(minutes=29)
    assert due(office, TimerKind.INVESTIGATING) == []
    clock.advance(minutes=1)
    assert due(office, TimerKind.INVESTIGATING) == [incident.id]


def test_going_back_to_investigating_starts_the_half_hour_anew(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    engaged(office, incident.id)
    clock.advance(minutes=20)
    moved(office, incident.id, "Fixing")
    office.perform(change_status, incident.id, Status.INVESTIGATING, by="UEOC")

    clock.advance(minutes=29)
    assert due(office, TimerKind.INVESTIGATING) == []
    clock.advance(minutes=1)
    assert due(office, TimerKind.INVESTIGATING) == [incident.id]


def test_the_im_is_called_for_a_slow_investigation_once_in_each_stretch_of_it(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office)
    engaged(office, incident.id)
    clock.advance(minutes=30)
    acted_on(office, TimerKind.INVESTIGATING)

    clock.advance(minutes=60)
    assert due(office, TimerKind.INVESTIGATING) == []

    moved(office, incident.id, "Fixing", "Investigating")
    clock.advance(minutes=30)
    assert due(office, TimerKind.INVESTIGATING) == [incident.id]


@pytest.mark.parametrize("im", ["engaged", "being paged"])
def test_an_im_who_knows_already_is_not_called_for_a_slow_investigation(
    office: Office, clock: FakeClock, im: str
) -> None:
    incident = given_incident(office)
    engaged(office, incident.id)
    if im == "engaged":
        office.perform(assign_role, incident.id, "IM", "UIM", by="UEOC")
    else:
        office.perform(change_severity, incident.id, Severity.S2, by="UEOC")
    clock.advance(minutes=30)
    calls = len(office.read(pages.of_incident, incident.id))

    acted_on(office, TimerKind.INVESTIGATING)

    assert len(office.read(pages.of_incident, incident.id)) == calls
    assert due(office, TimerKind.INVESTIGATING) == []


def test_an_eoc_page_that_the_im_answers_starts_no_half_hour(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    page = office.read(pages.pending_of, incident.id)[0]
    later = office.perform(escalate_now, page.id, by="UREP")

    office.perform(acknowledge, later.id, by="UIM")

    clock.advance(minutes=60)
    assert due(office, TimerKind.INVESTIGATING) == []
