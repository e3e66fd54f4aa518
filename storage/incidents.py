"""Incidents. The one predicate that keeps private ones private is `VISIBLE`, here."""

import json
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime

from bot.domain.actors import BOT, Actor, parsed
from bot.domain.incidents.fields import BLOCKS_DEPLOYMENTS, CALL, CUSTOMER_IMPACT, EXTERNALLY_FACING
from bot.domain.incidents.incident import Incident, Status, Summary
from bot.domain.incidents.publicity import Publicity
from bot.domain.incidents.times import Moment
from storage import words
from storage.rows import columns, value_of
from storage.transaction import Row, Tx, any_of

VISIBLE = """(incidents.private = 0 AND NOT EXISTS (
        SELECT 1 FROM people WHERE people.id = :viewer AND people.kind <> 'member')
    OR EXISTS (SELECT 1 FROM members
        WHERE members.incident = incidents.id AND members.person = :viewer AND members.gone = 0)
    OR EXISTS (SELECT 1 FROM tokens
        WHERE 'token:' || tokens.name = :viewer AND tokens.scopes LIKE '%incidents:private%'))"""
"""Members of the workspace know every public incident. Of a private one only the people in it do, and so do
guests of any; and an API token that was made for it."""

ALL = f"""SELECT incidents.*,
    (SELECT LOWER(value) = 'yes' FROM fields WHERE incident = incidents.id AND name = '{BLOCKS_DEPLOYMENTS}')
        AS blocks,
    EXISTS (SELECT 1 FROM fields
        WHERE incident = incidents.id AND name = '{EXTERNALLY_FACING}' AND value = 'no') AS internal,
    EXISTS (SELECT 1 FROM fields
        WHERE incident = incidents.id AND name = '{CUSTOMER_IMPACT}' AND value = 'yes') AS customer_impact,
    (SELECT state FROM reviews WHERE reviews.incident = incidents.id) AS review,
    (SELECT url FROM links WHERE incident = incidents.id AND LOWER(name) = LOWER('{CALL}')
        ORDER BY at DESC, url LIMIT 1) AS call,
    CASE WHEN retrospective = 1 THEN (SELECT data FROM entries WHERE entries.incident = incidents.id
        AND kind = 'time' AND data LIKE '%"{Moment.IMPACT_START}"%'
        ORDER BY entries.id DESC LIMIT 1) END AS began,
    (SELECT COALESCE(snoozed_until, due_at) FROM timers
    WHERE kind = 'update' AND subject = incidents.id AND stopped = 0) AS next_update_at,
    (incidents.lead = '' OR EXISTS (SELECT 1 FROM people
            WHERE people.id = incidents.lead AND people.active = 0)
        OR (incidents.private = 1 AND EXISTS (SELECT 1 FROM members WHERE members.incident = incidents.id
            AND members.person = incidents.lead AND members.gone = 1))) AS lead_gone FROM incidents"""  # noqa: S608 - a name of ours
"""Every column, whether fields say that it blocks deployments, is internal and concerns customers, how far
its review is, the link to its call, since when the impact was of what was declared afterwards, when the next
update is due, and whether nobody leads, or somebody who left or was removed."""

_ONE = f"{ALL} WHERE id = :id"
_ONE_VISIBLE = f"{_ONE} AND {VISIBLE}"
"""Asked many times in a transaction: a text that is put together anew costs more than the answer."""

_SUMMARY = tuple(one.name for one in fields(Summary))
_PUBLICITY = tuple(one.name for one in fields(Publicity))
OPEN = "status IN ('Triage', 'Investigating', 'Fixing', 'Monitoring')"


def add(tx: Tx, incident: Incident, form: str | None) -> Incident:
    """Write a new incident, return it with its number. `form` makes a second submission of one form fail."""
    incident_id = tx.insert(
        """INSERT INTO incidents (form, name, type, severity, highest, status, private, drill, reporter, lead,
            lead_by_hand, summary, causes, cmoc, executive, declared_at, update_in,
            review_requested, resolved_at, near_miss, retrospective, practice, unannounced, tutorial,
            impact_began_at)
        VALUES (:form, :name, :type, :severity, :highest, :status, :private, :drill, :reporter, :lead,
            :lead_by_hand, :summary, :causes, :cmoc, :executive, :declared_at, :update_in,
            :review_requested, :resolved_at, :near_miss, :retrospective, :practice, :unannounced, :tutorial,
            :impact_began_at)
        RETURNING id""",
        _columns(incident) | {"form": form},
    )
    tx.known.channels[incident_id], tx.known.statuses[incident_id] = incident.channel, incident.status
    tx.known.practice[incident_id] = incident.drill
    added = replace(incident, id=incident_id)
    words.add(tx, added)
    return added


def save(tx: Tx, incident: Incident) -> None:
    tx.known.channels[incident.id], tx.known.statuses[incident.id] = incident.channel, incident.status
    tx.write(
        """UPDATE incidents SET name = :name, private = :private, severity = :severity, highest = :highest,
            status = :status, lead = :lead, lead_by_hand = :lead_by_hand, summary = :summary,
            causes = :causes, cmoc = :cmoc, executive = :executive, channel = :channel,
            channel_name = :channel_name, engaged_at = :engaged_at, updated_at = :updated_at,
            update_in = :update_in, resolved_at = :resolved_at, verified_by = :verified_by,
            correcting = :correcting, waits_until = :waits_until, paused_for = :paused_for,
            review_requested = :review_requested, merged_into = :merged_into, near_miss = :near_miss,
            practice = :practice, public_status = :public_status, impaired_at = :impaired_at,
            impaired_since_at = :impaired_since_at, impact_began_at = :impact_began_at,
            noticed_at = :noticed_at, unpublished = :unpublished
        WHERE id = :id""",
        _columns(incident),
    )


def get(tx: Tx, incident_id: int) -> Incident:
    """Return an incident whoever asks: for operations and deliveries. Raises NotFound."""
    row = tx.one(_ONE, {"id": incident_id})
    if not row:
        raise tx.unknown("incidents", incident_id, "incident", f"INC-{incident_id}")
    return _known(tx, row)


def visible(tx: Tx, incident_id: int, by: Actor) -> Incident:
    """Return an incident that `by` may know of; the bot knows all. Raises NotFound, for a private one too."""
    if by == BOT:
        return get(tx, incident_id)
    row = tx.one(_ONE_VISIBLE, {"id": incident_id, "viewer": by})
    if not row:
        raise tx.unknown("incidents", incident_id, "incident", f"INC-{incident_id}")
    return _known(tx, row)


def private_of(tx: Tx, viewer: str) -> list[Incident]:
    """Return the private incidents that somebody may know of."""
    rows = tx.all(f"{ALL} WHERE incidents.private = 1 AND {VISIBLE} ORDER BY id", {"viewer": viewer})
    return [_known(tx, row) for row in rows]


def visible_of(tx: Tx, ids: Sequence[int], viewer: str) -> list[Incident]:
    """Return those of these incidents that `viewer` may know of, in their order."""
    rows = (tx.one(_ONE_VISIBLE, {"id": one, "viewer": viewer}) for one in ids)
    return [from_row(row) for row in rows if row]


def hidden(tx: Tx, incident_id: int) -> Incident | None:
    """Return a private incident whoever asks: its lead may be asked, and whoever asked learns nothing."""
    row = tx.one(f"{_ONE} AND private = 1", {"id": incident_id})
    return from_row(row) if row else None


def of_form(tx: Tx, form: str) -> Incident | None:
    """Return the incident that this form declared already."""
    row = tx.one(f"{ALL} WHERE form = :form", {"form": form})
    return from_row(row) if row else None


def declared_by(tx: Tx, by: Actor, since: datetime, most: int) -> list[Incident]:
    """Return what somebody has declared since then and may still know of, newest first, `most` at most."""
    rows = tx.all(
        f"""{ALL} WHERE reporter = :viewer AND declared_at > :since AND {VISIBLE}
        ORDER BY declared_at DESC, id DESC LIMIT :most""",
        {"viewer": by, "since": since, "most": most},
    )
    return [from_row(row) for row in rows]


def tutorial_of(tx: Tx, viewer: str) -> Incident | None:
    """Return somebody's own tutorial that is open."""
    row = tx.one(
        f"""{ALL} WHERE reporter = :viewer AND tutorial = 1 AND {OPEN} AND {VISIBLE}
        ORDER BY incidents.id DESC LIMIT 1""",
        {"viewer": viewer},
    )
    return from_row(row) if row else None


def here(tx: Tx, channel: str, by: str) -> Incident | None:
    """Return the incident whose channel this is, unless `by` may not know of it (any more)."""
    row = tx.one(
        f"{ALL} WHERE channel = :channel AND {VISIBLE}",
        {"channel": channel, "viewer": by},
    )
    return from_row(row) if row else None


def in_channel(tx: Tx, channel: str) -> Incident | None:
    """Return the incident whose channel this is, whoever asks: for what Slack tells of the channel."""
    row = tx.one(f"{ALL} WHERE channel = :channel", {"channel": channel})
    return from_row(row) if row else None


def channels(tx: Tx) -> set[str]:
    """Return the channel of every incident that has one."""
    return {row["channel"] for row in tx.all("SELECT channel FROM incidents WHERE channel IS NOT NULL")}


def open_public_channels(tx: Tx) -> set[str]:
    """Return the channels of the open incidents that everybody may know."""
    where = f"private = 0 AND channel IS NOT NULL AND {OPEN}"
    return {row["channel"] for row in tx.all(f"SELECT channel FROM incidents WHERE {where}")}  # noqa: S608


def private_channels(tx: Tx) -> list[tuple[int, str]]:
    """Return each private incident that has a channel, with it."""
    rows = tx.all("SELECT id, channel FROM incidents WHERE private = 1 AND channel IS NOT NULL ORDER BY id")
    return [(row["id"], row["channel"]) for row in rows]


def open_ones(tx: Tx, viewer: str) -> list[Incident]:
    """Return the open incidents that `viewer` may know of, worst first."""
    rows = tx.all(
        f"{ALL} WHERE {OPEN} AND {VISIBLE} ORDER BY severity, id",
        {"viewer": viewer},
    )
    return [from_row(row) for row in rows]


def newest(tx: Tx, viewer: str, limit: int) -> list[Incident]:
    """Return the newest open incidents that `viewer` may know of, without drills."""
    rows = tx.all(
        f"{ALL} WHERE {OPEN} AND drill = 0 AND {VISIBLE} ORDER BY incidents.id DESC LIMIT :limit",
        {"viewer": viewer, "limit": limit},
    )
    return [from_row(row) for row in rows]


def passed(tx: Tx, person: str) -> list[Incident]:
    """Return the open incidents whose pages went on from this person, the worst first."""
    gone_on = """SELECT escalations.incident FROM pages JOIN escalations ON escalations.id = pages.escalation
        WHERE pages.responder = :viewer AND pages.state = 'escalated'"""
    rows = tx.all(
        f"{ALL} WHERE {OPEN} AND {VISIBLE} AND incidents.id IN ({gone_on}) ORDER BY severity, id",
        {"viewer": person},
    )
    return [from_row(row) for row in rows]


def held_by(tx: Tx, person: str) -> list[Incident]:
    """Return the open incidents that somebody may know of and holds a role of."""
    held = "SELECT incident FROM roles WHERE person = :viewer AND since IS NOT NULL"
    rows = tx.all(
        f"{ALL} WHERE {OPEN} AND {VISIBLE} AND incidents.id IN ({held}) ORDER BY id", {"viewer": person}
    )
    return [from_row(row) for row in rows]


def likely(tx: Tx, viewer: str, limit: int) -> list[Incident]:
    """Return the open incidents that somebody may mean: those they are in before others, the worst first. A
    drill is only for those who are in it.
    """
    within = {
        row["incident"] for row in tx.all("SELECT incident FROM members WHERE person = :id", {"id": viewer})
    }
    meant = [one for one in open_ones(tx, viewer) if not one.drill or one.id in within]
    return sorted(meant, key=lambda one: one.id not in within)[:limit]


def everyone_open(tx: Tx) -> list[Incident]:
    """Return the open incidents, whoever may see them."""
    # asked for in order, SQLite goes through all there ever were
    rows = sorted(tx.all(f"{ALL} WHERE {OPEN}"), key=lambda row: int(row["id"]))
    return [from_row(row) for row in rows]


def newest_active(tx: Tx, limit: int) -> list[Incident]:
    """Return the public incidents that people work on, neither drills nor near misses, the newest first."""
    # asked for in order, SQLite goes through all there ever were
    which = f"{OPEN} AND status <> 'Triage' AND private = 0 AND drill = 0 AND near_miss = 0"
    found = tx.all(f"SELECT id FROM incidents WHERE {which}")  # noqa: S608 - ours
    newest = sorted((row["id"] for row in found), reverse=True)[:limit]
    if not newest:
        return []
    these, named = any_of(newest)
    rows = tx.all(f"{ALL} WHERE incidents.id IN ({these})", named)
    return sorted(map(from_row, rows), key=lambda one: one.id, reverse=True)


def newest_triage(tx: Tx, limit: int) -> list[Incident]:
    """Return the public incidents that wait to be accepted, the newest first."""
    sql = f"{ALL} WHERE status = 'Triage' AND private = 0 ORDER BY id DESC LIMIT :limit"
    return [from_row(row) for row in tx.all(sql, {"limit": limit})]


def any_open(tx: Tx) -> bool:
    return tx.one(f"SELECT 1 FROM incidents WHERE {OPEN} LIMIT 1", {}) is not None  # noqa: S608 - ours


def everyone(tx: Tx) -> list[Incident]:
    """Return all incidents, whoever may see them."""
    return [from_row(row) for row in tx.all(f"{ALL} ORDER BY id")]


def in_practice(tx: Tx, incident_id: int) -> Incident | None:
    """Return a drill, in which only people who were chosen are called; None for any other incident."""
    if incident_id not in tx.known.practice:
        row = tx.one("SELECT drill FROM incidents WHERE id = :id", {"id": incident_id})
        tx.known.practice[incident_id] = bool(row and row["drill"])
    return get(tx, incident_id) if tx.known.practice[incident_id] else None


def has_channel(tx: Tx, incident_id: int) -> bool:
    """Say whether there is a channel to tell and to invite to; one that opens later catches up."""
    known = tx.known.channels
    if incident_id not in known:
        row = tx.one("SELECT channel FROM incidents WHERE id = :id", {"id": incident_id})
        known[incident_id] = row["channel"] if row else None
    return known[incident_id] is not None


def look_ahead(tx: Tx, incident_ids: Collection[int]) -> None:
    """Look up the channels and statuses of many incidents at once, for decisions that are made together."""
    these, named = any_of(incident_ids)
    rows = tx.all(f"SELECT id, channel, status, drill FROM incidents WHERE id IN ({these})", named)  # noqa: S608 - ours
    tx.known.channels.update({row["id"]: row["channel"] for row in rows})
    tx.known.statuses.update({row["id"]: row["status"] for row in rows})
    tx.known.practice.update({row["id"]: bool(row["drill"]) for row in rows})


def channel_settled(tx: Tx, incident_id: int) -> bool:
    """Say whether the channel is open, or known never to open: what wanted its link need not wait."""
    if tx.known.channels.get(incident_id):
        return True
    row = tx.one("SELECT channel, channel_lost FROM incidents WHERE id = :id", {"id": incident_id})
    return bool(row and (row["channel"] or row["channel_lost"]))


def in_triage(tx: Tx, incident_id: int) -> bool:
    """Say whether an incident waits to be accepted."""
    status = tx.known.statuses.get(incident_id)
    return (status or get(tx, incident_id).status) == Status.TRIAGE


def topic(tx: Tx, incident_id: int) -> str:
    """Return the topic that the channel was given last, or nothing."""
    row = tx.one("SELECT topic FROM incidents WHERE id = :id", {"id": incident_id})
    return str(row["topic"]) if row else ""


def topic_set(tx: Tx, incident_id: int, text: str) -> None:
    """Remember the topic that the channel has."""
    tx.write("UPDATE incidents SET topic = :text WHERE id = :id", {"id": incident_id, "text": text})


def point_on(tx: Tx, incident_id: int, into: int) -> list[int]:
    """Have the duplicates of an incident be those of the one into which it is merged; return them."""
    rows = tx.returned(
        "UPDATE incidents SET merged_into = :into WHERE merged_into = :id RETURNING id",
        {"id": incident_id, "into": into},
    )
    return sorted(row["id"] for row in rows)


def public_duplicates(tx: Tx, incident_id: int) -> list[Incident]:
    """Return the incidents that were merged into one, and that everybody still reads."""
    rows = tx.all(
        f"{ALL} WHERE merged_into = :id AND private = 0 ORDER BY id",
        {"id": incident_id},
    )
    return [from_row(row) for row in rows]


def lose_channel(tx: Tx, incident_id: int) -> None:
    """Remember that there is no channel and will be none, so that nothing waits for it."""
    tx.known.channels[incident_id] = None
    tx.write("UPDATE incidents SET channel_lost = 1, channel = NULL WHERE id = :id", {"id": incident_id})


def _known(tx: Tx, row: Row) -> Incident:
    tx.known.practice[row["id"]] = bool(row["drill"])
    found: Incident = tx.made(row, from_row)
    return found


def _columns(incident: Incident) -> Row:
    parts = columns(incident) | columns(incident.summary) | columns(incident.publicity)
    del parts["publicity"]
    return parts | {"practice": " ".join(incident.practice)}


def from_row(row: Row) -> Incident:
    summary = {name: row[name] for name in _SUMMARY}
    publicity = {name: row[name] for name in _PUBLICITY}
    blocks = None if row["blocks"] is None else bool(row["blocks"])
    given: Row = {"reporter": parsed(row["reporter"]), "summary": summary, "blocks_deployments": blocks}
    given |= {"publicity": publicity, "practice": tuple(row["practice"].split())}
    if row["began"] and (began := json.loads(row["began"])["after"]):
        given["began_at"] = datetime.fromisoformat(began)
    if row["drill"] and not given["practice"] and isinstance(given["reporter"], str):
        given["practice"] = (given["reporter"],)  # of an older version, in which nobody had to be chosen
    return value_of(Incident, row, **given)
