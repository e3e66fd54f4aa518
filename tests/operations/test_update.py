from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import NotTheLead, Severity, Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.timeline.entries import Kind
from bot.domain.work.work import Update
from bot.operations.incidents.lifecycle import change_status, reopen
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.timers import act, snooze, stop
from bot.operations.work.update import post_update
from storage import incidents, updates
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import FIFTEEN_MINUTES, FakeClock
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident, pending
from tests.operations.look import acted_on, due_timers, kinds, last, restarted

INVESTIGATING, FIXING, RESOLVED = Status.INVESTIGATING, Status.FIXING, Status.RESOLVED


def updated(
    office: Office,
    incident_id: int,
    text: str = "Half of the requests fail",
    *,
    status: Status = INVESTIGATING,
    severity: str = "S3",
    next_in: timedelta | None = FIFTEEN_MINUTES,
) -> Update:
    return office.perform(
        post_update,
        incident_id,
        text,
        by="UREP",
        status=status,
        severity=Severity(severity),
        next_in=next_in,
    )


def nudged(office: Office) -> list[int]:
    """Do what the tick does, and say for which incidents."""
    return acted_on(office, TimerKind.UPDATE)


def test_an_update_goes_to_the_channel_and_under_each_announcement(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)

    follow(office)
    update = updated(office, incident.id)

    assert {
        "post_update told:1",
        "thread_update thread:1:incidents",
        "thread_update thread:1:incidents-dotcom",
    } <= set(deliveries(office))
    assert last(office, incident.id, Kind.UPDATE).text == "Half of the requests fail"
    assert office.read(updates.latest, incident.id) == update
    assert update.next_at == clock.now() + FIFTEEN_MINUTES


def test_an_update_changes_state_and_severity_in_one_message(office: Office) -> None:
    incident = given_incident(office)

    update = updated(office, incident.id, status=FIXING, severity="S1")

    assert (update.status, update.severity) == (FIXING, Severity.S1)
    assert pending(office, incident) == [
        ("dotcom EOC", "UEOC"),
        ("dotcom IMOC", "UIM"),
        ("dotcom CMOC", "UCMOC"),
    ]
    told = [subject for event, subject in office.emitted() if event == "EntriesAdded"]
    assert len(told) == 1
    assert len(told[0]["entries"]) == 2  # the pages; what the update says is not said twice
    assert {Kind.STATUS, Kind.SEVERITY, Kind.UPDATE} <= set(kinds(office, incident.id))


def test_an_update_that_the_rules_refuse_keeps_nothing(office: Office) -> None:
    incident = given_incident(office)
    office.perform(change_status, incident.id, FIXING, by="UREP")
    office.emitted()

    with pytest.raises(NotTheLead):
        office.perform(
            post_update,
            incident.id,
            "Done",
            by="USOMEBODY",
            status=RESOLVED,
            severity=Severity.S1,
            next_in=None,
        )

    assert office.read(incidents.get, incident.id).severity is Severity.S3
    assert office.read(updates.latest, incident.id) is None
    assert office.events() == []


def test_an_update_without_words_is_refused(office: Office) -> None:
    incident = given_incident(office)

    with pytest.raises(Refused, match="needs a text"):
        updated(office, incident.id, "")


@pytest.mark.parametrize("status", ["Triage", "Cancelled", "Closed"])
def test_there_are_no_updates_of_what_nobody_works_on(office: Office, status: str) -> None:
    incident = given_incident(office, triage=status == "Triage")
    for step in {"Cancelled": ["Cancelled"], "Closed": ["Fixing", "Resolved", "Closed"]}.get(status, []):
        office.perform(change_status, incident.id, Status(step), by="UREP", reason="A test")

    with pytest.raises(Refused, match=status):
        updated(office, incident.id)


def test_the_update_that_resolves_is_the_last_one_due(office: Office) -> None:
    incident = given_incident(office)
    office.perform(change_status, incident.id, FIXING, by="UREP")

    update = updated(office, incident.id, status=RESOLVED)

    assert update.next_at is None
    assert office.read(incidents.get, incident.id).next_update_at is None


@pytest.mark.parametrize(("severity", "minutes"), [("S1", 15), ("S2", 30), ("S3", 60)])
def test_an_update_falls_due_in_the_rhythm_of_the_severity(
    office: Office, clock: FakeClock, severity: str, minutes: int
) -> None:
    incident = given_incident(office, severity)

    clock.advance(seconds=minutes * 60 - 1)
    assert nudged(office) == []
    clock.advance(seconds=1)
    assert nudged(office) == [incident.id]

    assert "UpdateOverdue" in office.events()
    assert Kind.UPDATE_OVERDUE in kinds(office, incident.id)


def test_a_nudge_comes_once_and_again_in_the_same_rhythm(office: Office, clock: FakeClock) -> None:
    given_incident(office, "S1")
    minutes = []
    for minute in range(1, 61):
        clock.advance(minutes=1)
        minutes += [minute] * len(nudged(office))

    assert minutes == [15, 30, 45, 60]


def test_nobody_is_asked_for_updates_of_an_s4(office: Office, clock: FakeClock) -> None:
    given_incident(office, "S4")

    clock.advance(minutes=600)

    assert nudged(office) == []


def test_the_update_form_sets_another_time(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")

    updated(office, incident.id, severity="S1", next_in=timedelta(minutes=40))

    clock.advance(minutes=39)
    assert nudged(office) == []
    clock.advance(minutes=1)
    assert nudged(office) == [incident.id]


def test_an_update_may_ask_for_no_further_one(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")

    updated(office, incident.id, severity="S1", next_in=None)
    clock.advance(minutes=600)

    assert nudged(office) == []


def test_snoozing_asks_again_15_minutes_later(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S3")
    clock.advance(minutes=60)
    nudged(office)

    office.perform(snooze, incident.id, TimerKind.UPDATE, by="UREP")

    clock.advance(minutes=14)
    assert nudged(office) == []
    clock.advance(minutes=1)
    assert nudged(office) == [incident.id]


def test_stopping_asks_no_more_until_somebody_sets_a_time(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S1")
    office.perform(stop, incident.id, TimerKind.UPDATE, by="UREP")
    clock.advance(minutes=600)
    assert nudged(office) == []

    updated(office, incident.id, severity="S1")
    clock.advance(minutes=15)

    assert nudged(office) == [incident.id]


def test_another_severity_brings_its_own_rhythm(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S3")
    clock.advance(minutes=10)

    office.perform(change_severity, incident.id, Severity.S1, by="UREP")

    assert office.read(incidents.get, incident.id).next_update_at == clock.now() + FIFTEEN_MINUTES


ENDINGS = {
    "Resolved": ("Fixing", "Resolved"),
    "Closed": ("Fixing", "Resolved", "Closed"),
    "Cancelled": ("Cancelled",),
}


@pytest.mark.parametrize("end", ENDINGS)
def test_an_incident_that_ended_is_never_nudged_even_by_a_nudge_under_way(
    office: Office, clock: FakeClock, end: str
) -> None:
    incident = given_incident(office, "S3")
    clock.advance(minutes=60)
    under_way = due_timers(office, TimerKind.UPDATE)
    for status in ENDINGS[end]:
        office.perform(change_status, incident.id, Status(status), by="UREP", reason="A test")
    office.emitted()

    for timer in under_way:
        office.perform(act, timer.id)
    clock.advance(minutes=600)

    assert len(under_way) == 1
    assert nudged(office) == []
    assert office.events() == []
    for button in (snooze, stop):
        with pytest.raises(Refused, match="no reminder is due"):
            office.perform(button, incident.id, TimerKind.UPDATE, by="UREP")


def test_a_nudge_under_way_gives_way_to_a_snooze(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S3")
    clock.advance(minutes=60)
    under_way = due_timers(office, TimerKind.UPDATE)
    office.perform(snooze, incident.id, TimerKind.UPDATE, by="UREP")
    office.emitted()

    for timer in under_way:
        office.perform(act, timer.id)

    assert len(under_way) == 1
    assert office.events() == []
    assert office.read(incidents.get, incident.id).next_update_at == clock.now() + FIFTEEN_MINUTES


def test_a_deadline_that_was_left_on_a_closed_incident_nudges_nobody(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, "S3")

    def close_behind_the_rules(tx: Tx) -> None:
        tx.execute("UPDATE incidents SET status = 'Closed'")

    office.perform(close_behind_the_rules)
    clock.advance(minutes=60)
    office.emitted()

    assert nudged(office) == [incident.id]

    assert office.events() == []
    assert nudged(office) == []


def test_reopening_asks_for_updates_again(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S3")
    for status in ENDINGS["Closed"]:
        office.perform(change_status, incident.id, Status(status), by="UREP", reason="A test")

    office.perform(reopen, incident.id, "It is back", by="UREP")
    clock.advance(minutes=60)

    assert nudged(office) == [incident.id]


def test_a_nudge_survives_a_restart_and_comes_once(office_on_disk: Office, clock: FakeClock) -> None:
    incident = given_incident(office_on_disk, "S1")
    office_on_disk.perform(snooze, incident.id, TimerKind.UPDATE, by="UREP")
    clock.advance(minutes=240)
    office = restarted(office_on_disk)

    assert nudged(office) == [incident.id]
    assert nudged(office) == []
    assert office.events().count("UpdateOverdue") == 1
    office.database.close()


@pytest.mark.parametrize(("status", "cure"), [("Cancelled", "/inc reopen"), ("Triage", "/inc accept")])
def test_an_update_that_comes_too_late_or_too_early_is_told_what_to_do(
    office: Office, status: str, cure: str
):
    given_incident(office, triage=status == "Triage")
    if status == "Cancelled":
        office.perform(change_status, 1, Status.CANCELLED, by="UREP", reason="A test")

    with pytest.raises(Refused, match=cure):
        office.perform(
            post_update,
            1,
            "Rolling back",
            by="UREP",
            status=Status(status),
            severity=Severity.S3,
            next_in=None,
        )
