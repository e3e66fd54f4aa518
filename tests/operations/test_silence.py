"""Whoever is silent is asked, and paged again: what is written, on both engines."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, Severity, Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.process import Process, Silence
from bot.domain.rights import Kind as KindOfPerson
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.ownership import assign_role
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.silence import heard_in, on_it, page_again, unanswered
from bot.operations.paging.acknowledge import acknowledge_incident
from bot.operations.restored import begin
from bot.operations.timeline.notes import note
from bot.operations.workspace.people import learned
from storage import activity, clocks, incidents, meta, roles
from storage.backup import BACKUP_AT, RECONCILING_SINCE
from storage.people import Person
from tests.conftest import Office
from tests.operations.given import given_incident, pending
from tests.operations.look import acted_on, kinds, last, restarted

EOC = ("dotcom EOC", "UEOC")
OURS = {"SilenceAsked", "WentSilent", "SilenceEnded", "StillInvestigating"}


@pytest.fixture
def rules(rules: Process) -> Process:
    """The EOC alone is paged at S1, so that one person can be silent."""
    kinds_of = {name: replace(one, managers=()) for name, one in rules.types.items()}
    return replace(rules, types=kinds_of, silence=Silence(severities=("S1", "S2")))


@pytest.fixture
def incident(office: Office) -> Incident:
    """An S1 that its EOC acknowledged."""
    found = given_incident(office, "S1")
    office.perform(acknowledge_incident, found.id, by="UEOC")
    office.emitted()
    return found


def passes(office: Office, minutes: int, *, reached: bool = True) -> list[str]:
    """Let minutes pass with a look in each; return the facts. A question reaches its person at once."""
    found = []
    for _ in range(minutes):
        office.clock.advance(minutes=1)
        acted_on(office, TimerKind.SILENT)
        acted_on(office, TimerKind.INVESTIGATING)
        for event, fact in office.emitted():
            found.append(event)
            if event == "SilenceAsked" and reached:
                office.perform(activity.told, fact["incident"], fact["person"])
            if event == "AnswerOverdue":
                office.perform(unanswered, fact["incident"], fact["person"])
                found += office.events()
    return [one for one in found if one in OURS]


def test_whoever_is_silent_is_asked_after_20_minutes_and_paged_5_later(office, incident):
    assert passes(office, 20) == []
    assert passes(office, 1) == ["SilenceAsked"]
    assert passes(office, 4) == []
    assert pending(office, incident) == []

    assert passes(office, 1) == ["WentSilent"]

    assert pending(office, incident) == [EOC]
    assert office.read(roles.of, incident.id) == {}
    assert passes(office, 10) == []
    assert last(office, incident.id, Kind.SILENT).data == {"person": "UEOC", "roles": ["EOC"], "minutes": 26}
    assert last(office, incident.id, Kind.PAGED).data["reason"] == "silent"
    office.perform(acknowledge_incident, incident.id, by="UEOC")
    assert office.read(roles.of, incident.id) == {"EOC": "UEOC"}
    assert passes(office, 20) == ["SilenceEnded", "StillInvestigating"]


def by_message(office, incident):
    office.perform(heard_in, "CINC", "UEOC")


def by_fact(office, incident):
    office.perform(note, incident.id, "Seen", by="UEOC")


def by_button(office, incident):
    office.perform(on_it, incident.id, by="UEOC")


@pytest.mark.parametrize("does", [by_message, by_fact, by_button])
@pytest.mark.parametrize("after", [20, 25])
def test_whatever_somebody_does_counts_anew_and_ends_a_question(office, incident, does, after):
    passes(office, after)
    does(office, incident)

    assert ("SilenceEnded" in office.events()) is (after == 25)
    assert "SilenceAsked" not in passes(office, 20)
    assert pending(office, incident) in ([], [("dotcom IMOC", "UIM")])


def test_what_others_and_bots_do_is_not_theirs(office, incident):
    passes(office, 21)
    office.perform(heard_in, "CINC", "UREP")
    office.perform(heard_in, "CELSEWHERE", "UEOC")
    office.perform(learned, [Person("UBOT", "muster", None, True, None, kind=KindOfPerson.BOT)], [])
    office.perform(heard_in, "CINC", "UBOT")

    assert set(office.read(activity.of, incident.id)) == {"UEOC", "UREP"}
    assert passes(office, 5) == ["WentSilent"]


def test_activity_is_written_at_most_once_a_minute(office, incident):
    at = office.read(activity.of, incident.id)["UEOC"].at
    for seconds, moved in ((59, False), (1, True), (30, False)):
        office.clock.advance(seconds=seconds)
        by_message(office, incident)
        now = office.read(activity.of, incident.id)["UEOC"].at
        assert (now != at) is moved
        at = now


def test_a_question_that_slack_has_not_taken_is_followed_by_nothing(office, incident):
    assert passes(office, 21, reached=False) == ["SilenceAsked"]
    assert "WentSilent" not in passes(office, 30)
    office.perform(activity.told, incident.id, "UEOC")

    assert "WentSilent" in passes(office, 6)


STATES = {
    "another status": lambda office, one: office.perform(change_status, one.id, Status.FIXING, by="UREP"),
    "less grave": lambda office, one: office.perform(
        change_severity, one.id, Severity.S3, by="UREP", reason="Test"
    ),
    "the role is another's": lambda office, one: office.perform(
        assign_role, one.id, "EOC", "UEOC2", by="UREP"
    ),
}


@pytest.mark.parametrize("changes", STATES.values(), ids=STATES)
def test_nobody_is_paged_when_it_does_not_matter_any_more(office, incident, changes):
    passes(office, 21)
    changes(office, incident)

    assert "WentSilent" not in passes(office, 10)
    with pytest.raises(Refused, match="waits for you"):
        office.perform(page_again, incident.id, by="UEOC")


def test_silence_counts_from_when_it_matters(office, incident):
    office.perform(change_status, incident.id, Status.FIXING, by="UREP")
    passes(office, 40)
    office.perform(change_status, incident.id, Status.INVESTIGATING, by="UREP")

    assert "SilenceAsked" not in passes(office, 20)
    assert "SilenceAsked" in passes(office, 2)


def test_the_rule_about_a_long_investigation_waits_a_quarter_of_an_hour_for_this_one(office, incident):
    passes(office, 8)
    by_message(office, incident)
    assert passes(office, 21) == ["SilenceAsked"]  # at 29 minutes
    by_button(office, incident)
    office.emitted()

    assert passes(office, 14) == []
    assert passes(office, 1) == ["StillInvestigating"]


def test_and_this_one_waits_for_that_one(office, incident):
    passes(office, 10)
    by_message(office, incident)
    assert passes(office, 20) == ["StillInvestigating"]

    assert passes(office, 14) == []
    assert passes(office, 1) == ["SilenceAsked"]


@pytest.mark.parametrize("asked", [False, True])
def test_an_absence_counts_for_nobody(office, incident, asked):
    passes(office, 23 if asked else 10)
    office.clock.advance(minutes=120)

    said = passes(office, 3)

    assert not {"SilenceAsked", "WentSilent"} & set(said)
    assert ("WentSilent" if asked else "SilenceAsked") in passes(office, 15)


def test_a_restart_without_an_absence_loses_nothing(office_on_disk):
    incident = given_incident(office_on_disk, "S1")
    office_on_disk.perform(acknowledge_incident, incident.id, by="UEOC")
    passes(office_on_disk, 23)

    again = restarted(office_on_disk)

    assert "WentSilent" in passes(again, 4)
    again.database.close()


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_is_set_moves_nobodys_silence(office, incident, hours):
    passes(office, 10)
    by = timedelta(hours=hours)
    office.clock.advance(hours * 3600)
    office.perform(clocks.shift, by, office.clock.now() - by)

    assert "SilenceAsked" not in passes(office, 10)
    assert "SilenceAsked" in passes(office, 3)


def test_after_a_restore_nobody_is_asked_for_what_is_not_known(office, incident):
    passes(office, 18)
    office.clock.advance(minutes=300)
    office.perform(meta.put, BACKUP_AT, (office.clock.now() - timedelta(minutes=300)).isoformat())
    office.perform(begin)

    assert "SilenceAsked" not in passes(office, 2)
    office.perform(meta.drop, BACKUP_AT, RECONCILING_SINCE)  # other tests use this database too


def test_whoever_is_not_on_it_has_others_paged(office, incident):
    passes(office, 21)

    office.perform(page_again, incident.id, by="UEOC")

    assert pending(office, incident) == [("dotcom IMOC", "UIM")]
    assert "SilenceEnded" in office.events()
    assert kinds(office, incident.id).count(Kind.SILENT) == 0


def test_i_am_on_it_pressed_too_late_acknowledges(office, incident):
    passes(office, 26)

    office.perform(on_it, incident.id, by="UEOC")

    assert pending(office, incident) == []
    assert office.read(roles.of, incident.id) == {"EOC": "UEOC"}


def test_off_is_off(office, incident):
    process = replace(office.uow.process, silence=Silence(severities=()))
    other = Office(office.database, process, office.clock)

    assert passes(other, 45) == ["StillInvestigating"]
    assert office.read(incidents.get, incident.id).status is Status.INVESTIGATING
