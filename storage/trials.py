"""Trials: tests of a person's doors, and what became of each."""

from datetime import timedelta

from bot.domain.errors import NotFound
from bot.domain.paging.trials import Trial, Way
from storage.transaction import Row, Tx, instant, moment


def add(tx: Tx, person: str, ways: tuple[Way, ...]) -> int:
    """Write a new trial and return its id."""
    trial = tx.insert(
        "INSERT INTO trials (person, begun_at) VALUES (:person, :now) RETURNING id",
        {"person": person, "now": tx.now},
    )
    for way in ways:
        tx.write("INSERT INTO ways (trial, door) VALUES (:trial, :door)", {"trial": trial, "door": way.door})
    return trial


def get(tx: Tx, trial_id: int) -> Trial:
    """Return a trial. Raises NotFound."""
    row = tx.one("SELECT * FROM trials WHERE id = :id", {"id": trial_id})
    if not row:
        raise NotFound("test page", trial_id)
    return _trial(tx, row)


def latest(tx: Tx, person: str) -> Trial | None:
    """Return the newest trial of a person."""
    row = tx.one("SELECT * FROM trials WHERE person = :person ORDER BY id DESC LIMIT 1", {"person": person})
    return _trial(tx, row) if row else None


def record_dm(tx: Tx, trial_id: int, channel: str, ts: str) -> None:
    """Remember where the trial's message is, so that it can be redrawn."""
    tx.write(
        "UPDATE trials SET dm_channel = :channel, dm_ts = :ts WHERE id = :id",
        {"id": trial_id, "channel": channel, "ts": ts},
    )


def handed_over(tx: Tx, trial_id: int, door: str) -> None:
    """Note that a door's service took the message."""
    _write(tx, trial_id, door, "handed_at = COALESCE(handed_at, :now), error = NULL")


def failed(tx: Tx, trial_id: int, door: str, error: str) -> None:
    """Note why a door's service did not."""
    _write(tx, trial_id, door, "error = :error", error=error)


def confirm(tx: Tx, trial_id: int, door: str) -> bool:
    """Note that the message arrived, once. Say whether it is news."""
    confirmed = "confirmed_at = COALESCE(confirmed_at, :now), error = NULL"
    way = get(tx, trial_id).way(door)
    return way is not None and not way.confirmed_at and _write(tx, trial_id, door, confirmed)


def prune(tx: Tx, older_than: timedelta) -> None:
    """Forget trials that are long over."""
    old = "SELECT id FROM trials WHERE begun_at <= :before"
    before = {"before": tx.now - older_than}
    tx.write(f"DELETE FROM ways WHERE trial IN ({old})", before)  # noqa: S608 - the words above
    tx.write("DELETE FROM trials WHERE begun_at <= :before", before)


def _write(tx: Tx, trial_id: int, door: str, what: str, **values: str) -> bool:
    changed = tx.execute(
        f"UPDATE ways SET {what} WHERE trial = :trial AND door = :door",  # noqa: S608 - the callers are above
        {"trial": trial_id, "door": door, "now": tx.now, **values},
    )
    return changed == 1


def _trial(tx: Tx, row: Row) -> Trial:
    ways = tx.all("SELECT * FROM ways WHERE trial = :id ORDER BY id", {"id": row["id"]})
    return Trial(
        row["id"],
        row["person"],
        instant(row["begun_at"]),
        tuple(
            Way(way["door"], moment(way["handed_at"]), moment(way["confirmed_at"]), way["error"])
            for way in ways
        ),
        row["dm_channel"],
        row["dm_ts"],
    )
