"""Pinned messages: a pushpin or a Slack pin, its removal, and what becomes of the message afterwards.

Every event goes through `once`: Slack may deliver it again. It may come in any order, so of a mark and its
removal the later one counts. The bot's own events never arrive here, Bolt filters them.
"""

from datetime import datetime
from typing import Any, Protocol

from bot.domain.timeline.entries import posted_at
from bot.operations.once import once
from bot.operations.timeline import pins
from bot.unit_of_work import UnitOfWork
from handlers.request import Feature, Listener
from storage.transaction import Tx

PUSHPIN = "pushpin"
TOMBSTONE = "tombstone"
"""What remains of a deleted message that has replies: Slack tells of it as of a change."""


class Mark(Protocol):
    """The operation that puts a message on the timeline, or that takes it off."""

    def __call__(self, tx: Tx, channel: str, ts: str, *, by: str, source: str, at: datetime) -> None: ...


async def reaction_added(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Put a message on the timeline when somebody marks it with a pushpin."""
    await _reaction(pins.pin, event, body, uow)


async def reaction_removed(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Take the message off again when the last mark goes."""
    await _reaction(pins.unpin, event, body, uow)


async def pin_added(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Put a message on the timeline when somebody pins it to the channel."""
    await _pin(pins.pin, event, body, uow)


async def pin_removed(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Take the message off again when the last mark goes."""
    await _pin(pins.unpin, event, body, uow)


async def message_changed(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Follow a person's edit. Unfurled links and thread counters change a message too, but not its words."""
    message, channel = event["message"], event["channel"]
    if message.get("subtype") == TOMBSTONE:
        await uow.perform(once, body["event_id"], pins.deleted, channel, message["ts"])
    elif message.get("edited"):
        text = message.get("text") or ""
        await uow.perform(once, body["event_id"], pins.edited, channel, message["ts"], text)


async def message_deleted(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Mark our copy of a message that its author deleted."""
    await uow.perform(once, body["event_id"], pins.deleted, event["channel"], event["deleted_ts"])


async def _reaction(mark: Mark, event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Count a pushpin on a message; files and other emoji are none."""
    item, by, at = event["item"], event["user"], posted_at(event["event_ts"])
    if event["reaction"] == PUSHPIN and item["type"] == "message":
        channel, ts = item["channel"], item["ts"]
        await uow.perform(once, body["event_id"], mark, channel, ts, by=by, source="reaction", at=at)


async def _pin(mark: Mark, event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Count a pinned message; a pinned file has no `ts`."""
    channel, by, at = event["channel_id"], event["user"], posted_at(event["event_ts"])
    if ts := (event["item"].get("message") or {}).get("ts"):
        await uow.perform(once, body["event_id"], mark, channel, ts, by=by, source="pin", at=at)


_LISTENERS = (
    Listener("event", "reaction_added", reaction_added),
    Listener("event", "reaction_removed", reaction_removed),
    Listener("event", "pin_added", pin_added),
    Listener("event", "pin_removed", pin_removed),
    Listener("event", {"type": "message", "subtype": "message_changed"}, message_changed),
    Listener("event", {"type": "message", "subtype": "message_deleted"}, message_deleted),
)

FEATURE = Feature(listeners=_LISTENERS)
