"""Who is on call for a schedule since when, what they leave to the next ones, and who was told of it."""

import json
from collections.abc import Collection
from datetime import datetime

from bot.domain.errors import NotFound
from bot.domain.oncall.handover import Brief, Duty, Handover
from bot.domain.oncall.schedules import Turn
from storage.rows import columns, value_of
from storage.transaction import Row, Tx, any_of


def add(tx: Tx, schedule: str, people: Turn) -> Duty:
    """Write that these people are on call from now on."""
    number = tx.insert(
        """INSERT INTO duties (schedule, people, begun_at, note) VALUES (:schedule, :people, :now, '')
        RETURNING id""",
        {"schedule": schedule, "people": people, "now": tx.now},
    )
    return Duty(number, schedule, people, tx.now)


def save_note(tx: Tx, duty: Duty) -> None:
    tx.write("UPDATE duties SET note = :note, noted_by = :noted_by WHERE id = :id", columns(duty))


def latest(tx: Tx, schedule: str) -> Duty | None:
    row = tx.one(
        "SELECT * FROM duties WHERE schedule = :schedule ORDER BY id DESC LIMIT 1", {"schedule": schedule}
    )
    return _duty(row) if row else None


def get(tx: Tx, duty_id: int) -> Duty:
    """Return a duty. Raises NotFound."""
    row = tx.one("SELECT * FROM duties WHERE id = :id", {"id": duty_id})
    if not row:
        raise NotFound("shift", duty_id)
    return _duty(row)


def following(tx: Tx, duty: Duty) -> Duty | None:
    """Return the next duty of the same schedule, once it has begun."""
    row = tx.one(
        "SELECT * FROM duties WHERE schedule = :schedule AND id > :id ORDER BY id LIMIT 1",
        {"schedule": duty.schedule, "id": duty.id},
    )
    return _duty(row) if row else None


def before(tx: Tx, duty: Duty) -> Duty | None:
    row = tx.one(
        "SELECT * FROM duties WHERE schedule = :schedule AND id < :id ORDER BY id DESC LIMIT 1",
        {"schedule": duty.schedule, "id": duty.id},
    )
    return _duty(row) if row else None


def handover(tx: Tx, duty_id: int) -> Handover:
    """Return the change of shift with which a duty began. Raises NotFound for the first of a schedule."""
    now = get(tx, duty_id)
    earlier = before(tx, now)
    if not earlier:
        raise NotFound("change of shift", duty_id)
    return Handover(earlier, now)


def held(tx: Tx, people: Collection[str], roles: Collection[str]) -> list[tuple[int, str, str]]:
    """Return open incident, role and person where one of them holds one of the roles, or is paged in it.

    Practice goes on with those who were chosen for it.
    """
    those, named = any_of(people)
    rows = tx.all(
        f"""SELECT roles.incident, roles.role, roles.person, 0 AS paged FROM roles
            JOIN incidents ON incidents.id = roles.incident AND incidents.status IN {_OPEN}
                AND incidents.drill = 0
            WHERE roles.since IS NOT NULL AND roles.person IN ({those})
        UNION SELECT escalations.incident, pages.role, pages.responder, 1 FROM pages
            JOIN escalations ON escalations.id = pages.escalation
            JOIN incidents ON incidents.id = escalations.incident AND incidents.status IN {_OPEN}
                AND incidents.drill = 0
            WHERE pages.state = 'pending' AND pages.responder IN ({those})
        ORDER BY 1, 4, 2, 3""",  # noqa: S608 - texts of ours
        named,
    )
    return [(row["incident"], row["role"], row["person"]) for row in rows if row["role"] in roles]


_OPEN = "('Triage', 'Investigating', 'Fixing', 'Monitoring')"


def add_brief(tx: Tx, duty: int, incident: int, role: str, outgoing: str) -> None:
    """Ask whoever begins a duty to take a role over; of two who had it the first is named."""
    tx.write(
        """INSERT INTO briefs (duty, incident, role, outgoing) VALUES (:duty, :incident, :role, :outgoing)
        ON CONFLICT (duty, incident, role) DO NOTHING""",
        {"duty": duty, "incident": incident, "role": role, "outgoing": outgoing},
    )


def take(tx: Tx, brief: Brief, by: str) -> None:
    tx.write(
        "UPDATE briefs SET taken_by = :by, taken_at = :now WHERE id = :id",
        {"id": brief.id, "by": by, "now": tx.now},
    )


def brief(tx: Tx, brief_id: int) -> Brief:
    """Return a brief. Raises NotFound."""
    row = tx.one("SELECT * FROM briefs WHERE id = :id", {"id": brief_id})
    if not row:
        raise tx.unknown("briefs", brief_id, "brief", brief_id)
    return value_of(Brief, row)


def briefs(tx: Tx, duty_id: int) -> list[Brief]:
    rows = tx.all("SELECT * FROM briefs WHERE duty = :duty ORDER BY id", {"duty": duty_id})
    return [value_of(Brief, row) for row in rows]


def of_incident(tx: Tx, incident_id: int) -> list[int]:
    """Return the duties, of those that last, whose people were asked to take an incident over."""
    rows = tx.all(
        """SELECT DISTINCT duty FROM briefs JOIN duties ON duties.id = briefs.duty
        WHERE incident = :incident AND NOT EXISTS (SELECT 1 FROM duties AS later
            WHERE later.schedule = duties.schedule AND later.id > duties.id) ORDER BY duty""",
        {"incident": incident_id},
    )
    return [row["duty"] for row in rows]


def told_since(tx: Tx, at: datetime) -> list[int]:
    """Return the duties, begun since then or the last before, of whose change people were told."""
    rows = tx.all(
        """SELECT DISTINCT duty FROM handover_messages JOIN duties ON duties.id = handover_messages.duty
        WHERE begun_at >= :at OR NOT EXISTS (SELECT 1 FROM duties AS later
            WHERE later.schedule = duties.schedule AND later.id > duties.id AND later.begun_at < :at)
        ORDER BY duty""",
        {"at": at},
    )
    return [row["duty"] for row in rows]


def record_message(tx: Tx, duty_id: int, person: str, channel: str, ts: str) -> None:
    """Remember the message with which somebody was told of a change of shift."""
    tx.write(
        """INSERT INTO handover_messages (duty, person, channel, ts) VALUES (:duty, :person, :channel, :ts)
        ON CONFLICT (duty, person) DO UPDATE SET channel = excluded.channel, ts = excluded.ts""",
        {"duty": duty_id, "person": person, "channel": channel, "ts": ts},
    )


def messages(tx: Tx, duty_id: int) -> dict[str, tuple[str, str]]:
    """Return channel and ts of each message about the change with which a duty began, by its reader."""
    rows = tx.all("SELECT * FROM handover_messages WHERE duty = :duty ORDER BY person", {"duty": duty_id})
    return {row["person"]: (row["channel"], row["ts"]) for row in rows}


def _duty(row: Row) -> Duty:
    return value_of(Duty, row, people=json.loads(row["people"]))
