"""Pins and reactions, whoever sets them."""

from sandbox import emoji
from sandbox.errors import SlackError
from sandbox.events import emit
from sandbox.messages import permalink
from sandbox.state import Channel, Json, Pin
from sandbox.workspace import Workspace

MOST_PINS = 100
MOST_REACTIONS = 23
MOST_EMOJI = 50


def pin(ws: Workspace, channel: Channel, message: Json, by: str) -> None:
    if message["ts"] in channel.pins:
        raise SlackError("already_pinned")
    if len(channel.pins) >= MOST_PINS:
        raise SlackError("too_many_pins")
    channel.pins[message["ts"]] = Pin(by, ws.seconds())
    message.setdefault("pinned_to", []).append(channel.id)
    _tell_pin(ws, channel, message, channel.pins[message["ts"]], by=by, name="pin_added")


def unpin(ws: Workspace, channel: Channel, message: Json, by: str) -> None:
    if message["ts"] not in channel.pins:
        raise SlackError("no_pin")
    was = channel.pins.pop(message["ts"])
    message.pop("pinned_to", None)
    _tell_pin(ws, channel, message, was, by=by, name="pin_removed")


def pin_item(ws: Workspace, channel: Channel, message: Json, pinned: Pin) -> Json:
    return {
        "type": "message",
        "created": pinned.created,
        "created_by": pinned.by,
        "channel": channel.id,
        "message": {**message, "permalink": permalink(ws, channel, message)},
    }


def _tell_pin(ws: Workspace, channel: Channel, message: Json, pinned: Pin, *, by: str, name: str) -> None:
    event = {
        "type": name,
        "user": by,
        "channel_id": channel.id,
        "item": pin_item(ws, channel, message, pinned),
        "item_user": message.get("user", ""),
        "pin_count": len(channel.pins),
        "pinned_info": {"channel": channel.id, "pinned_by": pinned.by, "pinned_ts": pinned.created},
    }
    if name == "pin_removed":
        event["has_pins"] = bool(channel.pins)
    emit(ws, event, channel)
    ws.changed("conversation", channel.id)


def react(ws: Workspace, channel: Channel, message: Json, name: str, by: str) -> None:
    if not emoji.known(name):
        raise SlackError("invalid_name")
    reactions = message.setdefault("reactions", [])
    given = next((reaction for reaction in reactions if reaction["name"] == name), None)
    if given and by in given["users"]:
        raise SlackError("already_reacted")
    if sum(by in reaction["users"] for reaction in reactions) >= MOST_REACTIONS:
        raise SlackError("too_many_reactions")
    if given is None:
        if len(reactions) >= MOST_EMOJI:
            raise SlackError("too_many_emoji")
        given = {"name": name, "users": [], "count": 0}
        reactions.append(given)
    given["users"].append(by)
    given["count"] += 1
    _tell_reaction(ws, channel, message, name=name, by=by, event="reaction_added")


def unreact(ws: Workspace, channel: Channel, message: Json, name: str, by: str) -> None:
    reactions = message.get("reactions", [])
    given = next((r for r in reactions if r["name"] == name and by in r["users"]), None)
    if given is None:
        raise SlackError("no_reaction")
    given["users"].remove(by)
    given["count"] -= 1
    if not given["count"]:
        reactions.remove(given)
    if not reactions:
        message.pop("reactions")
    _tell_reaction(ws, channel, message, name=name, by=by, event="reaction_removed")


def _tell_reaction(ws: Workspace, channel: Channel, message: Json, *, name: str, by: str, event: str) -> None:
    author = {"item_user": message["user"]} if message.get("user") else {}
    item = {"type": "message", "channel": channel.id, "ts": message["ts"]}
    emit(ws, {"type": event, "user": by, "reaction": name, "item": item, **author}, channel)
    ws.changed("conversation", channel.id)
