"""Calling Security or the IM for what concerns them, whatever the severity."""

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, pageable
from bot.domain.incidents.security import Concern
from bot.domain.paging.pages import Page
from bot.operations.paging.paging import being_paged, request_page
from bot.operations.rights import visible
from storage import incidents, pages, roles
from storage.transaction import Tx


def page_for(
    tx: Tx, incident_id: int, concern: Concern, words: str, *, by: str
) -> tuple[Incident, list[Page]]:
    """Page whom a concern calls for, and return the pages for them that wait.

    Who holds such a role already, or is being paged for it, is not paged again.
    """
    incident = pageable(visible(tx, incident_id, by))
    kind, held = tx.process.type_of(incident.type), roles.of(tx, incident_id)
    teams = [team for role in concern.roles if (team := tx.process.team_of_role(role, kind))]
    if not teams:
        raise Refused(
            f"No team has a role of {' or '.join(concern.roles)}. Teams: {', '.join(tx.process.teams)}."
        )
    wanted = [
        one.name for one in teams if one.role not in held and not being_paged(tx, incident_id, one.name)
    ]
    refused = [
        why
        for name in wanted
        if (why := _refused(tx, name, f"{concern.said}. {words}".strip(), incident_id, by=by))
    ]
    if wanted and len(refused) == len(wanted):
        raise refused[0]
    called = {team.name for team in teams}
    waiting = [one for one in pages.pending_of(tx, incident_id) if one.escalation.team in called]
    return incidents.visible(tx, incident_id, by), waiting


def _refused(tx: Tx, team: str, message: str, incident_id: int, *, by: str) -> Refused | None:
    """Page a team, or return why that cannot be: another team is paged all the same."""
    try:
        request_page(tx, team, message, by=by, incident_id=incident_id)
    except Refused as why:
        return why
    return None
