"""Cover and overrides on both engines: who wins, what is kept, and the timer of a rotation."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.oncall.spans import Span
from bot.domain.process import Process
from bot.operations.audit import clocks, repair
from bot.operations.incidents.lifecycle import change_status
from bot.operations.oncall.overrides import accept_cover, ask_for_cover, cancel_override, override
from bot.operations.oncall.rota import read_rotations
from bot.operations.workspace.people import learned
from scheduler.ticks import Ticks
from storage import cover_requests, overrides, people, rotations, timers
from storage.people import Person
from storage.transaction import Tx
from tests.conftest import Office
from tests.domain.oncall.values import DAY, layer, schedule
from tests.fakes import NOON, FakeClock, process, scheduled
from tests.operations.given import given_incident

HOUR = timedelta(hours=1)
TODAY = Span(NOON, NOON + 4 * HOUR)


@pytest.fixture
def rules() -> Process:
    """The EOC's schedule: UEOC this week, UIM the next one."""
    turns = layer("UEOC", "UIM", start="2026-03-02 09:00")
    return scheduled(process(), replace(schedule(turns), channel="incidents", reminders=(DAY, HOUR)))


def called(office: Office) -> str:
    (who,) = office.read(people.on_call)["dotcom EOC"]
    return who


def timer(tx: Tx) -> tuple[int, object]:
    rotation = rotations.latest(tx, "EOC")
    found = timers.of(tx, rotation.id, TimerKind.SHIFT) if rotation else None
    assert found
    return found.id, found.due_at


def reminded(office: Office) -> list[str]:
    return [said["person"] for event, said in office.emitted() if event == "ShiftNear"]


def test_of_two_who_accept_at_once_one_is_on_call(office: Office) -> None:
    asked = office.perform(ask_for_cover, "EOC", TODAY, by="UEOC")

    async def both() -> list[object]:
        answers = (office.uow.perform(accept_cover, asked.id, by=who) for who in ("UIM", "USOMEBODY"))
        return await asyncio.gather(*answers, return_exceptions=True)

    answers = asyncio.run(both())

    (lost,) = (one for one in answers if isinstance(one, Refused))
    kept = office.read(cover_requests.get, asked.id)
    assert f"<@{kept.taken_by}> was first" in str(lost)
    assert called(office) == kept.taken_by
    assert len(office.read(overrides.coming, 10)) == 1


def test_who_made_and_cancelled_an_override_is_kept(office: Office, clock: FakeClock) -> None:
    made = office.perform(override, "EOC", TODAY, "USOMEBODY", by="USOMEBODY")
    assert called(office) == "USOMEBODY"
    clock.advance(minutes=60)

    kept = office.perform(cancel_override, made.id, by="UEOC")

    assert called(office) == "UEOC"
    assert (kept.made_by, kept.made_at, kept.cancelled_by) == ("USOMEBODY", NOON, "UEOC")
    assert kept.cancelled_at == NOON + HOUR
    with pytest.raises(Refused, match="You have cancelled this override already"):
        office.perform(cancel_override, made.id, by="UEOC")


@pytest.mark.parametrize("half", [0, 1])
def test_of_a_swap_both_halves_are_cancelled(office: Office, half: int) -> None:
    back = Span(NOON + 8 * DAY, NOON + 8 * DAY + HOUR)
    asked = office.perform(ask_for_cover, "EOC", TODAY, by="UEOC", colleague="UIM", back=back)
    office.perform(accept_cover, asked.id, by="UIM")
    office.perform(override, "EOC", Span(NOON + DAY, NOON + 2 * DAY), "UX", by="UX")
    office.emitted()

    office.perform(cancel_override, office.read(overrides.of_request, asked.id)[half], by="UEOC")

    assert [one.person for one in office.read(overrides.coming, 10)] == ["UX"]
    assert office.events().count("OverrideCancelled") == 2


def test_what_is_over_cannot_be_cancelled(office: Office, clock: FakeClock) -> None:
    made = office.perform(override, "EOC", TODAY, "USOMEBODY", by="USOMEBODY")
    clock.advance(minutes=4 * 60)

    with pytest.raises(Refused, match="over already"):
        office.perform(cancel_override, made.id, by="USOMEBODY")


def test_a_rotation_is_announced_once_when_it_changes(office: Office, rules: Process) -> None:
    office.perform(read_rotations)
    office.perform(read_rotations)
    assert "RotationChanged" not in office.events()

    other = layer("UEOC", "USOMEBODY", start="2026-03-02 09:00")
    office.uow.process = scheduled(process(), replace(rules.schedules["EOC"], layers=(other,)))
    office.perform(read_rotations)
    office.perform(read_rotations)

    assert office.events().count("RotationChanged") == 1


def test_a_taken_shift_is_reminded_of_though_nobody_had_planned_it(office: Office, clock: FakeClock) -> None:
    office.perform(read_rotations)
    evening = Span(NOON + 3 * HOUR, NOON + 6 * HOUR)
    office.perform(override, "EOC", evening, "USOMEBODY", by="USOMEBODY")
    office.emitted()

    clock.advance(minutes=119)
    asyncio.run(Ticks(office.uow).tick())
    assert reminded(office) == []
    clock.advance(minutes=1)
    asyncio.run(Ticks(office.uow).tick())

    assert reminded(office) == ["USOMEBODY"]


def test_after_a_week_offline_nobody_is_reminded_of_what_has_begun(office: Office, clock: FakeClock) -> None:
    office.perform(read_rotations)
    office.emitted()
    clock.advance(minutes=8 * 24 * 60)

    asyncio.run(Ticks(office.uow).tick())

    assert reminded(office) == []


def test_a_timer_that_cannot_be_right_is_planned_anew(office: Office) -> None:
    office.perform(read_rotations)
    asyncio.run(Ticks(office.uow).tick())  # who is on call now is noted first

    def far(tx: Tx) -> None:
        number, _ = timer(tx)
        tx.write("UPDATE timers SET due_at = :far WHERE id = :id", {"id": number, "far": NOON + 30 * DAY})

    office.perform(far)
    (fault,) = office.read(clocks)
    assert office.perform(repair, fault)

    assert office.read(timer)[1] == NOON + DAY
    assert office.read(clocks) == []


def test_an_incident_of_the_same_number_leaves_the_timer_alone(office: Office) -> None:
    office.perform(read_rotations)
    before = office.read(timer)

    incident = given_incident(office, "S3")
    office.perform(change_status, incident.id, Status.FIXING, by="UREP")

    assert incident.id == 1
    assert office.read(timer) == before


def test_somebody_who_left_is_put_on_call_by_nobody(office: Office) -> None:
    office.perform(learned, [Person("UOLD", "old", None, False, None)], [])

    with pytest.raises(Refused, match="<@UOLD> is not an active member"):
        office.perform(override, "EOC", TODAY, "UOLD", by="UEOC")


def told(office: Office, event: str = "CoverLacking") -> int:
    return [name for name, _ in office.emitted()].count(event)


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [(30, ["6 h", "28 h"]), (10, ["8 h"]), (1, [])],
    ids=["a day before", "only two hours before", "it begins too soon"],
)
def test_a_request_that_nobody_accepts_is_told_to_its_asker(
    office: Office, clock: FakeClock, ahead: int, expected: list[str]
) -> None:
    span = Span(NOON + ahead * HOUR, NOON + (ahead + 2) * HOUR)
    asked = office.perform(ask_for_cover, "EOC", span, by="UEOC")
    office.emitted()
    heard, over = [], []
    for hour in range(1, ahead + 4):
        clock.advance(minutes=60)
        asyncio.run(Ticks(office.uow).tick())
        events = [name for name, _ in office.emitted()]
        heard += [f"{hour} h"] * events.count("CoverLacking")
        over += [hour] * events.count("CoverAnswered")

    assert heard == expected
    assert over == [ahead + 2]
    assert office.read(cover_requests.get, asked.id).open


def test_a_request_that_is_accepted_is_followed_up_no_more(office: Office, clock: FakeClock) -> None:
    asked = office.perform(ask_for_cover, "EOC", Span(NOON + 30 * HOUR, NOON + 32 * HOUR), by="UEOC")
    office.perform(accept_cover, asked.id, by="UIM")
    clock.advance(minutes=29 * 60)

    asyncio.run(Ticks(office.uow).tick())

    assert told(office) == 0


def test_after_a_day_offline_a_request_is_followed_up_once(office: Office, clock: FakeClock) -> None:
    office.perform(ask_for_cover, "EOC", Span(NOON + 30 * HOUR, NOON + 32 * HOUR), by="UEOC")
    clock.advance(minutes=29 * 60)

    asyncio.run(Ticks(office.uow).tick())
    asyncio.run(Ticks(office.uow).tick())

    assert told(office) == 1
