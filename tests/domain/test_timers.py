from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.incident import ACTIVE, UPDATE_EVERY, Severity, Status, with_severity
from bot.domain.incidents.timers import State, TimerKind, Wanted, wanted
from tests.fakes import NOON, process
from tests.values import an_incident

PROCESS = process()
FIXING = an_incident(status=Status.FIXING, update_in=timedelta(minutes=60))


def timer(kind, incident, now=NOON):
    return wanted(State(incident, PROCESS, now)).get(kind)


@pytest.mark.parametrize(("severity", "minutes"), [("S1", 15), ("S2", 30), ("S3", 60), ("S4", None)])
def test_the_next_update_is_due_by_severity(severity, minutes):
    another = Severity.S1 if severity == "S4" else Severity.S4

    found = timer(
        TimerKind.UPDATE, with_severity(replace(FIXING, severity=another), Severity(severity), "a correction")
    )

    assert (found.due_at - NOON if found else None) == (timedelta(minutes=minutes) if minutes else None)


@pytest.mark.parametrize("severity", Severity)
def test_an_update_that_was_asked_for_by_hand_is_asked_for_again_in_the_usual_rhythm(severity):
    incident = replace(FIXING, severity=severity, update_in=timedelta(hours=2))

    found = timer(TimerKind.UPDATE, incident)

    assert found.due_at == NOON + timedelta(hours=2)
    assert found.again == (UPDATE_EVERY[severity] or timedelta(minutes=60))


@pytest.mark.parametrize("status", Status)
def test_updates_are_wanted_while_somebody_works_on_it(status):
    assert bool(timer(TimerKind.UPDATE, replace(FIXING, status=status))) is (status in ACTIVE)


@pytest.mark.parametrize(
    ("change", "anew"),
    [
        ({"updated_at": NOON}, True),
        ({"severity": Severity.S1}, True),
        ({"status": Status.MONITORING}, False),
        ({"name": "Another", "lead": "UANOTHER"}, False),
    ],
)
def test_the_next_update_counts_from_the_last_one_and_from_the_severity(change, anew):
    before, after = (timer(TimerKind.UPDATE, one) for one in (FIXING, replace(FIXING, **change)))

    assert (before.basis != after.basis) is anew


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("engaged", [True, False])
def test_the_investigation_is_watched_once_the_eoc_engaged(status, engaged):
    incident = replace(FIXING, status=status, engaged_at=NOON if engaged else None)

    found = timer(TimerKind.INVESTIGATING, incident)

    watched = engaged and status is Status.INVESTIGATING
    assert found == (Wanted("", NOON + timedelta(minutes=30)) if watched else None)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(("severity", "minutes"), [("S1", 5), ("S2", 5), ("S3", 15), ("S4", 15)])
def test_a_triage_may_wait_for_a_decision_by_severity(status, severity, minutes):
    found = timer(TimerKind.TRIAGE, replace(FIXING, status=status, severity=Severity(severity)))

    limit = timedelta(minutes=minutes)
    assert found == (Wanted(str(limit), NOON + limit, limit) if status is Status.TRIAGE else None)


VERIFIABLE = replace(
    PROCESS, types={name: replace(kind, verified=("dotcom IMOC",)) for name, kind in PROCESS.types.items()}
)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("verified_by", [None, "UIM"])
@pytest.mark.parametrize("im", [None, "UIM"])
def test_an_active_s1_asks_until_it_is_verified(status, severity, verified_by, im):
    incident = replace(FIXING, status=status, severity=severity, verified_by=verified_by)

    found = wanted(State(incident, VERIFIABLE, NOON, im)).get(TimerKind.VERIFY)

    asks = severity is Severity.S1 and status in ACTIVE and not verified_by
    after = timedelta() if im else timedelta(minutes=5)
    assert found == (Wanted(im or "", NOON + after, timedelta(minutes=15)) if asks else None)


@pytest.mark.parametrize("status", [Status.INVESTIGATING, Status.FIXING])
def test_while_work_waits_for_monday_only_its_end_is_awaited(status):
    monday = NOON + timedelta(days=2)
    incident = replace(FIXING, status=status, engaged_at=NOON, waits_until=monday)

    assert wanted(State(incident, VERIFIABLE, NOON)) == {TimerKind.WEEKEND: Wanted(str(monday), monday)}


def test_whoever_leads_is_asked_for_required_fields_and_whoever_leads_after_them_anew():
    def asked(**changes):
        return wanted(State(replace(FIXING, **changes), PROCESS, NOON, lacks=True)).get(TimerKind.FIELDS)

    first = asked()
    assert (first.due_at - NOON, first.again) == (timedelta(minutes=15), timedelta(days=1))
    assert asked(lead="UANOTHER").basis != first.basis == asked(status=Status.RESOLVED).basis
    assert asked(waits_until=NOON) is None
    assert timer(TimerKind.FIELDS, FIXING) is None
