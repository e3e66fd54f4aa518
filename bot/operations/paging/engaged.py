"""Who is at work on what a page is about."""

from bot.domain.paging.engagement import answered_for_all, engaged
from bot.domain.paging.escalations import Escalation
from storage import members, pages, people, roles
from storage.transaction import Tx


def engaged_in(tx: Tx, incident_id: int) -> frozenset[str]:
    """Return everybody who is at work on an incident."""
    answered, gone = answered_for_all(pages.of_incident(tx, incident_id)), members.gone(tx, incident_id)
    there = (one for one in answered if one not in gone and people.present(tx, one))
    return engaged(roles.holders(tx, incident_id)).union(there)


def at_work(tx: Tx, of: Escalation) -> frozenset[str]:
    """Return everybody who is at work on what an escalation is about."""
    if of.incident:
        return engaged_in(tx, of.incident)
    each = any(level.needs_all for level in of.path)
    return answered_for_all(pages.of_escalation(tx, of.id)) if each else frozenset()
