"""Codes that were sent to verify contact methods: when, and how often one was tried. No code is stored."""

from datetime import datetime, timedelta

from bot.domain.errors import NotFound
from bot.domain.paging.contact_methods import VerificationCode
from storage.rows import value_of
from storage.transaction import Tx, instant


def add(tx: Tx, person: str, method_id: int) -> int:
    return tx.insert(
        """INSERT INTO verification_codes (person, contact_method, sent_at)
        VALUES (:person, :method, :now) RETURNING id""",
        {"person": person, "method": method_id, "now": tx.now},
    )


def get(tx: Tx, code_id: int) -> VerificationCode:
    """Return a code. Raises NotFound."""
    row = tx.one("SELECT * FROM verification_codes WHERE id = :id", {"id": code_id})
    if not row:
        raise NotFound("code", code_id)
    return value_of(VerificationCode, row)


def latest(tx: Tx, method_id: int) -> VerificationCode | None:
    """Return the code that counts for a contact method: the last one that was sent."""
    row = tx.one(
        "SELECT * FROM verification_codes WHERE contact_method = :method ORDER BY id DESC LIMIT 1",
        {"method": method_id},
    )
    return value_of(VerificationCode, row) if row else None


def tried(tx: Tx, code_id: int) -> None:
    tx.write("UPDATE verification_codes SET tries = tries + 1 WHERE id = :id", {"id": code_id})


def failed(tx: Tx, code_id: int, error: str) -> None:
    """Note why a code could not be sent."""
    tx.write("UPDATE verification_codes SET error = :error WHERE id = :id", {"id": code_id, "error": error})


def sent_to(tx: Tx, person: str, within: timedelta) -> list[datetime]:
    """Return when a person was sent codes, also for contact methods that they removed."""
    rows = tx.all(
        "SELECT sent_at FROM verification_codes WHERE person = :person AND sent_at > :since",
        {"person": person, "since": tx.now - within},
    )
    return [instant(row["sent_at"]) for row in rows]


def prune(tx: Tx, older_than: timedelta) -> None:
    tx.write("DELETE FROM verification_codes WHERE sent_at <= :before", {"before": tx.now - older_than})
