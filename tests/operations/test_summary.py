from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Status, Summary
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.work.summary import write_summary
from storage import incidents
from tests.conftest import Office
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident
from tests.operations.look import kinds, last

WHOLE = Summary("Disk is full", "A log nobody rotates", "We are on it", "Half an hour of slow pages")


def test_the_four_parts_are_kept_as_they_were_written(office: Office) -> None:
    incident = given_incident(office)

    follow(office)
    office.perform(write_summary, incident.id, WHOLE, by="UREP")

    assert office.read(incidents.get, incident.id).summary == WHOLE
    assert "redraw_card card:1" in deliveries(office)


def test_the_channel_is_told_the_parts_that_changed_and_no_others(office: Office) -> None:
    incident = given_incident(office)
    office.perform(write_summary, incident.id, WHOLE, by="UREP")

    office.perform(
        write_summary, incident.id, replace(WHOLE, causes="A <!channel> in a log", cmoc=""), by="UIM"
    )

    entry = last(office, incident.id, Kind.SUMMARY)
    assert (entry.by, entry.data["changed"]) == ("UIM", ["Causes", "Summary for CMOC notice"])
    assert entry.text == "Causes: A <!channel> in a log\nSummary for CMOC notice: (emptied)"


def test_long_text_stays_whole(office: Office) -> None:
    incident = given_incident(office)
    long = Summary(summary="é" * 20_000)

    office.perform(write_summary, incident.id, long, by="UREP")

    assert office.read(incidents.get, incident.id).summary == long


def test_the_same_summary_again_says_nothing(office: Office) -> None:
    incident = given_incident(office)
    office.perform(write_summary, incident.id, WHOLE, by="UREP")
    office.emitted()

    office.perform(write_summary, incident.id, WHOLE, by="UREP")

    assert office.events() == []
    assert kinds(office, incident.id).count(Kind.SUMMARY) == 1


def test_a_summary_is_still_written_when_all_is_over(office: Office) -> None:
    incident = given_incident(office)
    for status in ("Fixing", "Resolved", "Closed"):
        office.perform(change_status, incident.id, Status(status), by="UREP", reason="A test")

    office.perform(write_summary, incident.id, WHOLE, by="UREP")

    assert office.read(incidents.get, incident.id).summary == WHOLE


def test_what_was_no_incident_keeps_its_summary(office: Office) -> None:
    incident = given_incident(office)
    office.perform(change_status, incident.id, Status.CANCELLED, by="UREP", reason="A test")

    with pytest.raises(Refused, match="Cancelled"):
        office.perform(write_summary, incident.id, WHOLE, by="UREP")
