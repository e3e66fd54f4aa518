"""A year with very many incidents, as they are when all is over, and what is open after it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bot.clock import SystemClock
from bot.config import load
from bot.domain.insights.periods import Period
from bot.domain.paging.escalations import Reason
from bot.unit_of_work import UnitOfWork
from storage.database import Database
from storage.transaction import Row, Tx
from tests.bench.place import CONFIG

BEGUN = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = Period(BEGUN.date(), datetime(2025, 12, 31, tzinfo=UTC).date(), UTC)
STATUSES = ("Investigating", "Fixing", "Monitoring", "Resolved", "Closed")
AT_ONCE = 200
RARE, EVERY_RARE = "heisenbug", 1_000
"""A word that one incident of so many has."""
EVERY_PRIVATE = 50
_SAID = (
    "Restarted {what} on {where} and watched the error rate of {other}",
    "The latency of {what} rose after the deployment on {where}",
    "Rolled {other} back; {what} answers again on {where}",
    "Asked the team of {other} why {what} lost its connections to {where}",
)
_SERVICES = (
    "checkout",
    "gitaly",
    "sidekiq",
    "postgres",
    "redis",
    "registry",
    "pages",
    "search",
    "mail",
    "ci",
)
_INTEGERS = (
    *("id", "private", "drill", "lead_by_hand", "review_requested", "incident", "quiet", "escalation"),
    *("level", "round", "version", "reminded"),
)


async def write(database: Database, incidents: int, entries: int) -> None:
    """Write so many incidents, numbered from 1 on, with so many entries of timelines in all."""
    uow = UnitOfWork(database, load(CONFIG).process, SystemClock())
    for first in range(1, incidents + 1, AT_ONCE):
        await uow.perform(fill, range(first, min(first + AT_ONCE, incidents + 1)), incidents, entries)


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
        "private": int(not number % EVERY_PRIVATE),
        **dict.fromkeys(("drill", "lead_by_hand", "review_requested"), 0),
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
            "text": "" if kind == "status" else said(number, place),
            "data": data,
            "quiet": 0,
        }
        for place, (kind, data) in enumerate(told)
    ]


def said(number: int, place: int) -> str:
    """Return a note: the words of most are those of many others, and a few say what hardly another does."""
    names = {"what": number, "other": number // 7 + place, "where": number * 31 + place}
    chosen = {name: _SERVICES[at % len(_SERVICES)] for name, at in names.items()}
    text = _SAID[(number + place) % len(_SAID)].format(**chosen | {"where": f"web-{names['where'] % 997}"})
    return f"{text}: a {RARE}" if place == 9 and not number % EVERY_RARE else text


def _escalation(number: int, incidents: int) -> Row:
    at = _at(number, incidents)
    return {
        "id": number,
        "incident": number,
        "team": "dotcom EOC",
        "role": "EOC",
        "reason": Reason.DECLARED,
        **dict.fromkeys(("message", "asked_by"), ""),
        **dict.fromkeys(("path", "waits_for"), "[]"),
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
