from datetime import timedelta
from typing import Any

import pytest

from bot.domain.facts import CallDue, Fact
from storage import outbox
from storage.facts import finish
from storage.outbox import LEASE, Delivery
from storage.transaction import Route, Routes, Tx
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.happenings import Changed, Numbered, Posted, Told, Unheard

SOON = timedelta(seconds=5)


@pytest.fixture
def office(office: Office) -> Office:
    routes: Routes = {
        CallDue: (Route("send_page", "page:{page}", urgent=True),),
        Told: (Route("tell", "told:{incident}"),),
        Numbered: (Route("tell", "told:{incident}"),),
        Changed: (
            Route("redraw", "card:{incident}", coalesce=True),
            Route("topic", "topic:{incident}", coalesce=True),
        ),
        Posted: (Route("post", "card:{incident}"),),
    }
    office.uow.deliver_to(routes, lambda: None)
    return office


def emit(tx: Tx, fact: type[Fact], /, **subject: Any) -> int:
    tx.record(fact(**subject))
    finish(tx)
    return tx.emitted


def leased(office: Office, *, urgent: bool = False, limit: int = 100) -> list[Delivery]:
    return office.perform(outbox.lease, urgent=urgent, limit=limit)


def state(office: Office, delivery: Delivery) -> str:
    def look(tx: Tx) -> str:
        row = tx.one("SELECT state FROM outbox WHERE id = :id", {"id": delivery.id})
        return str(row["state"]) if row else "forgotten"

    return office.read(look)


def test_an_event_makes_one_delivery_for_each_that_wants_it(office: Office) -> None:
    assert office.perform(emit, Changed, incident=7) == 2
    assert office.perform(emit, Unheard, incident=7) == 0

    found = leased(office)

    assert [(one.job, one.subject, one.attempt) for one in found] == [
        ("redraw", {"incident": 7}, 1),
        ("topic", {"incident": 7}, 1),
    ]
    assert not any(one.uncertain or one.urgent for one in found)


def test_after_a_restore_a_page_does_not_wait_for_an_edit_of_it(office: Office) -> None:
    office.uow.deliver_to(
        {
            Changed: (Route("redraw_page", "notification:{incident}", coalesce=True),),
            Told: (Route("send_page", "notification:{incident}", urgent=True),),
        },
        lambda: None,
    )
    office.perform(emit, Changed, incident=1)
    office.perform(outbox.doubt)
    (edit,) = leased(office)
    office.perform(outbox.postpone, edit, "retry", "rate limited", timedelta(minutes=3))

    office.perform(emit, Told, incident=1)

    assert [one.job for one in leased(office, urgent=True)] == ["send_page"]


def test_what_was_refused_is_not_delivered(office: Office) -> None:
    def refused(tx: Tx) -> None:
        tx.record(Told(incident=7))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        office.perform(refused)

    assert leased(office) == []


def test_a_lane_goes_out_one_after_another_in_order(office: Office) -> None:
    for number in range(3):
        office.perform(emit, Numbered, incident=7, number=number)
    office.perform(emit, Numbered, incident=8, number=9)

    sent = []
    while found := leased(office):
        sent.append([one.subject["number"] for one in found])
        for one in found:
            office.perform(outbox.sent, [one])

    assert sent == [[0, 9], [1], [2]]


def test_a_lane_waits_for_a_delivery_that_is_tried_again(office: Office, clock: FakeClock) -> None:
    office.perform(emit, Numbered, incident=7, number=0)
    office.perform(emit, Numbered, incident=7, number=1)
    (first,) = leased(office)

    office.perform(outbox.postpone, first, "retry", "rate limited", SOON)

    assert leased(office) == []
    clock.advance(seconds=5)
    assert [one.subject["number"] for one in leased(office)] == [0]


def test_a_delivery_that_is_given_up_lets_the_next_one_pass(office: Office) -> None:
    office.perform(emit, Numbered, incident=7, number=0)
    office.perform(emit, Numbered, incident=7, number=1)
    (first,) = leased(office)

    assert office.perform(outbox.dead, first, "channel_not_found")

    assert [one.subject["number"] for one in leased(office)] == [1]
    assert state(office, first) == "dead"


def test_many_changes_wait_as_one_redrawing(office: Office) -> None:
    for _ in range(5):
        office.perform(emit, Changed, incident=7)
    office.perform(emit, Changed, incident=8)

    assert [one.job for one in leased(office)] == ["redraw", "topic"] * 2


def test_a_change_during_a_redrawing_is_drawn_after_it(office: Office) -> None:
    office.perform(emit, Changed, incident=7)
    under_way = leased(office)

    office.perform(emit, Changed, incident=7)

    assert leased(office) == []
    for one in under_way:
        office.perform(outbox.sent, [one])
    assert len(leased(office)) == 2


def test_a_change_during_one_of_unknown_fate_is_drawn_too(office: Office, clock: FakeClock) -> None:
    office.perform(emit, Changed, incident=7)
    for one in leased(office):
        office.perform(outbox.postpone, one, "ambiguous", "the connection was lost", SOON)

    assert office.perform(emit, Changed, incident=7) == 2


def test_a_change_waits_behind_what_its_lane_posts_first(office: Office) -> None:
    office.perform(emit, Posted, incident=7)
    office.perform(emit, Changed, incident=7)

    assert [one.job for one in leased(office)] == ["post", "topic"]


def test_what_one_decision_makes_knows_of_what_comes_before_it(office: Office) -> None:
    def decide(tx: Tx) -> None:
        for number in range(3):
            tx.record(CallDue(notification=number, page=number, incident=None, asked_by="UREP"))
        for fact in (Changed(incident=7), Posted(incident=7), Posted(incident=8), Changed(incident=8)):
            tx.record(fact)

    redraw = Route("redraw", "card:{incident}", coalesce=True, drawn_by="post")
    office.uow.deliver_to(
        {
            CallDue: (Route("send_page", "page:{page}", urgent=True),),
            Posted: (Route("post", "card:{incident}"),),
            Changed: (redraw,),
        },
        lambda: None,
    )
    office.perform(decide)
    office.perform(decide)

    rows = office.read(lambda tx: tx.all("SELECT job, lane, behind FROM outbox ORDER BY id"))
    assert [" ".join(map(str, row.values())) for row in rows] == [
        *("send_page page:0 0", "send_page page:1 1", "send_page page:2 2"),
        *("redraw card:7 0", "post card:7 0", "post card:8 0"),
        *("send_page page:0 3", "send_page page:1 4", "send_page page:2 5"),
        *("post card:7 0", "post card:8 0"),
    ]


def test_pages_are_leased_apart_from_the_rest(office: Office) -> None:
    office.perform(emit, Told, incident=7)
    office.perform(emit, CallDue, notification=1, page=1, incident=None, asked_by="")

    assert [one.job for one in leased(office, urgent=True)] == ["send_page"]
    assert [one.job for one in leased(office)] == ["tell"]


def test_a_lease_takes_no_more_than_asked_for_and_the_oldest_first(office: Office, clock: FakeClock) -> None:
    for incident in (1, 2, 3):
        office.perform(emit, Told, incident=incident)
        clock.advance(seconds=1)

    assert [one.subject["incident"] for one in leased(office, limit=2)] == [1, 2]
    assert [one.subject["incident"] for one in leased(office, limit=2)] == [3]


def test_what_is_leased_is_not_leased_again(office: Office) -> None:
    office.perform(emit, Told, incident=7)

    assert len(leased(office)) == 1
    assert leased(office) == []


def test_a_delivery_comes_back_when_its_wait_is_over_and_not_before(office: Office, clock: FakeClock) -> None:
    office.perform(emit, Told, incident=7)
    (first,) = leased(office)
    office.perform(outbox.postpone, first, "retry", "rate limited", SOON)

    clock.advance(seconds=4.999)
    assert leased(office) == []
    clock.advance(seconds=0.001)
    (again,) = leased(office)

    assert (again.attempt, again.uncertain) == (2, False)


def test_one_of_unknown_fate_comes_back_saying_so(office: Office, clock: FakeClock) -> None:
    office.perform(emit, Told, incident=7)
    (first,) = leased(office)

    office.perform(outbox.postpone, first, "ambiguous", "the connection was lost", SOON)
    clock.advance(seconds=5)

    (again,) = leased(office)
    assert again.uncertain


def test_a_lease_that_ran_out_frees_the_delivery_and_only_that(office: Office, clock: FakeClock) -> None:
    office.perform(emit, Told, incident=7)
    (old,) = leased(office)
    clock.advance(seconds=LEASE.total_seconds() - 1)
    office.perform(emit, Told, incident=8)
    (young,) = leased(office)
    assert office.perform(outbox.release, all_of_them=False) == 0

    clock.advance(seconds=1)

    assert office.perform(outbox.release, all_of_them=False) == 1
    assert [state(office, one) for one in (old, young)] == ["ambiguous", "sending"]


def test_after_a_restart_all_that_was_under_way_is_of_unknown_fate(office: Office) -> None:
    office.perform(emit, Told, incident=7)
    office.perform(emit, CallDue, notification=1, page=1, incident=None, asked_by="")
    leased(office)
    leased(office, urgent=True)
    office.perform(emit, Told, incident=8)

    assert office.perform(outbox.release, all_of_them=True) == 2

    (page,) = leased(office, urgent=True)
    assert page.uncertain
    assert {(one.subject["incident"], one.uncertain) for one in leased(office)} == {(7, True), (8, False)}


def test_an_attempt_that_was_taken_over_cannot_finish_anything(office: Office, clock: FakeClock) -> None:
    office.perform(emit, Told, incident=7)
    (slow,) = leased(office)
    clock.advance(seconds=LEASE.total_seconds())
    office.perform(outbox.release, all_of_them=False)
    (fast,) = leased(office)

    assert office.perform(outbox.sent, [slow]) == [False]
    assert not office.perform(outbox.dead, slow, "too late")
    office.perform(outbox.postpone, slow, "retry", "too late", SOON)

    assert state(office, fast) == "sending"
    assert office.perform(outbox.sent, [slow, fast]) == [False, True]
    assert office.perform(outbox.sent, [fast]) == [False]
    assert state(office, fast) == "sent"


def test_a_page_that_waits_to_be_sent_for_too_long_is_counted(office: Office, clock: FakeClock) -> None:
    office.perform(emit, CallDue, notification=1, page=1, incident=None, asked_by="")
    office.perform(emit, Told, incident=7)
    minute = timedelta(seconds=60)

    clock.advance(seconds=59)
    assert office.read(outbox.overdue_pages, minute) == 0
    clock.advance(seconds=1)
    assert office.read(outbox.overdue_pages, minute) == 1

    (page,) = leased(office, urgent=True)
    office.perform(outbox.sent, [page])
    assert office.read(outbox.overdue_pages, minute) == 0


def test_only_what_finished_long_ago_is_forgotten(office: Office, clock: FakeClock) -> None:
    for incident in (7, 8, 9):
        office.perform(emit, Told, incident=incident)
    first, second, waiting = leased(office)
    office.perform(outbox.sent, [first])
    clock.advance(minutes=60)
    office.perform(outbox.dead, second, "gone")

    assert office.perform(outbox.prune, timedelta(minutes=60)) == 1

    states = [state(office, one) for one in (first, second, waiting)]
    assert states == ["forgotten", "dead", "sending"]


def test_what_waits_behind_one_is_folded_into_it_and_finished_with_it(office: Office) -> None:
    for number in range(4):
        office.perform(emit, Numbered, incident=7, number=number)
    office.perform(emit, Numbered, incident=8, number=9)
    head, other = leased(office)

    office.perform(outbox.fold, head)
    office.perform(emit, Numbered, incident=7, number=4)
    office.perform(outbox.sent, [other])
    found = [one.subject["number"] for one in office.read(outbox.folded, head)]
    office.perform(outbox.sent, [head])
    office.perform(outbox.finish_folded, head)

    assert found == [1, 2, 3]
    assert [one.subject["number"] for one in leased(office)] == [4]


def test_whoever_lost_a_lease_folds_nothing_into_it(office: Office) -> None:
    for number in range(3):
        office.perform(emit, Numbered, incident=7, number=number)
    (lost,) = leased(office)
    office.perform(outbox.release, all_of_them=True)
    leased(office)

    office.perform(outbox.fold, lost)

    assert office.read(outbox.folded, lost) == []


def test_the_last_of_a_kind_may_be_left_out(office: Office) -> None:
    for number in range(4):
        office.perform(emit, Numbered, incident=7, number=number)
    (head,) = leased(office)

    office.perform(outbox.fold, head, but_last="tell")

    assert [one.subject["number"] for one in office.read(outbox.folded, head)] == [1, 2]


def test_one_that_is_held_back_keeps_its_number_of_tries(office: Office, clock: FakeClock) -> None:
    office.perform(emit, Told, incident=7)
    for _ in range(3):
        (found,) = leased(office)
        office.perform(outbox.hold, found, SOON)
        assert leased(office) == []
        clock.advance(SOON.total_seconds())

    (found,) = leased(office)
    assert (found.attempt, found.tries, found.uncertain) == (4, 1, False)
