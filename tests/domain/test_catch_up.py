"""Who is told how an incident stands when they come into its channel."""

from datetime import timedelta

import pytest

from bot.domain.incidents.catch_up import to_catch_up
from bot.domain.incidents.incident import Status
from tests.fakes import NOON
from tests.values import an_incident


@pytest.mark.parametrize(
    ("status", "after", "told"),
    [
        (Status.FIXING, timedelta(minutes=4, seconds=59), False),
        (Status.FIXING, timedelta(minutes=5), True),
        (Status.RESOLVED, timedelta(hours=1), True),
        (Status.MERGED, timedelta(hours=1), False),
        (Status.CANCELLED, timedelta(hours=1), False),
    ],
)
def test_whoever_comes_when_there_is_something_to_catch_up_with_is_told(status, after, told) -> None:
    assert to_catch_up(an_incident(status=status, declared_at=NOON), NOON + after) is told
