from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.domain.facts import CallDue
from storage.transaction import Route, Routes, Tx, bound, instant, moment
from tests.conftest import Office
from tests.fakes import NOON
from tests.happenings import Told, Unheard

TELL: Routes = {Told: (Route("tell", "told:{incident}"),)}


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (NOON, "2026-03-02T12:00:00.000000+00:00"),
        (timedelta(minutes=1.5), 90.0),
        (True, 1),
        (False, 0),
        (None, None),
        ("é <!channel>", "é <!channel>"),
        (7, 7),
        ({"name": "é"}, '{"name": "é"}'),
        (["a", 1], '["a", 1]'),
        ((), "[]"),
    ],
)
def test_values_are_stored_as_every_engine_takes_them(value: Any, stored: Any) -> None:
    assert bound({"it": value}) == {"it": stored}


def test_stored_times_sort_as_they_follow_and_come_back_the_same() -> None:
    times = [NOON, NOON + timedelta(microseconds=1), NOON + timedelta(seconds=1), NOON.replace(year=2027)]
    stored = [bound({"it": time})["it"] for time in times]

    assert sorted(stored) == stored
    assert [instant(text) for text in stored] == times
    assert moment(None) is None
    assert moment(stored[0]) == NOON


def test_a_time_of_another_zone_sorts_among_those_of_utc() -> None:
    later = (NOON + timedelta(minutes=1)).astimezone(timezone(timedelta(hours=-8)))

    stored = [bound({"it": time})["it"] for time in (NOON, later)]

    assert sorted(stored) == stored


def test_what_is_kept_back_is_told_together_before_the_commit(office: Office) -> None:
    def decide(tx: Tx) -> None:
        tx.tell(1, 10)
        tx.tell(2, 20)
        tx.record(CallDue(notification=1, page=1, incident=None, asked_by=""))
        tx.tell(1, 11)

    office.perform(decide)

    assert office.emitted() == [
        ("CallDue", {"notification": 1, "page": 1, "incident": None, "asked_by": ""}),
        ("EntriesAdded", {"incident": 1, "entries": [10, 11]}),
        ("EntriesAdded", {"incident": 2, "entries": [20]}),
    ]


def test_the_delivery_is_woken_after_a_commit_that_has_something_to_tell(office: Office) -> None:
    woken: list[int] = []
    office.uow.deliver_to({}, lambda: woken.append(1))
    office.perform(lambda tx: tx.record(Unheard()))
    assert woken == []

    office.uow.deliver_to(TELL, lambda: woken.append(1))
    office.perform(lambda tx: tx.record(Told(incident=1)))
    assert woken == [1]

    def refused(tx: Tx) -> None:
        tx.record(Told(incident=1))
        raise KeyError

    with pytest.raises(KeyError):
        office.perform(refused)
    assert woken == [1]


def test_all_of_one_decision_has_one_time(office: Office) -> None:
    def decide(tx: Tx) -> tuple[datetime, datetime]:
        first = tx.now
        office.clock.advance(seconds=1)
        return first, tx.now

    first, second = office.perform(decide)

    assert first == second == NOON
    assert first.tzinfo is UTC
