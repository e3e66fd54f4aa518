"""pins.* and reactions.*"""

import re

from sandbox import marks
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.messages import permalink
from sandbox.state import Channel, Json

TS = re.compile(r"\d{1,10}\.\d{6}")


def _marked(call: Call) -> tuple[Channel, Json]:
    if not call.text("channel") or not call.text("timestamp"):
        raise SlackError("no_item_specified")
    if not TS.fullmatch(call.text("timestamp")):
        raise SlackError("bad_timestamp")
    channel = call.joined()
    return channel, call.message(channel, "timestamp")


def add_pin(call: Call) -> Json:
    marks.pin(call.ws, *_marked(call), call.bot)
    return {}


def remove_pin(call: Call) -> Json:
    marks.unpin(call.ws, *_marked(call), call.bot)
    return {}


def list_pins(call: Call) -> Json:
    channel = call.joined(archived=True)
    items = [
        marks.pin_item(call.ws, channel, message, pinned)
        for ts, pinned in reversed(channel.pins.items())
        if (message := channel.find(ts))
    ]
    return {"items": items}


def add_reaction(call: Call) -> Json:
    channel, message = _marked(call)
    marks.react(call.ws, channel, message, call.text("name"), call.bot)
    return {}


def remove_reaction(call: Call) -> Json:
    channel, message = _marked(call)
    marks.unreact(call.ws, channel, message, call.text("name"), call.bot)
    return {}


def get_reactions(call: Call) -> Json:
    channel, message = _marked(call)
    shown = {**message, "permalink": permalink(call.ws, channel, message)}
    return {"type": "message", "channel": channel.id, "message": shown}
