"""Messages: writing, changing and marking them."""

from sandbox import marks, messages
from sandbox.acts.acting import Acting
from sandbox.attached import described, shown_in, tell
from sandbox.errors import SlackError
from sandbox.state import Channel, Json, StoredFile
from sandbox.tokens import escape_typed
from sandbox.typed import blocks_of


def _written(acting: Acting, text: str) -> str:
    """What was typed, as it is stored."""
    ws = acting.ws
    names = ws.channel_names(acting.user.id)
    return escape_typed(text, ws.handles(), names, ws.group_handles(), labels=False)


async def send(acting: Acting, given: Json) -> Json:
    ws, channel, text = acting.ws, acting.joined(given), given["text"]
    if not text.strip() and not given.get("files"):
        raise SlackError("no_text")
    if channel.im and ws.bot_in(channel) and (ws.app.messages_read_only or not ws.app.messages_tab):
        raise SlackError("Sending messages to this app has been turned off.")
    message: Json = {"user": acting.user.id, "text": _written(acting, text)}
    message["client_msg_id"] = ws.ids.new("m").lower()
    if blocks := blocks_of(message["text"], ws.ids.new("b")):
        message["blocks"] = blocks
    if thread := given.get("thread_ts"):
        if channel.find(thread) is None:
            raise SlackError("thread_not_found")
        message["thread_ts"] = thread
    files = [_file(acting, name) for name in given.get("files") or []]
    if files:
        message |= {"subtype": "file_share", "upload": False, "files": shown_in(channel, files)}
    made = messages.post(ws, channel, message, broadcast=bool(given.get("broadcast")))
    tell(ws, channel, files, acting.user.id)
    return {"message": made}


def _file(acting: Acting, name: str) -> StoredFile:
    """A file by name alone: it is empty."""
    about = described(acting.ws, name, 0, acting.user.id)
    file = StoredFile(about, acting.ws.ids.new("u").lower(), uploaded=True, complete=True)
    acting.ws.files[about["id"]] = file
    return file


def _own(acting: Acting, channel: Channel, given: Json, error: str) -> Json:
    message = acting.message(channel, given)
    if message.get("user") != acting.user.id or message.get("subtype") not in (None, "thread_broadcast"):
        raise SlackError(error)
    return message


async def edit(acting: Acting, given: Json) -> Json:
    channel = acting.joined(given)
    message = _own(acting, channel, given, "cant_update_message")
    text = _written(acting, given["text"])
    changes = {"text": text, "blocks": blocks_of(text, acting.ws.ids.new("b")) or None}
    messages.change(acting.ws, channel, message, changes, edited_by=acting.user.id)
    return {"message": message}


async def remove(acting: Acting, given: Json) -> Json:
    channel = acting.joined(given)
    if seen := messages.find_ephemeral(channel, given["ts"], acting.user.id):
        channel.ephemerals.remove(seen)
        acting.ws.changed("conversation", channel.id, acting.user.id)
        return {}
    messages.delete(acting.ws, channel, _own(acting, channel, given, "cant_delete_message"))
    return {}


async def react(acting: Acting, given: Json) -> Json:
    channel = acting.joined(given)
    message = acting.message(channel, given)
    marks.react(acting.ws, channel, message, given["name"].strip(":"), acting.user.id)
    return {}


async def unreact(acting: Acting, given: Json) -> Json:
    channel = acting.joined(given)
    message = acting.message(channel, given)
    marks.unreact(acting.ws, channel, message, given["name"].strip(":"), acting.user.id)
    return {}


async def pin(acting: Acting, given: Json) -> Json:
    channel = acting.joined(given)
    marks.pin(acting.ws, channel, acting.message(channel, given), acting.user.id)
    return {}


async def unpin(acting: Acting, given: Json) -> Json:
    channel = acting.joined(given)
    marks.unpin(acting.ws, channel, acting.message(channel, given), acting.user.id)
    return {}
