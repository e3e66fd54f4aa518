"""Who gets an incident's updates."""

from bot.domain.incidents.subscriptions import Subscription, Target
from storage.rows import columns, value_of
from storage.transaction import Tx


def add(tx: Tx, subscription: Subscription) -> bool:
    """Write a subscription, and say whether that is news."""
    return (
        tx.execute(
            """INSERT INTO subscriptions (incident, target, kind, added_by, at)
            VALUES (:incident, :target, :kind, :added_by, :at) ON CONFLICT (incident, target) DO NOTHING""",
            columns(subscription),
        )
        == 1
    )


def remove(tx: Tx, incident_id: int, target: str) -> bool:
    """Take a subscription away, and say whether there was one."""
    return (
        tx.execute(
            "DELETE FROM subscriptions WHERE incident = :id AND target = :target",
            {"id": incident_id, "target": target},
        )
        == 1
    )


def of(tx: Tx, incident_id: int) -> list[Subscription]:
    """Return an incident's subscriptions, in the order in which they were made."""
    rows = tx.all("SELECT * FROM subscriptions WHERE incident = :id ORDER BY at, target", {"id": incident_id})
    return [value_of(Subscription, row) for row in rows]


def channels_of(tx: Tx, incident_id: int) -> tuple[str, ...]:
    return tuple(one.target for one in of(tx, incident_id) if one.kind is Target.CHANNEL)


def find(tx: Tx, incident_id: int, target: str) -> Subscription | None:
    return next((one for one in of(tx, incident_id) if one.target == target), None)


def close_to_others(tx: Tx, incident_id: int) -> None:
    """Take those away that are not of people in the incident's channel: it is private from now on."""
    tx.write(
        """DELETE FROM subscriptions WHERE incident = :id AND (kind = 'channel' OR NOT EXISTS (
            SELECT 1 FROM members WHERE members.incident = subscriptions.incident
            AND members.person = subscriptions.target AND members.gone = 0))""",
        {"id": incident_id},
    )


def move(tx: Tx, incident_id: int, into: int) -> list[Subscription]:
    """Have those who get an incident's updates get another one's, and return them as they are then."""
    found = of(tx, incident_id)
    tx.write("DELETE FROM subscriptions WHERE incident = :id", {"id": incident_id})
    moved = [Subscription(into, one.target, one.kind, one.added_by, one.at) for one in found]
    return [one for one in moved if add(tx, one)]
