"""Lists of incidents: what is in each, what words find, and who may know of it."""

from datetime import timedelta

import pytest

from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.listing import RECENTLY, Listed, Which
from bot.operations.incidents.lifecycle import change_status
from bot.operations.work.update import post_update
from storage import incidents, listing, timeline
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.given import given_incident


def found(office: Office, wanted: Listed, viewer: str = "UREP") -> list[int]:
    def read(tx: Tx) -> list[int]:
        ids = [one.id for one in listing.of(tx, wanted, viewer, 20)]
        assert listing.count(tx, wanted, viewer) == len(ids)
        return ids

    return office.read(read)


@pytest.fixture
def three(office: Office) -> Office:
    """Have one that is over, one in progress, and a private one, of which its reporter alone knows."""
    given_incident(office, "S3", name="Disk 100% full", channel="C1")
    office.perform(change_status, 1, Status.CANCELLED, by="UREP", reason="A test")
    given_incident(office, "S1", name="Checkout is down", channel="C2")
    given_incident(office, "S2", name="Disk stolen", private=True, channel="C3")
    return office


@pytest.mark.parametrize(
    ("wanted", "theirs", "mine"),
    [
        (Listed(), [2], [2, 3]),
        (Listed(Which.ALL), [2, 1], [3, 2, 1]),
        (Listed(Which.RECENT), [2, 1], [3, 2, 1]),
        (Listed(Which.MINE), [], [3, 2, 1]),
        (Listed(Which.TRIAGE), [], []),
        (Listed(Which.ALL, (Severity.S2, Severity.S3)), [1], [3, 1]),
        (Listed(Which.ALL, type="Dedicated"), [], []),
        (Listed(Which.ALL, words=("DISK",)), [1], [3, 1]),
        (Listed(Which.ALL, words=("disk", "full")), [1], [1]),
        (Listed(Which.ALL, words=("0%",)), [], []),
        (Listed(Which.ALL, words=("100%",)), [1], [1]),
        (Listed(Which.ALL, words=("INC-3",)), [], [3]),
        (Listed(Which.ALL, words=("%",)), [], []),
        (Listed(Which.ALL, words=("disk", "-", "%")), [1], [3, 1]),
        (Listed(Which.ALL, words=("_",)), [], []),
        (Listed(Which.ALL, words=("!",)), [], []),
    ],
)
def test_a_list_has_what_is_asked_for_and_may_be_known(
    three: Office, wanted: Listed, theirs: list[int], mine: list[int]
) -> None:
    assert (found(three, wanted, "USOMEBODY"), found(three, wanted)) == (theirs, mine)


def test_words_are_found_in_updates_and_in_pins_until_they_are_taken_off(three: Office) -> None:
    for number, text in ((2, "Failing over to Oregon"), (3, "The thief left for Oregon")):
        now = three.read(incidents.get, number)
        three.perform(
            post_update, number, text, by="UREP", status=now.status, severity=now.severity, next_in=None
        )
    pin = three.perform(_pinned, 2, "node-7 has no memory")

    def search(*words: str) -> list[int]:
        return found(three, Listed(Which.ALL, words=words), "USOMEBODY")

    assert (search("oregon"), search("NODE-7"), search("checkout", "memory", "oregon")) == ([2], [2], [2])
    three.perform(timeline.hide, pin)
    assert search("node-7") == []


def test_what_is_over_for_long_is_recent_no_more(three: Office) -> None:
    three.clock.advance(minutes=(RECENTLY + timedelta(minutes=1)) // timedelta(minutes=1))

    assert found(three, Listed(Which.RECENT)) == [3, 2]


def _pinned(tx: Tx, incident_id: int, text: str) -> int:
    entry = timeline.pin(tx, incident_id, "1.0", tx.now, "UREP")
    timeline.rewrite(tx, entry, by="UREP", text=text, data={})
    return entry
