"""Whom levels of a path call: the next by schedule or list, everybody, a person; and why one is passed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.oncall.overrides import Override
from bot.domain.process import Level, Only, Process
from bot.domain.timeline.entries import Kind
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.paging.why import why_newest
from bot.views.paging.why import lines
from storage import escalations, overrides, people, rotations, schedules
from storage.people import Person
from tests.conftest import Office
from tests.domain.oncall.values import layer, schedule
from tests.fakes import NOON, process, scheduled
from tests.operations.given import given_incident, pending
from tests.operations.look import last

EOC, LEADERS, MINUTES = "dotcom EOC", "dotcom leadership escalation", timedelta(minutes=15)
DAY = timedelta(days=1)


def walking(rules: Process, *levels: Level) -> Process:
    """Return a process of which the EOC's path has these levels before the leaders."""
    team = replace(rules.teams[EOC], path=(*levels, Level(LEADERS, MINUTES)))
    return replace(rules, teams={**rules.teams, EOC: team})


def with_rules(office: Office, rules: Process) -> Office:
    return Office(office.database, rules, office.clock)


def goes_on(office: Office) -> None:
    office.clock.advance(minutes=15)
    office.perform(lambda tx: escalate_overdue(tx, *escalations.overdue(tx, 10)))


@pytest.mark.parametrize(("call", "called"), [("next", ["UIM"]), ("everybody", ["UEOC", "UIM", "UCMOC"])])
def test_others_of_a_list(office: Office, call: str, called: list[str]) -> None:
    rules = process(eoc=("UEOC", "UIM", "UCMOC"))
    office = with_rules(office, walking(rules, Level(EOC, MINUTES), Level(EOC, MINUTES, call=call)))
    incident = given_incident(office)

    goes_on(office)

    assert [who for _, who in pending(office, incident)] == called


@pytest.mark.parametrize(("taken", "called"), [(False, "UIM"), (True, "UCMOC")])
def test_the_next_of_a_schedule_with_its_overrides(office: Office, taken: bool, called: str) -> None:
    rules = scheduled(process(), schedule(layer("UEOC", "UIM")))
    office = with_rules(office, walking(rules, Level(EOC, MINUTES, call="next")))
    if taken:
        soon = Override(NOON + timedelta(hours=1), NOON + timedelta(hours=2), "UCMOC", "")
        office.perform(lambda tx: overrides.add(tx, schedule(layer("UEOC")).name, soon, "UCMOC"))

    assert pending(office, given_incident(office)) == [(EOC, called)]


@pytest.mark.parametrize(("active", "then"), [(True, ("UIM",)), (False, ())])
def test_who_has_left_is_not_named_as_next(office: Office, active: bool, then: tuple[str, ...]) -> None:
    office = with_rules(office, scheduled(process(), schedule(layer("UEOC", "UIM"))))
    office.perform(people.record, [Person("UIM", "Inés", None, active, None)])

    assert office.read(schedules.following)[EOC].people == then


@pytest.mark.parametrize("taken", [False, True])
def test_why_names_the_shift_that_comes(office: Office, taken: bool) -> None:
    rota = schedule(layer("UEOC", "UIM"))
    office = with_rules(
        office, walking(scheduled(process(), rota), Level(EOC, MINUTES, call="next", needs_all=True))
    )
    if taken:
        soon = Override(NOON + timedelta(hours=1), NOON + timedelta(hours=2), "UCMOC", "")
        office.perform(lambda tx: overrides.add(tx, rota.name, soon, "ULIAISON"))
    office.perform(rotations.add, rota.name, "this", ["UEOC", "UIM"])
    incident = given_incident(office)

    said = office.perform(lambda tx: lines(why_newest(tx, incident.id, by="UDEV"), "UDEV"))

    by = "an override by <@ULIAISON> from <!date^" if taken else "layer layer from <!date^"
    assert f"Next on call by schedule {rota.name}: {by}" in "\n".join(said)
    assert "1. dotcom EOC, next, all of them, 15 min (this page)" in "\n".join(said)


def test_a_person_is_called_also_after_the_configuration_names_them_no_more(office: Office) -> None:
    named = walking(process(), Level(EOC, MINUTES), Level("dotcom CMOC", MINUTES, call="USEC"))
    incident = given_incident(with_rules(office, named))

    goes_on(office)

    assert pending(office, incident) == [("dotcom CMOC", "USEC")]


@pytest.mark.parametrize(("severity", "called"), [("S3", "ULEADER"), ("S2", "USEC")])
def test_a_level_under_a_condition_is_passed_over_with_its_reason(
    office: Office, severity: str, called: str
) -> None:
    limited = Level("Security on-call", MINUTES, only=Only(severities=("S1", "S2")))
    office = with_rules(office, walking(process(), Level(EOC, MINUTES), limited))
    incident = given_incident(office, severity)

    goes_on(office)

    assert called in [who for _, who in pending(office, incident)]
    if severity == "S3":
        data = last(office, incident.id, Kind.SKIPPED).data
        assert (data["team"], data["why"]) == (limited.key, "they are called for S1 and S2 only")
