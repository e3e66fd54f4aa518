"""The figures of the whole."""

from datetime import timedelta

from bot.operations.paging.acknowledge import acknowledge
from storage import outbox, pages
from storage.figures import Figures, figures
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.happenings import Told
from tests.operations.given import given_incident

MINUTE = timedelta(minutes=1)


def asked(office: Office) -> Figures:
    return office.read(figures, office.clock)


def test_an_empty_database_has_zeros(office: Office) -> None:
    office.emitted()

    found = asked(office)

    assert set(found.pages.values()) | set(found.outbox.values()) | set(found.incidents.values()) == {0}
    assert (found.overdue, found.oldest_urgent, found.skew) == (timedelta(), timedelta(), timedelta())


def test_pages_are_counted_by_what_became_of_them_and_drills_are_no_incidents(
    office: Office, clock: FakeClock
) -> None:
    first = given_incident(office, "S1")
    given_incident(office, "S2", kind="Gameday", channel=None)
    given_incident(office, "S4", private=True, channel=None)
    office.perform(acknowledge, office.read(pages.pending_of, first.id)[0].id, by="UEOC")
    clock.advance(minutes=16)

    found = asked(office)

    assert (found.pages["acknowledged"], found.pages["pending"], found.pages["escalated"]) == (1, 6, 0)
    assert found.incidents == {"S1": 1, "S2": 0, "S3": 0, "S4": 1}
    assert found.overdue == MINUTE


def test_the_outbox_is_counted_while_it_is_open(office: Office, clock: FakeClock) -> None:
    office.emitted()
    office.perform(lambda tx: tx.record(Told()))
    office.perform(lambda tx: tx.execute("UPDATE outbox SET urgent = 1"))
    clock.advance(minutes=1)
    office.perform(lambda tx: tx.record(Told()))

    (urgent,) = office.perform(outbox.lease, urgent=True, limit=1)
    found = asked(office)
    office.perform(outbox.sent, [urgent])

    assert found.outbox[("sending", True)] == 1
    assert found.outbox[("pending", False)] == 1
    assert found.oldest_urgent == MINUTE
    assert asked(office).outbox[("sending", True)] == 0
    assert asked(office).oldest_urgent == timedelta()
