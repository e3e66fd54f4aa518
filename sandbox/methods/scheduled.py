"""chat.scheduleMessage and what belongs to it."""

from sandbox.call import Call
from sandbox.content import content_of
from sandbox.errors import SlackError
from sandbox.messages import from_bot
from sandbox.methods.chat import open_channel, thread_of
from sandbox.state import Json, Scheduled

FARTHEST = 120 * 24 * 3600
WINDOW = 300
MOST_IN_WINDOW = 30
TOO_LATE = 60


def schedule(call: Call) -> Json:
    ws = call.ws
    channel = open_channel(call)
    post_at = _time(call)
    message = from_bot(ws, {**content_of(call), **thread_of(call, channel)})
    near = [
        one
        for one in ws.scheduled.values()
        if one.channel == channel.id and one.post_at // WINDOW == post_at // WINDOW
    ]
    if len(near) >= MOST_IN_WINDOW:
        raise SlackError("restricted_too_many")
    one = Scheduled(
        ws.ids.new("Q"), channel.id, post_at, ws.seconds(), message, broadcast=call.flag("reply_broadcast")
    )
    ws.schedule(one)
    shown = {
        "type": "delayed_message",
        "subtype": "bot_message",
        "bot_id": ws.app.bot_id,
        "username": ws.app.name,
    }
    said = {key: message[key] for key in ("text", "blocks", "attachments") if key in message}
    return {
        "channel": channel.id,
        "scheduled_message_id": one.id,
        "post_at": post_at,
        "message": {**said, **shown},
    }


def _time(call: Call) -> int:
    try:
        post_at = int(call.text("post_at"))
    except ValueError:
        raise SlackError("invalid_time") from None
    if post_at <= call.ws.seconds():
        raise SlackError("time_in_past")
    if post_at > call.ws.seconds() + FARTHEST:
        raise SlackError("time_too_far")
    return post_at


def unschedule(call: Call) -> Json:
    ws, channel = call.ws, call.channel()
    one = ws.scheduled.get(call.text("scheduled_message_id"))
    if one is None or one.channel != channel.id or one.post_at < ws.seconds() + TOO_LATE:
        raise SlackError("invalid_scheduled_message_id")
    del ws.scheduled[one.id]
    return {}


def listed(call: Call) -> Json:
    ws, wanted = call.ws, call.text("channel")
    if wanted and wanted not in ws.channels:
        raise SlackError("invalid_channel")
    oldest, latest = _bound(call, "oldest", 0.0), _bound(call, "latest", float("inf"))
    found = [
        one
        for one in sorted(ws.scheduled.values(), key=lambda one: one.post_at)
        if wanted in ("", one.channel) and oldest <= one.post_at <= latest
    ]
    page, following = call.page(found)
    shown = [
        {
            "id": one.id,
            "channel_id": one.channel,
            "post_at": one.post_at,
            "date_created": one.created,
            "text": one.message["text"],
        }
        for one in page
    ]
    return {"scheduled_messages": shown, "response_metadata": {"next_cursor": following}}


def _bound(call: Call, name: str, default: float) -> float:
    try:
        return float(call.text(name) or default)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None
