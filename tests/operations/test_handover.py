"""Changes of shift on both engines: who is asked, who takes over, and what is kept."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity, Status
from bot.domain.oncall.spans import Span
from bot.domain.process import Process
from bot.operations.audit import clocks
from bot.operations.incidents.lifecycle import change_status, reopen
from bot.operations.incidents.ownership import hand_over
from bot.operations.incidents.severity import change_severity
from bot.operations.oncall.handover import leave_note, own_duties, put_off, take_over
from bot.operations.oncall.overrides import override
from bot.operations.oncall.rota import read_rotations
from bot.operations.paging.acknowledge import acknowledge
from scheduler.ticks import Ticks
from storage import duties, incidents, pages, roles
from tests.conftest import Office
from tests.domain.oncall.values import DAY, layer, schedule
from tests.fakes import FakeClock, process, scheduled
from tests.operations.given import given_incident, pending

NEXT = 21 * 60
"""Minutes from the tests' noon to the change of shift, at 09:00."""


@pytest.fixture
def rules() -> Process:
    """The EOC's schedule: each day another one, two of them together on the third."""
    turns = layer("UEOC", "USOMEBODY", "UEOC2+UREP", start="2026-03-02 09:00", every=DAY)
    return scheduled(process(), replace(schedule(turns), managers=("ULEADER",)))


def tick(office: Office) -> None:
    asyncio.run(Ticks(office.uow).tick())


@pytest.fixture
def crossing(office: Office, clock: FakeClock) -> Office:
    """UEOC has answered INC-1, and USOMEBODY has come on call."""
    office.perform(read_rotations)
    tick(office)
    given_incident(office)
    (page,) = office.read(pages.pending_of, 1)
    office.perform(acknowledge, page.id, by="UEOC")
    office.perform(change_status, 1, Status.FIXING, by="UEOC")
    clock.advance(minutes=NEXT)
    tick(office)
    return office


def asked(office: Office) -> list[tuple[int, str, str, str | None]]:
    """Return what the present shift is asked to take over."""
    latest = office.read(duties.latest, "EOC")
    assert latest
    return [
        (one.incident, one.role, one.outgoing, one.taken_by) for one in office.read(duties.briefs, latest.id)
    ]


def test_a_change_is_noted_once_and_asks_for_what_is_held(crossing: Office, clock: FakeClock) -> None:
    assert asked(crossing) == [(1, "EOC", "UEOC", None)]
    assert crossing.events().count("ShiftChanged") == 1
    tick(crossing)
    crossing.perform(read_rotations)
    tick(crossing)
    assert "ShiftChanged" not in crossing.events()
    assert crossing.read(clocks) == []


def test_taking_over_moves_role_and_lead_at_once(crossing: Office) -> None:
    crossing.emitted()

    crossing.perform(take_over, 1, by="USOMEBODY")

    (holder,) = crossing.read(roles.holders, 1)
    assert (holder.role, holder.person, holder.by_hand) == ("EOC", "USOMEBODY", False)
    assert crossing.read(incidents.get, 1).lead == "USOMEBODY"
    assert asked(crossing) == [(1, "EOC", "UEOC", "USOMEBODY")]
    told = dict(crossing.emitted())
    assert told["TakenOver"] == {"incident": 1, "role": "EOC", "outgoing": "UEOC", "lead": True}
    with pytest.raises(Refused, match="You have taken over INC-1 already"):
        crossing.perform(take_over, 1, by="USOMEBODY")


def test_the_lead_stays_with_whoever_else_has_it(crossing: Office) -> None:
    crossing.perform(hand_over, 1, "UIM", by="UEOC")

    crossing.perform(take_over, 1, by="USOMEBODY")

    assert crossing.read(incidents.get, 1).lead == "UIM"
    assert crossing.read(roles.of, 1) == {"EOC": "USOMEBODY"}


def test_only_who_comes_or_is_on_call_takes_over(crossing: Office, clock: FakeClock) -> None:
    with pytest.raises(Refused, match="INC-1 waits for <@USOMEBODY>, who came on call for EOC"):
        crossing.perform(take_over, 1, by="UIM")
    with pytest.raises(Refused, match="Nothing waits for you"):
        crossing.perform(put_off, 2, by="UIM")
    assert crossing.read(roles.of, 1) == {"EOC": "UEOC"}

    span = Span(clock.now(), clock.now() + timedelta(hours=1))
    crossing.perform(override, "EOC", span, "UIM", by="UIM")
    crossing.perform(take_over, 1, by="UIM")
    assert crossing.read(roles.of, 1) == {"EOC": "UIM"}


def test_what_has_ended_is_not_taken_over(crossing: Office) -> None:
    crossing.perform(change_status, 1, Status.RESOLVED, by="UEOC")

    with pytest.raises(Refused, match="INC-1 is Resolved: there is nothing to take over"):
        crossing.perform(take_over, 1, by="USOMEBODY")


def test_of_two_who_come_together_one_takes_over_what_the_shift_before_has_left(
    crossing: Office, clock: FakeClock
) -> None:
    clock.advance(minutes=24 * 60)
    tick(crossing)
    assert asked(crossing) == [(1, "EOC", "UEOC", None)]

    async def both() -> list[object]:
        answers = (crossing.uow.perform(take_over, 2, by=who) for who in ("UEOC2", "UREP"))
        return await asyncio.gather(*answers, return_exceptions=True)

    answers = asyncio.run(both())

    (lost,) = (one for one in answers if isinstance(one, Exception))
    ((*_, taken_by),) = asked(crossing)
    assert str(lost) == f"<@{taken_by}> has taken over INC-1 already. You need not do anything."
    assert crossing.read(roles.of, 1) == {"EOC": taken_by}


def test_however_many_shifts_pass_unseen_it_is_one_change(
    office: Office, clock: FakeClock, rules: Process
) -> None:
    office.perform(read_rotations)
    tick(office)
    given_incident(office)
    (page,) = office.read(pages.pending_of, 1)
    office.perform(acknowledge, page.id, by="UEOC")
    office.perform(change_status, 1, Status.FIXING, by="UEOC")
    clock.advance(minutes=NEXT + 24 * 60)
    other = layer("UIM", start="2026-03-02 09:00")
    office.uow.process = scheduled(process(), replace(rules.schedules["EOC"], layers=(other,)))
    office.perform(read_rotations)
    tick(office)

    assert office.events().count("ShiftChanged") == 1
    assert [brief[2] for brief in asked(office)] == ["UEOC"]
    assert office.read(duties.following, office.read(duties.get, 1)) == office.read(duties.latest, "EOC")


def test_it_is_asked_again_and_the_managers_are_told_once(crossing: Office, clock: FakeClock) -> None:
    crossing.emitted()
    for expected in ("HandoverAsked", "HandoverUnanswered"):
        clock.advance(minutes=15)
        tick(crossing)
        heard = [one for one in crossing.events() if one.startswith("Handover")]
        assert heard == [expected]
    clock.advance(minutes=120)
    tick(crossing)
    assert not [one for one in crossing.events() if one.startswith("Handover")]


def test_a_note_is_kept_by_whoever_is_on_call_until_an_hour_later(crossing: Office, clock: FakeClock) -> None:
    (duty,) = crossing.perform(own_duties, by="UEOC").values()
    crossing.perform(leave_note, duty.id, "Watch it", by="UEOC")
    assert (
        crossing.perform(leave_note, duty.id, "And that", by="UEOC", after=True).note == "Watch it\nAnd that"
    )
    with pytest.raises(Refused, match="room for 3000"):
        crossing.perform(leave_note, duty.id, "x" * 3000, by="UEOC", after=True)
    with pytest.raises(Refused, match="is left by whoever is on call"):
        crossing.perform(leave_note, duty.id, "Mine", by="USOMEBODY")
    clock.advance(minutes=60)

    assert crossing.perform(own_duties, by="UEOC") == {}
    with pytest.raises(Refused, match="is left by whoever is on call"):
        crossing.perform(leave_note, duty.id, "Late", by="UEOC")
    assert crossing.read(duties.get, duty.id).note == "Watch it\nAnd that"


@pytest.mark.parametrize("what", ["upgrade", "reopen", "reopen after taking over"])
def test_what_pages_again_across_a_shift_calls_who_is_on_call_now(
    crossing: Office, clock: FakeClock, what: str
) -> None:
    if what == "upgrade":
        crossing.perform(change_severity, 1, Severity.S2, by="UREP")
    else:
        if what == "reopen after taking over":
            crossing.perform(take_over, 1, by="USOMEBODY")
            clock.advance(minutes=24 * 60)
            tick(crossing)
        lead = crossing.read(incidents.get, 1).lead
        crossing.perform(change_status, 1, Status.RESOLVED, by=lead)
        crossing.perform(reopen, 1, "Again", by="UREP")

    called = sorted(
        str(who) for team, who in pending(crossing, crossing.read(incidents.get, 1)) if team == "dotcom EOC"
    )
    assert called == (["UEOC2", "UREP"] if what == "reopen after taking over" else ["USOMEBODY"])
