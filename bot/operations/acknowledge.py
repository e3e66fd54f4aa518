"""Acknowledging a page: somebody is at work on it."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.incidents import Incident, Status
from bot.domain.ownership import after_acknowledgement
from bot.domain.pages import Page, PageState, answered
from bot.domain.process import EOC, IM
from bot.domain.timeline import Kind
from bot.operations.changes import save
from bot.operations.paging import call_alone, let_in
from bot.operations.rights import visible_page
from storage import incidents, notifications, pages, roles, timeline
from storage.transaction import Tx


class NotYours(Refused):
    """The page calls somebody else. It may be taken, after a confirmation."""

    def __init__(self, page: Page) -> None:
        whose = f"<@{page.responder}>" if page.responder else "nobody in particular"
        super().__init__(f"This page is for {whose} ({page.level_team}). You can take it instead of them.")
        self.page = page


def acknowledge(tx: Tx, page_id: int, *, by: str, taking: bool = False) -> Page:
    """Answer a page, and with it the person's other pages of the same incident.

    Raises Refused when it was answered or moved on before, NotYours when it calls somebody else, NotFound
    when this person may not know of it. To be called by it is a right to see it, unless they were removed.
    """
    seen = visible_page(tx, page_id, by)
    if not seen.pending:
        raise Refused(what_became_of(tx, seen))
    if seen.responder != by and not taking:
        raise NotYours(seen)
    answers = [seen, *_others(tx, seen, by)]
    for page in answers:
        _answer(tx, page, by)
    if seen.incident:
        _engage(tx, incidents.get(tx, seen.incident), answers, by)
    return pages.get(tx, seen.id)


def what_became_of(tx: Tx, page: Page) -> str:
    """Say to somebody who comes too late what happened to a page, and what can be done now."""
    match page.state:
        case PageState.ACKNOWLEDGED:
            return f"<@{page.answered_by}> acknowledged this page already."
        case PageState.ESCALATED:
            now = pages.latest_of_chain(tx, page.chain)
            return f"This page has moved on: {_where(now)}"
        case PageState.CANCELLED if page.incident:
            status = incidents.get(tx, page.incident).status
            return f"This page was cancelled: INC-{page.incident} is {status}."
        case _:
            return f"This page is {page.state}."


def _where(page: Page) -> str:
    if page.state is PageState.ACKNOWLEDGED:
        return f"<@{page.answered_by}> acknowledged it."
    who = (
        f"<@{page.responder}> ({page.level_team})" if page.responder else f"{page.level_team}, nobody on call"
    )
    how = "Take it with `/inc ack` in the incident's channel." if page.pending and page.incident else ""
    return f"now it is with {who}. {how}".strip()


def _others(tx: Tx, seen: Page, by: str) -> list[Page]:
    if seen.incident is None:
        return []
    return [page for page in pages.pending_of(tx, seen.incident) if page.responder == by and page != seen]


def _answer(tx: Tx, page: Page, by: str) -> None:
    """Write the answer, unless somebody else decided first; whom its message called too is called anew."""
    if not pages.advance(tx, page, answered(page, by, tx.now)):
        raise Refused(what_became_of(tx, pages.get(tx, page.id)))
    notifications.cancel(tx, page.id)
    tx.emit("page.changed", page=page.id)
    for left in pages.pending_beside(tx, page.id):
        if left.responder != by:
            call_alone(tx, left.id)


def _engage(tx: Tx, incident: Incident, answers: Sequence[Page], by: str) -> None:
    """Give whoever answered their roles, the lead where the rules say so, and a way into the channel."""
    now = incident
    for page in answers:
        im_engaged = IM in roles.of(tx, incident.id)
        now = after_acknowledgement(_engaged(tx, now, page), page.role, by, im_engaged=im_engaged)
        roles.assign(tx, incident.id, page.role, by)
    let_in(tx, incident.id, by)
    _tell(tx, incident.id, answers, by)
    if now.lead != incident.lead:
        timeline.add(tx, incident.id, Kind.LEAD, by=None, before=incident.lead, after=now.lead, taken=False)
    save(tx, now)
    tx.emit("greeting.stale", incident=incident.id)


def _tell(tx: Tx, incident_id: int, answers: Sequence[Page], by: str) -> None:
    """Write one entry, however many pages were answered at once."""
    seen, *others = answers
    timeline.add(
        tx,
        incident_id,
        Kind.ACKNOWLEDGED,
        by=by,
        page=seen.id,
        role=seen.role,
        person=by,
        instead_of=seen.responder if seen.responder != by else None,
        seconds=(tx.now - pages.get(tx, seen.chain).raised_at).total_seconds(),
        also=[{"page": page.id, "role": page.role} for page in others],
    )


def _engaged(tx: Tx, incident: Incident, page: Page) -> Incident:
    """Note when the EOC's page is answered for the first time.

    Answered by an EOC, it starts the clock of the investigation; a later level needs no such help.
    """
    path_of_eoc = (team := tx.process.teams.get(page.team)) is not None and team.role == EOC
    if incident.engaged_at or not path_of_eoc:
        return incident
    watched = page.role == EOC and incident.status is Status.INVESTIGATING and not incident.im_called
    until = tx.now + tx.process.investigating_limit if watched else None
    return replace(incident, engaged_at=tx.now, investigate_until=until)
