"""Posting, changing and deleting messages, whoever does it."""

from copy import deepcopy

from sandbox.events import emit, tell_message
from sandbox.state import Channel, Ephemeral, Json, Notification
from sandbox.tokens import mentions_in
from sandbox.workspace import Workspace

MOST_TEXT = 40_000
# The subtypes of what somebody wrote; every other one is Slack's own word.
WRITTEN = (None, "bot_message", "thread_broadcast", "file_share", "me_message")
COUNTERS = ("reply_count", "reply_users", "reply_users_count", "latest_reply")


def post(ws: Workspace, channel: Channel, message: Json, *, broadcast: bool = False) -> Json:
    """Store the message, count it in its thread, ping whom it mentions and tell the app."""
    message = {"type": "message", **message, "ts": ws.ids.ts(), "team": ws.team["id"]}
    message["text"] = message.get("text", "")[:MOST_TEXT]
    parent = channel.find(message["thread_ts"]) if message.get("thread_ts") else None
    if parent is not None:
        message["parent_user_id"] = parent.get("user", "")
        if broadcast:
            message["subtype"] = "thread_broadcast"
            message["root"] = {key: value for key, value in parent.items() if key != "root"}
    channel.messages.append(message)
    if author := message.get("user"):
        channel.read[author] = message["ts"]
    notify(ws, channel, message)
    tell_message(ws, channel, deepcopy(message))
    if parent is not None:
        _count_reply(ws, channel, parent, message)
    _mention_event(ws, channel, message)
    ws.changed("conversation", channel.id)
    _sidebars(ws, channel)
    return message


def _count_reply(ws: Workspace, channel: Channel, parent: Json, reply: Json) -> None:
    before = deepcopy(parent)
    users = parent.setdefault("reply_users", [])
    who = reply.get("user") or reply.get("bot_id", "")
    if who not in users:
        users.append(who)
    parent.update(
        thread_ts=parent["ts"],
        reply_count=parent.get("reply_count", 0) + 1,
        reply_users_count=len(users),
        latest_reply=reply["ts"],
    )
    _tell_change(ws, channel, parent, before)


def _mention_event(ws: Workspace, channel: Channel, message: Json) -> None:
    mentioned = mentions_in(message.get("blocks"), message["text"]).users
    written = message.get("subtype") in WRITTEN
    if channel.im or not written or ws.app.user_id not in mentioned or message.get("user") == ws.app.user_id:
        return
    emit(ws, {**deepcopy(message), "type": "app_mention", "channel": channel.id}, channel)


def post_ephemeral(ws: Workspace, channel: Channel, user: str, message: Json) -> Json:
    """Show a message to one person. It is in no history and makes no event."""
    message = {"type": "message", **message, "ts": ws.ids.ts(), "team": ws.team["id"], "is_ephemeral": True}
    channel.ephemerals.append(Ephemeral(user, message))
    ws.changed("conversation", channel.id, user)
    return message


def find_ephemeral(channel: Channel, ts: str, user: str) -> Ephemeral | None:
    return next((e for e in channel.ephemerals if e.message["ts"] == ts and e.user == user), None)


def change(
    ws: Workspace, channel: Channel, message: Json, changes: Json, *, edited_by: str | None = None
) -> None:
    """Change a stored message in place; None removes a key. `edited_by` marks an edit by hand."""
    before = deepcopy(message)
    for key, value in changes.items():
        if value is None:
            message.pop(key, None)
        else:
            message[key] = value
    message["text"] = message.get("text", "")[:MOST_TEXT]
    if edited_by:
        message["edited"] = {"user": edited_by, "ts": ws.ids.ts()}
    _tell_change(ws, channel, message, before)
    ws.changed("conversation", channel.id)


def _tell_change(ws: Workspace, channel: Channel, message: Json, before: Json) -> None:
    ts = ws.ids.ts()
    event = {"subtype": "message_changed", "hidden": True, "message": deepcopy(message), "ts": ts}
    tell_message(ws, channel, {"type": "message", **event, "previous_message": before})


def delete(ws: Workspace, channel: Channel, message: Json) -> None:
    """Take the message away; one that has replies leaves a tombstone."""
    before = deepcopy(message)
    channel.pins.pop(message["ts"], None)
    if message.get("reply_count"):
        kept = {key: message[key] for key in ("type", "ts", "team", "thread_ts", *COUNTERS) if key in message}
        message.clear()
        message.update(
            kept, subtype="tombstone", text="This message was deleted.", user="USLACKBOT", hidden=True
        )
        _tell_change(ws, channel, message, before)
    else:
        channel.messages.remove(message)
        event = {
            "subtype": "message_deleted",
            "hidden": True,
            "deleted_ts": before["ts"],
            "ts": ws.ids.ts(),
        }
        tell_message(ws, channel, {"type": "message", **event, "previous_message": before})
        _uncount_reply(ws, channel, before)
    ws.changed("conversation", channel.id)
    _sidebars(ws, channel)


def _uncount_reply(ws: Workspace, channel: Channel, reply: Json) -> None:
    parent = channel.find(reply.get("thread_ts", ""))
    if parent is None or parent["ts"] == reply["ts"]:
        return
    before = deepcopy(parent)
    rest = [m for m in channel.messages if m.get("thread_ts") == parent["ts"] and m is not parent]
    parent["reply_count"] = len(rest)
    parent["reply_users"] = list(dict.fromkeys(m.get("user") or m.get("bot_id", "") for m in rest))
    parent["reply_users_count"] = len(parent["reply_users"])
    if rest:
        parent["latest_reply"] = rest[-1]["ts"]
    else:
        for key in (*COUNTERS, "thread_ts"):
            parent.pop(key, None)
    _tell_change(ws, channel, parent, before)


def notify(ws: Workspace, channel: Channel, message: Json) -> None:
    """Log whose phone buzzes, and why. Each person is pinged once a message, for the first reason found."""
    author = message.get("user")
    if message.get("subtype") not in WRITTEN:
        return
    pinged: dict[str, str] = {}
    for user, why in _reasons(ws, channel, message):
        reachable = user in channel.members and user not in (author, ws.app.user_id)
        if reachable and not ws.users[user].deleted:
            pinged.setdefault(user, why)
    for user, why in pinged.items():
        ws.notify(Notification(user, channel.id, message["ts"], why, message["text"]))
        ws.changed("page_sound", channel.id, user)


def _reasons(ws: Workspace, channel: Channel, message: Json) -> list[tuple[str, str]]:
    if channel.im:
        return [(user, "dm") for user in channel.members]
    found = mentions_in(message.get("blocks"), message["text"])
    reasons = [(user, "mention") for user in found.users]
    for group in found.groups:
        if group in ws.groups:
            reasons += [(user, "group") for user in ws.groups[group].members]
    in_thread = message.get("thread_ts") not in (None, message["ts"])
    for broadcast in () if in_thread else found.broadcasts:
        if broadcast != "everyone" or channel.general:
            audience = [u for u in channel.members if broadcast != "here" or ws.users[u].active]
            reasons += [(user, broadcast) for user in audience]
    return reasons


def _sidebars(ws: Workspace, channel: Channel) -> None:
    for user in channel.members:
        ws.changed("sidebar", user=user)


def permalink(ws: Workspace, channel: Channel, message: Json) -> str:
    where = f"https://{ws.team['domain']}.slack.com/archives/{channel.id}/p{message['ts'].replace('.', '')}"
    thread = message.get("thread_ts")
    return where if thread in (None, message["ts"]) else f"{where}?thread_ts={thread}&cid={channel.id}"


def from_bot(ws: Workspace, message: Json) -> Json:
    """Sign a message as the app's own."""
    app = ws.app
    profile = {
        "id": app.bot_id,
        "app_id": app.id,
        "name": app.name,
        "icons": {},
        "deleted": False,
        "updated": 0,
        "team_id": ws.team["id"],
        "user_id": app.user_id,
    }
    return {
        "user": app.user_id,
        "bot_id": app.bot_id,
        "app_id": app.id,
        "bot_profile": profile,
        **message,
    }
