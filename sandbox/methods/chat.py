"""chat.*"""

from sandbox.call import Call, require
from sandbox.content import content_of
from sandbox.errors import SlackError
from sandbox.messages import change, delete, from_bot, permalink, post, post_ephemeral
from sandbox.state import Channel, Json

CUSTOM = ("username", "icon_emoji", "icon_url")


def post_message(call: Call) -> Json:
    ws = call.ws
    channel = open_channel(call)
    content = content_of(call)
    extra = thread_of(call, channel)
    if any(call.text(name) for name in CUSTOM):
        require(ws, ("chat:write.customize",))
        extra |= {"subtype": "bot_message", **{name: call.text(name) for name in CUSTOM if call.text(name)}}
    message = post(ws, channel, from_bot(ws, {**content, **extra}), broadcast=call.flag("reply_broadcast"))
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def open_channel(call: Call) -> Channel:
    """Where to post: an id, a name, or a person, whose direct message it then is."""
    ws, name = call.ws, call.text("channel")
    if name in ws.users:
        if ws.users[name].deleted or ws.users[name].bot:
            raise SlackError("channel_not_found")
        channel = ws.direct(ws.app.user_id, name)
    else:
        named = ws.named(name.removeprefix("#"))
        channel = Call(ws, call.method, {"channel": named.id if named else name}).channel()
    if channel.archived:
        raise SlackError("is_archived")
    if channel.im and not ws.app.messages_tab:
        raise SlackError("messages_tab_disabled")
    if not ws.bot_in(channel) and not ws.app.may(("chat:write.public",)):
        raise SlackError("not_in_channel")
    return channel


def thread_of(call: Call, channel: Channel) -> Json:
    thread = call.text("thread_ts")
    if not thread:
        return {}
    parent = channel.find(thread)
    if parent is None:
        raise SlackError("thread_not_found")
    told = parent.get("subtype", "").startswith(("channel_", "group_"))
    if told or parent.get("thread_ts") not in (None, parent["ts"]):
        raise SlackError("cannot_reply_to_message")
    return {"thread_ts": thread}


def update(call: Call) -> Json:
    ws = call.ws
    channel = call.channel()
    if channel.archived:
        raise SlackError("is_inactive")
    message = call.message(channel, "ts")
    if message.get("bot_id") != ws.app.bot_id or message.get("subtype") not in (
        None,
        "bot_message",
        "thread_broadcast",
    ):
        raise SlackError("cant_update_message")
    if len(call.text("text")) > 4000:
        raise SlackError("msg_too_long")
    content = content_of(call)
    changes: Json = {"text": content["text"], "blocks": content.get("blocks")}
    if "attachments" in content or changes["blocks"] is None:
        changes["attachments"] = content.get("attachments")
    if call.args.get("metadata") is not None:
        changes["metadata"] = content.get("metadata")
    # Slack marks only texts as edited; messages of blocks change silently.
    change(ws, channel, message, changes, edited_by=None if changes["blocks"] else ws.app.user_id)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": message}


def delete_message(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, "ts")
    if message.get("bot_id") != call.ws.app.bot_id:
        raise SlackError("cant_delete_message")
    ts = message["ts"]
    delete(call.ws, channel, message)
    return {"channel": channel.id, "ts": ts}


def post_to_one(call: Call) -> Json:
    ws = call.ws
    channel = open_channel(call)
    if not ws.bot_in(channel):
        raise SlackError("not_in_channel")
    user = call.text("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    if len(call.text("text")) > 4000:
        raise SlackError("msg_too_long")
    thread = {"thread_ts": call.text("thread_ts")} if call.text("thread_ts") else {}
    content = content_of(call)
    content.pop("metadata", None)
    message = post_ephemeral(ws, channel, user, from_bot(ws, {**content, **thread}))
    return {"message_ts": message["ts"]}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    return {"channel": channel.id, "permalink": permalink(call.ws, channel, message)}
