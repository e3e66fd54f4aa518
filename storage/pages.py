"""Pages. Their `due_at` column is the timer; there is no other."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.actors import BOT
from bot.domain.incidents.incident import Severity
from bot.domain.paging.pages import Page, PageState, Reason
from storage.incidents import VISIBLE
from storage.transaction import Row, Tx, any_of, instant, moment

_ADDED = (
    *("chain", "incident", "team", "level", "level_team", "role", "responder", "message"),
    *("asked_by", "raised_at", "due_at", "remind_at", "reminded", "round", "late", "beside", "quiet"),
    "digested",
)
_ANSWERED = ("remind_at", "reminded", "answered_by", "answered_at")


_MANY_CALL = """:most > 0 AND (SELECT COUNT(*) FROM (SELECT 1 AS one FROM pages AS other
    WHERE other.responder = :responder AND other.state = 'pending' AND other.beside IS NULL
    LIMIT :most) AS calling) >= :most"""
"""Whether as many messages as `most` call a person already; never, where that is 0."""


def add(tx: Tx, page: Page, *, most: int = 0) -> Page:
    """Write a new page and return it with its id. A page without a chain begins one.

    When `most` others call its person by a message already, it is digested.
    """
    tx.promise()
    (row,) = tx.all(
        f"""INSERT INTO pages (chain, incident, team, level, level_team, role, responder, state, reason,
            message, asked_by, raised_at, due_at, remind_at, reminded, round, late, beside, quiet, digested)
        VALUES (:chain, :incident, :team, :level, :level_team, :role, :responder, :state, :reason,
            :message, :asked_by, :raised_at, :due_at, :remind_at, :reminded, :round, :late, :beside, :quiet,
            CASE WHEN {_MANY_CALL} THEN 1 ELSE :digested END)
        RETURNING id, digested""",  # noqa: S608 - a constant of ours
        {
            **{name: getattr(page, name) for name in _ADDED},
            "state": page.state.value,
            "reason": page.reason.value,
            "most": most,
        },
    )
    if not page.chain:
        tx.write("UPDATE pages SET chain = id WHERE id = :id", {"id": row["id"]})
    stored = replace(page, id=row["id"], chain=page.chain or row["id"], digested=bool(row["digested"]))
    if not page.incident:  # of others the timeline says it
        what = {"team": page.team, "person": page.responder, "round": page.round}
        tx.decide("paged", incident=None, actor=page.asked_by or BOT, page=stored.id, **what)
    if page.incident in tx.known.pages_of:
        tx.known.pages_of[page.incident].append(stored.id)
        tx.known.pages[stored.id] = stored
    return stored


def none_yet(tx: Tx, incident_id: int) -> None:
    """Know without asking that an incident which was just written has no pages."""
    tx.known.pages_of[incident_id] = []


def take(tx: Tx, ids: Sequence[int]) -> list[Page]:
    """Return those of these pages that wait for an answer, and that nobody else is just deciding about.

    They are ours until the end of the transaction.
    """
    these, named = any_of(ids)
    rows = tx.all(
        f"""SELECT * FROM pages WHERE id IN ({these}) AND state = 'pending'
        {tx.for_update}""",  # noqa: S608 - names of our own making
        named,
    )
    found = {row["id"]: _page(row) for row in rows}
    return [found[one] for one in ids if one in found]


def look_ahead(tx: Tx, incident_ids: Collection[int]) -> None:
    """Look up the pages of many incidents at once, for decisions that are made together."""
    these, named = any_of(incident_ids)
    tx.known.pages_of.update({one: [] for one in incident_ids})
    rows = tx.all(f"SELECT * FROM pages WHERE incident IN ({these}) ORDER BY id", named)  # noqa: S608 - ours
    for page in map(_page, rows):
        tx.known.pages[page.id] = page
        tx.known.pages_of[page.incident or 0].append(page.id)


def advance(tx: Tx, seen: Page, page: Page) -> bool:
    """Write what became of a page, unless somebody else decided first. Who commits first wins."""
    return bool(advance_each(tx, [(seen, page)]))


def advance_each(tx: Tx, changes: Sequence[tuple[Page, Page]]) -> list[Page]:
    """Do that with many, each as it was seen and as it becomes. Return those that nobody else decided."""
    changed = tx.execute_each(
        """UPDATE pages SET state = :state, remind_at = :remind_at, reminded = :reminded,
            answered_by = :answered_by, answered_at = :answered_at
        WHERE id = :id AND state = :seen AND reminded = :seen_reminded""",
        [
            {
                "id": seen.id,
                "seen": seen.state.value,
                "seen_reminded": seen.reminded,
                **{name: getattr(page, name) for name in _ANSWERED},
                "state": page.state.value,
            }
            for seen, page in changes
        ],
    )
    ours = []
    for (seen, page), number in zip(changes, changed, strict=True):
        if number and tx.known.pages.get(seen.id) == seen:
            tx.known.pages[seen.id] = page
        else:
            _forget(tx, seen.id)
        if number:
            ours.append(seen)
        if number and not page.incident and page.state is not seen.state:
            tx.decide(page.state.value, incident=None, actor=page.answered_by or BOT, page=page.id)
    return ours


def restart(tx: Tx, page: Page) -> None:
    """Write the new times of a page that an older state of the database has as unanswered."""
    tx.promise()
    _forget(tx, page.id)
    tx.write(
        """UPDATE pages SET raised_at = :raised_at, due_at = :due_at, remind_at = :remind_at,
            reminded = :reminded, restored_from = :of
        WHERE id = :id AND state = 'pending'""",
        {
            "id": page.id,
            "raised_at": page.raised_at,
            "due_at": page.due_at,
            "remind_at": page.remind_at,
            "reminded": page.reminded,
            "of": page.restored_from,
        },
    )


def set_aside(tx: Tx, page_id: int, by: timedelta) -> None:
    """Push a page that cannot be handled out of the way of the others, for a while.

    Only what is due moves: a reminder that fails must not bring the deadline forward.
    """
    _forget(tx, page_id)
    tx.write(
        """UPDATE pages SET due_at = CASE WHEN due_at <= :now THEN :later ELSE due_at END,
            remind_at = CASE WHEN due_at <= :now THEN NULL ELSE :later END
        WHERE id = :id AND state = 'pending'""",
        {"id": page_id, "now": tx.now, "later": tx.now + by},
    )


def record_dm(tx: Tx, page_id: int, channel: str, ts: str, *, resent: bool) -> None:
    """Remember where the page's message is, so that it can be redrawn."""
    _forget(tx, page_id)
    tx.write(
        "UPDATE pages SET dm_channel = :channel, dm_ts = :ts, resent = :resent WHERE id = :id",
        {"id": page_id, "channel": channel, "ts": ts, "resent": resent},
    )


def record_undelivered(tx: Tx, page_id: int, why: str) -> None:
    """Remember that Slack will not take the page's message."""
    _forget(tx, page_id)
    tx.write("UPDATE pages SET undelivered = :why WHERE id = :id", {"id": page_id, "why": why})


def get(tx: Tx, page_id: int) -> Page:
    """Return a page. Raises NotFound."""
    known = tx.known.pages.get(page_id)
    if known:
        return known
    row = tx.one("SELECT * FROM pages WHERE id = :id", {"id": page_id})
    if not row:
        raise tx.unknown("pages", page_id, "page", page_id)
    return _page(row)


def visible(tx: Tx, page_id: int, by: str) -> Page:
    """Return a page of an incident that `by` may know of, or that called them. Else raises NotFound.

    To be called is a right of its own: an invitation to the channel may fail. Who was removed has lost it.
    """
    row = tx.one(
        f"""SELECT pages.* FROM pages LEFT JOIN incidents ON incidents.id = pages.incident
        WHERE pages.id = :id AND (pages.incident IS NULL OR {VISIBLE}
            OR (pages.responder = :viewer AND NOT EXISTS (SELECT 1 FROM members
                WHERE members.incident = pages.incident AND members.person = :viewer
                    AND members.gone = 1)))""",  # noqa: S608 - a constant of ours
        {"id": page_id, "viewer": by},
    )
    if not row:
        raise tx.unknown("pages", page_id, "page", page_id)
    return _page(row)


def overdue(tx: Tx, limit: int) -> list[int]:
    """Return the unanswered pages past their deadline: the worst severity first, then the oldest."""
    rows = tx.all(
        """SELECT pages.id FROM pages LEFT JOIN incidents ON incidents.id = pages.incident
        WHERE pages.state = 'pending' AND pages.due_at <= :now
        ORDER BY COALESCE(incidents.severity, 'S2'), pages.due_at, pages.id LIMIT :limit""",
        {"now": tx.now, "limit": limit},
    )
    return [row["id"] for row in rows]


def next_due(tx: Tx) -> datetime | None:
    """Return when the next unanswered page falls due."""
    row = tx.one("SELECT MIN(due_at) AS due_at FROM pages WHERE state = 'pending'")
    return instant(row["due_at"]) if row and row["due_at"] else None


def to_remind(tx: Tx, limit: int) -> list[int]:
    """Return the unanswered pages whose reminder is due and whose deadline is not."""
    rows = tx.all(
        """SELECT id FROM pages
        WHERE state = 'pending' AND remind_at IS NOT NULL AND remind_at <= :now AND due_at > :now
        ORDER BY remind_at LIMIT :limit""",
        {"now": tx.now, "limit": limit},
    )
    return [row["id"] for row in rows]


def pending(tx: Tx) -> list[Page]:
    """Return every unanswered page, oldest first."""
    return _found(tx, "state = :it", PageState.PENDING.value)


def pending_of(tx: Tx, incident_id: int) -> list[Page]:
    """Return the unanswered pages of an incident, oldest first."""
    if incident_id in tx.known.pages_of:
        return [page for page in of_incident(tx, incident_id) if page.pending]
    return _found(tx, "incident = :it AND state = 'pending'", incident_id)


def pending_for(tx: Tx, person: str) -> list[Page]:
    """Return the unanswered pages that call this person, oldest first."""
    return _found(tx, "responder = :it AND state = 'pending'", person)


def digested(tx: Tx, person: str) -> list[tuple[Page, Severity]]:
    """Return the unanswered pages that a person's digest lists, with their severities, oldest first."""
    rows = tx.all(
        """SELECT pages.*, COALESCE(incidents.severity, 'S2') AS severity
        FROM pages LEFT JOIN incidents ON incidents.id = pages.incident
        WHERE pages.responder = :person AND pages.state = 'pending' AND pages.digested = 1
        ORDER BY pages.id""",
        {"person": person},
    )
    return [(_page(row), Severity(row["severity"])) for row in rows]


def record_digested(tx: Tx, ids: Sequence[int], channel: str, ts: str, *, resent: bool) -> None:
    """Remember that a digest lists these pages now."""
    for one in ids:
        _forget(tx, one)
    place = {"channel": channel, "ts": ts, "resent": resent}
    tx.execute_each(
        "UPDATE pages SET dm_channel = :channel, dm_ts = :ts, resent = :resent WHERE id = :id",
        [{"id": one, **place} for one in ids],
    )


def call_more_than(tx: Tx, person: str, many: int) -> bool:
    """Say whether more incidents than this call a person now."""
    rows = tx.all(
        "SELECT DISTINCT incident FROM pages WHERE responder = :person AND state = 'pending' LIMIT :limit",
        {"person": person, "limit": many + 1},
    )
    return len(rows) > many


def calling(tx: Tx, person: str) -> tuple[int, int | None]:
    """Return how many incidents call a person now, and which of them is the worst."""
    rows = tx.all(
        """SELECT DISTINCT pages.incident AS number, COALESCE(incidents.severity, 'S2') AS severity
        FROM pages LEFT JOIN incidents ON incidents.id = pages.incident
        WHERE pages.responder = :person AND pages.state = 'pending' ORDER BY severity, number""",
        {"person": person},
    )
    return len(rows), next((row["number"] for row in rows if row["number"]), None)


def asked_outside(tx: Tx, by: str, since: datetime) -> int:
    """Return how many pages a person asked for outside any incident since then."""
    row = tx.one(
        """SELECT COUNT(*) AS n FROM pages
        WHERE asked_by = :by AND incident IS NULL AND chain = id AND raised_at > :since""",
        {"by": by, "since": since},
    )
    return int(row["n"]) if row else 0


def of_incident(tx: Tx, incident_id: int) -> list[Page]:
    """Return all pages of an incident, oldest first."""
    if incident_id in tx.known.pages_of:
        return [get(tx, one) for one in tx.known.pages_of[incident_id]]
    return _found(tx, "incident = :it", incident_id)


def pending_beside(tx: Tx, page: Page) -> list[Page]:
    """Return the unanswered pages that count on the message of another one, of the same incident."""
    if page.incident in tx.known.pages_of:
        return [one for one in pending_of(tx, page.incident) if one.beside == page.id]
    return _found(tx, "beside = :it AND state = 'pending'", page.id)


def stand_alone(tx: Tx, page: Page, *, most: int) -> None:
    """Let a page that counted on another's message be called by its own, or by a digest as a new one is."""
    _forget(tx, page.id)
    tx.write(
        f"""UPDATE pages SET beside = NULL, digested = CASE WHEN {_MANY_CALL} THEN 1 ELSE 0 END
        WHERE id = :id""",  # noqa: S608 - a constant of ours
        {"id": page.id, "responder": page.responder, "most": most},
    )


def stand_beside(tx: Tx, page_id: int, other: int) -> None:
    """Let the message of another page stand for this one too."""
    _forget(tx, page_id)
    tx.write("UPDATE pages SET beside = :other WHERE id = :id", {"id": page_id, "other": other})


def of_chain(tx: Tx, chain: int) -> list[Page]:
    """Return all pages of a path, oldest first."""
    return _found(tx, "chain = :it", chain)


def latest_of_chain(tx: Tx, chain: int) -> Page:
    """Return the newest page of a chain: where an escalated one went."""
    return of_chain(tx, chain)[-1]


def _forget(tx: Tx, page_id: int) -> None:
    """Read a page anew when it is asked for again."""
    tx.known.pages.pop(page_id, None)


def _found(tx: Tx, where: str, it: int | str) -> list[Page]:
    rows = tx.all(
        f"SELECT * FROM pages WHERE {where} ORDER BY id",  # noqa: S608 - the callers are above
        {"it": it},
    )
    return [_page(row) for row in rows]


def _page(row: Row) -> Page:
    return Page(
        id=row["id"],
        chain=row["chain"],
        incident=row["incident"],
        team=row["team"],
        level=row["level"],
        level_team=row["level_team"],
        role=row["role"],
        responder=row["responder"],
        state=PageState(row["state"]),
        reason=Reason(row["reason"]),
        message=row["message"],
        asked_by=row["asked_by"],
        raised_at=instant(row["raised_at"]),
        due_at=instant(row["due_at"]),
        remind_at=moment(row["remind_at"]),
        reminded=row["reminded"],
        round=row["round"],
        late=timedelta(seconds=row["late"]),
        answered_by=row["answered_by"],
        answered_at=moment(row["answered_at"]),
        dm_channel=row["dm_channel"],
        dm_ts=row["dm_ts"],
        undelivered=row["undelivered"],
        resent=bool(row["resent"]),
        beside=row["beside"],
        quiet=bool(row["quiet"]),
        digested=bool(row["digested"]),
        restored_from=moment(row["restored_from"]),
    )
