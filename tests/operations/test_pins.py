from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from bot.domain.process import Process
from bot.domain.timeline.entries import Entry, Kind, posted_at
from bot.operations.timeline.pins import deleted, edited, filled, linked, pin, unpin
from storage import timeline
from tests.conftest import Office
from tests.operations.given import given_incident
from tests.operations.look import story

TS = "1772452800.000200"
LINK = "https://example.slack.com/archives/CINC/p1772452800000200"


def pinned(office: Office, by: str = "UREP", source: str = "reaction", channel: str = "CINC") -> None:
    office.clock.advance(seconds=1)
    office.perform(pin, channel, TS, by=by, source=source, at=office.clock.now())


def unpinned(office: Office, by: str = "UREP", source: str = "reaction", channel: str = "CINC") -> None:
    office.clock.advance(seconds=1)
    office.perform(unpin, channel, TS, by=by, source=source, at=office.clock.now())


def fill(office: Office, text: str = "The disk is full") -> None:
    office.perform(filled, 1, TS, by="UIM", text=text, permalink=LINK, files=["graph.png"])


def pins_of(office: Office, incident_id: int = 1) -> list[Entry]:
    return [entry for entry in story(office, incident_id) if entry.kind is Kind.PIN]


def test_a_pinned_message_is_stamped_with_the_time_it_was_posted(office: Office) -> None:
    given_incident(office)

    pinned(office)
    fill(office)

    (entry,) = pins_of(office)
    assert entry.at == datetime(2026, 3, 2, 12, 0, 0, 200, tzinfo=UTC)
    assert (entry.by, entry.text) == ("UIM", "The disk is full")
    assert entry.data == {"ts": TS, "permalink": LINK, "files": ["graph.png"]}


def test_words_without_a_link_are_kept_and_the_link_is_looked_for(office: Office) -> None:
    given_incident(office)
    pinned(office)
    office.emitted()

    office.perform(filled, 1, TS, by="UIM", text="The disk is full", permalink="", thread="1.2", files=[])

    (entry,) = pins_of(office)
    assert (entry.by, entry.text, entry.data["permalink"]) == ("UIM", "The disk is full", "")
    assert office.emitted() == [("PinUnlinked", {"incident": 1, "ts": TS, "thread": "1.2", "stream": 0})]
    office.perform(edited, "CINC", TS, "The disk is almost full")
    office.perform(linked, 1, TS, permalink=LINK)
    (entry,) = pins_of(office)
    assert (entry.by, entry.text, entry.data["permalink"]) == ("UIM", "The disk is almost full", LINK)
    assert entry.data["edited"]


def test_what_was_posted_earlier_stands_earlier_in_the_story(office: Office) -> None:
    given_incident(office)

    office.perform(pin, "CINC", "1772449200.000000", by="UREP", source="pin", at=office.clock.now())

    assert story(office, 1)[0].kind is Kind.PIN


def test_the_words_are_asked_for_once_however_many_pin_it(office: Office) -> None:
    given_incident(office)

    for by, source in [("UREP", "reaction"), ("UIM", "reaction"), ("UIM", "reaction"), ("UIM", "pin")]:
        pinned(office, by, source)

    assert office.emitted() == [("MessagePinned", {"incident": 1, "ts": TS, "stream": 0})]
    assert len(pins_of(office)) == 1


REASONS = [("UREP", "reaction"), ("UIM", "reaction"), ("UREP", "pin")]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_only_the_removal_of_the_last_reason_takes_it_off(office: Office, order: tuple[int, ...]) -> None:
    given_incident(office)
    for by, source in REASONS:
        pinned(office, by, source)
    office.emitted()

    shown = []
    for reason in order:
        by, source = REASONS[reason]
        unpinned(office, by, source)
        shown.append(len(pins_of(office)))

    assert shown == [1, 1, 0]
    assert office.emitted() == [("MessageUnpinned", {"incident": 1, "ts": TS, "stream": 0})]


def test_a_pin_that_somebody_else_takes_away_is_away(office: Office) -> None:
    given_incident(office)
    pinned(office, "UREP", "pin")

    unpinned(office, "UIM", "pin")

    assert pins_of(office) == []


def test_a_reaction_that_was_never_counted_takes_nothing_off(office: Office) -> None:
    given_incident(office)
    pinned(office, "UREP")

    unpinned(office, "UIM")

    assert len(pins_of(office)) == 1


ROUNDS = (pin, unpin, pin, unpin)
"""What happened to a message, in this order. A test takes as many of these as it has numbers."""


@pytest.mark.parametrize("source", ["reaction", "pin"])
@pytest.mark.parametrize("order", [order for many in (2, 3, 4) for order in permutations(range(many))])
def test_the_newest_mark_counts_in_whatever_order_they_arrive(
    office: Office, order: tuple[int, ...], source: str
) -> None:
    given_incident(office)
    began = office.clock.now()

    for number in order:
        at = began + timedelta(microseconds=number)
        office.perform(ROUNDS[number], "CINC", TS, by="UREP", source=source, at=at)

    assert len(pins_of(office)) == (ROUNDS[len(order) - 1] is pin)
    told = [event for event in office.events() if event in {"MessagePinned", "MessageUnpinned"}]
    assert told[-1:] in ([], ["MessagePinned" if pins_of(office) else "MessageUnpinned"])


def test_a_late_removal_takes_away_only_the_mark_of_its_person_and_kind(office: Office) -> None:
    given_incident(office)
    pinned(office, "UREP")
    began = office.clock.now()
    pinned(office, "UREP", "pin")

    office.perform(unpin, "CINC", TS, by="UIM", source="reaction", at=began + timedelta(minutes=1))
    office.perform(pin, "CINC", TS, by="UIM", source="reaction", at=began)
    office.perform(unpin, "CINC", TS, by="UREP", source="reaction", at=began + timedelta(minutes=1))
    assert len(pins_of(office)) == 1
    office.perform(unpin, "CINC", TS, by="UIM", source="pin", at=began + timedelta(minutes=1))

    assert pins_of(office) == []


def test_a_removal_is_remembered_through_a_restart(office_on_disk: Office, rules: Process) -> None:
    given_incident(office_on_disk)
    began = office_on_disk.clock.now()
    office_on_disk.perform(unpin, "CINC", TS, by="UREP", source="pin", at=began + timedelta(seconds=1))

    after = Office(office_on_disk.database, rules, office_on_disk.clock)
    after.perform(pin, "CINC", TS, by="UREP", source="pin", at=began)

    assert pins_of(after) == []


def test_an_edit_is_followed_and_keeps_time_author_and_link(office: Office) -> None:
    given_incident(office)
    pinned(office)
    fill(office)

    office.perform(edited, "CINC", TS, "The disk is almost full")

    (entry,) = pins_of(office)
    assert (entry.text, entry.by, entry.data["permalink"]) == ("The disk is almost full", "UIM", LINK)
    assert entry.data["edited"]
    assert entry.at == posted_at(TS)


def test_an_edit_that_comes_before_the_words_were_fetched_wins_over_them(office: Office) -> None:
    given_incident(office)
    pinned(office)

    office.perform(edited, "CINC", TS, "The newest words")
    fill(office, "The words before")

    (entry,) = pins_of(office)
    assert (entry.text, entry.by, entry.data["permalink"]) == ("The newest words", "UIM", LINK)
    assert entry.data["edited"]


def test_our_copy_outlives_the_message(office: Office) -> None:
    given_incident(office)
    pinned(office)
    fill(office)

    office.perform(deleted, "CINC", TS)
    fill(office, "something else")

    (entry,) = pins_of(office)
    assert (entry.text, entry.by, entry.data["deleted"]) == ("The disk is full", "UIM", True)


def test_a_message_that_is_pinned_again_comes_back_as_one_entry(office: Office) -> None:
    given_incident(office)
    pinned(office)
    fill(office)
    unpinned(office)
    office.perform(edited, "CINC", TS, "Edited while it was off")
    office.emitted()

    pinned(office, "UIM")

    (entry,) = pins_of(office)
    assert entry.text == "Edited while it was off"
    assert office.events() == ["MessagePinned"]


def test_the_same_message_time_in_two_incidents_is_two_entries(office: Office) -> None:
    first, second = given_incident(office, channel="CA"), given_incident(office, channel="CB")

    pinned(office, channel="CA")
    pinned(office, channel="CB")
    unpinned(office, channel="CA")

    assert (len(pins_of(office, first.id)), len(pins_of(office, second.id))) == (0, 1)


def test_outside_an_incidents_channel_a_pin_does_nothing(office: Office) -> None:
    given_incident(office)

    pinned(office, channel="CELSEWHERE")
    unpinned(office, channel="CELSEWHERE")
    office.perform(edited, "CELSEWHERE", TS, "x")
    office.perform(deleted, "CELSEWHERE", TS)

    assert office.events() == []
    assert pins_of(office) == []


def test_edits_and_deletions_of_other_messages_are_nobodys_business(office: Office) -> None:
    given_incident(office)
    before = story(office, 1)

    office.perform(edited, "CINC", TS, "x")
    office.perform(deleted, "CINC", TS)
    unpinned(office)

    assert story(office, 1) == before
    assert office.events() == []


def test_highlights_hold_the_pin(office: Office) -> None:
    given_incident(office)
    pinned(office)

    highlights = office.read(timeline.of, 1, True)

    assert [entry.kind for entry in highlights] == [Kind.DECLARED, Kind.PIN]
    assert office.read(timeline.count, 1, True) == 2
