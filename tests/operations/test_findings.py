"""What is odd in the time ahead is told to those who manage a schedule, once; also who is away."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.oncall.spans import Span
from bot.domain.process import Process
from bot.operations.oncall.away import away
from bot.operations.oncall.overrides import cancel_override, override
from bot.operations.oncall.rota import read_rotations
from bot.operations.workspace.people import changed
from scheduler.ticks import Ticks
from storage.transaction import Tx
from tests.conftest import Office
from tests.domain.oncall.values import DAY, hours, layer, schedule
from tests.fakes import NOON, FakeClock, process, scheduled

HOUR = timedelta(hours=1)
TURNS = layer("UANA", "UBO", start="2026-03-02 09:00")


def managed(*layers: Any) -> Process:
    named = replace(schedule(*layers), managers=("UBOSS",), channel="incidents", reminders=())
    return scheduled(process(), named)


@pytest.fixture
def rules() -> Process:
    return managed(TURNS)


def slack_user(who: str, **more: Any) -> dict[str, Any]:
    return {"id": who, "name": who.lower(), "profile": {}, **more}


@pytest.fixture(autouse=True)
def _begun(office: Office) -> None:
    for who in ("UANA", "UBO", "UBOSS"):
        office.perform(changed, slack_user(who))
    office.perform(read_rotations)
    office.emitted()


def look(office: Office, clock: FakeClock, minutes: float = 1) -> list[tuple[str, Mapping[str, Any]]]:
    """Let time pass, and return what was found."""
    clock.advance(minutes=minutes)
    asyncio.run(Ticks(office.uow).tick())
    return [(event, said) for event, said in office.emitted() if event in {"ScheduleOdd", "AwayOnCall"}]


def odd(office: Office, clock: FakeClock, minutes: float = 1) -> list[tuple[str, str]]:
    return [
        (one["odd"], one.get("who", ""))
        for event, said in look(office, clock, minutes)
        if event == "ScheduleOdd"
        for one in said["findings"]
    ]


def test_of_a_schedule_without_faults_nothing_is_told(office: Office, clock: FakeClock) -> None:
    assert odd(office, clock) == []
    assert odd(office, clock, 25 * 60) == []


def test_gaps_that_come_back_are_told_once_and_new_ones_again(office: Office, clock: FakeClock) -> None:
    office.uow.process = managed(replace(TURNS, restrictions=(hours("09:00-17:00", "01234"),)))
    office.perform(read_rotations)
    said = odd(office, clock)
    assert said == [("gap", "")] * 5, "four nights, and from Friday to Monday"
    for _ in range(35):
        assert odd(office, clock, 24 * 60) == []

    office.uow.process = managed(replace(TURNS, restrictions=(hours("09:00-16:00", "01234"),)))
    office.perform(read_rotations)

    assert ("gap", "") in odd(office, clock)


def test_whoever_is_deactivated_and_an_override_that_is_cancelled_are_told(
    office: Office, clock: FakeClock
) -> None:
    office.perform(changed, slack_user("UBO", deleted=True))
    assert odd(office, clock) == [("absent", "UBO")]
    assert odd(office, clock, 24 * 60) == []
    office.perform(changed, slack_user("UBO"))
    assert odd(office, clock) == []

    office.perform(changed, slack_user("UBO", deleted=True))

    assert odd(office, clock) == [("absent", "UBO")]


def test_one_person_at_two_levels_of_a_path_is_told(office: Office, clock: FakeClock) -> None:
    rules = managed(TURNS)
    im = replace(rules.teams["dotcom IMOC"], on_call=("UANA",))
    office.uow.process = replace(rules, teams={**rules.teams, "dotcom IMOC": im})
    office.perform(read_rotations)

    assert odd(office, clock, 24 * 60) == [("twice", "UANA")]
    made = office.perform(override, "EOC", Span(clock.now(), clock.now() + DAY), "UBO", by="UBO")
    assert odd(office, clock) == []
    office.perform(cancel_override, made.id, by="UBO")
    assert odd(office, clock) == [], "it was told before"


def warned(office: Office, clock: FakeClock, minutes: float = 1) -> list[tuple[str, bool]]:
    return [
        (said["person"], said["aware"])
        for event, said in look(office, clock, minutes)
        if event == "AwayOnCall"
    ]


def test_whoever_says_that_they_are_away_is_warned_again_only_of_what_comes_later(
    office: Office, clock: FakeClock
) -> None:
    assert len(office.perform(away, Span(NOON, NOON + 3 * DAY), by="UANA")) == 1
    assert [said["aware"] for event, said in office.emitted() if event == "AwayOnCall"] == [True]
    assert warned(office, clock, 25 * 60) == []

    assert office.perform(away, Span(NOON + DAY, NOON + 3 * DAY), by="UBO") == []
    made = office.perform(override, "EOC", Span(NOON + 2 * DAY, NOON + 2 * DAY + HOUR), "UBO", by="UBO")
    assert made
    assert warned(office, clock) == [("UBO", False)]
    assert warned(office, clock, 24 * 60) == []


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ({"status_emoji": ":palm_tree:", "status_text": "x"}, True),
        ({"status_emoji": "", "status_text": "Out sick today"}, True),
        ({"status_emoji": ":spiral_calendar_pad:", "status_text": "In a meeting"}, False),
    ],
)
def test_a_status_with_an_end_is_an_absence(
    office: Office, clock: FakeClock, status: dict[str, str], told: bool
) -> None:
    ends = {"status_expiration": int((NOON + 2 * DAY).timestamp())}
    office.perform(changed, slack_user("UANA", profile={**status, **ends}))
    assert warned(office, clock) == ([("UANA", False)] if told else [])
    assert warned(office, clock, 24 * 60) == []

    office.perform(changed, slack_user("UANA", profile={**status, "status_expiration": 0}))
    office.perform(changed, slack_user("UANA", profile={**status, **ends, "title": "x"}))

    assert len(warned(office, clock)) == int(told), "a new absence"


def test_a_status_without_an_end_says_nothing(office: Office, clock: FakeClock) -> None:
    for profile in (
        {"status_emoji": ":palm_tree:"},
        {"status_emoji": ":palm_tree:", "status_expiration": "x"},
    ):
        office.perform(changed, slack_user("UANA", profile=profile))

    assert warned(office, clock) == []


def test_a_look_that_no_rotation_wants_any_more_is_forgotten(office: Office, clock: FakeClock) -> None:
    office.uow.process = process()
    assert look(office, clock) == []

    def left(tx: Tx) -> int:
        return len(tx.all("SELECT * FROM timers WHERE kind = 'findings'"))

    assert office.read(left) == 0
