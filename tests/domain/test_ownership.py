from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents import Severity
from bot.domain.ownership import after_acknowledgement, hand_over
from tests.domain.test_incidents import AN_INCIDENT


@pytest.mark.parametrize(
    ("severity", "role", "wanted", "before", "expected"),
    [
        # severity, answered as, on whose path, and what was before
        ("S3", "EOC", "EOC", "", "UNEW"),
        ("S1", "EOC", "EOC", "", "UNEW"),
        ("S1", "EOC", "EOC", "IM engaged, stood in", "ULEAD"),
        ("S1", "EOC", "EOC", "stood in", "UNEW"),
        ("S3", "EOC", "EOC", "IM engaged, stood in", "UNEW"),
        ("S1", "IM", "IM", "stood in", "UNEW"),
        ("S2", "IM", "EOC", "stood in", "UNEW"),
        ("S3", "IM", "EOC", "", "UNEW"),
        ("S3", "IM", "EOC", "stood in", "ULEAD"),
        ("S3", "Infrastructure Leader", "EOC", "", "UNEW"),
        ("S1", "Infrastructure Leader", "IM", "", "UNEW"),
        ("S1", "Infrastructure Leader", "IM", "stood in", "ULEAD"),
        ("S1", "Infrastructure Leader", "Infrastructure Leader", "", "ULEAD"),
        ("S1", "CMOC", "CMOC", "", "ULEAD"),
        ("S1", "IM", "CMOC", "stood in", "UNEW"),
        ("S3", "EOC", "EOC", "by hand", "ULEAD"),
        ("S1", "IM", "IM", "by hand", "ULEAD"),
        ("S3", "IM", "EOC", "by hand", "ULEAD"),
    ],
)
def test_who_leads_after_an_acknowledgement(severity, role, wanted, before, expected):
    incident = replace(
        AN_INCIDENT,
        severity=Severity(severity),
        lead="ULEAD",
        reporter="UREP" if "stood in" in before else "ULEAD",
        lead_by_hand="by hand" in before,
    )

    after = after_acknowledgement(
        incident, role, "UNEW", wanted=wanted, im_engaged="IM engaged" in before, confirmed=False
    )

    assert after.lead == expected


def test_a_reporter_who_answered_keeps_the_lead_from_a_stand_in():
    incident = replace(AN_INCIDENT, severity=Severity.S3, lead="UREP", reporter="UREP", lead_by_hand=False)

    after = after_acknowledgement(incident, "IM", "UNEW", wanted="EOC", im_engaged=False, confirmed=True)

    assert after.lead == "UREP"


def test_the_lead_hands_over_to_anyone():
    assert hand_over(AN_INCIDENT, "UNEW", by="ULEAD").lead_by_hand


def test_anyone_takes_the_lead_for_themselves():
    assert hand_over(AN_INCIDENT, "UNEW", by="UNEW").lead == "UNEW"


def test_nobody_but_the_lead_gives_it_to_a_third_person():
    with pytest.raises(Refused, match="/inc lead me"):
        hand_over(AN_INCIDENT, "UNEW", by="USOMEBODY")


def test_the_lead_confirms_it_once_and_nobody_else_does():
    confirmed = hand_over(AN_INCIDENT, "ULEAD", by="ULEAD")

    assert (confirmed.lead, confirmed.lead_by_hand) == ("ULEAD", True)
    for incident, by in ((confirmed, "ULEAD"), (AN_INCIDENT, "USOMEBODY")):
        with pytest.raises(Refused, match="already"):
            hand_over(incident, "ULEAD", by=by)
