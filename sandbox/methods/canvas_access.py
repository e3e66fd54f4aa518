"""canvases.access.*: who may read a canvas, and write in it."""

import json

from sandbox import canvases
from sandbox.call import Call
from sandbox.errors import SlackError, invalid_arguments
from sandbox.methods.canvases import found
from sandbox.state import Canvas, Json

LEVELS = ("read", "write", "owner")
MOST = 20


def give(call: Call) -> Json:
    level = call.text("access_level")
    if level not in LEVELS:
        raise invalid_arguments(f"must be one of {', '.join(LEVELS)} [json-pointer:/access_level]")
    canvas, whose, people = _of(call)
    if level == "owner":
        if not people or len(whose) != 1:
            raise SlackError("invalid_parameters")
        canvas.owner = whose[0]
    else:
        canvas.access.update(dict.fromkeys(whose, level))
    canvases.shown(call.ws, canvas)
    return {}


def take(call: Call) -> Json:
    canvas, whose, _ = _of(call)
    for one in whose:
        canvas.access.pop(one, None)
    canvases.shown(call.ws, canvas)
    return {}


def _of(call: Call) -> tuple[Canvas, list[str], bool]:
    """The canvas, and the people (or else the channels) that this is about."""
    ws = call.ws
    if ws.canvases_limited == "disabled":
        raise SlackError("canvas_disabled_user_team")
    people, rooms = _ids(call, "user_ids"), _ids(call, "channel_ids")
    if bool(people) == bool(rooms) or len(people or rooms) > MOST:
        raise SlackError("invalid_parameters")
    canvas = found(call)
    if canvas.owner != call.bot or ws.canvases_limited == "free" or call.bot in people:
        raise SlackError("restricted_action")
    if any(one not in ws.users or ws.users[one].deleted for one in people):
        raise SlackError("user_not_found")
    for one in rooms:
        channel = ws.channels.get(one)
        if channel is None or channel.im or not ws.bot_in(channel):
            raise SlackError("channel_not_found")
    return canvas, people or rooms, bool(people)


def _ids(call: Call, name: str) -> list[str]:
    """A list, JSON text of one, or ids with commas, as slack_sdk sends them."""
    given = call.text(name)
    if given.startswith("[") and isinstance(call.args.get(name), str):
        try:
            return [str(one) for one in json.loads(given)]
        except ValueError:
            raise SlackError("invalid_parameters") from None
    return call.names(name)
