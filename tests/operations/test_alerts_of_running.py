"""What alerts mean to an incident that people work on, or have ended: they get worse, come back, fire on."""

from dataclasses import replace

import pytest

from bot.domain.alerts.routing import Rule, Then
from bot.domain.alerts.signals import Signal, State, unreadable
from bot.domain.incidents.incident import Severity, Status
from bot.domain.paging.escalations import Reason
from bot.domain.timeline.entries import Entry, Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.triage import accept, decline
from bot.operations.paging.acknowledge import acknowledge
from storage import incidents, pages, timeline
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.test_alerts import all_of, opened, ruled, sends, signal

OVER = signal(state=State.RESOLVED)
LOW = signal(severity=Severity.S3)
WORST = signal(severity=Severity.S1)


@pytest.fixture
def accepted(office: Office) -> Office:
    """An S3 that alerts opened and somebody accepted."""
    sends(office, LOW)
    office.perform(accept, 1, by="UIM")
    return office


def severity(office: Office) -> Severity:
    return office.read(incidents.get, 1).severity


def joins(office: Office) -> list[Entry]:
    return office.read(timeline.of_kinds, 1, Kind.ALERT)


def managers(office: Office) -> int:
    return sum(one.data["reason"] == Reason.SEVERITY for one in office.read(timeline.of_kinds, 1, Kind.PAGED))


def test_one_that_gets_worse_raises_it_and_pages(accepted: Office) -> None:
    for _ in range(3):
        sends(accepted, WORST)

    assert severity(accepted) is Severity.S1
    assert managers(accepted)
    assert all_of(accepted)[0].outcome == "opened INC-1; it said S1"


@pytest.mark.parametrize("status", [Status.TRIAGE, Status.INVESTIGATING])
def test_a_worse_one_that_joins_raises_it(office: Office, status: Status) -> None:
    sends(office, LOW)
    if status is not Status.TRIAGE:
        office.perform(accept, 1, by="UIM")

    sends(office, signal("other", severity=Severity.S1, group="disk"))

    assert severity(office) is Severity.S1


def test_what_people_corrected_stays_and_the_channel_is_told(accepted: Office) -> None:
    sends(accepted, WORST)
    accepted.perform(change_severity, 1, Severity.S3, by="UIM", reason="It is a replica")

    sends(accepted, WORST, signal("other", severity=Severity.S1, group="disk"))

    assert severity(accepted) is Severity.S3
    assert [(one.data["title"], one.data["severity"]) for one in joins(accepted)] == [
        ("other is full", "S1"),
        ("other is full", ""),
    ]


def test_no_machine_raises_a_private_one_and_its_channel_is_told(accepted: Office) -> None:
    accepted.perform(_turned_private)

    for _ in range(2):
        sends(accepted, WORST)

    assert severity(accepted) is Severity.S3
    assert [one.data["severity"] for one in joins(accepted)] == ["S1"]


def _turned_private(tx: Tx) -> None:
    tx.execute("UPDATE incidents SET private = 1 WHERE id = 1", {})


def test_the_severity_of_a_rule_counts_and_not_what_the_source_says(office: Office) -> None:
    ruled(office, Rule(name="all", severity=Severity.S3, then=Then.ACTIVE))

    for _ in range(2):
        sends(office, WORST)

    assert severity(office) is Severity.S3


def test_one_that_comes_back_after_all_were_over_is_told(accepted: Office) -> None:
    sends(accepted, OVER)
    sends(accepted, LOW)
    sends(accepted, signal("other", severity=Severity.S3, group="disk"))

    assert [one.data["again"] for one in joins(accepted)] == [True, False]


def test_one_that_fires_on_long_after_its_incident_was_resolved_opens_a_triage(accepted: Office) -> None:
    for _ in range(12):
        sends(accepted, LOW)
    accepted.perform(change_status, 1, Status.RESOLVED, by=lead(accepted), reason="")

    sends(accepted, LOW)
    assert opened(accepted) == []
    accepted.clock.advance(minutes=16)
    for _ in range(2):
        sends(accepted, LOW)

    assert [(one.id, one.status) for one in opened(accepted)] == [(2, Status.TRIAGE)]
    (alert,) = all_of(accepted)
    assert (alert.incident, alert.outcome) == (2, "opened INC-2: it fires on although INC-1 is resolved")


def test_what_was_no_incident_stays_none(accepted: Office) -> None:
    accepted.perform(change_status, 1, Status.CANCELLED, by=lead(accepted), reason="A test")

    accepted.clock.advance(minutes=60)
    sends(accepted, LOW)

    assert opened(accepted) == []


@pytest.mark.parametrize(
    ("alert", "hours", "again"),
    [
        (LOW, 23, False),
        (LOW, 25, True),  # many sources never say that one is over
        (unreadable("prometheus"), 0.2, False),
        (unreadable("prometheus"), 0.3, True),  # it is about something else
    ],
)
def test_what_was_declined_and_quiet_since_opens_a_triage_when_it_fires_again(
    office: Office, alert: Signal, hours: float, again: bool
) -> None:
    for _ in range(12):
        sends(office, alert)
    office.perform(decline, 1, by="UIM", reason="Nothing")

    office.clock.advance(minutes=60 * hours)
    for _ in range(2):
        sends(office, alert)

    assert [(one.id, one.status) for one in opened(office)] == ([(2, Status.TRIAGE)] if again else [])
    (found,) = all_of(office)
    assert (found.incident, found.fired) == (2 if again else 1, 14)


def test_what_is_declined_and_told_of_every_hour_stays_so(office: Office) -> None:
    sends(office, LOW)
    office.perform(decline, 1, by="UIM", reason="Nothing")

    for _ in range(30):
        office.clock.advance(minutes=60)
        sends(office, LOW)

    assert opened(office) == []


@pytest.mark.parametrize(("hours", "paged"), [(23, 1), (25, 2)])
def test_what_was_paged_for_and_quiet_since_pages_again(office: Office, hours: int, paged: int) -> None:
    ruled(office, Rule(name="all", then=Then.PAGE))
    sends(office, LOW)
    office.perform(acknowledge, office.read(pages.newest_for, "UEOC", 9)[0].id, by="UEOC")

    office.clock.advance(minutes=60 * hours)
    for _ in range(2):
        sends(office, LOW)

    assert len(office.read(pages.newest_for, "UEOC", 9)) == paged


def lead(office: Office) -> str:
    office.perform(lambda tx: incidents.save(tx, replace(incidents.get(tx, 1), lead="UIM")))
    return "UIM"
