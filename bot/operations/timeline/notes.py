"""What people write on the timeline themselves."""

from bot.domain.errors import Refused
from bot.domain.facts import Noted
from bot.domain.rights import Right
from bot.domain.timeline.notes import taking_notes
from bot.operations.rights import visible
from storage.transaction import Tx


def note(tx: Tx, incident_id: int, text: str, *, by: str) -> None:
    """Write a note on the timeline. Who may pin a message there may do this too."""
    incident = taking_notes(visible(tx, incident_id, by, Right.PIN))
    if not text:
        raise Refused("A note needs a text: what shall the timeline keep?")
    tx.record(Noted(incident=incident.id, by=by, text=text))
