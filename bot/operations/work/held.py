"""What its author says of a text that looks like it holds a secret."""

from datetime import datetime, timedelta

from bot.domain.errors import Refused
from bot.domain.facts import SecretDecided
from bot.domain.incidents.incident import Incident
from bot.domain.rights import Right
from bot.domain.work.held import CONFIRMED, WAITING, Decision, HeldText, Place, kinds, undecided
from bot.operations.incidents.rename import rename
from bot.operations.rights import visible
from bot.operations.timeline.notes import note
from bot.operations.timeline.pins import shown_in_full
from bot.operations.work.summary import replace_words
from bot.operations.work.update import post_update
from bot.secret_scan import hidden
from storage import held_texts, incidents
from storage.transaction import Tx

_RIGHTS = {Place.UPDATE: Right.UPDATE, Place.NOTE: Right.PIN, Place.PIN: Right.PIN}


def hold(
    tx: Tx, incident_id: int, place: Place, text: str, *, by: str, at: datetime | None = None
) -> HeldText:
    """Keep what was typed, and post nothing of it, until its author decides."""
    incident = visible(tx, incident_id, by, _RIGHTS[place])
    shown, found = hidden(text)
    what = ", ".join(kinds(found))
    held = HeldText(0, incident.id, place, by, None, what, text, shown, None, at, tx.now)
    return held_texts.get(tx, held_texts.add(tx, held))


def held_text(tx: Tx, held_id: int, *, by: str) -> tuple[HeldText, Incident]:
    """Return a text that waits for a decision, and its incident, to whoever may decide."""
    held = held_texts.visible(tx, held_id, by)
    return undecided(held), visible(tx, held.incident, by, _RIGHTS.get(held.place, Right.WORK))


def waiting(tx: Tx, incident_id: int | None, *, by: str) -> tuple[list[HeldText], dict[int, Incident]]:
    """Return the texts about which this person may decide, and their incidents."""
    if incident_id:
        visible(tx, incident_id, by)
    found = held_texts.waiting(tx, by, incident_id)
    return found, {one.id: one for one in incidents.visible_of(tx, [held.incident for held in found], by)}


def show(tx: Tx, held_id: int, *, by: str, next_in: timedelta | None = None) -> tuple[HeldText, Incident]:
    """Post or show a text as it was written: somebody says that it holds no secret.

    After an update the next one is due `next_in`.
    """
    held, incident = held_text(tx, held_id, by=by)
    match held.place:
        case Place.UPDATE:
            _post(tx, incident, held.text, next_in, by=by)
        case Place.NOTE:
            note(tx, incident.id, held.text, by=by, at=held.happened_at, sure=CONFIRMED)
        case Place.NAME:
            rename(tx, incident.id, _back(incident.name, held), by=by, sure=CONFIRMED)
        case Place.SUMMARY:
            replace_words(tx, incident.id, _back(incident.summary.summary, held), by=by)
        case Place.PIN:
            shown_in_full(tx, incident.id, held)
    _decided(tx, held, Decision.SHOWN, by)
    return held, incident


def keep_hidden(tx: Tx, held_id: int, *, by: str) -> tuple[HeldText, Incident]:
    """Forget a text that was not posted, or leave it masked where it stands."""
    held, incident = held_text(tx, held_id, by=by)
    _decided(tx, held, Decision.KEPT, by)
    return held, incident


def _post(tx: Tx, incident: Incident, text: str, next_in: timedelta | None, *, by: str) -> None:
    post_update(
        tx,
        incident.id,
        text,
        by=by,
        status=incident.status,
        severity=incident.severity,
        next_in=next_in,
        sure=CONFIRMED,
    )


def _decided(tx: Tx, held: HeldText, decision: Decision, by: str) -> None:
    held_texts.decide(tx, held, decision, by)
    if held.place not in WAITING or decision is Decision.SHOWN:
        tx.record(
            SecretDecided(
                incident=held.incident,
                by=by,
                place=held.place.value,
                what=held.what,
                held=held.id,
                decision=decision.value,
            )
        )


def _back(now: str, held: HeldText) -> str:
    if held.masked not in now:
        raise Refused("Somebody has written something else there since. Write yours into it again.")
    return now.replace(held.masked, held.text, 1)
