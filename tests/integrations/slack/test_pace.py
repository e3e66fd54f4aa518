"""How fast Slack is called: pauses, budgets, and pages that mind neither of the others'."""

from datetime import timedelta

import pytest

from bot.integrations.slack.pace import A_PAGE_WAITS, MINDFUL, MINUTE, Pace
from tests.fakes import NOON

NOW = timedelta()
SECOND = timedelta(seconds=1)
POST, CREATE, UPDATE = "chat.postMessage", "conversations.create", "chat.update"


def waits(pace: Pace, method: str, channel: str = "C1", at: float = 0, times: int = 1) -> list[float]:
    now = NOON + timedelta(seconds=at)
    return [pace.wait(method, channel, now).total_seconds() for _ in range(times)]


def test_nothing_waits_until_slack_says_that_it_is_too_much():
    pace = Pace()

    assert waits(pace, CREATE, times=500) == [0] * 500


def test_a_method_that_slack_refuses_waits_exactly_so_long_and_no_other_does():
    pace = Pace()
    pace.refused(CREATE, "", 30 * SECOND, NOON)

    assert waits(pace, UPDATE) == [0]
    assert waits(pace, CREATE) == [30]
    assert waits(pace, CREATE, at=29.5)[0] >= 0.5
    assert waits(pace, CREATE, at=30) == [0]


def test_a_channel_that_slack_refuses_waits_alone():
    pace = Pace()
    pace.refused(POST, "C1", 4 * SECOND, NOON)

    assert waits(pace, POST, "C2") == [0]
    assert waits(pace, POST, "C1") == [4]


def test_those_that_wait_are_let_through_one_after_another():
    pace = Pace()
    pace.refused(POST, "C1", 4 * SECOND, NOON)

    assert waits(pace, POST, "C1", times=3) == [4, 5, 6]


def test_after_a_refusal_a_channel_gets_a_message_a_second():
    pace = Pace()
    pace.refused(POST, "C1", 4 * SECOND, NOON)

    assert waits(pace, POST, "C1", at=4) == [0]
    assert waits(pace, POST, "C1", at=4.25) == [0.75]
    assert waits(pace, POST, "C1", at=5) == [0]


def test_after_a_refusal_a_method_is_held_to_what_slack_promises_in_a_minute():
    pace = Pace()
    assert waits(pace, CREATE, times=20) == [0] * 20
    pace.refused(CREATE, "", 10 * SECOND, NOON)

    assert waits(pace, CREATE, at=10) == [50]
    assert waits(pace, CREATE, at=60, times=20) == [0] * 20
    assert waits(pace, CREATE, at=61) == [59]


def test_the_budget_is_forgotten_when_slack_has_not_refused_for_a_while():
    pace = Pace()
    pace.refused(CREATE, "", 10 * SECOND, NOON)
    later = 10 + MINDFUL.total_seconds()

    assert waits(pace, CREATE, at=later, times=50) == [0] * 50


def test_many_channels_that_refuse_at_once_are_posting_as_a_whole():
    pace = Pace()
    for channel in ("C1", "C2", "C3"):
        pace.refused(POST, channel, 4 * SECOND, NOON)

    assert waits(pace, POST, "C4") == [4]
    assert pace.wait(POST, "D1", NOON, urgent=True) == NOW


def test_a_page_minds_only_what_its_own_direct_messages_were_told():
    pace = Pace()
    pace.refused(POST, "D1", 4 * SECOND, NOON)

    assert pace.wait(POST, "D2", NOON, urgent=True) == NOW
    assert pace.wait(POST, "D1", NOON, urgent=True) == 4 * SECOND
    assert pace.wait(POST, "D1", NOON + 4 * SECOND, urgent=True) == NOW


def test_a_page_waits_a_minute_at_most():
    pace = Pace()
    pace.refused(POST, "D1", timedelta(hours=1), NOON)

    assert pace.wait(POST, "D1", NOON, urgent=True) == A_PAGE_WAITS == MINUTE
    assert pace.wait(POST, "D1", NOON + A_PAGE_WAITS, urgent=True) == NOW
    assert pace.wait(POST, "D1", NOON + A_PAGE_WAITS) > timedelta(minutes=58)


@pytest.mark.parametrize("method", [POST, CREATE])
def test_a_clock_that_is_set_back_ends_the_pause(method: str):
    pace = Pace()
    pace.refused(method, "C1", 30 * SECOND, NOON)
    assert waits(pace, method) == [30]

    assert waits(pace, method, at=-3600) == [0]
