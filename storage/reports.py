"""What services report of what they took: each call, text and reply is heard once, by its id there."""

from storage.transaction import Tx


def first(tx: Tx, message: str, notification: int | None, outcome: str) -> bool:
    """Note what became of a call or text, or that a reply came. Say whether that is new of it."""
    changed = tx.execute(
        """INSERT INTO reports (message, notification, outcome, at)
        VALUES (:message, :notification, :outcome, :now) ON CONFLICT (message) DO NOTHING""",
        {"message": message, "notification": notification, "outcome": outcome, "now": tx.now},
    )
    return changed == 1


def of_notification(tx: Tx, notification: int) -> list[str]:
    """Return what became of each call or text of a notification, oldest first."""
    rows = tx.all(
        "SELECT outcome FROM reports WHERE notification = :notification ORDER BY id",
        {"notification": notification},
    )
    return [row["outcome"] for row in rows]
