from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity
from bot.domain.incidents.ownership import after_acknowledgement, hand_over
from tests.domain.test_incidents import AN_INCIDENT
from tests.fakes import process


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
        ("S1", "IM", "IM", "internal, stood in", "ULEAD"),
        ("S1", "IM", "IM", "internal", "UNEW"),
        ("S1", "EOC", "EOC", "internal, IM engaged, stood in", "UNEW"),
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
        internal="internal" in before,
    )

    held = {"IM": "UIM"} if "IM engaged" in before else {}

    after = after_acknowledgement(incident, role, "UNEW", wanted=wanted, held=held, process=process())

    assert after.lead == expected


BY_TYPE = {
    # leads, severity, answered as, on whose path, roles held before, the lead before: does the answer lead?
    "SIRT: Security": ("Security", "S3", "Security", "Security", {}, "UREP", True),
    "SIRT: the IM stays IM": ("Security", "S3", "IM", "IM", {}, "UREP", False),
    "SIRT: also at S1": ("Security", "S1", "IM", "IM", {}, "UREP", False),
    "SIRT: Security after the IM": ("Security", "S1", "Security", "Security", {"IM": "UIM"}, "UREP", True),
    "SIRT: a stand-in for Security": ("Security", "S3", "IM", "Security", {}, "UREP", True),
    "SIRT: Security takes it from the stand-in": (
        ("Security", "S3", "Security", "Security", {"IM": "UIM"}, "UIM", True)
    ),
    "SIRT: no second stand-in": ("Security", "S3", "IM", "Security", {}, "UFIRST", False),
    "SIRT: an EOC whom somebody asked for": ("Security", "S3", "EOC", "EOC", {}, "UREP", False),
    "the reporter stays": ("reporter", "S1", "Security", "Security", {}, "UREP", False),
    "the reporter stays, whoever stands in": ("reporter", "S1", "IM", "Security", {}, "UREP", False),
    "the reporter would lead, but is a machine": ("reporter", "S1", "Security", "Security", {}, "", True),
    "of a machine's, whoever stands in": ("reporter", "S1", "IM", "Security", {}, "", True),
    "of a machine's, on another path": ("reporter", "S1", "IM", "IM", {}, "", False),
    "the IM at every severity": ("IM", "S4", "IM", "IM", {"Security": "USEC"}, "USEC", True),
    "the own team until the IM comes": ("IM", "S4", "Security", "Security", {}, "UREP", True),
    "the own team after the IM": ("IM", "S4", "Security", "Security", {"IM": "UIM"}, "UIM", False),
    "no role written, S3": ("", "S3", "Security", "Security", {"IM": "UIM"}, "UIM", True),
    "no role written, S1": ("", "S1", "Security", "Security", {"IM": "UIM"}, "UIM", False),
    "no role written, the IM at S1": ("", "S1", "IM", "IM", {}, "USEC", True),
    "no role written, the EOC is not this type's": ("", "S3", "EOC", "EOC", {}, "UREP", False),
}


@pytest.mark.parametrize(
    ("leads", "severity", "role", "wanted", "held", "lead", "takes"), BY_TYPE.values(), ids=BY_TYPE
)
def test_who_leads_is_decided_by_the_type(*, leads, severity, role, wanted, held, lead, takes):
    rules = process()
    kind = replace(rules.types["SIRT"], leads=leads)
    rules = replace(rules, types={"SIRT": kind})
    incident = replace(
        AN_INCIDENT, type="SIRT", severity=Severity(severity), lead=lead, reporter="UREP", lead_by_hand=False
    )

    after = after_acknowledgement(incident, role, "UNEW", wanted=wanted, held=held, process=rules)

    assert after.lead == ("UNEW" if takes else lead)


def test_a_type_that_left_the_configuration_is_led_as_the_first_one():
    incident = replace(AN_INCIDENT, type="Gone", severity=Severity.S3, lead="UREP", reporter="UREP")

    after = after_acknowledgement(incident, "EOC", "UNEW", wanted="EOC", held={}, process=process())

    assert after.lead == "UNEW"


def test_a_reporter_who_answered_keeps_the_lead_from_a_stand_in():
    incident = replace(AN_INCIDENT, severity=Severity.S3, lead="UREP", reporter="UREP", lead_by_hand=False)

    held = {"CMOC": "UREP"}

    after = after_acknowledgement(incident, "IM", "UNEW", wanted="EOC", held=held, process=process())

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
