"""Streams, and their updates."""

from datetime import datetime

from bot.domain.actors import Actor
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.streams import Stream, StreamUpdate, unknown_stream
from storage import incidents
from storage.rows import columns, value_of
from storage.transaction import Tx


def add(tx: Tx, stream: Stream) -> int:
    tx.reworded.add(stream.incident)
    return tx.insert(
        """INSERT INTO streams (incident, name, lead, opened_by, opened_at)
        VALUES (:incident, :name, :lead, :opened_by, :opened_at) RETURNING id""",
        columns(stream),
    )


def save(tx: Tx, stream: Stream) -> None:
    tx.reworded.add(stream.incident)
    tx.write(
        """UPDATE streams SET incident = :incident, name = :name, lead = :lead, channel = :channel,
            channel_name = :channel_name, channel_lost = :channel_lost, archived = :archived,
            updated_at = :updated_at, closed_at = :closed_at WHERE id = :id""",
        columns(stream),
    )


def get(tx: Tx, stream_id: int) -> Stream:
    """Return a stream whoever asks: for operations and deliveries. Raises NotFound."""
    row = tx.one("SELECT * FROM streams WHERE id = :id", {"id": stream_id})
    if not row:
        raise unknown_stream(stream_id)
    return value_of(Stream, row)


def visible(tx: Tx, stream_id: int, by: Actor) -> Stream:
    """Return a stream of an incident that `by` may know of. Raises NotFound."""
    stream = get(tx, stream_id)
    if not incidents.visible_of(tx, [stream.incident], str(by)):
        raise unknown_stream(stream_id)
    return stream


def of(tx: Tx, incident_id: int) -> list[Stream]:
    """Return an incident's streams, in the order in which they were opened."""
    rows = tx.all("SELECT * FROM streams WHERE incident = :id ORDER BY id", {"id": incident_id})
    return [value_of(Stream, row) for row in rows]


def in_channel(tx: Tx, channel: str) -> Stream | None:
    """Return the stream whose channel this is, whoever asks: for what Slack tells of the channel."""
    row = tx.one("SELECT * FROM streams WHERE channel = :channel", {"channel": channel})
    return value_of(Stream, row) if row else None


def here(tx: Tx, channel: str, by: str) -> tuple[Incident | None, Stream | None]:
    """Return the incident, and perhaps the stream, whose channel this is, unless `by` may not know of it."""
    if incident := incidents.here(tx, channel, by):
        return incident, None
    stream = in_channel(tx, channel)
    found = incidents.visible_of(tx, [stream.incident], by) if stream else ()
    return (found[0], stream) if found else (None, None)


def incident_of(tx: Tx, channel: str) -> tuple[Incident | None, Stream | None]:
    """Return the same whoever asks: for what Slack tells of the channel."""
    if incident := incidents.in_channel(tx, channel):
        return incident, None
    stream = in_channel(tx, channel)
    return (incidents.get(tx, stream.incident), stream) if stream else (None, None)


def channels(tx: Tx) -> set[str]:
    """Return the channel of every stream that has one."""
    return {row["channel"] for row in tx.all("SELECT channel FROM streams WHERE channel IS NOT NULL")}


def add_update(tx: Tx, stream: Stream, text: str, by: str, at: datetime) -> int:
    tx.reworded.add(stream.incident)
    return tx.insert(
        """INSERT INTO stream_updates (stream, text, by_whom, at) VALUES (:stream, :text, :by, :at)
        RETURNING id""",
        {"stream": stream.id, "text": text, "by": by, "at": at},
    )


def get_update(tx: Tx, update_id: int) -> StreamUpdate:
    row = tx.one("SELECT * FROM stream_updates WHERE id = :id", {"id": update_id})
    if not row:
        raise unknown_stream(update_id)
    return value_of(StreamUpdate, row)


def latest(tx: Tx, stream_id: int) -> StreamUpdate | None:
    row = tx.one(
        "SELECT * FROM stream_updates WHERE stream = :id ORDER BY id DESC LIMIT 1", {"id": stream_id}
    )
    return value_of(StreamUpdate, row) if row else None


def authors(tx: Tx, stream_id: int) -> list[str]:
    """Return who posted updates of a stream."""
    rows = tx.all(
        "SELECT DISTINCT by_whom FROM stream_updates WHERE stream = :id ORDER BY by_whom", {"id": stream_id}
    )
    return [row["by_whom"] for row in rows]
