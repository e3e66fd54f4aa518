"""What a test looks at afterwards."""

from bot.domain.incidents.timers import Timer, TimerKind
from bot.domain.timeline.entries import Entry, Kind
from bot.operations.incidents.timers import act
from storage import escalations, notifications, timeline, timers
from storage.engines import open_database
from tests.conftest import Office


def story(office: Office, incident_id: int) -> list[Entry]:
    """Return the whole timeline."""
    return office.read(timeline.of, incident_id, False, 0, 100)


def kinds(office: Office, incident_id: int) -> list[Kind]:
    """Return what kinds of things happened, in their order."""
    return [entry.kind for entry in story(office, incident_id)]


def last(office: Office, incident_id: int, kind: Kind) -> Entry:
    """Return the newest entry of a kind."""
    return [entry for entry in story(office, incident_id) if entry.kind is kind][-1]


def nothing_is_due(office: Office) -> bool:
    """Say whether no deadline of any kind has passed."""
    questions = (
        escalations.overdue,
        timers.due,
        notifications.due,
    )
    return not any(office.read(question, 10) for question in questions)


def due(office: Office, kind: TimerKind) -> list[int]:
    """Return the incidents whose timers of this kind are due."""
    return [timer.subject for timer in due_timers(office, kind)]


def due_timers(office: Office, kind: TimerKind) -> list[Timer]:
    found = office.read(timers.due, 10)
    return [one for one in (office.read(timers.among, found) if found else ()) if one.kind is kind]


def acted_on(office: Office, kind: TimerKind) -> list[int]:
    """Act on the timers of this kind that are due, as the tick does, and say for which incidents."""
    found = due_timers(office, kind)
    if found:
        office.perform(act, *(timer.id for timer in found))
    return [timer.subject for timer in found]


def restarted(office: Office) -> Office:
    """Return the same bot after its process ended and another one began on the same database."""
    office.database.close()
    database = open_database(office.database.where, own_time=False)
    return Office(database, office.uow.process, office.clock)
