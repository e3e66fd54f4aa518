"""Pages, each with its escalation."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter

from bot.domain.actors import BOT
from bot.domain.incidents.board import Unanswered
from bot.domain.incidents.incident import Severity
from bot.domain.paging.escalations import Escalation
from bot.domain.paging.pages import Page, PageState, newest, next_reminder
from storage import escalations, notifications, timers
from storage.incidents import VISIBLE
from storage.transaction import Row, Tx, any_of, instant, moment

_ADDED = {
    **dict.fromkeys(("escalation", "level", "reminded", "round", "quiet"), "INTEGER"),
    **dict.fromkeys(("level_team", "role", "responder", "state", "raised_at"), "TEXT"),
    "late": "REAL",
}
_ANSWERED = ("reminded", "answered_by", "answered_at", "there_by", "reminded_then")
_ADVANCED = {
    **dict.fromkeys(("id", "reminded", "reminded_then", "seen_reminded"), "INTEGER"),
    **dict.fromkeys(("seen", "state", "answered_by", "answered_at", "there_by"), "TEXT"),
}
_READ = f"""pages.*, {escalations.OF_PAGES}, covers.shown,
    {", ".join(f"message.{name} AS message_{name}" for name in notifications.COLUMNS)}"""
_WITH_MESSAGE = """LEFT JOIN notification_pages AS covers
        ON covers.page = pages.id AND covers.contact_method = 'slack'
    LEFT JOIN notifications AS message ON message.id = covers.notification"""
_FROM = f"FROM pages JOIN escalations ON escalations.id = pages.escalation {_WITH_MESSAGE}"
_ALL = f"SELECT {_READ} {_FROM}"
"""Every page with its escalation and its direct message."""


def add(tx: Tx, page: Page) -> Page:
    """Write a new page and return it with its id."""
    return add_each(tx, [page])[0]


def add_each(tx: Tx, new: Sequence[Page]) -> list[Page]:
    """Do that with many. Each is covered by its message."""
    ids = tx.insert_each(
        "pages",
        _ADDED,
        [
            {
                **{name: getattr(page, name) for name in _ADDED},
                "escalation": page.escalation.id,
                "state": page.state.value,
                "quiet": int(page.quiet),
            }
            for page in new
        ],
    )
    added = [replace(page, id=number) for page, number in zip(new, ids, strict=True)]
    notifications.cover(tx, [(page.id, page.notification, page.shown) for page in added if page.notification])
    for page in added:
        _added(tx, page)
    timers.keep_reminders(tx, [(page.id, at) for page in added if (at := next_reminder(page))])
    return added


def _added(tx: Tx, page: Page) -> None:
    if not page.incident:  # of others the timeline says it
        of = page.escalation
        what = {"team": of.team, "person": page.responder, "round": page.round}
        tx.decide("paged", incident=None, actor=of.asked_by or BOT, page=page.id, **what)
    if page.incident in tx.known.pages_of:
        tx.known.pages_of[page.incident].append(page.id)
        tx.known.pages[page.id] = page


def none_yet(tx: Tx, incident_id: int) -> None:
    """Know without asking that an incident which was just written has no pages."""
    tx.known.pages_of[incident_id] = []


def take(tx: Tx, ids: Sequence[int]) -> list[Page]:
    """Return those of these pages that wait for an answer, and that nobody else is just deciding about.

    They are ours until the end of the transaction.
    """
    these, named = any_of(ids)
    rows = tx.all(
        f"""{_ALL} WHERE pages.id IN (SELECT id FROM pages
            WHERE id IN ({these}) AND state = 'pending' {tx.for_update})""",  # noqa: S608 - names of ours
        named,
    )
    found = {row["id"]: _page(row) for row in rows}
    return [found[one] for one in ids if one in found]


def look_ahead(tx: Tx, incident_ids: Collection[int]) -> None:
    """Look up the pages of many incidents at once, for decisions that are made together."""
    wanted = [one for one in incident_ids if one not in tx.known.pages_of]
    if not wanted:
        return
    these, named = any_of(wanted)
    tx.known.pages_of.update({one: [] for one in wanted})
    rows = tx.all(
        f"""SELECT {_READ}, EXISTS (SELECT 1 FROM page_offers WHERE page_offers.page = pages.id) AS offered
        {_FROM} WHERE escalations.incident IN ({these}) ORDER BY pages.id""",  # noqa: S608 - names of ours
        named,
    )
    for row in rows:
        page = tx.known.pages[row["id"]] = _page(row)
        tx.known.pages_of[page.incident or 0].append(page.id)
        if not row["offered"]:
            tx.known.unoffered.add(page.id)


def advance(tx: Tx, seen: Page, page: Page) -> bool:
    """Write what became of a page, unless somebody else decided first. Who commits first wins."""
    return bool(advance_each(tx, [(seen, page)]))


def advance_each(tx: Tx, changes: Sequence[tuple[Page, Page]]) -> list[Page]:
    """Do that with many, each as it was seen and as it becomes. Return those that nobody else decided."""
    written = tx.change_each(
        "pages",
        _ADVANCED,
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
        ", ".join(f"{name} = new.{name}" for name in ("state", *_ANSWERED)),
        "pages.state = new.seen AND pages.reminded = new.seen_reminded",
    )
    ours: list[Page] = []
    reminders: list[tuple[int, datetime | None]] = []
    for seen, page in changes:
        number = seen.id in written
        known = tx.known.pages.get(seen.id)
        if number and known:
            answered = {name: getattr(page, name) for name in _ANSWERED}
            tx.known.pages[seen.id] = replace(known, state=page.state, **answered)
        else:
            _forget(tx, seen.id)
        if number:
            ours.append(seen)
        if number and (next_reminder(seen) or next_reminder(page)):
            reminders.append((seen.id, next_reminder(page)))
        if number and not page.incident and page.state is not seen.state:
            tx.decide(page.state.value, incident=None, actor=page.answered_by or BOT, page=page.id)
    timers.keep_reminders(tx, reminders)
    return ours


def restart(tx: Tx, page: Page) -> None:
    """Write the new times of a page that an older state of the database has as unanswered."""
    tx.promise()
    _forget(tx, page.id)
    tx.write(
        """UPDATE pages SET raised_at = :raised_at, reminded = :reminded, there_by = :there_by
        WHERE id = :id AND state = 'pending'""",
        {name: getattr(page, name) for name in ("id", "raised_at", "reminded", "there_by")},
    )
    timers.keep_reminders(tx, [(page.id, next_reminder(page))])


def get(tx: Tx, page_id: int) -> Page:
    """Return a page. Raises NotFound."""
    known = tx.known.pages.get(page_id)
    if known:
        return known
    row = tx.one(f"{_ALL} WHERE pages.id = :id", {"id": page_id})
    if not row:
        raise tx.unknown("pages", page_id, "page", page_id)
    return _page(row)


def visible(tx: Tx, page_id: int, by: str) -> Page:
    """Return a page of an incident that `by` may know of, or that called them. Else raises NotFound.

    To be called is a right of its own: an invitation to the channel may fail. Who was removed has lost it.
    """
    row = tx.one(
        f"""{_ALL} LEFT JOIN incidents ON incidents.id = escalations.incident
        WHERE pages.id = :id AND (escalations.incident IS NULL OR {VISIBLE}
            OR (pages.responder = :viewer AND NOT EXISTS (SELECT 1 FROM members
                WHERE members.incident = escalations.incident AND members.person = :viewer
                    AND members.gone = 1)))""",  # noqa: S608 - constants of ours
        {"id": page_id, "viewer": by},
    )
    if not row:
        raise tx.unknown("pages", page_id, "page", page_id)
    return _page(row)


def pending(tx: Tx) -> list[Page]:
    """Return every unanswered page, oldest first."""
    return _found(tx, "pages.state = :it", PageState.PENDING.value)


def pending_of(tx: Tx, incident_id: int) -> list[Page]:
    """Return the unanswered pages of an incident, oldest first."""
    if incident_id in tx.known.pages_of:
        return [page for page in of_incident(tx, incident_id) if page.pending]
    return _found(tx, "escalations.incident = :it AND pages.state = 'pending'", incident_id)


def unanswered(tx: Tx, incident_ids: Collection[int]) -> dict[int, list[Unanswered]]:
    """Return whom unanswered pages of these incidents call, oldest first, by one look at all. Those of pages
    outside any incident are of number 0.
    """
    rows = tx.all(
        """SELECT pages.id, COALESCE(escalations.incident, 0) AS incident, pages.responder, pages.level_team,
            pages.raised_at
        FROM pages JOIN escalations ON escalations.id = pages.escalation WHERE pages.state = 'pending'"""
    )
    found: dict[int, list[Unanswered]] = {}
    for row in sorted(rows, key=itemgetter("raised_at", "id")):  # in SQL it would go through all pages
        if row["incident"] in incident_ids:
            page = Unanswered(row["responder"] or "", row["level_team"], instant(row["raised_at"]))
            found.setdefault(row["incident"], []).append(page)
    return found


def pending_for(tx: Tx, person: str) -> list[Page]:
    """Return the unanswered pages that call this person, oldest first."""
    return _found(tx, "pages.responder = :it AND pages.state = 'pending'", person)


def newest_for(tx: Tx, person: str, most: int) -> list[Page]:
    """Return the latest pages that called this person, newest first, also those that are over."""
    rows = tx.all(
        f"{_ALL} WHERE pages.responder = :person ORDER BY pages.id DESC LIMIT :most",
        {"person": person, "most": most},
    )
    return [_page(row) for row in rows]


def covered_by(tx: Tx, notification_id: int) -> list[Page]:
    """Return the pages that a notification covers, oldest first; of those in a digest only what waits."""
    return _found(
        tx,
        """pages.id IN (SELECT page FROM notification_pages WHERE notification = :it)
        AND (pages.state = 'pending' OR COALESCE(message.digest, 0) = 0 OR message.id <> :it)""",
        notification_id,
    )


def digested(tx: Tx, person: str) -> list[tuple[Page, Severity]]:
    """Return the unanswered pages that a person's digest lists, with their severities, oldest first."""
    rows = tx.all(
        f"""SELECT {_READ}, COALESCE(incidents.severity, 'S2') AS severity
        {_FROM} LEFT JOIN incidents ON incidents.id = escalations.incident
        WHERE pages.responder = :person AND pages.state = 'pending' AND message.digest = 1
        ORDER BY pages.id""",
        {"person": person},
    )
    return [(_page(row), Severity(row["severity"])) for row in rows]


def call_more_than(tx: Tx, person: str, many: int) -> bool:
    """Say whether more incidents than this call a person now."""
    rows = tx.all(
        """SELECT DISTINCT escalations.incident FROM pages
            JOIN escalations ON escalations.id = pages.escalation
        WHERE pages.responder = :person AND pages.state = 'pending' LIMIT :limit""",
        {"person": person, "limit": many + 1},
    )
    return len(rows) > many


def calling(tx: Tx, person: str) -> tuple[int, int | None]:
    """Return how many incidents call a person now, and which of them is the worst."""
    rows = tx.all(
        """SELECT DISTINCT escalations.incident AS number, COALESCE(incidents.severity, 'S2') AS severity
        FROM pages JOIN escalations ON escalations.id = pages.escalation
            LEFT JOIN incidents ON incidents.id = escalations.incident
        WHERE pages.responder = :person AND pages.state = 'pending' ORDER BY severity, number""",
        {"person": person},
    )
    return len(rows), next((row["number"] for row in rows if row["number"]), None)


def of_incident(tx: Tx, incident_id: int) -> list[Page]:
    """Return all pages of an incident, oldest first."""
    if incident_id in tx.known.pages_of:
        return [get(tx, one) for one in tx.known.pages_of[incident_id]]
    return _found(tx, "escalations.incident = :it", incident_id)


def waiting(tx: Tx, of: Escalation) -> list[Page]:
    """Return the unanswered pages of an escalation, oldest first."""
    if of.incident in tx.known.pages_of:
        return [one for one in pending_of(tx, of.incident) if one.escalation.id == of.id]
    return _found(tx, "pages.escalation = :it AND pages.state = 'pending'", of.id)


def of_escalation(tx: Tx, escalation_id: int) -> list[Page]:
    """Return all pages of an escalation, oldest first."""
    return _found(tx, "pages.escalation = :it", escalation_id)


def walked(tx: Tx, page: Page) -> list[Page]:
    """Return all pages of a page's escalation, oldest first."""
    if page.incident in tx.known.pages_of:
        return [one for one in of_incident(tx, page.incident) if one.escalation.id == page.escalation.id]
    return of_escalation(tx, page.escalation.id)


def latest(tx: Tx, page: Page) -> Page:
    """Return the page of the same escalation that says where it went."""
    return newest(walked(tx, page))


def call_of(tx: Tx, page_id: int) -> Page:
    """Return the page that says what became of a call, with which several may have been called at once."""
    page = get(tx, page_id)
    return newest([one for one in walked(tx, page) if one.raised_at == page.raised_at])


def _forget(tx: Tx, page_id: int) -> None:
    """Read a page anew when it is asked for again."""
    tx.known.pages.pop(page_id, None)


def _found(tx: Tx, where: str, it: int | str) -> list[Page]:
    return [_page(row) for row in tx.all(f"{_ALL} WHERE {where} ORDER BY pages.id", {"it": it})]


_AS_STORED = (
    *("id", "level", "level_team", "role", "responder", "reminded", "round", "answered_by", "reminded_then"),
)


def _page(row: Row) -> Page:
    return Page(
        **{name: row[name] for name in _AS_STORED},
        escalation=escalations.of_page(row),
        state=PageState(row["state"]),
        raised_at=instant(row["raised_at"]),
        late=timedelta(seconds=row["late"]),
        answered_at=moment(row["answered_at"]),
        there_by=moment(row["there_by"]),
        quiet=bool(row["quiet"]),
        notification=notifications.of_row(row, "message_") if row["message_id"] else None,
        shown=bool(row["shown"]),
    )
