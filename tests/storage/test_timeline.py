from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.domain.facts import OfIncident
from bot.domain.timeline.entries import HIGHLIGHTS, TOLD, Kind
from storage import timeline
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import NOON, FakeClock
from tests.operations.given import given_incident


class Moved(OfIncident):
    before: str = "Investigating"
    after: str = "Fixing"
    also: Sequence[int] = ()
    reason: str = ""


def noted(office: Office, text: str, kind: Kind = Kind.NOTE, **data: Any) -> int:
    office.perform(lambda tx: timeline.add(tx, [(Moved(incident=1, by="UREP", text=text, **data), kind)]))
    return max(entry.id for entry in office.read(timeline.of, 1, limit=1000))


def texts(office: Office, **stretch: int) -> list[str]:
    return [entry.text for entry in office.read(timeline.of, 1, True, **stretch) if entry.kind is Kind.NOTE]


def test_entries_come_in_the_order_of_their_times_then_as_written(office: Office, clock: FakeClock) -> None:
    given_incident(office)
    noted(office, "first")
    noted(office, "second")
    clock.advance(minutes=1)
    noted(office, "third")

    assert texts(office) == ["first", "second", "third"]


def test_a_text_with_a_zero_in_it_is_kept_in_full(office: Office) -> None:
    given_incident(office)
    noted(office, "Disk\0full \\u0000", reason="Disk\0full")

    assert texts(office) == ["Disk\N{REPLACEMENT CHARACTER}full \\u0000"]


def test_a_stretch_follows_a_stretch_without_gap_or_overlap(office: Office) -> None:
    given_incident(office)
    for number in range(7):
        noted(office, str(number))
    total = office.read(timeline.count, 1, True)

    pieces = [office.read(timeline.of, 1, True, offset=start, limit=3) for start in range(0, total, 3)]

    ids = [entry.id for piece in pieces for entry in piece]
    assert ids == [entry.id for entry in office.read(timeline.of, 1, True, 0, 100)]
    assert len(ids) == total == 8  # declared, and seven notes


def test_highlights_leave_out_what_the_bot_did(office: Office) -> None:
    given_incident(office)
    for kind in Kind:
        if kind is not Kind.PIN:
            noted(office, "x", kind)

    highlights = {entry.kind for entry in office.read(timeline.of, 1, True, 0, 1000)}
    everything = {entry.kind for entry in office.read(timeline.of, 1, False, 0, 1000)}

    assert highlights == HIGHLIGHTS - {Kind.PIN}
    assert everything == set(Kind) - {Kind.PIN}


def test_an_entry_keeps_text_and_data_as_they_were(office: Office) -> None:
    given_incident(office)
    text = "Ärger <!channel> & “Zitat” 🔥\nzweite Zeile"

    entry_id = noted(office, text, Kind.STATUS, before="Fixing", after="Resolved", reason=None)

    entry = office.read(timeline.get, entry_id)
    assert entry
    assert (entry.text, entry.by, entry.at) == (text, "UREP", NOON)
    assert entry.data == {"before": "Fixing", "after": "Resolved", "reason": None, "also": []}
    assert office.read(timeline.get, 999) is None


def test_the_channel_is_told_of_what_has_no_message_of_its_own(office: Office) -> None:
    given_incident(office)
    told = set()
    for kind in Kind:
        noted(office, "x", kind)
        if office.events() == ["EntriesAdded"]:
            told.add(kind)

    assert told == TOLD


def test_an_entry_that_another_message_tells_is_not_told_again(office: Office) -> None:
    given_incident(office)

    office.perform(lambda tx: timeline.add(tx, [(Moved(incident=1, by="UREP", told=False), Kind.STATUS)]))

    assert office.events() == []


def test_a_hidden_entry_is_neither_shown_nor_counted_but_kept(office: Office) -> None:
    given_incident(office)

    def pin_and_hide(tx: Tx) -> int:
        entry_id = timeline.pin(tx, 1, "1772452800.000100", NOON - timedelta(hours=1), "UREP")
        timeline.rewrite(tx, entry_id, by="UIM", text="kept", data={})
        timeline.hide(tx, entry_id)
        return entry_id

    entry_id = office.perform(pin_and_hide)

    assert [entry.kind for entry in office.read(timeline.of, 1, True)] == [Kind.DECLARED]
    assert office.read(timeline.count, 1, True) == 1
    kept = office.read(timeline.pinned, 1, "1772452800.000100")
    assert kept
    assert (kept.id, kept.text) == (entry_id, "kept")
