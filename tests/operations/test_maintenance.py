"""Scheduled maintenance as its people and time take it on, and what incidents have to do with it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.signals import Signal
from bot.domain.alerts.signals import State as AlertState
from bot.domain.audit import Fault, Finding
from bot.domain.errors import NotFound, Refused
from bot.domain.incidents.incident import Draft, Incident, Severity
from bot.domain.incidents.timers import TimerKind
from bot.domain.maintenance.maintenance import Criticality, Maintenance, Plan, State
from bot.domain.oncall.spans import Span
from bot.domain.rights import Kind
from bot.operations.alerts.intake import take
from bot.operations.audit import repair
from bot.operations.incidents.declare import declare
from bot.operations.incidents.fields import set_fields
from bot.operations.incidents.ownership import assign_role
from bot.operations.maintenance import planning
from bot.operations.maintenance.relating import NONE, connection, relate
from bot.operations.workspace.people import learned
from scheduler.ticks import Ticks
from storage import alerts, maintenances, pages, people, roles, timeline, timers
from storage.alerts import Taken
from storage.people import Person
from tests.conftest import Office
from tests.fakes import NOON, FakeClock
from tests.operations.given import given_incident

HOUR = timedelta(hours=1)


def a_plan(start: float = 1, end: float = 2, grade: Criticality = Criticality.C1, owner: str = "UIM") -> Plan:
    return Plan("Upgrade", grade, Span(NOON + start * HOUR, NOON + end * HOUR), owner, ("UEOC2",), ("api",))


def given(office: Office, start: float = 1, end: float = 2, **more: object) -> Maintenance:
    made = office.perform(planning.plan_maintenance, replace(a_plan(start, end), **more), by="UREP")  # type: ignore[arg-type]
    office.emitted()
    return made


def now(office: Office, number: int = 1) -> Maintenance:
    return office.read(maintenances.get, number)


def passes(office: Office, minutes: float) -> list[str]:
    """Let time pass in one go, and return what is said of maintenance then."""
    office.clock.advance(minutes=minutes)
    asyncio.run(Ticks(office.uow).tick())
    return [event for event in office.events() if event.startswith("Maintenance")]


def test_time_takes_it_from_planned_to_overrun(office: Office) -> None:
    given(office)

    assert passes(office, 29) == []
    assert passes(office, 1) == ["MaintenanceNear"]
    assert passes(office, 30) == ["MaintenanceStarted"]
    assert passes(office, 59) == []
    assert passes(office, 1) == ["MaintenanceOverran"]
    assert passes(office, 60) == ["MaintenanceUnended"]
    assert passes(office, 60 * 11) == ["MaintenanceEnded"]
    assert now(office).state is State.OVER
    assert not office.read(timers.of, 1, TimerKind.MAINTENANCE)


def test_what_was_slept_through_is_said_once(office: Office) -> None:
    given(office)

    assert passes(office, 90) == ["MaintenanceNear", "MaintenanceStarted"]
    assert passes(office, 0) == []


def test_a_plan_whose_window_has_begun_begins_at_once(office: Office) -> None:
    made = office.perform(planning.plan_maintenance, a_plan(-0.5, 1), by="UREP")

    assert made.running
    assert [one for one in office.events() if one.startswith("Maintenance")] == [
        "MaintenancePlanned",
        "MaintenanceNear",
        "MaintenanceStarted",
        "MaintenanceOwnerChanged",
    ]


def test_an_end_in_time_is_no_overrun_and_an_extension_waits_for_the_new_end(office: Office) -> None:
    given(office, 0, 1)
    office.perform(planning.extend_maintenance, 1, NOON + 3 * HOUR, by="UIM")
    office.emitted()
    assert passes(office, 170) == []

    office.perform(planning.end_maintenance, 1, by="UIM")

    office.emitted()
    assert passes(office, 60) == []
    assert now(office).ended_at == NOON + timedelta(minutes=170)


def test_a_cancelled_one_never_begins(office: Office) -> None:
    given(office)

    office.perform(planning.cancel_maintenance, 1, "Not needed", by="UEOC")

    office.emitted()
    assert passes(office, 600) == []
    assert (now(office).state, now(office).reason) == (State.CANCELLED, "Not needed")


def test_another_window_moves_what_waits(office: Office) -> None:
    given(office)

    office.perform(planning.change_maintenance, 1, a_plan(3, 4), by="UREP")

    office.emitted()
    assert passes(office, 149) == []
    assert passes(office, 1) == ["MaintenanceNear"]


def test_two_replicas_begin_it_once(office: Office) -> None:
    given(office)
    office.clock.advance(minutes=60)
    due = office.read(timers.due, 10)
    for _ in range(2):
        asyncio.run(Ticks(office.uow).tick())

    assert len(due) == 1
    assert office.events().count("MaintenanceStarted") == 1


def test_the_audit_mends_its_timer(office: Office) -> None:
    given(office)
    timer = office.read(timers.of, 1, TimerKind.MAINTENANCE)
    assert timer

    assert office.perform(repair, Finding(Fault.TIMER_TOO_FAR, timer.id))

    mended = office.read(timers.of, 1, TimerKind.MAINTENANCE)
    assert mended
    assert mended.due_at == NOON + HOUR / 2


OPERATIONS = [
    (planning.plan_maintenance, (a_plan(),)),
    (planning.change_maintenance, (1, a_plan(3, 4))),
    (planning.start_maintenance, (1,)),
    (planning.extend_maintenance, (1, NOON + 3 * HOUR)),
    (planning.end_maintenance, (1,)),
    (planning.cancel_maintenance, (1, "")),
    (planning.known_maintenances, ()),
    (planning.known_maintenance, (1,)),
]


@pytest.mark.parametrize("who", ["UGUEST", "UGONE"])
@pytest.mark.parametrize(("act", "args"), OPERATIONS)
def test_guests_and_who_has_left_do_nothing_with_it(
    office: Office, who: str, act: object, args: tuple[object, ...]
) -> None:
    given(office)
    guest = Person("UGUEST", "gus", None, True, None, Kind.GUEST)
    office.perform(people.record, [guest, Person("UGONE", "gone", None, False, None)])

    with pytest.raises(Refused, match=r"Guests|active members"):
        office.perform(act, *args, by=who)  # type: ignore[arg-type]

    assert now(office) == now(office)
    assert office.events() == []


@pytest.mark.parametrize(("act", "args"), [one for one in OPERATIONS if one[1][:1] == (1,)])
def test_there_is_no_other_than_those_that_were_planned(
    office: Office, act: object, args: tuple[object, ...]
) -> None:
    with pytest.raises(NotFound, match="MNT-1"):
        office.perform(act, *args, by="UREP")  # type: ignore[arg-type]


def test_who_cannot_work_here_does_not_own_it(office: Office) -> None:
    office.perform(learned, [Person("UGONE", "gone", None, False, None)], [])

    with pytest.raises(Refused, match="not an active member"):
        office.perform(planning.plan_maintenance, a_plan(owner="UGONE"), by="UREP")


def im_of(office: Office, incident: Incident) -> str | None:
    return office.read(roles.of, incident.id).get("IM")


def test_a_related_incident_has_the_owner_as_im_and_pages_the_eoc_alone(office: Office) -> None:
    given(office, 0, 2, owner="UREP")
    draft = Draft("Api is slow", "GitLab.com", Severity.S1, maintenance=1)

    incident = office.perform(declare, draft, by="USOMEBODY", form=None)

    assert im_of(office, incident) == "UREP"
    called = {page.role: page.responder for page in office.read(pages.pending_of, incident.id)}
    assert called == {"EOC": "UEOC", "CMOC": "UCMOC"}
    assert office.read(connection, incident).related == (now(office),)


def test_related_later_the_owner_takes_the_role_and_the_ims_page_ends(office: Office) -> None:
    given(office, 0, 2, owner="UREP")
    incident = given_incident(office, "S1")
    assert "IM" in {page.role for page in office.read(pages.pending_of, incident.id)}

    office.perform(relate, incident.id, None, by="UEOC")

    assert im_of(office, incident) == "UREP"
    assert "IM" not in {page.role for page in office.read(pages.pending_of, incident.id)}
    told = [entry.kind for entry in office.read(timeline.of, incident.id, False, 0, 50)]
    assert {"maintenance", "role"} <= set(told)


def test_related_after_all_not_the_owner_is_im_no_more_and_ims_are_paged(office: Office) -> None:
    given(office, 0, 2, owner="UREP")
    incident = given_incident(office, "S1")
    office.perform(relate, incident.id, None, by="UEOC")
    office.clock.advance(minutes=1)

    office.perform(relate, incident.id, NONE, by="UEOC")

    assert im_of(office, incident) is None
    assert "IM" in {page.role for page in office.read(pages.pending_of, incident.id)}


@pytest.mark.parametrize("since", ["before", "after"])
def test_not_related_an_owner_who_is_im_for_another_reason_stays_it(office: Office, since: str) -> None:
    given(office, 0, 2, owner="UREP")
    incident = given_incident(office, "S1")
    if since == "before":
        office.perform(assign_role, incident.id, "IM", "UREP", by="UEOC")
        office.clock.advance(minutes=1)
    office.perform(relate, incident.id, None, by="UEOC")
    office.clock.advance(minutes=1)
    if since == "after":
        office.perform(assign_role, incident.id, "IM", "UIM", by="UEOC")

    office.perform(relate, incident.id, NONE, by="UEOC")

    assert im_of(office, incident) == ("UREP" if since == "before" else "UIM")


def test_not_related_whoever_was_im_before_is_it_again(office: Office) -> None:
    given(office, 0, 2, owner="UREP")
    incident = given_incident(office, "S1")
    office.perform(assign_role, incident.id, "IM", "UIM", by="UEOC")
    office.clock.advance(minutes=1)
    office.perform(relate, incident.id, None, by="UEOC")
    assert im_of(office, incident) == "UREP"

    office.perform(relate, incident.id, NONE, by="UEOC")

    assert im_of(office, incident) == "UIM"


def test_of_an_unrelated_one_its_people_are_asked_and_nobody_else_is_paged_less(office: Office) -> None:
    given(office, 0, 2, owner="UREP")
    draft = Draft("Mail is slow", "GitLab.com", Severity.S1, maintenance=NONE)

    incident = office.perform(declare, draft, by="USOMEBODY", form=None)

    assert im_of(office, incident) is None
    assert {page.role for page in office.read(pages.pending_of, incident.id)} == {"EOC", "IM", "CMOC"}
    assert office.events().count("CallNeeded") == 1


def test_where_the_owner_has_left_ims_are_paged_as_ever(office: Office) -> None:
    given(office, 0, 2, owner="UREP")
    office.perform(people.record, [Person("UREP", "rep", None, False, None)])
    draft = Draft("Api is slow", "GitLab.com", Severity.S1, maintenance=1)

    incident = office.perform(declare, draft, by="USOMEBODY", form=None)

    assert im_of(office, incident) is None
    assert "IM" in {page.role for page in office.read(pages.pending_of, incident.id)}


def test_the_question_is_open_until_it_is_answered_and_of_what_is_declared_meanwhile(office: Office) -> None:
    before = given_incident(office, channel=None)
    office.clock.advance(minutes=1)
    one = given(office, 0, 2)
    mail = given_incident(office, channel=None)
    api = given_incident(office, name="The api is slow")

    assert office.read(connection, before).asked == ()
    assert (office.read(connection, mail).asked, office.read(connection, mail).likely) == ((one,), None)
    assert office.read(connection, api).likely == one
    office.perform(set_fields, mail.id, {"Affected services": "API, web"}, by="UREP")
    assert office.read(connection, mail).likely == one

    office.perform(relate, mail.id, NONE, by="UREP")

    assert office.read(connection, mail).asked == ()


def test_nothing_is_asked_of_a_drill_nor_once_it_is_over(office: Office) -> None:
    given(office, 0, 2)
    asked = given_incident(office)
    assert office.read(connection, given_incident(office, kind="Gameday", channel=None)).asked == ()
    assert office.read(connection, replace(asked, near_miss=True)).asked == ()

    office.perform(planning.end_maintenance, 1, by="UIM")

    assert ("MaintenanceUnasked", {"incident": asked.id}) in office.emitted()
    assert office.read(connection, asked).asked == ()


def test_an_answer_can_be_another_one_later_and_is_given_once(office: Office) -> None:
    given(office, 0, 2)
    incident = given_incident(office)
    office.perform(relate, incident.id, NONE, by="UREP")
    with pytest.raises(Refused, match="that is known"):
        office.perform(relate, incident.id, NONE, by="UREP")

    office.perform(relate, incident.id, 1, by="UREP")

    with pytest.raises(Refused, match="already"):
        office.perform(relate, incident.id, 1, by="UREP")
    assert im_of(office, incident) == "UIM"


def test_it_is_related_to_nothing_that_does_not_run(office: Office) -> None:
    incident = given_incident(office)
    with pytest.raises(Refused, match="No maintenance is running"):
        office.perform(relate, incident.id, None, by="UREP")
    given(office, 0, 2)
    given(office, 0, 2, name="Other")
    given(office, 5, 6)

    with pytest.raises(Refused, match="Which one") as several:
        office.perform(relate, incident.id, None, by="UREP")
    with pytest.raises(Refused, match="MNT-3 is not running"):
        office.perform(relate, incident.id, 3, by="UREP")

    assert [step.label for step in several.value.steps] == ["MNT-1", "MNT-2"]


def fires(office: Office, service: str = "api", key: str = "k") -> list[Alert]:
    """Have an alert of a service fire, and return all alerts, the newest first."""
    signal = Signal(key, "Slow", AlertState.FIRING, Severity.S1, labels={"service": service}, group=key)
    office.perform(take, [[Taken("prometheus", signal, "{}")]])
    asyncio.run(Ticks(office.uow).tick())
    return office.read(alerts.newest, "UREP", only_open=True, limit=9)


def test_alerts_of_its_services_are_held_and_page_when_its_window_is_over(office: Office) -> None:
    given(office, 0, 1, holds=True)

    (mail, api) = fires(office)[:1] + fires(office, "mail", "m")[:1]

    assert (mail.incident, mail.outcome) == (None, "held by MNT-1: shown, and pages nobody in its window")
    assert api.incident
    assert fires(office)[1].incident is None  # once more, and still nobody
    office.clock.advance(minutes=60)
    asyncio.run(Ticks(office.uow).tick())
    asyncio.run(Ticks(office.uow).tick())
    assert all(one.incident for one in office.read(alerts.newest, "UREP", only_open=True, limit=9))


@pytest.mark.parametrize("how", ["ended", "edited"])
def test_what_it_held_is_decided_about_when_it_holds_no_more(office: Office, how: str) -> None:
    one = given(office, 0, 2, holds=True)
    assert fires(office)[0].incident is None

    if how == "ended":
        office.perform(planning.end_maintenance, one.id, by="UIM")
    else:
        office.perform(planning.change_maintenance, one.id, replace(one.plan, holds=False), by="UIM")
    asyncio.run(Ticks(office.uow).tick())

    assert office.read(alerts.newest, "UREP", only_open=True, limit=9)[0].incident


def test_one_that_does_not_hold_holds_nothing(office: Office) -> None:
    given(office, 0, 2)

    assert fires(office)[0].incident


def test_a_machine_that_declares_answers_nothing(office: Office, clock: FakeClock) -> None:
    given(office, 0, 2)

    incident = given_incident(office)

    assert office.read(maintenances.answers, incident.id) == {}


def test_the_same_line_typed_twice_plans_one_maintenance(office: Office, clock: FakeClock) -> None:
    def types(plan: Plan, by: str = "UREP") -> tuple[int, bool]:
        made, twice = office.perform(planning.plan_by_line, plan, by=by)
        return made.id, twice

    assert types(a_plan(0)) == (1, False)
    clock.advance(5)
    later = 5 / 3600
    assert types(a_plan(later, 2 + later)) == (1, True), "as typed: from now on"
    assert types(a_plan(0, 3)) == (2, False)
    assert types(a_plan(1, 2, owner="UEOC")) == (3, False)
    assert types(a_plan(1, 2, owner="UEOC"), by="UIM") == (4, False)
    office.perform(planning.cancel_maintenance, 3, "", by="UREP")
    assert types(a_plan(1, 2, owner="UEOC")) == (5, False)
