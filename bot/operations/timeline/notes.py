"""What people write on the timeline themselves."""

from datetime import datetime

from bot.domain.errors import Refused
from bot.domain.facts import NoteChanged, Noted
from bot.domain.rights import Right
from bot.domain.timeline.notes import happened, taking_notes
from bot.operations.rights import visible
from storage import timeline
from storage.transaction import Tx


def note(tx: Tx, incident_id: int, text: str, *, by: str, at: datetime | None = None) -> None:
    """Write a note on the timeline, of now or of an earlier time. Who may pin a message may do this too."""
    incident = taking_notes(visible(tx, incident_id, by, Right.PIN))
    earlier = happened(at, tx.now).isoformat() if at else ""
    tx.record(Noted(incident=incident.id, by=by, text=_words(text), at=earlier))


def change_note(
    tx: Tx, incident_id: int, note_id: int, *, text: str, at: datetime, hidden: bool, by: str
) -> None:
    """Correct what a note says or when that was, hide it, or show it again. What was before is told too."""
    incident = taking_notes(visible(tx, incident_id, by, Right.PIN))
    if not (found := timeline.note(tx, incident.id, note_id)):
        raise Refused(f"INC-{incident.id} has no such note any more.")
    before, was_hidden = found
    changes = {
        "text": before.text != _words(text),
        "time": before.at != happened(at, tx.now),
        "hidden" if hidden else "shown again": hidden is not was_hidden,
    }
    if how := [change for change, made in changes.items() if made]:
        timeline.change_note(tx, before.id, text, at, hidden=hidden)
        was = before.at.isoformat()
        tx.record(
            NoteChanged(incident=incident.id, by=by, text=before.text, note=before.id, how=how, was=was)
        )


def _words(text: str) -> str:
    if not text:
        raise Refused("A note needs a text: what shall the timeline keep?")
    return text
