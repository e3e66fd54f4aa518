"""The question to somebody whether they take a role, as it is now."""

from bot.domain.incidents.incident import Incident
from bot.operations.incidents.role_requests import waiting
from bot.views.blocks import Message
from bot.views.incidents import role_request
from storage.transaction import Tx

ROLE = "role"


def question(tx: Tx, incident: Incident, person: str) -> Message | None:
    """Return what a person is asked, or nothing once that is over."""
    found = next((one for one in waiting(tx, incident) if one.data["person"] == person), None)
    return role_request.asked(incident, str(found.data["role"]), str(found.by)) if found else None
