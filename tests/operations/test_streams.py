"""Streams: who leads them, how many there are, and what becomes of them as their incident changes."""

from typing import Any

import pytest

from bot.domain.errors import NotThem, Refused
from bot.domain.incidents.incident import Status
from bot.domain.incidents.streams import MOST_OPEN, Stream
from bot.domain.timeline.entries import Kind, posted_at
from bot.operations.incidents import streams as operations
from bot.operations.incidents.lifecycle import change_status, reopen
from bot.operations.incidents.merging import merge
from bot.operations.incidents.privacy import make_private
from bot.operations.timeline.pins import filled, pin
from bot.operations.workspace import places
from bot.operations.workspace.leaving import leave
from bot.operations.workspace.membership import joined, left
from storage import streams, timeline
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident

TS = "1772452800.000200"


def opened(office: Office, name: str = "database", channel: str = "CDB", incident: int = 1) -> Stream:
    """Return a stream whose channel is open."""
    stream = office.perform(operations.open_stream, incident, name, by="UREP")
    office.perform(operations.channel_opened, stream.id, channel, f"inc-{incident}-{name}")
    return office.read(streams.get, stream.id)


def kinds(office: Office, incident: int = 1) -> list[Kind]:
    found = office.read(timeline.of, incident, limit=99)
    return [one.kind for one in found if one.kind.startswith("stream")]


def test_ten_are_open_at_once_and_closed_ones_do_not_count(office: Office) -> None:
    given_incident(office, channel="CINC")
    made = [
        office.perform(operations.open_stream, 1, f"part {number}", by="UREP") for number in range(MOST_OPEN)
    ]

    with pytest.raises(Refused, match="10 open streams, which is the most"):
        office.perform(operations.open_stream, 1, "one more", by="UREP")
    office.perform(operations.close_stream, made[0].id, "", by="UREP")

    assert office.perform(operations.open_stream, 1, "one more", by="UREP").open


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (" # ", "needs a name"),
        ("Close", "that word is for what is done"),
        ("update the index", "that word is for what is done"),
        ("x" * 41, "at most 40 characters"),
        ("DATA-base", "has a stream data base already"),
    ],
)
def test_a_name_that_cannot_be_is_refused(office: Office, name: str, why: str) -> None:
    given_incident(office, channel="CINC")
    office.perform(operations.open_stream, 1, "data base", by="UREP")

    with pytest.raises(Refused, match=why):
        office.perform(operations.open_stream, 1, name, by="UREP")


def test_updates_and_pins_become_entries_that_name_the_stream(office: Office) -> None:
    given_incident(office, channel="CINC")
    stream = opened(office)

    office.perform(operations.post_stream_update, stream.id, "The lock is found", by="UREP")
    office.perform(pin, "CDB", TS, by="UREP", source="pin", at=posted_at(TS))
    office.perform(filled, 1, TS, by="UEOC", text="A graph", permalink="https://p.test", files=[])

    update, pinned = office.read(timeline.of, 1, highlights=True, limit=99)[-2:]
    assert (update.kind, update.text, update.data["name"]) == (
        Kind.STREAM_UPDATE,
        "The lock is found",
        "database",
    )
    assert (pinned.kind, pinned.text, pinned.data["stream"]) == (Kind.PIN, "A graph", "database")
    assert office.read(streams.get, stream.id).updated_at


def test_one_that_is_closed_takes_nothing_until_it_is_opened_again(office: Office) -> None:
    given_incident(office, channel="CINC")
    stream = opened(office)
    office.perform(operations.close_stream, stream.id, "Done", by="UREP")

    refused: list[tuple[Any, str]] = [
        (operations.post_stream_update, "Late"),
        (operations.lead_stream, "UEOC"),
        (operations.close_stream, ""),
    ]
    for operation, more in refused:
        with pytest.raises(Refused, match="is closed"):
            office.perform(operation, stream.id, more, by="UREP")
    again = office.perform(operations.open_stream, 1, "Database", by="UREP", lead="UEOC")

    assert (again.id, again.channel, again.lead, again.open) == (stream.id, "CDB", "UEOC", True)
    assert kinds(office) == [Kind.STREAM_OPENED, Kind.STREAM_CLOSED, Kind.STREAM_OPENED]


def test_they_close_with_the_incident_and_stay_so_when_it_is_reopened(office: Office) -> None:
    given_incident(office, channel="CINC")
    stream = opened(office)

    office.perform(change_status, 1, Status.RESOLVED, by="UREP")
    assert office.read(streams.get, stream.id).closed_at
    with pytest.raises(Refused, match="its streams are closed"):
        office.perform(operations.open_stream, 1, "network", by="UREP")
    office.perform(reopen, 1, "It is back", by="UREP", back=True)

    assert not office.read(streams.get, stream.id).open
    assert office.perform(operations.open_stream, 1, "database", by="UREP").open


@pytest.mark.parametrize("private", [False, True])
def test_they_move_with_a_duplicate(office: Office, private: bool) -> None:
    given_incident(office, name="Down", channel="CMAIN", private=private)
    given_incident(office, name="Down too", channel="CDUP", private=private)
    opened(office, channel="CDB1")
    moving = opened(office, channel="CDB2", incident=2)

    office.perform(merge, 2, 1, by="UREP")

    found = office.read(streams.get, moving.id)
    assert (found.incident, found.name, found.open) == (1, "database INC-2", True)
    assert Kind.STREAM_MOVED in kinds(office)


def test_a_private_incident_leaves_the_channels_that_all_can_read(office: Office) -> None:
    given_incident(office, channel="CINC")
    stream = opened(office)
    over = opened(office, "network", "CNET")
    office.perform(operations.close_stream, over.id, "", by="UREP")
    office.perform(joined, "CINC", "UREP", at=NOON)
    office.emitted()

    office.perform(make_private, 1, "Data", by="UREP")

    assert [one.channel for one in office.read(streams.of, 1)] == [None, None]
    turned = [about for name, about in office.emitted() if name == "StreamTurnedPrivate"]
    assert [(one["stream"], one["channel"]) for one in turned] == [(stream.id, "CDB"), (over.id, "CNET")]


def test_nobody_leads_for_who_left_until_somebody_takes_it(office: Office) -> None:
    given_incident(office, channel="CINC")
    stream = opened(office)
    office.perform(operations.lead_stream, stream.id, "UEOC", by="UREP")

    office.perform(leave, 1, "UEOC")

    assert office.read(streams.get, stream.id).lead == ""
    assert office.perform(operations.lead_stream, stream.id, "UREP", by="UREP").lead == "UREP"


def test_who_was_removed_from_a_private_incident_is_given_no_stream(office: Office) -> None:
    given_incident(office, channel="CINC", private=True)
    stream = opened(office)
    office.perform(joined, "CINC", "UEOC", at=NOON)
    office.perform(left, "CINC", "UEOC", at=NOON)

    with pytest.raises(NotThem, match="or was removed"):
        office.perform(operations.lead_stream, stream.id, "UEOC", by="UREP")
    office.perform(pin, "CDB", TS, by="UEOC", source="pin", at=posted_at(TS))
    office.perform(pin, "CDB", TS, by="UOTHER", source="pin", at=posted_at(TS))

    assert office.read(timeline.pinned, 1, TS) is None


@pytest.mark.parametrize(("deleted", "channel"), [(False, "CDB"), (True, None)])
def test_one_whose_channel_ends_is_closed(office: Office, deleted: bool, channel: str | None) -> None:
    given_incident(office, channel="CINC")
    stream = opened(office)

    office.perform(places.deleted if deleted else places.archived, "CDB")

    now = office.read(streams.get, stream.id)
    assert (now.open, now.channel, now.place) == (False, channel, None)
    again = office.perform(operations.open_stream, 1, "database", by="UREP")
    assert (again.id, again.channel) == (stream.id, None), "it gets another channel"


def test_a_channel_that_is_made_twice_is_taken_once(office: Office) -> None:
    given_incident(office, channel="CINC")
    stream = opened(office)
    office.emitted()

    office.perform(operations.channel_opened, stream.id, "CSECOND", "inc-1-database-2")

    assert office.read(streams.get, stream.id).channel == "CDB"
    assert office.emitted() == []


def test_only_who_may_know_of_a_private_incident_is_brought_into_its_stream(office: Office) -> None:
    given_incident(office, channel="CINC", private=True)
    stream = office.perform(operations.open_stream, 1, "database", by="UREP")
    office.perform(lambda tx: streams.add_update(tx, stream, "Found", "USTRANGER", NOON))
    office.emitted()

    office.perform(operations.channel_opened, stream.id, "CDB", "inc-1-database")

    (added,) = [about for name, about in office.emitted() if name == "StreamPeopleAdded"]
    assert added["people"] == ["UREP"]


def test_one_without_a_channel_still_takes_updates(office: Office) -> None:
    given_incident(office, channel="CINC")
    stream = office.perform(operations.open_stream, 1, "database", by="UREP")

    office.perform(operations.channel_lost, stream.id, "restricted_action")
    office.perform(operations.post_stream_update, stream.id, "Found", by="UREP")

    assert kinds(office) == [Kind.STREAM_OPENED, Kind.STREAM_UPDATE]
