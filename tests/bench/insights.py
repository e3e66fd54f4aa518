"""How long the figures of a year take, and how long one piece of them keeps the database's thread."""

import gc
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from tempfile import TemporaryDirectory

from bot.cli.serve import spare_collecting
from bot.clock import SystemClock
from bot.config import load
from bot.domain.actors import BOT
from bot.domain.insights.periods import Period
from bot.operations.insights.reading import Gathered, insight, read_on
from bot.unit_of_work import UnitOfWork
from storage.engines import open_database
from storage.transaction import Row, Tx
from tests.bench.figures import Line, ms
from tests.bench.place import CONFIG

BUDGET, PIECE = 0.5, 0.05
BEGUN = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = Period(BEGUN.date(), datetime(2025, 12, 31, tzinfo=UTC).date(), UTC)
STATUSES = ("Investigating", "Fixing", "Monitoring", "Resolved", "Closed")
AT_ONCE = 200
_INTEGERS = (
    *("id", "private", "drill", "lead_by_hand", "review_requested", "incident", "quiet", "escalation"),
    *("level", "round", "version", "reminded"),
)


async def figures(incidents: int, entries: int) -> list[Line]:
    """Write a year with so many incidents and entries of timelines, and take its figures, three times."""
    with TemporaryDirectory() as folder, closing(open_database(f"{folder}/year.db")) as database:
        uow = UnitOfWork(database, load(CONFIG).process, SystemClock())
        for first in range(1, incidents + 1, AT_ONCE):
            await uow.perform(fill, range(first, min(first + AT_ONCE, incidents + 1)), incidents, entries)
        usual = gc.get_threshold()
        spare_collecting()  # as `muster run` does once it has started
        rounds = [await _taken(uow) for _ in range(3)]
        gc.unfreeze()
        gc.set_threshold(*usual)
    took, longest = (median(each) for each in zip(*rounds, strict=True))
    what = f"Figures of a year with {incidents:,} incidents and {entries:,} entries of timelines"
    return [
        Line(what, ms(took), budget=f"under {ms(BUDGET)}", kept=took < BUDGET),
        Line("Longest piece of them", ms(longest), budget=f"under {ms(PIECE)}", kept=longest < PIECE),
    ]


async def _taken(uow: UnitOfWork) -> tuple[float, float]:
    """Return in how many seconds they are there, and how long the longest question took."""
    clock, gathered, pieces = SystemClock(), Gathered(YEAR, BOT), list[float]()
    began = clock.monotonic()
    while not gathered.done:
        asked = clock.monotonic()
        gathered = await uow.read(read_on, gathered)
        pieces.append(clock.monotonic() - asked)
    asked = clock.monotonic()
    found = await uow.read(insight, gathered)
    pieces.append(clock.monotonic() - asked)
    assert found.figures.counted
    return clock.monotonic() - began, max(pieces)


def fill(tx: Tx, numbers: Sequence[int], incidents: int, entries: int) -> None:
    """Write incidents as they are when all is over: five changes of status, two pages, three updates each."""
    each = entries // incidents
    _write(tx, "incidents", [_incident(one, incidents) for one in numbers])
    _write(tx, "entries", [entry for one in numbers for entry in _entries(one, incidents, each)])
    _write(tx, "escalations", [_escalation(one, incidents) for one in numbers])
    _write(tx, "pages", [page for one in numbers for page in _pages(one, incidents)])
    _write(tx, "updates", [update for one in numbers for update in _updates(one, incidents)])


def _write(tx: Tx, table: str, rows: Sequence[Row]) -> None:
    columns = {name: "INTEGER" if name in _INTEGERS else "TEXT" for name in rows[0]}
    tx.insert_each(table, columns, rows, asked=False)


def _at(number: int, incidents: int) -> datetime:
    return BEGUN + timedelta(days=364) * (number / incidents)


def _incident(number: int, incidents: int) -> Row:
    at = _at(number, incidents)
    return {
        "id": number,
        "name": f"Checkout fails {number}",
        "type": "GitLab.com",
        "severity": f"S{number % 4 + 1}",
        "highest": f"S{number % 4 + 1}",
        "status": "Closed",
        **dict.fromkeys(("private", "drill", "lead_by_hand", "review_requested"), 0),
        "reporter": "UDEV",
        "lead": "UANA",
        **dict.fromkeys(("summary", "causes", "cmoc", "executive"), ""),
        "declared_at": at,
        "engaged_at": at + timedelta(minutes=number % 20),
        "resolved_at": at + timedelta(minutes=30 + number % 300),
    }


def _entries(number: int, incidents: int, count: int) -> list[Row]:
    at = _at(number, incidents)
    moves = [
        {"before": before, "after": after, "reason": "", "back": None, "into": None, "channel": None}
        for before, after in pairwise(STATUSES)
    ]
    told = [("status", one) for one in moves] + [("note", {})] * (count - len(moves))
    return [
        {
            "incident": number,
            "kind": kind,
            "at": at + timedelta(minutes=10 * place),
            "by_whom": "UANA",
            "text": "",
            "data": data,
            "quiet": 0,
        }
        for place, (kind, data) in enumerate(told)
    ]


def _escalation(number: int, incidents: int) -> Row:
    at = _at(number, incidents)
    return {
        "id": number,
        "incident": number,
        "team": "dotcom EOC",
        "role": "EOC",
        **dict.fromkeys(("reason", "message", "asked_by", "waits_for"), ""),
        "path": "[]",
        **dict.fromkeys(("level", "round", "version"), 0),
        **dict.fromkeys(("started_at", "called_at", "due_at"), at),
        "state": "acknowledged",
    }


def _pages(number: int, incidents: int) -> list[Row]:
    at = _at(number, incidents)
    return [
        {
            "escalation": number,
            "level": level,
            "level_team": "dotcom EOC",
            "role": "EOC",
            "responder": person,
            "state": state,
            "raised_at": at + timedelta(minutes=15 * level),
            **dict.fromkeys(("reminded", "round"), 0),
            "late": 0.0,
            "answered_by": "UANA" if state == "acknowledged" else None,
            "answered_at": at + timedelta(minutes=15 * level + number % 9),
        }
        for level, (person, state) in enumerate((("UBO", "escalated"), ("UANA", "acknowledged")))
    ]


def _updates(number: int, incidents: int) -> list[Row]:
    at = _at(number, incidents)
    return [
        {
            "incident": number,
            "text": "We are on it",
            "status": "Fixing",
            "severity": "S3",
            "by_whom": "UANA",
            "at": at + timedelta(minutes=10 * place),
            "next_at": at + timedelta(minutes=10 * place + 9 + number % 3),
        }
        for place in range(3)
    ]
