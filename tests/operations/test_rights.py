"""Who may do what: each kind of person, in the channel and outside, and each group of operations."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import NotFound, NotThem, Refused
from bot.domain.incidents.incident import Draft, Incident, Severity, Status
from bot.domain.oncall.spans import Span
from bot.domain.process import Process
from bot.domain.rights import GUESTS_MAY, Kind, Right
from bot.domain.work.work import ActionKind
from bot.operations.incidents.declare import declare
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.incidents.severity import change_severity
from bot.operations.oncall.overrides import override
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.escalate import escalate_now
from bot.operations.rights import on_call
from bot.operations.timeline.notes import note
from bot.operations.timeline.pins import pin
from bot.operations.work.actions import add_action
from bot.operations.work.update import post_update
from bot.operations.workspace.membership import joined
from bot.operations.workspace.people import learned
from storage import timeline
from storage.people import Person
from tests.conftest import Office
from tests.domain.oncall.values import layer, schedule
from tests.fakes import NOON, process, scheduled
from tests.operations.given import given_incident

WHO = "UWHO"
KINDS: Mapping[str, tuple[Kind, bool]] = {
    "member": (Kind.MEMBER, True),
    "guest of a single channel": (Kind.SINGLE, True),
    "guest of several channels": (Kind.GUEST, True),
    "somebody of another workspace": (Kind.FOREIGN, True),
    "bot": (Kind.BOT, False),
    "deactivated": (Kind.MEMBER, False),
}
EVERYTHING = set(Right)


@pytest.fixture
def rules() -> Process:
    """The person who asks is on call for the EOC."""
    return process(eoc=(WHO,))


def update(office: Office, incident: Incident, **changes: Any) -> None:
    state: dict[str, Any] = {"status": incident.status, "severity": incident.severity, "next_in": None}
    office.perform(post_update, incident.id, "It is bad", by=WHO, **state | changes)


def mark(office: Office, incident: Incident) -> None:
    office.perform(pin, "CINC", "1.0", by=WHO, source="pin", at=NOON)
    if not office.read(timeline.pinned, incident.id, "1.0"):
        raise Refused("not pinned")


def act(office: Office, incident: Incident) -> None:
    what: dict[str, Any] = {
        "title": "T",
        "details": "",
        "kind": ActionKind.ACTION,
        "assignee": None,
        "due": None,
    }
    office.perform(add_action, incident.id, **what, by=WHO)


DONE: Mapping[str, tuple[Right, Callable[[Office, Incident], object]]] = {
    "declare": (
        Right.DECLARE,
        lambda office, _: office.perform(declare, Draft("N", "GitLab.com", Severity.S4), by=WHO, form=None),
    ),
    "update": (Right.UPDATE, update),
    "update with another status": (Right.WORK, lambda office, one: update(office, one, status=Status.FIXING)),
    "pin": (Right.PIN, mark),
    "note": (Right.PIN, lambda office, one: office.perform(note, one.id, "Seen", by=WHO)),
    "action": (Right.ACTION, act),
    "acknowledge one's own page": (
        Right.ACKNOWLEDGE,
        lambda office, _: office.perform(acknowledge, 1, by=WHO),
    ),
    "escalate one's own page": (Right.ACKNOWLEDGE, lambda office, _: office.perform(escalate_now, 1, by=WHO)),
    "take another's page": (
        Right.WORK,
        lambda office, _: office.perform(acknowledge, 2, by=WHO, taking=True),
    ),
    "severity": (
        Right.WORK,
        lambda office, one: office.perform(change_severity, one.id, Severity.S2, by=WHO, reason="A test"),
    ),
    "who is on call": (Right.WORK, lambda office, _: office.read(on_call, WHO)),
}


def known(office: Office, kind: str) -> None:
    what, active = KINDS[kind]
    office.perform(learned, [Person(WHO, "who", None, active, None, what)], [])


@pytest.mark.parametrize("done", DONE)
@pytest.mark.parametrize("kind", KINDS)
def test_who_may_do_what_in_the_channel_of_an_incident(office: Office, kind: str, done: str) -> None:
    incident = given_incident(office, "S1")
    office.perform(joined, "CINC", WHO, at=NOON)
    known(office, kind)
    right, does = DONE[done]
    what, active = KINDS[kind]
    allowed = active and right in (EVERYTHING if what is Kind.MEMBER else GUESTS_MAY if what.guest else set())

    if allowed:
        does(office, incident)
    else:
        with pytest.raises(Refused):
            does(office, incident)


@pytest.mark.parametrize("done", ["update", "action", "severity"])
@pytest.mark.parametrize("kind", ["guest of a single channel", "guest of several channels"])
def test_guests_know_nothing_of_a_public_incident_that_they_are_not_in(
    office: Office, kind: str, done: str
) -> None:
    office.uow.process = process()
    incident = given_incident(office)
    known(office, kind)

    with pytest.raises(NotFound):
        DONE[done][1](office, incident)


def test_the_configuration_says_what_guests_may(office: Office) -> None:
    office.uow.process = process_for_guests(multi={Right.WORK}, single=set())
    incident = given_incident(office, "S1")
    office.perform(joined, "CINC", WHO, at=NOON)

    known(office, "guest of several channels")
    DONE["severity"][1](office, incident)
    with pytest.raises(Refused, match="what they may: work"):
        DONE["declare"][1](office, incident)
    known(office, "guest of a single channel")
    with pytest.raises(Refused, match="what they may: nothing"):
        DONE["declare"][1](office, incident)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "member"])
@pytest.mark.parametrize("given", ["override", "role", "lead"])
def test_who_may_not_work_is_given_no_shift_role_or_lead(office: Office, kind: str, given: str) -> None:
    office.uow.process = scheduled(process(), schedule(layer("UEOC", "UIM", start="2026-03-02 09:00")))
    incident = given_incident(office, "S1")
    known(office, kind)

    hour = Span(NOON, NOON + timedelta(hours=1))
    gives: dict[str, Callable[[], object]] = {
        "override": lambda: office.perform(override, "EOC", hour, WHO, by="UEOC"),
        "role": lambda: office.perform(assign_role, incident.id, "EOC", WHO, by="UDEV"),
        "lead": lambda: office.perform(hand_over, incident.id, WHO, by=str(incident.lead)),
    }

    with pytest.raises(NotThem, match=f"<@{WHO}> is (a guest|not an active member)"):
        gives[given]()


def process_for_guests(multi: set[Right], single: set[Right]) -> Process:
    rules = process(eoc=(WHO,))
    return Process(
        rules.teams, rules.types, guests={Kind.GUEST: frozenset(multi), Kind.SINGLE: frozenset(single)}
    )
