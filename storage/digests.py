"""Where the direct messages are that list a person's pages: the newest is edited, the others are closed."""

from dataclasses import dataclass
from datetime import datetime

from storage.transaction import Tx, instant


@dataclass(frozen=True, slots=True)
class Digest:
    """One message of a person's."""

    person: str
    channel: str
    ts: str
    posted_at: datetime


def record(tx: Tx, person: str, channel: str, ts: str) -> None:
    """Remember a message that was just posted, or turned out to be there."""
    tx.write(
        """INSERT INTO digests (person, channel, ts, posted_at) VALUES (:person, :channel, :ts, :now)
        ON CONFLICT (person, ts) DO NOTHING""",
        {"person": person, "channel": channel, "ts": ts, "now": tx.now},
    )


def of(tx: Tx, person: str) -> list[Digest]:
    """Return a person's messages, the newest first: Slack's `ts` says when each was posted."""
    rows = tx.all("SELECT * FROM digests WHERE person = :person", {"person": person})
    found = [Digest(row["person"], row["channel"], row["ts"], instant(row["posted_at"])) for row in rows]
    return sorted(found, key=lambda one: float(one.ts), reverse=True)


def forget(tx: Tx, digest: Digest) -> None:
    """Forget a message that is edited no more."""
    tx.write(
        "DELETE FROM digests WHERE person = :person AND ts = :ts", {"person": digest.person, "ts": digest.ts}
    )
