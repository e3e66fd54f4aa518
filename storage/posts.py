"""Where the messages are that are edited in place: the card, the announcements, the greeting."""

from dataclasses import dataclass

from storage.rows import columns
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Post:
    """A message of ours. `place` is what the configuration calls the channel, empty if there is one."""

    incident: int
    kind: str
    place: str
    channel: str
    ts: str


def record(tx: Tx, post: Post) -> None:
    """Remember a message; a newer one of the same kind and place replaces it."""
    tx.write(
        """INSERT INTO posts (incident, kind, place, channel, ts)
        VALUES (:incident, :kind, :place, :channel, :ts)
        ON CONFLICT (incident, kind, place) DO UPDATE SET channel = excluded.channel, ts = excluded.ts""",
        columns(post),
    )


def move(tx: Tx, kind: str, incident_id: int, into: int) -> None:
    """Have the messages of a kind be those of another incident."""
    tx.write(
        "UPDATE posts SET incident = :into WHERE incident = :id AND kind = :kind",
        {"kind": kind, "id": incident_id, "into": into},
    )


def forget(tx: Tx, post: Post) -> None:
    """Forget a message that is edited no more, unless a newer one has its place."""
    tx.write(
        """DELETE FROM posts WHERE incident = :incident AND kind = :kind AND place = :place AND ts = :ts""",
        columns(post),
    )


def forget_at(tx: Tx, channel: str, ts: str) -> None:
    """Forget a message that is edited no more, whatever it stood for."""
    tx.write("DELETE FROM posts WHERE channel = :channel AND ts = :ts", {"channel": channel, "ts": ts})


def forget_in(tx: Tx, channel: str) -> list[Post]:
    """Forget the messages in a channel that is gone, and return them."""
    rows = tx.all(
        "SELECT * FROM posts WHERE channel = :channel ORDER BY incident, kind, place", {"channel": channel}
    )
    tx.write("DELETE FROM posts WHERE channel = :channel", {"channel": channel})
    return [Post(**row) for row in rows]


def of(tx: Tx, incident_id: int) -> list[Post]:
    rows = tx.all(
        "SELECT * FROM posts WHERE incident = :incident ORDER BY kind, place", {"incident": incident_id}
    )
    return [Post(**row) for row in rows]


def find(tx: Tx, incident_id: int, kind: str, place: str = "") -> Post | None:
    """Return one message, or None while it has not been sent."""
    return next((one for one in of(tx, incident_id) if (one.kind, one.place) == (kind, place)), None)
