"""It is less bad now: the severity stays, and the status and the public status move."""

from bot.domain.incidents.incident import Incident, Status
from bot.domain.incidents.publicity import PublicStatus
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.public_status import set_public_status
from bot.operations.rights import visible
from storage.transaction import Tx


def watch(tx: Tx, incident_id: int, public: PublicStatus | None, *, by: str, reason: str) -> Incident:
    """Move to Monitoring, and to this public status if there is one and it is another."""
    before = visible(tx, incident_id, by)
    if public and public is not before.publicity.public_status:
        set_public_status(tx, incident_id, public, by=by)
    return change_status(tx, incident_id, Status.MONITORING, by=by, reason=reason)
