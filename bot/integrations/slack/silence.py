"""The question to somebody silent, as it is now."""

from collections.abc import Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.silence import duties_of
from bot.views.blocks import Message
from bot.views.incidents import silence
from storage import activity, pages, timeline
from storage.transaction import Tx

SILENCE = "silence"


def drawn(tx: Tx, incident: Incident, person: str) -> tuple[Message, bool]:
    """Return what the question to a person says now, and whether it is over."""
    seen, theirs = activity.of(tx, incident.id).get(person), duties_of(tx, incident).get(person, ())
    if theirs and seen and seen.asked_at:
        minutes = int((seen.asked_at - seen.at).total_seconds() // 60)
        return silence.asked(incident, [one.role for one in theirs], minutes), False
    roles = _asked_about(tx, incident, person)
    called = {page.escalation.role for page in pages.pending_of(tx, incident.id)}
    return silence.over(incident, roles, minded=bool(theirs), paged=not called.isdisjoint(roles)), True


def _asked_about(tx: Tx, incident: Incident, person: str) -> Sequence[str]:
    """Return the roles about which somebody was asked last."""
    asked = timeline.of_kinds(tx, incident.id, Kind.SILENCE_ASKED)
    return next((one.data["roles"] for one in reversed(asked) if one.data["person"] == person), ())
