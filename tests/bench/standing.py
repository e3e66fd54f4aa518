"""What stands open beside a year that is over: incidents of all kinds, follow-ups, reviews and schedules."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.clock import SystemClock
from bot.config import load
from bot.domain.incidents.incident import Draft, Severity
from bot.domain.work.work import ActionKind
from bot.operations.incidents.declare import declare
from bot.operations.workspace.channel import channel_opened
from bot.operations.workspace.people import learned
from bot.unit_of_work import UnitOfWork
from sandbox.workspace import Workspace
from storage.database import Database
from storage.people import Person
from storage.places import Place as Channel
from storage.transaction import Row, Tx
from tests.bench import year
from tests.bench.place import CONFIG as WITHOUT
from tests.bench.place import person

OPEN, LONG, CALLS, FOLLOW_UPS, REVIEWS, SCHEDULES, READERS = 100, 2_000, 100, 500, 200, 50, 20
EVERY_PRIVATE = 5
STATUSES = ("Investigating", "Fixing", "Monitoring")
TYPES, NUMBERS = (
    ("GitLab.com", "Dedicated"),
    ("id", "incident", "quiet", "private", "cancelled", "escalation", "level", "reminded", "round"),
)
SCHEDULE = "Schedule 1"
CONFIG = "\nschedules:\n" + "".join(
    f"""  Schedule {number}:
    zone: Europe/Berlin
    layers:
      - rotation: daily
        handover: 09:00
        start: 2025-01-06
        people: [ana@example.com, bo@example.com, ines@example.com]
      - rotation: weekly
        handover: 17:00
        start: 2025-01-06
        people: [ivan@example.com, carla@example.com]
"""
    for number in range(1, SCHEDULES + 1)
)


def readers(workspace: Workspace) -> list[str]:
    """Return the ids of those who read."""
    return [workspace.user(person(number)).id for number in range(READERS)]


async def write(database: Database, workspace: Workspace, past: int) -> Mapping[str, str]:
    """Write it beside `past` incidents that are over. Return the addresses of what pages are asked of."""
    uow = UnitOfWork(database, load(WITHOUT).process, SystemClock())
    named: Mapping[str, str] = await uow.perform(fill, workspace, past, readers(workspace))
    return named


def fill(tx: Tx, workspace: Workspace, past: int, who: Sequence[str]) -> Mapping[str, str]:
    """Write it; of the private incidents each of these people knows some that none of the others knows."""
    people = [
        Person(one.id, one.handle, one.email or None, not one.bot, one.tz) for one in workspace.users.values()
    ]
    channels = [Channel(one.id, one.name, one.archived) for one in workspace.channels.values() if not one.im]
    learned(tx, people, channels)
    long, *_ = [_declared(tx, workspace, number, who) for number in range(OPEN)]
    _put(tx, "entries", [_entry(long, place, tx.now) for place in range(LONG)])
    _put(tx, "pages", [_page(tx, long, place) for place in range(CALLS)])
    few = min(FOLLOW_UPS, past)
    _put(tx, "actions", [_action(tx, number, past) for number in range(1, few + 1)])
    _put(tx, "follow_ups", [_follow_up(number) for number in range(1, few + 1)])
    reviewed = range(1, min(REVIEWS, past) + 1)
    _put(tx, "reviews", [_review(number, tx.now) for number in reviewed])
    _put(tx, "review_tasks", [_task(number, place) for number in reviewed for place in range(7)])
    tx.execute("UPDATE incidents SET status = 'Post-incident' WHERE id <= :last", {"last": len(reviewed)})
    return {"long": f"/incidents/INC-{long}", "reviewed": "/incidents/INC-3/review"}


def _declared(tx: Tx, workspace: Workspace, number: int, readers: Sequence[str]) -> int:
    private = number % EVERY_PRIVATE == EVERY_PRIVATE - 1
    draft = Draft(
        f"Payments are slow {number}", TYPES[number % 2], Severity(f"S{number % 4 + 1}"), private=private
    )
    reporter = workspace.user("dev").id
    incident = declare(tx, draft, by=reporter, form=None, anyway=True)
    channel = workspace.seed(
        id=f"COPEN{number:04}", name=f"inc-{incident.id}", creator=workspace.app.user_id, private=private
    )
    channel_opened(tx, incident.id, channel.id, channel.name or "")
    tx.execute(
        "UPDATE incidents SET status = :status WHERE id = :id AND status <> 'Triage'",
        {"id": incident.id, "status": STATUSES[number % 3]},
    )
    if private:
        who = readers[number // EVERY_PRIVATE % len(readers)]
        added = {"incident": incident.id, "person": who, "at": tx.now}
        tx.execute("INSERT INTO members (incident, person, at) VALUES (:incident, :person, :at)", added)
    return incident.id


def _put(tx: Tx, table: str, rows: Sequence[Row]) -> None:
    columns = {name: "INTEGER" if name in NUMBERS else "TEXT" for name in rows[0]}
    tx.insert_each(table, columns, rows, asked=False)


def _entry(incident: int, place: int, now: datetime) -> Row:
    return {
        "incident": incident,
        "kind": "note",
        "at": now - timedelta(seconds=LONG - place),
        "by_whom": "UANA",
        "text": year.said(incident, place),
        "data": {},
        "quiet": 0,
    }


def _page(tx: Tx, incident: int, place: int) -> Row:
    """Return a page of that incident which nobody answered: its last level was called again and again."""
    found = tx.one("SELECT MIN(id) AS id FROM escalations WHERE incident = :it", {"it": incident})
    return {
        "escalation": found and found["id"],
        "level": 2,
        "level_team": "dotcom leadership escalation",
        "role": "Infrastructure Leader",
        "responder": "ULENA",
        "state": "escalated",
        "raised_at": tx.now - timedelta(minutes=15 * (CALLS - place)),
        "reminded": 0,
        "round": place,
        "late": 0.0,
        "answered_at": None,
    }


def _action(tx: Tx, number: int, past: int) -> Row:
    return {
        "id": number,
        "incident": number * past // min(FOLLOW_UPS, past),
        "title": f"Raise the limit of connections {number}",
        "details": "",
        "kind": ActionKind.FOLLOW_UP,
        "assignee": ("UANA", "UBO", None)[number % 3],
        "due": (tx.now + timedelta(days=number % 60 - 20)).date().isoformat(),
        "by_whom": "UANA",
        "at": tx.now,
        "private": int(not number % 50),
        "cancelled": 0,
    }


def _follow_up(number: int) -> Row:
    return {
        "action": number,
        "label": "Corrective action",
        "priority": f"S{number % 4 + 1}",
        "service": "checkout",
        "reminded": "",
    }


def _review(number: int, now: datetime) -> Row:
    return {"incident": number, "state": "open", "owner": "UANA", "opened_at": now, "reason": ""}


def _task(number: int, place: int) -> Row:
    return {
        "incident": number,
        "text": f"Check the timeline {place}",
        "owner": None,
        "due": "2026-12-24",
    }
