"""What a recap of an incident tells somebody."""

from bot.domain.paging.engagement import vacant_roles
from bot.domain.paging.pages import since_reopened
from bot.operations.incidents.company import company
from bot.operations.incidents.times import times_of
from bot.views.incidents.recap import HIGHLIGHTS, Recap
from bot.views.paging.page import engaged
from storage import actions, incidents, pages, roles, timeline, updates
from storage.transaction import Tx


def recap_of(tx: Tx, incident_id: int, viewer: str) -> Recap:
    """Return how an incident stands that somebody may see."""
    incident = incidents.visible(tx, incident_id, viewer)
    found, held = since_reopened(pages.of_incident(tx, incident.id)), roles.of(tx, incident.id)
    earlier = max(0, timeline.count(tx, incident.id, highlights=True) - HIGHLIGHTS)
    return Recap(
        incident=incident,
        roles=held,
        engaged=engaged(found),
        pending=[page for page in found if page.pending],
        vacant=vacant_roles(incident, tx.process.type_of(incident.type), tx.process, held),
        times=times_of(tx, incident),
        update=updates.latest(tx, incident.id),
        open_actions=[one for one in actions.of(tx, incident.id) if not one.done_at],
        company=company(tx, incident),
        before=roles.before(tx, incident.id),
        highlights=timeline.of(tx, incident.id, True, earlier, HIGHLIGHTS),
    )
