from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents import Severity
from bot.domain.ownership import after_acknowledgement, hand_over
from tests.domain.test_incidents import AN_INCIDENT


@pytest.mark.parametrize(
    ("severity", "role", "by_hand", "im_engaged", "expected"),
    [
        ("S3", "EOC", False, False, "UNEW"),
        ("S1", "EOC", False, False, "UNEW"),
        ("S1", "EOC", False, True, "ULEAD"),
        ("S3", "EOC", False, True, "UNEW"),
        ("S1", "IM", False, False, "UNEW"),
        ("S2", "IM", False, False, "UNEW"),
        ("S3", "IM", False, False, "ULEAD"),
        ("S1", "CMOC", False, False, "ULEAD"),
        ("S1", "Infrastructure Leader", False, False, "ULEAD"),
        ("S3", "EOC", True, False, "ULEAD"),
        ("S1", "IM", True, False, "ULEAD"),
    ],
)
def test_who_leads_after_an_acknowledgement(severity, role, by_hand, im_engaged, expected):
    incident = replace(AN_INCIDENT, severity=Severity(severity), lead_by_hand=by_hand)

    assert after_acknowledgement(incident, role, "UNEW", im_engaged=im_engaged).lead == expected


def test_the_lead_hands_over_to_anyone():
    assert hand_over(AN_INCIDENT, "UNEW", by="ULEAD").lead_by_hand


def test_anyone_takes_the_lead_for_themselves():
    assert hand_over(AN_INCIDENT, "UNEW", by="UNEW").lead == "UNEW"


def test_nobody_but_the_lead_gives_it_to_a_third_person():
    with pytest.raises(Refused, match="/inc lead me"):
        hand_over(AN_INCIDENT, "UNEW", by="USOMEBODY")


def test_the_lead_cannot_be_given_to_the_lead():
    with pytest.raises(Refused, match="already"):
        hand_over(AN_INCIDENT, "ULEAD", by="ULEAD")
