"""Notes on the timeline."""

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Status
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.timeline.notes import note
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
