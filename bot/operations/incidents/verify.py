"""Whether an S1 is one: the handbook has leadership and the liaison called once that is certain."""

from datetime import timedelta

from bot.domain.facts import Verified, VerifyAsked
from bot.domain.incidents.incident import Incident, verified
from bot.domain.paging.escalations import Reason
from bot.domain.paging.pages import Page
from bot.domain.process import IM
from bot.operations.incidents.changes import save
from bot.operations.paging.paging import being_paged, raise_page
from bot.operations.rights import visible
from storage import pages, roles
from storage.transaction import Tx


def verify(tx: Tx, incident_id: int, *, by: str) -> list[Page]:
    """Note that it is an S1, page whom its type names for that, and return the pages that wait.

    Who holds such a role already, or is being paged for it, is not paged again.
    """
    incident = verified(visible(tx, incident_id, by), by)
    names = tx.process.type_of(incident.type).verified
    tx.record(Verified(incident=incident_id, by=by))
    for team in map(tx.process.teams.__getitem__, names):
        if team.role not in roles.of(tx, incident_id) and not being_paged(tx, incident_id, team.name):
            raise_page(tx, team, incident, Reason.VERIFIED, by=by)
    save(tx, incident)
    return [page for page in pages.pending_of(tx, incident_id) if page.escalation.team in names]


def ask_to_verify(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Ask the IM, or while there is none the lead, whether it is an S1."""
    person = roles.of(tx, incident.id).get(IM) or incident.lead
    if person:
        tx.record(VerifyAsked(incident=incident.id, person=person))
