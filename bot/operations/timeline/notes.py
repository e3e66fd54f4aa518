"""What people write on the timeline themselves."""

from datetime import datetime

from bot.domain.actors import Actor
from bot.domain.durations import TYPED_TWICE
from bot.domain.errors import Refused
from bot.domain.facts import NoteChanged, Noted
from bot.domain.rights import Right
from bot.domain.timeline.entries import Kind
from bot.domain.timeline.notes import happened, taking_notes
from bot.domain.work.held import CONFIRMED, Place
from bot.operations.rights import visible
from bot.secret_scan import refuse_secrets
from storage import held_texts, timeline
from storage.transaction import Tx


def note(
    tx: Tx, incident_id: int, text: str, *, by: Actor, at: datetime | None = None, sure: str = ""
) -> None:
    """Write a note on the timeline, of now or of an earlier time. Who may pin a message may do this too.

    What looks like a secret raises LooksSecret, unless `sure` confirms it.
    """
    incident = taking_notes(visible(tx, incident_id, by, Right.PIN))
    earlier = happened(at, tx.now).isoformat() if at else ""
    _no_secret(text, sure)
    held_texts.settle(tx, incident.id, Place.NOTE, str(by))
    last = timeline.latest(tx, incident.id, Kind.NOTE)
    about = happened(at, tx.now) if at else tx.now
    twice = last and (last.text, last.by) == (text, by) and abs(about - last.at) < TYPED_TWICE
    if not twice:
        tx.record(Noted(incident=incident.id, by=by, text=_words(text), at=earlier))


def change_note(
    tx: Tx,
    incident_id: int,
    note_id: int,
    *,
    text: str,
    at: datetime,
    hidden: bool,
    by: str,
    sure: str = "",
) -> None:
    """Correct what a note says or when that was, hide it, or show it again. What was before is told too."""
    incident = taking_notes(visible(tx, incident_id, by, Right.PIN))
    if not (found := timeline.note(tx, incident.id, note_id)):
        raise Refused(f"INC-{incident.id} has no such note any more.")
    before, was_hidden = found
    if text != before.text:
        _no_secret(text, sure)
    changes = {
        "text": before.text != _words(text),
        "time": at != before.at and bool(happened(at, tx.now)),
        "hidden" if hidden else "shown again": hidden is not was_hidden,
    }
    if how := [change for change, made in changes.items() if made]:
        timeline.change_note(tx, before.id, text, at, hidden=hidden)
        was = before.at.isoformat()
        tx.record(
            NoteChanged(incident=incident.id, by=by, text=before.text, note=before.id, how=how, was=was)
        )


def _no_secret(text: str, sure: str) -> None:
    if sure != CONFIRMED:
        refuse_secrets(text, sure=sure)


def _words(text: str) -> str:
    if not text:
        raise Refused("A note needs a text: what shall the timeline keep?")
    return text
