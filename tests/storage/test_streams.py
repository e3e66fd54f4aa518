"""Streams as they are stored, on both engines."""

from dataclasses import replace

import pytest

from bot.domain.errors import NotFound
from bot.domain.incidents.listing import listed
from bot.domain.incidents.streams import Stream
from storage import listing, streams
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.given import given_incident


def _kept(tx: Tx, incident_id: int) -> Stream:
    stream = Stream(0, incident_id, "database", "UEOC", "UREP", tx.now)
    stream = replace(stream, id=streams.add(tx, stream), channel="CDB", channel_name="inc-1-database")
    streams.save(tx, stream)
    streams.add_update(tx, stream, "The lock is found", "UEOC", tx.now)
    return stream


def test_a_stream_is_kept_and_found_by_its_channel_and_its_words(office: Office) -> None:
    given_incident(office, channel="CINC")

    kept = office.perform(_kept, 1)

    assert office.read(streams.of, 1) == [kept]
    assert office.read(streams.in_channel, "CDB") == kept
    assert office.read(streams.channels) == {"CDB"}
    incident, stream = office.read(streams.here, "CDB", "UREP")
    assert incident
    assert (incident.id, stream) == (1, kept)
    incident, stream = office.read(streams.here, "CINC", "UREP")
    assert incident
    assert (incident.id, stream) == (1, None)
    latest = office.read(streams.latest, kept.id)
    assert latest
    assert office.read(streams.get_update, latest.id).text == "The lock is found"
    assert office.read(streams.authors, kept.id) == ["UEOC"]
    for typed in ("lock found", "database"):
        assert [one.id for one in office.read(listing.of, listed(f"all {typed}", ()), "UREP", 9)] == [1]


def test_that_of_a_private_incident_is_there_for_its_people_alone(office: Office) -> None:
    given_incident(office, channel="CINC", private=True)
    kept = office.perform(_kept, 1)

    assert office.read(streams.visible, kept.id, "UREP") == kept
    assert office.read(streams.here, "CDB", "UREP")[1] == kept
    for stream in (kept.id, 77):
        with pytest.raises(NotFound, match=f"I know no stream `{stream}`"):
            office.read(streams.visible, stream, "UOTHER")
    assert office.read(streams.here, "CDB", "UOTHER") == (None, None)
