"""Changing how bad an incident is."""

from collections.abc import Collection, Sequence

from bot.domain.actors import Actor
from bot.domain.facts import SeverityChanged
from bot.domain.incidents.incident import Incident, Severity, graver, with_severity
from bot.domain.incidents.undoing import Thing
from bot.domain.paging.escalations import Reason
from bot.domain.paging.lowered import needless
from bot.domain.paging.pages import Page
from bot.operations.incidents.changed import keep, seen
from bot.operations.incidents.changes import save
from bot.operations.incidents.company import company
from bot.operations.paging.answers import wait_no_longer
from bot.operations.paging.paging import cancel_page, page_for
from bot.operations.rights import visible
from storage import incidents, pages
from storage.transaction import Tx


def change_severity(
    tx: Tx, incident_id: int, to: Severity, *, by: Actor, reason: str = "", call_off: bool = False
) -> Incident:
    """Set the severity, a lower one for a reason. Raised to S1 or S2, it pages managers too.

    Lowered, it has `call_off` end the unanswered pages that only the higher severity called for.
    """
    before = seen(tx, visible(tx, incident_id, by))
    over = needless_pages(tx, incident_id, to, by=by) if call_off else []
    let_go = list(dict.fromkeys(one.responder for one in over if one.responder))
    incident = regraded(tx, before.incident, to, by=by, reason=reason, let_go=let_go)
    for page in over:
        cancel_page(tx, page)
    save(tx, incident)
    keep(tx, Thing.SEVERITY, before, by=by)
    return incident


def needless_pages(tx: Tx, incident_id: int, to: Severity, *, by: Actor) -> list[Page]:
    """Return the unanswered pages that a lower severity would not have begun. Who is no responder of the
    incident calls nobody off, and is offered none.
    """
    incident = visible(tx, incident_id, by)
    if by not in company(tx, incident)[0] or not incident.severity.worse_than(to):
        return []
    kind, waiting = tx.process.type_of(incident.type), pages.pending_of(tx, incident_id)
    return needless(waiting, kind, incident.severity, to)


def regraded(
    tx: Tx,
    before: Incident,
    to: Severity,
    *,
    by: Actor,
    reason: str = "",
    told: bool = True,
    at_work: Collection[str] = (),
    let_go: Sequence[str] = (),
) -> Incident:
    """Return the incident with its new severity, with what goes with it written; the caller saves it.

    Who is `at_work` at that severity already is not paged anew for a role that they hold. Those `let_go` are
    not paged any more.
    """
    incident = with_severity(before, to, reason)
    tx.record(
        SeverityChanged(
            incident=incident.id,
            by=by,
            told=told,
            before=before.severity.value,
            after=to.value,
            reason=reason,
            let_go=let_go,
        )
    )
    if graver(before, to) and incident.watched:
        incidents.save(tx, incident)  # by its severity each page rings, or does not
        wait_no_longer(tx, incident.id, to)
        high, waited = before.highest.high, before.waits_until is not None
        page_for(tx, incident, Reason.SEVERITY, by=by, was_high=high, waited=waited, there=at_work)
    return incident
