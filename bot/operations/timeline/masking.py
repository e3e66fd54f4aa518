"""Text that must not wait although it may hold a secret: it stands masked until somebody says what it is."""

from collections.abc import Iterable

from bot.domain.actors import Actor
from bot.domain.facts import SecretMasked
from bot.domain.incidents.incident import Draft, Incident
from bot.domain.work.held import Finding, HeldText, Place, kinds
from bot.secret_scan import hidden
from storage import held_texts, members
from storage.transaction import Tx


def ask_about(tx: Tx, incident: Incident, draft: Draft, *, by: Actor) -> None:
    """Warn whoever declared, or who leads what a machine declared, of what was masked."""
    whom = by if isinstance(by, str) else incident.lead
    for place, text in ((Place.NAME, draft.name), (Place.SUMMARY, draft.summary)):
        shown, found = hidden(text)
        if found:
            hold_masked(tx, incident, place, (text, shown), found, by=whom)


def hold_masked(
    tx: Tx,
    incident: Incident,
    place: Place,
    texts: tuple[str, str],
    found: Iterable[Finding],
    *,
    by: str,
    marked_by: str | None = None,
    ts: str | None = None,
) -> None:
    """Keep a text of which the masked form stands in its place, and have its people asked in private.

    `texts` are what was written, and what is shown of it.
    """
    what = ", ".join(kinds(found))
    held = HeldText(0, incident.id, place, by, marked_by, what, *texts, ts, None, tx.now)
    number, gone = held_texts.add(tx, held), members.gone(tx, incident.id)
    people = [who for who in held.people if who not in gone]
    tx.record(
        SecretMasked(incident=incident.id, by=by, place=place.value, what=what, held=number, people=people)
    )
