"""Severity: raised in one step, lowered by saying which it is."""

from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, Severity, Status
from bot.domain.incidents.severity_guide import WHOLE_GUIDE
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.severity import change_severity
from bot.views.incidents import guide
from bot.views.incidents import severity as view_of
from handlers.incidents import severity
from handlers.work import update
from sandbox.validation import view_problems
from storage import incidents, updates
from tests.conftest import Office
from tests.operations.given import given_incident
from tests.operations.look import last
from tests.views.visitor import Visitor, offered


def state(office: Office) -> Incident:
    return office.read(incidents.get, 1)


@pytest.mark.parametrize("typed", ["S1", "s1", "sev1", "SEV-1", "1", "severity 1", "Severity::1"])
def test_a_severity_is_understood_however_it_is_written(office, typed):
    given_incident(office, "S3")
    person = Visitor(office)

    person.types(severity.FEATURE.subcommands, f"severity {typed}")

    assert state(office).severity is Severity.S1
    assert "INC-1 is now S1" in person.answer


@pytest.mark.parametrize("typed", ["S5", "high", "S12", "<!channel>", "`"])
def test_an_unknown_severity_is_answered_with_the_known_ones(office, typed):
    given_incident(office)

    with pytest.raises(Refused, match="one of S1"):
        Visitor(office).types(severity.FEATURE.subcommands, f"severity {typed}")


def test_the_severity_form_offers_the_others_and_shows_the_guide(office):
    given_incident(office, "S3")
    person = Visitor(office)

    person.types(severity.FEATURE.subcommands, "severity")
    answer = person.sends(severity.FEATURE.listeners, severity="S2")

    assert offered(person.form, "severity") == ["S1", "S2", "S4"]
    assert "badly degraded" in str(person.form)
    assert answer == {}
    assert state(office).severity is Severity.S2


def test_the_whole_guide_opens_over_the_form(office):
    given_incident(office)
    person = Visitor(office)
    person.types(severity.FEATURE.subcommands, "severity")

    person.presses(severity.FEATURE.listeners, guide.OPEN, "")

    assert all(line in str(person.form) for lines in WHOLE_GUIDE.values() for line in lines)
    assert guide.OPEN in str(person.views[0])


def test_raising_the_severity_meanwhile_is_no_second_change(office):
    given_incident(office, "S3")
    person = Visitor(office)
    person.types(severity.FEATURE.subcommands, "severity")
    office.perform(change_severity, 1, Severity.S2, by="UIM")

    answer = person.sends(severity.FEATURE.listeners, severity="S2")

    assert answer["errors"]["severity"] == "INC-1 is S2 already."


def asked(office: Office, opened: str) -> Visitor:
    """Have somebody choose S3 for an S1, and return them before the question that follows."""
    person = Visitor(office)
    if opened == "inline":
        person.types(severity.FEATURE.subcommands, "severity S3")
        return person
    if opened == "form":
        person.presses(severity.FEATURE.listeners, view_of.OPEN, 1)
        answer = person.sends(severity.FEATURE.listeners, severity="S3")
    else:
        person.types(update.FEATURE.subcommands, "update")
        answer = person.sends(update.FEATURE.listeners, text="One shard", severity="S3")
        posted = office.read(updates.latest, 1)
        assert posted
        assert posted.text == "One shard"
    assert answer["response_action"] == "update"
    assert view_problems(answer["view"]) == []
    person.views.append(answer["view"])
    return person


OPENED = pytest.mark.parametrize("opened", ["inline", "form", "update"])


@OPENED
def test_it_was_never_that_bad_is_a_correction_with_a_reason(office, opened):
    given_incident(office, "S1")
    person = asked(office, opened)
    assert state(office).severity is Severity.S1

    refused = person.sends(severity.FEATURE.listeners, which=view_of.NEVER, reason=" ")
    taken = person.sends(severity.FEATURE.listeners, which=view_of.NEVER, reason="One shard only")

    assert refused["errors"].keys() == {"reason"}
    assert taken == {}
    assert (state(office).severity, state(office).highest) == (Severity.S3, Severity.S3)


@OPENED
def test_it_is_less_bad_now_leaves_the_severity_and_goes_on_to_monitoring(office, opened):
    given_incident(office, "S1")

    assert asked(office, opened).sends(severity.FEATURE.listeners, which="Monitoring") == {}

    now = state(office)
    assert (now.severity, now.highest, now.status) == (Severity.S1, Severity.S1, Status.MONITORING)
    assert last(office, 1, Kind.STATUS).data["reason"] == "It is less bad now."


@OPENED
def test_from_monitoring_on_it_can_only_be_a_correction(office, opened):
    given_incident(office, "S1")
    office.perform(change_status, 1, Status.MONITORING, by="UREP")
    person = asked(office, opened)

    assert not any(block.get("block_id") == view_of.WHICH for block in person.form["blocks"])
    assert person.sends(severity.FEATURE.listeners, reason="One shard only") == {}

    assert state(office).severity is Severity.S3


def test_an_update_that_ends_it_does_not_lower_it_and_stays_open(office):
    given_incident(office, "S1")
    person = Visitor(office)
    person.types(update.FEATURE.subcommands, "update")

    answer = person.sends(update.FEATURE.listeners, text="One shard", status="Resolved", severity="S3")

    assert answer["errors"].keys() == {"severity"}
    assert office.read(updates.latest, 1) is None


def test_a_correction_that_comes_after_the_end_keeps_what_was_written(office):
    given_incident(office, "S1")
    person = asked(office, "inline")
    office.perform(change_status, 1, Status.RESOLVED, by="UREP")
    what: dict[str, Any] = {"which": view_of.NEVER, "reason": "One shard only"}

    assert "its severity stays" in person.sends(severity.FEATURE.listeners, **what)["errors"]["reason"]
