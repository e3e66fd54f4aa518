"""What a call says: whatever anybody wrote, it is one TwiML document and names what may be named."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from bot.domain.incidents.incident import Severity
from bot.domain.paging.calling import Storm
from bot.views.paging import voice
from tests.values import a_page, an_incident

PAGE = a_page()
OPEN = an_incident(name="Disk full", severity=Severity.S1)
KEYS = "Press 1 to acknowledge. Press 2 to escalate."


def said(twiml: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(twiml).iter("Say")]


@pytest.mark.parametrize(
    ("page", "incident", "storm", "wanted"),
    [
        (PAGE, OPEN, None, "This is Muster. Severity 1. Incident 7: Disk full."),
        (PAGE, replace(OPEN, name="INC-7"), None, "This is Muster. Severity 1. Incident 7."),
        (PAGE, replace(OPEN, private=True), None, "This is Muster. Severity 1. Private incident 7."),
        (PAGE, replace(OPEN, drill=True), None, "DRILL. This is Muster. Severity 1. Incident 7: Disk full."),
        (
            replace(PAGE, round=2),
            OPEN,
            None,
            "This is Muster. Nobody has answered. Severity 1. Incident 7: Disk full.",
        ),
        (
            PAGE,
            replace(OPEN, drill=True),
            Storm(5, OPEN),
            "This is Muster. 5 pages wait for you. One of them: Severity 1. Incident 7: Disk full.",
        ),
    ],
)
def test_a_call_says_severity_number_and_name_first_and_twice(page, incident, storm, wanted: str) -> None:
    first, second, last = said(voice.asked(page, incident, storm))

    assert first == second == f"{wanted} {KEYS}"
    assert last == "No key was pressed, so nothing was acknowledged. Goodbye."


def test_a_page_outside_any_incident_says_for_whom_and_why() -> None:
    page = replace(PAGE, escalation=replace(PAGE.escalation, incident=None, message="Please\nlook"))

    assert said(voice.asked(page, None, None))[0].startswith(
        f"This is Muster. A page for {page.level_team}: Please look. Press 1"
    )


@pytest.mark.parametrize(
    "name",
    ["</Say><Dial>+1900</Dial>", "a & b < c", "\x00\x0bnul", "\ud800half", "\ufffe", "x" * 5000],
)
def test_whatever_a_name_holds_a_call_is_one_document(name: str) -> None:
    document = ET.fromstring(voice.asked(PAGE, replace(OPEN, name=name), None))

    assert [one.tag for one in document.iter()] == ["Response", "Gather", "Say", "Say", "Say"]
    assert len(said(voice.asked(PAGE, replace(OPEN, name=name), None))[0]) < 300


def test_an_answer_is_spoken_without_slacks_marks() -> None:
    assert said(voice.told("INC-7 is over: `/inc oncall`, says @ana.")) == [
        "incident 7 is over: /inc oncall, says ana. Goodbye."
    ]
