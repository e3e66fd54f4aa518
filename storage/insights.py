"""What the figures of a time are made of: how incidents went, a piece at a time, and whom pages called."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from bot.domain.actors import Actor, parsed
from bot.domain.incidents.fields import CUSTOMER_IMPACT, EXTERNALLY_FACING, NO, YES
from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.publicity import UNTOLD, Publicity, PublicStatus
from bot.domain.incidents.times import Moment, Move
from bot.domain.insights.load import Call, FollowUpFigures, Stands
from bot.domain.insights.measures import Course, is_counted
from bot.domain.paging.pages import PageState
from bot.domain.work.work import Action
from storage.actions import KNOWN
from storage.incidents import VISIBLE
from storage.load import called_of
from storage.rows import value_of
from storage.transaction import Row, Tx, any_of, instant, moment

_PIECE = f"""SELECT id, type, highest, status, drill, near_miss, retrospective, correcting, lead, declared_at,
    engaged_at, resolved_at, public_status, impaired_at, impaired_since_at, impact_began_at, noticed_at,
    unpublished FROM incidents
    WHERE declared_at >= :start AND declared_at < :end AND (declared_at > :start OR id > :id)
        AND {VISIBLE} AND (private = 0 OR :private = 1)
    ORDER BY declared_at, id LIMIT :most"""  # noqa: S608 - texts of ours
_COURSE = """SELECT incident, kind, at, by_whom, data FROM entries
    WHERE incident >= :first AND incident <= :last AND kind IN ('status', 'time', 'notice_published')
    ORDER BY incident, id"""
_PERSON = (
    """pages.state = 'acknowledged' AND pages.answered_by <> 'bot' AND pages.answered_by NOT LIKE '%:%'"""
)
_ASKED = f"""SELECT escalations.incident, escalations.state, MIN(pages.raised_at) AS called,
        MIN(CASE WHEN {_PERSON} AND NOT (pages.quiet = 1 AND pages.answered_at = pages.raised_at)
            THEN pages.answered_at END) AS answered,
        MAX(CASE WHEN {_PERSON} THEN pages.answered_at END) AS there
    FROM escalations CROSS JOIN pages WHERE pages.escalation = escalations.id
        AND escalations.incident >= :first AND escalations.incident <= :last
    GROUP BY escalations.incident, escalations.id ORDER BY escalations.incident, escalations.id"""  # noqa: S608 - texts of ours
"""When each escalation of each incident called, when a person first answered it, and when the last one did.
The cross join, and groups in the order of the index, keep SQLite from sorting or reading all pages.
"""
_UPDATES = """SELECT incident, SUM(CASE WHEN followed <= next_at THEN 1 ELSE 0 END) AS in_time,
        SUM(CASE WHEN next_at < over AND (followed IS NULL OR followed > next_at) THEN 1 ELSE 0 END) AS late
    FROM (SELECT updates.incident, updates.next_at, COALESCE(incidents.resolved_at, :now) AS over,
            LEAD(updates.at) OVER (PARTITION BY updates.incident ORDER BY updates.id) AS followed
        FROM updates JOIN incidents ON incidents.id = updates.incident
        WHERE updates.incident >= :first AND updates.incident <= :last) AS promised
    WHERE next_at IS NOT NULL GROUP BY incident"""
"""What updates promised: the next one by a time, unless it was resolved before that."""
_RULES = """SELECT alerts.incident, alerts.rule, false_alarms.incident AS wrong FROM alerts
    LEFT JOIN false_alarms ON false_alarms.incident = alerts.incident
    WHERE alerts.id IN (SELECT MIN(id) FROM alerts
        WHERE incident >= :first AND incident <= :last GROUP BY incident)"""
"""The rule of the first alert of each incident, and whether somebody said that it was a false alarm."""


_CALLS = f"""SELECT pages.id, pages.responder, pages.level_team, pages.raised_at, pages.answered_by,
        pages.answered_at, pages.state, escalations.incident, incidents.drill,
        CASE WHEN pages.responder IS NOT NULL AND (pages.quiet = 0
                OR pages.answered_at IS NULL OR pages.answered_at <> pages.raised_at)
            AND (incidents.id IS NULL OR ({VISIBLE} AND (incidents.private = 0 OR :private = 1)))
            THEN 1 ELSE 0 END AS counts
    FROM pages JOIN escalations ON escalations.id = pages.escalation
    LEFT JOIN incidents ON incidents.id = escalations.incident
    WHERE pages.raised_at >= :start AND pages.raised_at < :end
        AND (pages.raised_at > :start OR pages.id > :id)
    ORDER BY pages.raised_at, pages.id LIMIT :most"""  # noqa: S608 - texts of ours

_FOLLOW_UPS = f"""FROM follow_ups JOIN actions ON actions.id = follow_ups.action
    JOIN incidents ON incidents.id = actions.incident
    WHERE incidents.declared_at >= :start AND incidents.declared_at < :end AND {VISIBLE} AND {KNOWN}
        AND (:private = 1 OR (incidents.private = 0 AND actions.private = 0))"""
_STANDS: Mapping[Stands, str] = {
    Stands.MADE: "incidents.drill = 0 AND actions.cancelled = 0",
    Stands.DONE: "incidents.drill = 0 AND actions.cancelled = 0 AND actions.done_at IS NOT NULL",
    Stands.OVERDUE: """incidents.drill = 0 AND actions.cancelled = 0 AND actions.done_at IS NULL
        AND actions.due < :today""",
    Stands.CANCELLED: "incidents.drill = 0 AND actions.cancelled = 1",
    Stands.DRILLS: "incidents.drill = 1",
}


_SEVERITIES = {one.value: one for one in Severity}
_STATUSES = {one.value: one for one in Status}
"""Looked up: to call an enumeration for each of thousands takes longer."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents: those declared from `start` until `end` that `viewer` may know of; none that is
    private, unless `private`.
    """

    viewer: Actor
    start: datetime
    end: datetime
    private: bool = True


@dataclass(frozen=True, slots=True)
class Past:
    """Where a piece ended: the time of its last row, as it is kept, and its number."""

    at: str
    id: int


def courses(
    tx: Tx, wanted: Wanted, fields: Mapping[str, str], most: int, past: Past | None
) -> tuple[list[Course], Past | None]:
    """Return the incidents that come `past` others, `most` at most, and where to go on, if there are more.

    `fields` are the names of the fields that hold the `services`, the `cause` and the `change`.
    """
    rows = tx.all(
        _PIECE,
        _span(wanted, past) | {"most": most},
    )
    if not rows:
        return [], None
    within = {"first": min(row["id"] for row in rows), "last": max(row["id"] for row in rows)}
    details = _Details(tx, within, fields)
    last = rows[-1]
    more = Past(last["declared_at"], last["id"]) if len(rows) == most else None
    return [details.course(row) for row in rows], more


class _Details:
    """What other tables say of incidents whose numbers lie within two."""

    def __init__(self, tx: Tx, within: Row, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self._entries: dict[int, list[Row]] = {}
        for row in tx.all(_COURSE, within):
            self._entries.setdefault(row["incident"], []).append(row)
        self._asked: dict[int, list[Row]] = {}
        for row in tx.all(_ASKED, within):
            self._asked.setdefault(row["incident"], []).append(row)
        self._updates = {row["incident"]: row for row in tx.all(_UPDATES, {**within, "now": tx.now})}
        self._alerts = {row["incident"]: row for row in tx.all(_RULES, within)}
        self._values: dict[int, dict[str, str]] = {}
        names = [*filter(None, fields.values()), CUSTOMER_IMPACT, EXTERNALLY_FACING]
        these, named = any_of(dict.fromkeys(names))
        sql = f"""SELECT incident, name, value FROM fields
            WHERE incident >= :first AND incident <= :last AND name IN ({these})"""  # noqa: S608 - a list of ours
        for row in tx.all(sql, {**within, **named}):
            self._values.setdefault(row["incident"], {})[row["name"]] = row["value"]

    def course(self, row: Row) -> Course:
        number = row["id"]
        values, alert = self._values.get(number, {}), self._alerts.get(number)
        asked, updates = self._asked.get(number, ()), self._updates.get(number, {})
        moves, by_hand, told = _read(self._entries.get(number, ()))
        return Course(
            id=number,
            type=row["type"],
            highest=_SEVERITIES[row["highest"]],
            status=_STATUSES[row["status"]],
            drill=bool(row["drill"]),
            near_miss=bool(row["near_miss"]),
            retrospective=bool(row["retrospective"]),
            correcting=bool(row["correcting"]),
            lead=row["lead"],
            declared_at=instant(row["declared_at"]),
            engaged_at=moment(row["engaged_at"]),
            resolved_at=moment(row["resolved_at"]),
            publicity=_publicity(row),
            internal=values.get(EXTERNALLY_FACING) == NO,
            customer_impact=values.get(CUSTOMER_IMPACT) == YES,
            moves=moves,
            by_hand=by_hand,
            called_at=moment(asked[0]["called"]) if asked else None,
            answered_at=moment(asked[0]["answered"]) if asked else None,
            mobilised_at=_mobilised(asked),
            told_at=told or moment(row["noticed_at"]),
            updates_in_time=int(updates.get("in_time", 0)),
            updates_late=int(updates.get("late", 0)),
            services=values.get(self._fields["services"], ""),
            cause=values.get(self._fields["cause"], ""),
            change=values.get(self._fields["change"], ""),
            rule=alert["rule"] if alert else None,
            false_alarm=bool(alert and alert["wrong"]),
        )


def _read(entries: Sequence[Row]) -> tuple[tuple[Move, ...], dict[Moment, str], datetime | None]:
    """Return the changes of status, the times that people set, and when customers first read of it."""
    moves, by_hand, told = [], dict[Moment, str](), None
    for row in entries:
        _, kind, at, by, data = row.values()
        if kind == "status":
            if move := _status(data, by):
                moves.append(Move(instant(at), *move))
        elif kind == "time":
            found = json.loads(data)
            by_hand[Moment(found["name"])] = found["after"]
        elif told is None:
            told = instant(at)
    return tuple(moves), by_hand, told


@lru_cache(maxsize=1024)
def _status(data: str, by: str | None) -> tuple[str, str, Actor | None, bool | None] | None:
    """Return what an entry says of a change of status, if figures ask for it: most look the same."""
    found = json.loads(data)
    if not is_counted(found["before"], found["after"]):
        return None
    return found["before"], found["after"], parsed(by) if by else None, found.get("back")


def _mobilised(asked: Sequence[Row]) -> datetime | None:
    """Return when the last of those who were asked was there; None while one is waited for."""
    if any(row["state"] == "running" for row in asked):
        return None
    there = [row["there"] for row in asked if row["state"] != "cancelled"]
    return moment(max(there)) if there and None not in there else None


def _publicity(row: Row) -> Publicity:
    if not (row["impaired_at"] or row["impact_began_at"] or row["noticed_at"] or row["unpublished"]):
        return UNTOLD
    return Publicity(
        public_status=PublicStatus(row["public_status"]),
        impaired_at=moment(row["impaired_at"]),
        impaired_since_at=moment(row["impaired_since_at"]),
        impact_began_at=moment(row["impact_began_at"]),
        noticed_at=moment(row["noticed_at"]),
        unpublished=row["unpublished"],
    )


def called(tx: Tx, wanted: Wanted, most: int, past: Past | None) -> tuple[list[Call], Past | None]:
    """Return the pages that come `past` others, and where to go on: not what called nobody."""
    rows = tx.all(_CALLS, _span(wanted, past) | {"most": most})
    found = [
        Call(row["incident"], row["level_team"], called_of(row), bool(row["drill"]), PageState(row["state"]))
        for row in rows
        if row["counts"]
    ]
    last = rows[-1] if len(rows) == most else None
    return found, Past(last["raised_at"], last["id"]) if last else None


def follow_ups(tx: Tx, wanted: Wanted, today: date) -> FollowUpFigures:
    """Return how the follow-ups of these incidents stand today."""
    states = ", ".join(f"SUM(CASE WHEN {_STANDS[one]} THEN 1 ELSE 0 END) AS {one}" for one in Stands)
    row = tx.one(f"SELECT {states} {_FOLLOW_UPS}", {**_span(wanted), "today": today.isoformat()})
    return FollowUpFigures(**{one.value: int((row or {}).get(one) or 0) for one in Stands})


def follow_ups_behind(
    tx: Tx, wanted: Wanted, today: date, stands: Stands, *, most: int, skipped: int
) -> list[Action]:
    """Return those that stand like this, the earliest due first."""
    rows = tx.all(
        f"""SELECT actions.* {_FOLLOW_UPS} AND {_STANDS[stands]}
        ORDER BY actions.due IS NULL, actions.due, actions.id LIMIT :most OFFSET :skipped""",
        {**_span(wanted), "today": today.isoformat(), "most": most, "skipped": skipped},
    )
    return [value_of(Action, row, by=parsed(row["by_whom"])) for row in rows]


def _span(wanted: Wanted, past: Past | None = None) -> Row:
    return {
        "viewer": wanted.viewer,
        "private": int(wanted.private),
        "start": past.at if past else wanted.start,
        "end": wanted.end,
        "id": past.id if past else 0,
    }
