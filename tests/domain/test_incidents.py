from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import (
    AFTER,
    REOPENABLE,
    NotTheLead,
    Severity,
    Status,
    can_be_watched,
    gradable,
    graver,
    move,
    next_statuses,
    pageable,
    with_severity,
)
from bot.domain.incidents.labels import labels
from bot.domain.incidents.merging import Merging
from bot.domain.incidents.merging import allowed as merge_allowed
from bot.domain.incidents.near_miss import may_be_missed
from bot.domain.incidents.pause import pausable
from tests.fakes import NOON
from tests.values import an_incident

AN_INCIDENT = an_incident()

T, I, F, M, R = Status.TRIAGE, Status.INVESTIGATING, Status.FIXING, Status.MONITORING, Status.RESOLVED  # noqa: E741
P, C = Status.POST_INCIDENT, Status.CLOSED
DECLINED, MERGED, CANCELLED = Status.DECLINED, Status.MERGED, Status.CANCELLED

ALLOWED = {
    (T, I), (T, DECLINED), (T, MERGED),
    (I, F), (I, M), (I, R), (I, MERGED), (I, CANCELLED),
    (F, I), (F, M), (F, R), (F, MERGED), (F, CANCELLED),
    (M, I), (M, F), (M, R), (M, MERGED), (M, CANCELLED),
    (R, I), (R, C),
    (P, I), (P, C),
    (C, I), (CANCELLED, I),
}  # fmt: skip
"""For an S3; an S1 or S2 goes from Resolved to Post-incident instead of Closed, unless it was practised."""


KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "near miss": {"near_miss": True, "lead_by_hand": True},
    "practice": {"drill": True, "practice": ("ULEAD", "UREN")},
    "paused": {"waits_until": NOON + timedelta(days=1), "paused_for": "It can wait"},
    "reopened to be corrected": {"correcting": True},
}
"""What an incident may be besides its status and severity: what may follow is the same for each."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("severity", [Severity.S1, Severity.S3])
def test_every_pair_of_states_is_allowed_or_refused_as_the_handbook_says(kind, severity):
    allowed = set(ALLOWED)
    if severity.high and kind != "practice":
        allowed = (allowed - {(R, C)}) | {(R, P)}

    for before, after in product(Status, Status):
        incident = an_incident(status=before, severity=severity, highest=severity, **KINDS[kind])
        if (before, after) in allowed:
            moved = move(incident, after, by="ULEAD", now=NOON, reason="it came back")
            assert moved.status is after, (before, after)
            assert (moved.near_miss, moved.practice) == (incident.near_miss, incident.practice)
            assert (moved.waits_until is not None) == (kind == "paused" and after.active), (before, after)
            assert moved.watched == (after.active and kind not in {"near miss", "reopened to be corrected"})
        else:
            with pytest.raises(Refused):
                move(incident, after, by="ULEAD", now=NOON, reason="it came back")


UNMERGED = {Status.DECLINED, Status.MERGED}
"""Nothing is merged into these; into what is finished or cancelled once it is reopened for that."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_pair_of_incidents_is_merged_or_kept_apart(kind):
    for before, of_target, other in product(Status, Status, KINDS):
        target = an_incident(id=8, status=of_target, **KINDS[other])
        duplicate = an_incident(id=7, status=before, **KINDS[kind])
        fits = (kind == "practice") == (other == "practice") and (other != "near miss" or kind == "near miss")
        waits = of_target is T and before is not T
        merging = Merging(duplicate, target, frozenset({"ULEAD"}), frozenset({"ULEAD"}))
        if before.open and of_target not in UNMERGED and fits and not waits:
            assert merge_allowed(merging) == merging
        else:
            with pytest.raises(Refused):
                merge_allowed(merging)


@pytest.mark.parametrize("kind", KINDS)
def test_what_can_be_paused_and_what_can_be_a_near_miss_in_each_status(kind):
    for status, severity in product(Status, Severity):
        incident = an_incident(status=status, severity=severity, **KINDS[kind])
        over = status in {C, DECLINED, MERGED, CANCELLED}
        pauses = status.active and not severity.high
        misses = not over and kind not in {"near miss", "practice"}
        assert _taken(lambda incident=incident: pausable(incident)) == pauses, (status, severity)
        assert _taken(lambda incident=incident: may_be_missed(incident, "ULEAD")) == misses, (
            status,
            severity,
        )


def _taken(decide):
    try:
        return bool(decide())
    except Refused:
        return False


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("severity", Severity)
def test_what_is_offered_next_is_what_is_allowed_next(status, severity):
    incident = replace(AN_INCIDENT, status=status, severity=severity)

    for after in next_statuses(incident):
        assert move(incident, after, by="ULEAD", now=NOON, reason="why not").status is after


@pytest.mark.parametrize("status", [I, F, M])
@pytest.mark.parametrize(("end", "resolved_at"), [(R, NOON), (CANCELLED, None)])
def test_only_the_lead_ends_it(status, end, resolved_at):
    active = replace(AN_INCIDENT, status=status)

    with pytest.raises(NotTheLead, match="<@ULEAD>"):
        move(active, end, by="USOMEBODY", now=NOON, reason="a test")

    ended = move(active, end, by="ULEAD", now=NOON, reason="a test")
    assert (ended.status, ended.resolved_at) == (end, resolved_at)


@pytest.mark.parametrize("reason", ["", "  "])
def test_cancelling_needs_a_reason(reason):
    with pytest.raises(Refused, match="reason") as refused:
        move(AN_INCIDENT, CANCELLED, by="ULEAD", now=NOON, reason=reason)

    assert [step.command for step in refused.value.steps] == ["cancel"]


@pytest.mark.parametrize("status", sorted(REOPENABLE))
def test_reopening_needs_a_reason(status):
    finished = replace(AN_INCIDENT, status=status, resolved_at=NOON)

    with pytest.raises(Refused, match="reason"):
        move(finished, I, by="UANY", now=NOON, reason="  ")

    assert move(finished, I, by="UANY", now=NOON, reason="back again").resolved_at is None


def test_a_review_that_was_asked_for_comes_before_closing():
    resolved = replace(AN_INCIDENT, status=R, review_requested=True)

    assert next_statuses(resolved) == (I, P)


def test_what_follows_nothing_says_what_to_do_instead():
    for status in (DECLINED, MERGED):
        assert AFTER[status] == frozenset()
        with pytest.raises(Refused, match="declare a new incident"):
            move(replace(AN_INCIDENT, status=status), I, by="UANY", now=NOON)


def test_the_highest_severity_is_kept():
    risen = with_severity(AN_INCIDENT, Severity.S1)

    assert (risen.severity, risen.highest) == (Severity.S1, Severity.S1)
    with pytest.raises(Refused, match="INC-7 stays S1"):
        with_severity(risen, Severity.S4, " ")


@pytest.mark.parametrize(
    ("before", "after"), [pair for pair in product(Severity, Severity) if len(set(pair)) == 2]
)
@pytest.mark.parametrize("status", [T, I, F, M])
def test_a_lower_severity_is_a_correction_that_the_highest_follows(status, before, after):
    incident = replace(AN_INCIDENT, status=status, severity=before, highest=before)

    now = with_severity(incident, after, "one shard only")

    assert (now.severity, now.highest) == (after, after)


@pytest.mark.parametrize("status", Status)
def test_less_bad_is_answered_by_monitoring_before_it_is_watched(status):
    assert can_be_watched(replace(AN_INCIDENT, status=status)) == (status in {I, F})


@pytest.mark.parametrize(("highest", "next_one"), [("S1", P), ("S2", P), ("S3", C), ("S4", C)])
def test_the_highest_severity_decides_on_the_review(highest, next_one):
    resolved = replace(AN_INCIDENT, status=R, severity=Severity.S4, highest=Severity(highest))

    assert next_statuses(resolved) == (I, next_one)


def test_the_severity_of_a_finished_incident_stays():
    with pytest.raises(Refused, match="reopen"):
        with_severity(replace(AN_INCIDENT, status=C), Severity.S1)


@pytest.mark.parametrize(("before", "after"), list(product(Severity, Severity)))
def test_managers_come_in_when_it_rises_to_s1_or_s2(before, after):
    incident = replace(AN_INCIDENT, severity=before)

    assert graver(incident, after) == (before in {"S3", "S4"} and after in {"S1", "S2"})


BLOCKING = ("blocks deployments", "blocks feature-flags")


@pytest.mark.parametrize(
    ("status", "severity", "field", "expected"),
    [
        (T, "S1", None, ()),
        (I, "S1", None, ("Incident::Active", *BLOCKING)),
        (F, "S2", None, ("Incident::Active", *BLOCKING)),
        (M, "S3", None, ("Incident::Mitigated",)),
        (M, "S3", True, ("Incident::Mitigated", *BLOCKING)),
        (I, "S1", False, ("Incident::Active",)),
        (R, "S1", None, ("Incident::Resolved",)),
        (P, "S1", True, ("Incident::Resolved",)),
        (C, "S4", None, ("Incident::Resolved",)),
        (DECLINED, "S1", None, ()),
        (MERGED, "S1", None, ()),
        (CANCELLED, "S1", None, ()),
    ],
)
def test_labels_are_derived_from_the_state(status, severity, field, expected):
    incident = replace(AN_INCIDENT, status=status, severity=Severity(severity), blocks_deployments=field)

    assert labels(incident) == expected


@pytest.mark.parametrize("field", [None, True])
def test_a_drill_and_what_is_only_corrected_block_nothing(field):
    grave = replace(AN_INCIDENT, severity=Severity.S1, blocks_deployments=field)

    assert labels(replace(grave, drill=True)) == ("Incident::Active", "Gameday")
    assert labels(replace(grave, near_miss=True)) == ("Incident::Active", "Near Miss")
    assert labels(replace(grave, correcting=True)) == ("Incident::Resolved",)


@pytest.mark.parametrize(
    ("before", "to", "labels"),
    [
        (T, F, ["Accept", "Decline"]),
        (I, C, ["Resolved", "Monitoring", "Fixing"]),
        (R, P, ["Closed", "Reopen"]),
        (R, F, ["Reopen", "Closed"]),
        (C, R, ["Reopen"]),
        (CANCELLED, F, ["Reopen"]),
        (MERGED, I, ["Declare an incident"]),
    ],
)
def test_a_step_that_cannot_follow_is_refused_with_those_that_can(before, to, labels):
    with pytest.raises(Refused) as refused:
        move(an_incident(status=before), to, by="ULEAD", now=NOON)

    assert [step.label for step in refused.value.steps] == labels


@pytest.mark.parametrize("takes", [pageable, gradable])
@pytest.mark.parametrize("status", [status for status in Status if not status.open])
def test_a_refusal_offers_to_reopen_only_what_can_be_reopened(takes, status):
    with pytest.raises(Refused) as refused:
        takes(an_incident(status=status))

    assert ("/inc reopen" in str(refused.value)) == (status in REOPENABLE)
    assert ("declare a new incident" in str(refused.value)) == (status not in REOPENABLE)
