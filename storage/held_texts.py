"""Texts in which something looks like a secret, until somebody decides."""

from datetime import timedelta

from bot.domain.work.held import Decision, HeldText, Place
from storage.incidents import VISIBLE
from storage.rows import columns, value_of
from storage.transaction import Row, Tx

_THEIRS = f"""{VISIBLE} AND (held_texts.by_whom = :viewer OR held_texts.marked_by = :viewer
    OR (incidents.lead = :viewer AND held_texts.place NOT IN ('update', 'note')))"""
"""Whoever wrote, pinned or leads it, and may know of its incident."""


def add(tx: Tx, held: HeldText) -> int:
    return tx.insert(
        """INSERT INTO held_texts
            (incident, place, by_whom, marked_by, what, text, masked, ts, happened_at, at)
        VALUES (:incident, :place, :by_whom, :marked_by, :what, :text, :masked, :ts, :happened_at, :at)
        RETURNING id""",
        columns(held),
    )


def get(tx: Tx, held_id: int) -> HeldText:
    """Return a text whoever asks: for deliveries. Raises NotFound."""
    return _found(tx, tx.one("SELECT * FROM held_texts WHERE id = :id", {"id": held_id}), held_id)


def visible(tx: Tx, held_id: int, by: str) -> HeldText:
    """Return a text to whoever wrote, pinned or leads it and may know of its incident. Raises NotFound."""
    row = tx.one(
        f"""SELECT held_texts.* FROM held_texts JOIN incidents ON incidents.id = held_texts.incident
        WHERE held_texts.id = :id AND {_THEIRS}""",  # noqa: S608 - a name of ours
        {"id": held_id, "viewer": by},
    )
    return _found(tx, row, held_id)


def waiting(tx: Tx, by: str, incident_id: int | None = None) -> list[HeldText]:
    """Return the texts about which this person may decide and nobody did, the oldest first."""
    rows = tx.all(
        f"""SELECT held_texts.* FROM held_texts JOIN incidents ON incidents.id = held_texts.incident
        WHERE held_texts.decision IS NULL AND {_THEIRS}
            AND (held_texts.incident = :incident OR :incident = 0)
        ORDER BY held_texts.id""",  # noqa: S608 - names of ours
        {"viewer": by, "incident": incident_id or 0},
    )
    return [value_of(HeldText, row) for row in rows]


def of_message(tx: Tx, incident_id: int, ts: str) -> HeldText | None:
    """Return the last one of a pinned message."""
    row = tx.one(
        "SELECT * FROM held_texts WHERE incident = :incident AND ts = :ts ORDER BY id DESC LIMIT 1",
        {"incident": incident_id, "ts": ts},
    )
    return value_of(HeldText, row) if row else None


def decide(tx: Tx, held: HeldText, decision: Decision, by: str | None) -> None:
    """Write the decision, and keep the secret no longer."""
    tx.write(
        "UPDATE held_texts SET decision = :decision, decided_by = :by, text = '' WHERE id = :id",
        {"id": held.id, "decision": decision.value, "by": by},
    )


def settle(tx: Tx, incident_id: int, place: Place, by: str) -> None:
    """Keep none of what somebody typed for a place: they have written it in another way since."""
    tx.write(
        """UPDATE held_texts SET decision = 'kept', decided_by = :by, text = ''
        WHERE incident = :incident AND place = :place AND by_whom = :by AND decision IS NULL""",
        {"incident": incident_id, "place": place.value, "by": by},
    )


def prune(tx: Tx, older_than: timedelta) -> int:
    """Forget what nobody decided about; the masked text stays where it stands."""
    return tx.execute(
        """UPDATE held_texts SET decision = 'forgotten', text = ''
        WHERE decision IS NULL AND at <= :before""",
        {"before": tx.now - older_than},
    )


def _found(tx: Tx, row: Row | None, held_id: int) -> HeldText:
    if not row:
        raise tx.unknown("held_texts", held_id, "text", held_id)
    return value_of(HeldText, row)
