"""What signed requests were answered: known to all replicas, and after a restart, while it holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.rows import columns
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered; without a status it is under way, or its process died over it."""

    signature: str
    status: int | None = None
    kind: str = ""
    body: str = ""

    @property
    def failed(self) -> bool:
        """Whether the failure was ours, so that the request may be handled when it comes again."""
        return self.status is not None and self.status >= 500


def lease(tx: Tx, signature: str, lost_before: datetime) -> Answer | None:
    """Note a request and return None when it is ours to answer, or what is known of it.

    One that was taken before `lost_before` and never answered was lost with its process: it is ours too.
    """
    values = {"signature": signature, "now": tx.now, "lost_before": lost_before}
    if tx.execute(
        """INSERT INTO answers (signature, at, kind, body) VALUES (:signature, :now, '', '')
        ON CONFLICT (signature) DO UPDATE SET at = :now
        WHERE answers.status IS NULL AND answers.at < :lost_before""",
        values,
    ):
        return None
    row = tx.one("SELECT signature, status, kind, body FROM answers WHERE signature = :signature", values)
    return Answer(**row) if row else None


def keep(tx: Tx, answer: Answer) -> None:
    """Note what a request was answered. A failure is forgotten."""
    if answer.failed:
        tx.write("DELETE FROM answers WHERE signature = :signature", {"signature": answer.signature})
        return
    tx.write(
        "UPDATE answers SET status = :status, kind = :kind, body = :body WHERE signature = :signature",
        columns(answer),
    )


def prune(tx: Tx, older_than: timedelta) -> None:
    tx.write("DELETE FROM answers WHERE at <= :before", {"before": tx.now - older_than})
