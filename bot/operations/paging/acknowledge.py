"""Acknowledging a page: somebody is at work on it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from bot.domain.errors import Refused, Step
from bot.domain.facts import LeadChanged, PageAcknowledged
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.ownership import after_acknowledgement, engaged
from bot.domain.paging.engagement import Staff, answered_with, late_answer, roles_of_answer
from bot.domain.paging.escalations import EscalationState
from bot.domain.paging.pages import Page, PageState, answered, mention, since_reopened
from bot.domain.paging.practice import taking_part
from bot.domain.rights import Right
from bot.operations.incidents.changes import save
from bot.operations.incidents.overload import note_overload
from bot.operations.paging.paging import let_go
from bot.operations.paging.placing import end_page, let_in
from bot.operations.paging.targets import callable_for
from bot.operations.rights import visible, visible_page
from storage import escalations, incidents, pages, roles
from storage.transaction import Tx

Answer: TypeAlias = tuple[Page, tuple[str, ...]]
"""A page that was answered, and in which roles."""


class NotYours(Refused):
    """The page calls somebody else. It may be taken, after a confirmation."""

    def __init__(self, page: Page) -> None:
        whose = f"<@{page.responder}>" if page.responder else "nobody in particular"
        super().__init__(f"This page is for {whose} ({page.level_team}). You can take it instead of them.")
        self.page = page


def acknowledge(tx: Tx, page_id: int, *, by: str, taking: bool = False, handed: bool = False) -> Page:
    """Answer a page, and with it all of the incident that calls this person or has moved on past them.

    One that was `handed` to them they answer for whom it calls, in the role of its level.

    Raises Refused when it was answered or moved on before, NotYours when it calls somebody else, NotFound
    when this person may not know of it. To be called by it is a right to see it, unless they were removed.
    """
    seen = visible_page(tx, page_id, by)
    if taking and seen.state is PageState.ESCALATED:
        seen = pages.latest(tx, seen)  # whoever wakes late takes it from where it is now
    if not seen.pending:
        # A button does what `/inc ack` does: whose role a stand-in holds, or nobody, answers late.
        late = acknowledge_incident(tx, seen.incident, by=by) if taking and seen.incident else None
        if late:
            return late
        raise Refused(what_became_of(tx, seen, by), *_ways_on(seen))
    if seen.responder != by and by in seen.called and not handed:  # whose own page it was called with
        seen = next(page for page in pages.waiting(tx, seen.escalation) if page.responder == by)
    _refuse_others(tx, seen, by, anybody=taking or handed)
    if seen.incident is None:
        _answer(tx, seen, by)
        return pages.get(tx, seen.id)
    pages.look_ahead(tx, [seen.incident])
    known, held = pages.of_incident(tx, seen.incident), roles.of(tx, seen.incident)
    as_whom = (seen.role,) if handed else roles_of_answer(seen, known, by, held, _staff(tx, seen.incident))
    others = [
        page
        for page in answered_with(known, by, as_whom, tx.process)
        if page.id != seen.id and (page.needs_all or page.escalation.id != seen.escalation.id)
    ]
    answers = [
        (seen, as_whom),
        *((page, roles_of_answer(page, known, by, held, _staff(tx, seen.incident))) for page in others),
    ]
    for page, _ in answers:
        _answer(tx, pages.get(tx, page.id), by)  # an answer before may have been to the same path
    _engage(tx, incidents.get(tx, seen.incident), answers, by)
    return pages.get(tx, seen.id)


def acknowledge_incident(tx: Tx, incident_id: int, *, by: str) -> Page | None:
    """Answer what calls this person for an incident, or has moved on past them, whoever holds it now.

    None when nothing of it is theirs to answer.
    """
    incident = visible(tx, incident_id, by, Right.ACKNOWLEDGE)
    taking_part(incident, by)
    known = since_reopened(pages.of_incident(tx, incident_id))
    theirs = answered_with(known, by, (), tx.process)
    if theirs:
        first = next((page for page in theirs if page.responder == by), theirs[0])
        return acknowledge(tx, first.id, by=by, taking=True)
    late = late_answer(incident, known, by, roles.of(tx, incident_id), _staff(tx, incident_id))
    if not late:
        return None
    begun = replace(late.escalation, id=0, version=0, state=EscalationState.RUNNING, waits_for=())
    (again,) = escalations.add_each(tx, [begun])
    blank = replace(late, id=0, escalation=again, state=PageState.PENDING, notification=None, shown=False)
    page = pages.add(tx, blank)
    end_page(tx, page, answered(page, by, tx.now))
    _engage(tx, incident, [(page, (page.role,))], by)
    return pages.get(tx, page.id)


def _refuse_others(tx: Tx, page: Page, by: str, *, anybody: bool) -> None:
    """Refuse whom a page does not call, unless it calls a channel or they take it; in practice all others."""
    if page.responder != by and not (page.in_channel or anybody):
        raise NotYours(page)
    if page.incident and page.responder != by:
        taking_part(incidents.get(tx, page.incident), by)


def what_became_of(tx: Tx, page: Page, by: str) -> str:
    """Say to somebody who comes too late what happened to a page, and what can be done now."""
    match page.state:
        case PageState.ACKNOWLEDGED if not page.rested:
            return f"{_whoever(page, by)} acknowledged this page already."
        case PageState.ACKNOWLEDGED:
            return _where(page, by)
        case PageState.ESCALATED:
            now = pages.latest(tx, page)
            return f"This page has moved on: {_where(now, by)}"
        case PageState.CANCELLED if page.escalation.state is EscalationState.ACKNOWLEDGED:
            return _where(pages.latest(tx, page), by)
        case PageState.CANCELLED if page.incident:
            status = incidents.get(tx, page.incident).status
            return f"This page was cancelled: INC-{page.incident} is {status}."
        case _:
            return f"This page is {page.state}."


def _where(page: Page, by: str) -> str:
    if page.rested:
        are, hold = ("are", "hold") if page.answered_by == by else ("is", "holds")
        return f"{_whoever(page, by)} {are} at work on the incident and {hold} it, nobody else is called."
    if page.state is PageState.ACKNOWLEDGED:
        return f"{_whoever(page, by)} acknowledged it."
    who = " and ".join(map(mention, page.called))
    who = f"{who} ({page.level_team})" if who else f"{page.level_team}, nobody on call"
    how = "Take it with `/inc ack` in the incident's channel." if page.pending and page.incident else ""
    return f"now it is with {who}. {how}".strip()


def _whoever(page: Page, by: str) -> str:
    return "You" if page.answered_by == by else f"<@{page.answered_by}>"


def _ways_on(page: Page) -> tuple[Step, ...]:
    """Return what to do when a page needs no answer: see who is at it, or call somebody after all."""
    if not page.incident:
        return (Step("Who is on call", "oncall"),)
    return Step("Who does what", "roles", page.incident), Step("Page a team", "escalate", page.incident)


def _staff(tx: Tx, incident_id: int) -> Staff:
    return Staff(tx.process, callable_for(tx, incident_id))


def _answer(tx: Tx, page: Page, by: str) -> None:
    """Write the answer, unless somebody else decided first."""
    over = end_page(tx, page, answered(page, by, tx.now))
    if not over:
        raise Refused(what_became_of(tx, pages.get(tx, page.id), by), *_ways_on(page))
    let_go(tx, over, answered_by=by)


def _engage(tx: Tx, incident: Incident, answers: Sequence[Answer], by: str) -> None:
    """Give whoever answered their roles, the lead where the rules say so, and a way into the channel."""
    now, before = incident, roles.of(tx, incident.id)
    for page, as_whom in answers:
        for role in as_whom:
            held = roles.of(tx, incident.id)
            if role == page.role and page.by_name:
                continue  # no role of the incident: several may be called by name
            if page.needs_all and held.get(role, by) != by:
                continue  # whoever answered before keeps the role
            now = after_acknowledgement(
                _engaged(tx, now, page, role),
                role,
                by,
                wanted=page.escalation.role,
                held=held,
                process=tx.process,
            )
            roles.assign(tx, incident.id, role, by)
    let_in(tx, incident.id, by)
    _tell(tx, incident.id, answers, by)
    if now.lead != incident.lead:
        tx.record(LeadChanged(incident=incident.id, before=incident.lead, after=now.lead, taken=False))
    save(tx, now)
    after = roles.of(tx, incident.id)
    note_overload(tx, now, by, [role for role, who in after.items() if who == by != before.get(role)])


def _tell(tx: Tx, incident_id: int, answers: Sequence[Answer], by: str) -> None:
    """Write one entry, however many pages were answered at once."""
    (seen, as_whom), *others = answers
    also = [(seen, role) for role in as_whom[1:]] + [(page, role) for page, them in others for role in them]
    tx.record(
        PageAcknowledged(
            incident=incident_id,
            by=by,
            page=seen.id,
            role=as_whom[0],
            person=by,
            wanted=seen.escalation.role,
            instead_of=_instead_of(seen, by) if as_whom[0] == seen.role else None,
            seconds=(tx.now - seen.escalation.started_at).total_seconds(),
            also=[{"page": page.id, "role": role} for page, role in also],
            missing=_missing(tx, answers),
        )
    )


def _instead_of(page: Page, by: str) -> str | None:
    """Return whom somebody answered for. A channel calls whoever reads it."""
    return None if page.responder == by or page.in_channel else page.responder


def _missing(tx: Tx, answers: Sequence[Answer]) -> list[str]:
    """Return who has to answer too, where all have to."""
    now = [pages.get(tx, page.id).escalation for page, _ in answers]
    return [one for of in now if of.running for one in of.waits_for]


def _engaged(tx: Tx, incident: Incident, page: Page, role: str) -> Incident:
    """Note when the type's own team answers its page first: a later level needs nobody to watch over it."""
    return engaged(incident, role, tx.process, tx.now) if page.escalation.role == role else incident
