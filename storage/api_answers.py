"""What the API answered to requests with an idempotency key: one that comes again is answered the same."""

from dataclasses import dataclass
from datetime import timedelta

from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and a digest of the `request` that it was given to."""

    request: str
    status: int
    body: str


def given(tx: Tx, token: int, key: str) -> Answered | None:
    row = tx.one(
        "SELECT request, status, body FROM api_answers WHERE token = :token AND key = :key",
        {"token": token, "key": key},
    )
    return Answered(row["request"], row["status"], row["body"]) if row else None


def keep(tx: Tx, token: int, key: str, answered: Answered) -> None:
    tx.write(
        """INSERT INTO api_answers (token, key, request, status, body, at)
        VALUES (:token, :key, :request, :status, :body, :now)""",
        {
            "token": token,
            "key": key,
            "request": answered.request,
            "status": answered.status,
            "body": answered.body,
            "now": tx.now,
        },
    )


def prune(tx: Tx, older_than: timedelta) -> int:
    """Forget answers that old. Return how many there were."""
    return tx.execute("DELETE FROM api_answers WHERE at < :before", {"before": tx.now - older_than})
