"""Changing how bad an incident is."""

from collections.abc import Collection

from bot.domain.actors import Actor
from bot.domain.facts import SeverityChanged
from bot.domain.incidents.incident import Incident, Severity, graver, with_severity
from bot.domain.incidents.undoing import Thing
from bot.domain.paging.escalations import Reason
from bot.operations.incidents.changed import keep, seen
from bot.operations.incidents.changes import save
from bot.operations.paging.answers import wait_no_longer
from bot.operations.paging.paging import page_for
from bot.operations.rights import visible
from storage import incidents
from storage.transaction import Tx


def change_severity(tx: Tx, incident_id: int, to: Severity, *, by: Actor, reason: str = "") -> Incident:
    """Set the severity, a lower one for a reason. Raised to S1 or S2, it pages managers too."""
    before = seen(tx, visible(tx, incident_id, by))
    incident = regraded(tx, before.incident, to, by=by, reason=reason)
    save(tx, incident)
    keep(tx, Thing.SEVERITY, before, by=by)
    return incident


def regraded(
    tx: Tx,
    before: Incident,
    to: Severity,
    *,
    by: Actor,
    reason: str = "",
    told: bool = True,
    at_work: Collection[str] = (),
) -> Incident:
    """Return the incident with its new severity, with what goes with it written; the caller saves it.

    Who is `at_work` at that severity already is not paged anew for a role that they hold.
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
        )
    )
    if graver(before, to) and incident.watched:
        incidents.save(tx, incident)  # by its severity each page rings, or does not
        wait_no_longer(tx, incident.id, to)
        waited = before.waits_until is not None
        page_for(
            tx,
            incident,
            Reason.SEVERITY,
            by=by,
            was_high=before.highest.high,
            waited=waited,
            there=at_work,
        )
    return incident
