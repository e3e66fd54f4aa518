import pytest

from bot.domain.errors import Refused
from bot.domain.facts import OfIncident
from bot.domain.timeline.entries import Kind
from bot.views.timeline import timeline as view_of
from handlers.timeline import timeline
from storage import timeline as stored
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.given import given_incident
from tests.views.visitor import Visitor, buttons

CHANGE = "Change a note"


def note(tx: Tx, text: str) -> None:
    stored.add(tx, [(OfIncident(incident=1, by="UREP", text=text), Kind.NOTE)])


ALL = "All activity (1 more)"


def noted(office: Office, count: int) -> None:
    for number in range(count):
        office.perform(note, f"note {number:02} " + "z" * 900)


def test_the_timeline_opens_at_its_end_and_pages_through(office):
    given_incident(office)
    noted(office, 40)
    person = Visitor(office)

    person.types(timeline.FEATURE.subcommands, "timeline")
    assert "page 3 of 3" in person.answer
    assert "note 39" in str(person.answers[-1])
    assert [label for label, _ in buttons(person.answers[-1])] == [ALL, "Older", CHANGE]
    older = dict(buttons(person.answers[-1]))["Older"]
    person.presses(timeline.FEATURE.listeners, view_of.OLDER, older, private=True)

    assert "page 2 of 3" in person.answer
    assert person.answers[-1]["replace_original"] is True
    assert [label for label, _ in buttons(person.answers[-1])] == [ALL, "Older", "Newer", CHANGE]


def test_highlights_leave_out_what_all_activity_shows(office):
    given_incident(office)
    person = Visitor(office)

    person.types(timeline.FEATURE.subcommands, "timeline")
    assert "is paged" not in person.answer
    everything = dict(buttons(person.answers[-1]))[ALL]
    person.presses(timeline.FEATURE.listeners, view_of.EVERYTHING, everything, private=True)

    assert "All activity" in person.answer
    assert "<@UEOC> is paged" in person.answer
    assert buttons(person.answers[-1]) == [("Highlights", "1:h:0")]


def test_the_button_of_the_card_answers_in_private_beside_the_card(office):
    given_incident(office)
    person = Visitor(office)

    person.presses(timeline.FEATURE.listeners, view_of.OPEN, 1)

    assert person.answers[-1]["replace_original"] is False
    assert "Highlights" in person.answer


def test_all_activity_and_another_incident_can_be_asked_for(office):
    given_incident(office)
    person = Visitor(office)

    person.types(timeline.FEATURE.subcommands, "timeline all")
    assert "<@UEOC> is paged" in person.answer
    elsewhere = Visitor(office, channel="CELSEWHERE")
    elsewhere.types(timeline.FEATURE.subcommands, "timeline INC-1")

    assert "Disk full" in elsewhere.answer
    with pytest.raises(Refused):
        elsewhere.types(timeline.FEATURE.subcommands, "timeline INC-2")


def test_an_outsider_reads_nothing_of_a_private_incident(office):
    given_incident(office, kind="SIRT", private=True)
    outsider = Visitor(office, "USOMEBODY", channel="CELSEWHERE")

    with pytest.raises(Refused, match="I know no incident"):
        outsider.types(timeline.FEATURE.subcommands, "timeline INC-1")
    outsider.presses(timeline.FEATURE.listeners, view_of.OLDER, "1:a:1", private=True)

    assert "I know no incident" in outsider.answer


def test_a_typed_note_is_on_the_timeline_with_who_wrote_it(office):
    given_incident(office)
    person = Visitor(office)

    person.types(timeline.FEATURE.subcommands, "note The provider &lt;b&gt; confirms")
    assert person.answer == "Noted on the timeline of INC-1 Disk full: `/inc timeline`."
    person.types(timeline.FEATURE.subcommands, "timeline")

    assert "<@UREP> noted:\n> The provider &lt;b&gt; confirms" in person.answer


def test_the_form_of_a_note_says_what_is_missing_and_adds_it_once(office):
    given_incident(office)
    person = Visitor(office)

    person.presses(timeline.FEATURE.listeners, "note_open", 1, private=True)
    assert person.sends(timeline.FEATURE.listeners, text=" ")["errors"] == {
        "text": "A note needs a text: what shall the timeline keep?"
    }
    person.sends(timeline.FEATURE.listeners, text="Rebooted")
    person.sends(timeline.FEATURE.listeners, text="Rebooted")
    person.types(timeline.FEATURE.subcommands, "timeline")

    assert person.answer.count("Rebooted") == 1


def test_a_note_outside_an_incident_and_one_of_a_stranger_are_refused(office):
    given_incident(office, private=True)

    with pytest.raises(Refused, match="works in an incident's own channel"):
        Visitor(office, channel="CELSE").types(timeline.FEATURE.subcommands, "note Hello")
    stranger = Visitor(office, "USTRANGER")
    stranger.presses(timeline.FEATURE.listeners, "note_open", 1)

    assert "I know no incident" in stranger.answer
