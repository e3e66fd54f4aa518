"""What people changed, as it is kept for them to undo it."""

from datetime import timedelta

from bot.domain.incidents.timers import TimerKind
from bot.domain.incidents.undoing import Beside, Change, Held, Kept, Thing
from storage import changes
from storage.clocks import shift
from tests.conftest import Office
from tests.fakes import NOON, FakeClock
from tests.operations.given import given_incident

MINUTE = timedelta(minutes=1)
BESIDE = Beside(
    raised=[4],
    called_off=[3],
    timers=[Kept(TimerKind.UPDATE, "S3", 1800.0, stopped=False)],
    held=[Held("IM", "UIM", NOON.isoformat(), by_hand=True)],
)


def added(office: Office, incident: int, thing: Thing = Thing.NAME) -> None:
    was, became = {"name": "Disk full"}, {"name": "Disk\x00 empty; \u00fc"}
    role = "IM" if thing is Thing.ROLE else ""
    office.perform(
        lambda tx: changes.add(
            tx, Change(0, incident, thing, role, "UREP", tx.now, was, became, beside=BESIDE)
        )
    )


def test_a_change_is_read_as_it_was_written(office: Office) -> None:
    incident = given_incident(office)

    added(office, incident.id)

    (found,) = office.read(changes.of, incident.id)
    assert (found.thing, found.by_whom, found.made_at) == (Thing.NAME, "UREP", office.clock.now())
    assert (found.was, found.beside, found.undone) == ({"name": "Disk full"}, BESIDE, False)


def test_a_change_is_undone_once(office: Office) -> None:
    incident = given_incident(office)
    added(office, incident.id)
    (found,) = office.read(changes.of, incident.id)

    assert office.perform(changes.undo, found)
    assert not office.perform(changes.undo, found)

    assert office.read(changes.undone_that_called, incident.id, 4) is not None
    assert office.read(changes.undone_that_called, incident.id, 5) is None


def test_old_changes_are_forgotten_but_for_those_that_were_undone(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    for thing in (Thing.NAME, Thing.ROLE):
        added(office, incident.id, thing)
    first = office.read(changes.of, incident.id)[-1]
    office.perform(changes.undo, first)
    clock.advance(minutes=61)

    added(office, incident.id, Thing.FIELD)

    assert [one.thing for one in office.read(changes.of, incident.id)] == [Thing.FIELD, Thing.NAME]


def test_the_time_left_to_undo_moves_with_the_clock(office: Office) -> None:
    incident = given_incident(office)
    added(office, incident.id)

    office.perform(shift, 5 * MINUTE, office.clock.now())

    (found,) = office.read(changes.of, incident.id)
    assert found.made_at == office.clock.now() + 5 * MINUTE
