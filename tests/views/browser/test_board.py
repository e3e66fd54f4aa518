"""The board as it is drawn: everything in words, people's texts as they are, and no more than fits."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.incidents.board import OUTSIDE, Board, Unanswered
from bot.domain.incidents.incident import Severity, Status
from bot.domain.maintenance.maintenance import Criticality, Maintenance, State
from bot.views.browser.board import MOST, board_part
from bot.views.browser.rendering import code, lasting
from tests.fakes import NOON
from tests.values import an_incident

HOUR = timedelta(hours=1)
HOSTILE = "<script>alert(1)</script> \"quoted\" 'so' \u202e"


def drawn(board: Board, **how: Any) -> str:
    text = board_part(board, root="/muster", zone=ZoneInfo("Europe/Berlin"), **how)
    return re.sub(r"\s+", " ", text)


def words(board: Board, **how: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", drawn(board, **how)))


def test_what_is_wrong_is_said_in_words():
    late = an_incident(
        severity=Severity.S1, lead="UANA", lead_gone=True, declared_at=NOON - 2 * HOUR, private=True
    )
    pages = {late.id: [Unanswered("UBO", "EOC", NOON - HOUR)]}
    board = Board(NOON, [late], pages, (), {"UANA": "Ana", "UBO": "Bo"})

    said = words(board)

    assert "S1 Critical · private" in said
    assert "Lead: Ana (not here any more) · open for 2 h" in said
    assert "1 page unanswered: EOC (Bo) for 1 h" in said


def test_the_next_update_counts_down_and_then_up():
    soon, late, none = (
        an_incident(id=number, next_update_at=at)
        for number, at in enumerate((NOON + timedelta(minutes=12), NOON - timedelta(minutes=5), None), 1)
    )

    assert "Update due in 12 min" in words(Board(NOON, [soon]))
    assert "Update overdue by 5 min" in words(Board(NOON, [late]))
    assert "Update" not in words(Board(NOON, [none]))


def test_texts_of_people_stay_texts_and_links_lead_to_our_own_pages():
    shown = drawn(Board(NOON, [an_incident(id=7, name=HOSTILE)]))

    assert "<script" not in shown
    assert "<bdi>&lt;script&gt;alert(1)" in shown
    assert '<a href="/muster/incidents/INC-7">' in shown
    assert "<a " not in drawn(Board(NOON, [an_incident(id=7)]), links=False)


def test_many_are_cut_and_counted():
    board = Board(NOON, [an_incident(id=number) for number in range(1, MOST + 6)])

    assert words(board).count("INC-") == MOST
    assert "And 5 more" in words(board)


def test_drills_maintenance_and_other_pages_stand_apart():
    drill = an_incident(id=9, drill=True, status=Status.FIXING)
    running = Maintenance(
        3, "Upgrade", Criticality.C1, State.RUNNING, "UANA", "UANA", NOON - HOUR, NOON + HOUR, overran_at=NOON
    )
    pages = {OUTSIDE: [Unanswered("", "Network", NOON - HOUR)]}

    said = words(Board(NOON, [drill], pages, [running], {"UANA": "Ana"}))

    assert "Fixing 0 None." in said
    assert re.search(r"Drills 1 INC-9 .* DRILL · S3", said)
    assert (
        "MNT-3 Upgrade · C1 · running, longer than planned, until 2 Mar 2026, 14:00 CET (13:00 UTC)" in said
    )
    assert "owner: Ana" in said
    assert "Unanswered pages outside incidents 1 Network for 1 h" in said
    assert "Nothing is open." in words(Board(NOON))


def test_a_length_is_said_in_its_two_largest_units():
    lengths = (-5, 59, 60, 3_599, 3_600, 3_661, 86_400, 90_000, 100 * 86_400)

    assert [lasting(timedelta(seconds=one)) for one in lengths] == [
        *("0 s", "59 s", "1 min", "59 min", "1 h", "1 h 1 min", "1 d", "1 d 1 h", "100 d"),
    ]


def test_what_a_refusal_quotes_is_typed_as_it_is_and_stays_text():
    assert code("I know no `INC-9` <b>") == "I know no <code>INC-9</code> &lt;b&gt;"
    assert code("`/inc note <text>` or not") == "<code>/inc note &lt;text&gt;</code> or not"
    assert code("one ` alone") == "one ` alone"
