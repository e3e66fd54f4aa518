"""Notes on the timeline."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Status
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.timeline.notes import change_note, note
from storage import timeline
from tests.conftest import Office
from tests.operations.given import given_incident


def test_a_note_is_kept_with_its_time_and_who_wrote_it(office: Office) -> None:
    given_incident(office)
    office.clock.advance(minutes=5)

    office.perform(note, 1, "The provider confirms it", by="UIM")

    (kept,) = [one for one in office.read(timeline.of, 1, True) if one.kind is Kind.NOTE]
    assert (kept.text, kept.by, kept.at) == ("The provider confirms it", "UIM", office.clock.now())


def test_a_note_without_words_and_one_of_a_cancelled_incident_are_refused(office: Office) -> None:
    given_incident(office)

    with pytest.raises(Refused, match="needs a text"):
        office.perform(note, 1, "", by="UIM")
    office.perform(change_status, 1, Status.CANCELLED, by="UREP", reason="A test")
    with pytest.raises(Refused, match="takes no more notes"):
        office.perform(note, 1, "Late", by="UIM")


def test_a_note_is_changed_and_hidden_and_what_it_was_is_told(office: Office) -> None:
    given_incident(office)
    office.perform(note, 1, "It began", by="UIM", at=office.clock.now() - timedelta(hours=1))
    ((first, _),) = office.read(timeline.notes, 1)
    assert first.at == office.clock.now() - timedelta(hours=1)

    later: dict[str, Any] = {"text": "It ended", "at": office.clock.now()}
    for hidden in (False, True, True):
        office.perform(change_note, 1, first.id, **later, hidden=hidden, by="UEOC")

    assert office.read(timeline.notes, 1) == [(replace(first, text="It ended", at=later["at"]), True)]
    told = [one for one in office.read(timeline.of, 1) if one.kind is Kind.NOTE_CHANGED]
    assert [(one.text, one.data["how"]) for one in told] == [
        ("It began", ["text", "time"]),
        ("It ended", ["hidden"]),
    ]
    assert first.id not in [one.id for one in office.read(timeline.of, 1)]


def test_no_note_of_another_incident_and_none_of_the_future_is_changed(office: Office) -> None:
    given_incident(office)
    given_incident(office, channel="COTHER")
    office.perform(note, 1, "It began", by="UIM")
    ((first, _),) = office.read(timeline.notes, 1)
    change: dict[str, Any] = {"text": "It ended", "hidden": False, "by": "UEOC"}

    with pytest.raises(Refused, match="no such note"):
        office.perform(change_note, 2, first.id, at=office.clock.now(), **change)
    with pytest.raises(Refused, match="still to come"):
        office.perform(change_note, 1, first.id, at=office.clock.now() + timedelta(minutes=1), **change)
