"""Pinned messages: a pushpin or a Slack pin, its removal, and what becomes of the message afterwards.

Every event goes through `once`: Slack may deliver it again. The bot's own events never arrive here, Bolt
filters them.
"""

from typing import Any

from bot.desk import Desk
from bot.operations import pins
from bot.operations.once import once
from handlers.request import Listener

PUSHPIN = "pushpin"
TOMBSTONE = "tombstone"
"""What remains of a deleted message that has replies: Slack tells of it as of a change."""


async def reaction_added(event: dict[str, Any], body: dict[str, Any], desk: Desk) -> None:
    """Put a message on the timeline when somebody marks it with a pushpin."""
    if ts := _marked(event):
        channel, by = event["item"]["channel"], event["user"]
        await desk.perform(once, body["event_id"], pins.pin, channel, ts, by=by, source="reaction")


async def reaction_removed(event: dict[str, Any], body: dict[str, Any], desk: Desk) -> None:
    """Take the message off again when the last mark goes."""
    if ts := _marked(event):
        channel, by = event["item"]["channel"], event["user"]
        await desk.perform(once, body["event_id"], pins.unpin, channel, ts, by=by, source="reaction")


async def pin_added(event: dict[str, Any], body: dict[str, Any], desk: Desk) -> None:
    """Put a message on the timeline when somebody pins it to the channel."""
    if ts := _pinned(event):
        channel, by = event["channel_id"], event["user"]
        await desk.perform(once, body["event_id"], pins.pin, channel, ts, by=by, source="pin")


async def pin_removed(event: dict[str, Any], body: dict[str, Any], desk: Desk) -> None:
    """Take the message off again when the last mark goes."""
    if ts := _pinned(event):
        channel, by = event["channel_id"], event["user"]
        await desk.perform(once, body["event_id"], pins.unpin, channel, ts, by=by, source="pin")


async def message_changed(event: dict[str, Any], body: dict[str, Any], desk: Desk) -> None:
    """Follow a person's edit. Unfurled links and thread counters change a message too, but not its words."""
    message, channel = event["message"], event["channel"]
    if message.get("subtype") == TOMBSTONE:
        await desk.perform(once, body["event_id"], pins.deleted, channel, message["ts"])
    elif message.get("edited"):
        text = message.get("text") or ""
        await desk.perform(once, body["event_id"], pins.edited, channel, message["ts"], text)


async def message_deleted(event: dict[str, Any], body: dict[str, Any], desk: Desk) -> None:
    """Mark our copy of a message that its author deleted."""
    await desk.perform(once, body["event_id"], pins.deleted, event["channel"], event["deleted_ts"])


async def other_message() -> None:
    """Leave what people write alone: only what they pin is kept."""


def _marked(event: dict[str, Any]) -> str | None:
    """Return the `ts` of the message that got or lost a pushpin; files and other emoji are none."""
    item = event["item"]
    return item["ts"] if event["reaction"] == PUSHPIN and item["type"] == "message" else None


def _pinned(event: dict[str, Any]) -> str | None:
    """Return the `ts` of the pinned message; a pinned file has none."""
    return (event["item"].get("message") or {}).get("ts")


LISTENERS = (
    Listener("event", "reaction_added", reaction_added),
    Listener("event", "reaction_removed", reaction_removed),
    Listener("event", "pin_added", pin_added),
    Listener("event", "pin_removed", pin_removed),
    Listener("event", {"type": "message", "subtype": "message_changed"}, message_changed),
    Listener("event", {"type": "message", "subtype": "message_deleted"}, message_deleted),
    Listener("event", "message", other_message),
)
"""The last one matches every message: Bolt takes the first that fits, so it stays last."""
