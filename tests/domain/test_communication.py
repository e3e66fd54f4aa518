"""When customers have to hear of an incident, and who confirms that they have to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.communication import (
    cmoc_due,
    confirming_roles,
    publish_by,
    reminded_since,
    resolved_early,
    taking_over,
    with_public_status,
)
from bot.domain.incidents.incident import Incident, Severity, Status, move
from bot.domain.incidents.publicity import BETTER, DEFINITIONS, Publicity, PublicStatus
from tests.fakes import NOON, process
from tests.values import an_incident

MINUTE = timedelta(minutes=1)
RULES = process()


def impaired(to: PublicStatus = PublicStatus.DEGRADED, **changes: object) -> Incident:
    return with_public_status(an_incident(**changes), to, NOON)


def test_each_public_status_has_a_definition_and_one_that_is_less_bad() -> None:
    assert list(DEFINITIONS) == list(PublicStatus)
    assert {*BETTER} == {*PublicStatus} - {PublicStatus.OPERATIONAL}


def test_the_cmoc_is_wanted_after_five_minutes_or_at_once_for_an_impact() -> None:
    assert cmoc_due(an_incident(), RULES) is None
    assert cmoc_due(impaired(), RULES) == (NOON.isoformat(), NOON + 5 * MINUTE)
    assert cmoc_due(an_incident(customer_impact=True), RULES) == ("impact", None)
    paused = replace(impaired(), waits_until=NOON, paused_for="The vendor")
    assert cmoc_due(paused, RULES) == cmoc_due(impaired(), RULES), "customers do not wait"


@pytest.mark.parametrize(
    "changes",
    [
        {"drill": True},
        {"near_miss": True},
        {"type": "SIRT"},
        {"status": Status.TRIAGE},
    ],
)
def test_the_cmoc_is_not_wanted_of_what_is_none_of_customers(changes: dict[str, object]) -> None:
    assert cmoc_due(replace(impaired(), **changes), RULES) is None  # type: ignore[arg-type] # any of them


def test_a_worse_public_status_counts_from_the_first_and_better_again_ends_it() -> None:
    worse = with_public_status(impaired(), PublicStatus.DISRUPTION, NOON + MINUTE)
    better = with_public_status(worse, PublicStatus.OPERATIONAL, NOON + 2 * MINUTE)
    again = with_public_status(better, PublicStatus.PARTIAL, NOON + 3 * MINUTE)

    assert worse.publicity.impaired_since_at == NOON
    assert better.publicity.impaired_since_at is None
    assert (again.publicity.impaired_at, again.publicity.impaired_since_at) == (NOON, NOON + 3 * MINUTE)


def test_the_hour_counts_from_the_start_of_the_impact_also_of_what_is_over() -> None:
    over = move(impaired(lead="UEOC"), Status.RESOLVED, by="UEOC", now=NOON + MINUTE)
    began = replace(over, publicity=replace(over.publicity, impact_began_at=NOON - 9 * MINUTE))

    assert publish_by(an_incident(), RULES) is None
    assert publish_by(over, RULES) == NOON + 60 * MINUTE
    assert publish_by(began, RULES) == NOON + 51 * MINUTE
    assert over.publicity.public_status is PublicStatus.OPERATIONAL
    for heard in ({"noticed_at": NOON}, {"unpublished": "It is internal"}):
        told = replace(began, publicity=replace(began.publicity, **heard))
        assert publish_by(told, RULES) is None


def test_without_a_marked_impact_the_hour_of_an_s1_or_s2_counts_from_when_it_was_declared() -> None:
    s2 = an_incident(severity=Severity.S2, highest=Severity.S2, lead="UEOC")
    blip = move(s2, Status.RESOLVED, by="UEOC", now=NOON + 4 * MINUTE)
    longer = move(s2, Status.RESOLVED, by="UEOC", now=NOON + 6 * MINUTE)

    assert publish_by(s2, RULES) == s2.declared_at + 60 * MINUTE
    assert publish_by(longer, RULES) == s2.declared_at + 60 * MINUTE
    assert publish_by(blip, RULES) is None
    assert publish_by(replace(s2, internal=True), RULES) is None
    assert publish_by(replace(s2, publicity=replace(s2.publicity, unpublished="It is ours")), RULES) is None


def test_the_hour_of_what_was_declared_afterwards_counts_from_its_impact_if_customers_noticed() -> None:
    began = Publicity(impact_began_at=NOON - 30 * MINUTE)
    s3 = an_incident(
        retrospective=True, status=Status.RESOLVED, resolved_at=NOON - 20 * MINUTE, publicity=began
    )
    s2 = replace(s3, severity=Severity.S2, highest=Severity.S2, status=Status.POST_INCIDENT)

    assert publish_by(s3, RULES) is None
    assert publish_by(replace(s3, customer_impact=True), RULES) == NOON + 30 * MINUTE
    assert publish_by(s2, RULES) == NOON + 30 * MINUTE
    assert publish_by(replace(s2, internal=True), RULES) is None
    assert publish_by(replace(s2, resolved_at=NOON - 26 * MINUTE), RULES) is None
    assert publish_by(replace(s2, publicity=Publicity()), RULES) is None


def test_who_confirms_depends_on_the_severity() -> None:
    assert confirming_roles(an_incident(severity=Severity.S2), RULES) == ("EOC", "IM")
    assert confirming_roles(an_incident(severity=Severity.S3), RULES) == ("EOC",)


def test_the_status_page_is_as_old_as_the_severity_allows() -> None:
    heard = replace(impaired(), publicity=replace(impaired().publicity, noticed_at=NOON + MINUTE))

    assert reminded_since(replace(impaired(), severity=Severity.S1), RULES) == (NOON, 15 * MINUTE)
    assert reminded_since(replace(heard, severity=Severity.S2), RULES) == (NOON + MINUTE, 30 * MINUTE)
    assert reminded_since(replace(heard, severity=Severity.S4), RULES) is None
    assert reminded_since(an_incident(), RULES) is None


def test_a_partial_disruption_is_monitored_for_longer_than_half_an_hour() -> None:
    partial = impaired(PublicStatus.PARTIAL)

    assert resolved_early(partial, None, NOON)
    assert resolved_early(partial, NOON, NOON + 30 * MINUTE)
    assert not resolved_early(partial, NOON, NOON + 31 * MINUTE)
    assert not resolved_early(impaired(), None, NOON)


def test_what_ended_has_no_other_public_status() -> None:
    for status in (Status.RESOLVED, Status.CANCELLED, Status.MERGED):
        with pytest.raises(Refused, match="its public status is Operational"):
            with_public_status(an_incident(status=status), PublicStatus.DEGRADED, NOON)


def test_a_merging_keeps_what_is_worse_for_customers_and_what_they_were_told() -> None:
    worse = impaired(PublicStatus.DISRUPTION)
    duplicate = replace(worse, publicity=replace(worse.publicity, noticed_at=NOON))

    merged = taking_over(impaired(), duplicate, NOON + MINUTE).publicity

    assert merged.public_status is PublicStatus.DISRUPTION
    assert (merged.impaired_since_at, merged.noticed_at) == (NOON, NOON)
