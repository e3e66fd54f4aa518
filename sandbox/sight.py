"""What one person sees: the sidebar, a conversation, the open form."""

from bisect import bisect_left
from collections.abc import Iterator
from heapq import merge
from itertools import islice, takewhile
from operator import itemgetter
from typing import Any

from sandbox import canvases
from sandbox.phones import unread
from sandbox.state import Channel, Json, User, View
from sandbox.wire import note, view_object
from sandbox.workspace import Workspace

SHOWN = 200
MOST_UNREAD = 1_000

_ts = itemgetter("ts")


def world(ws: Workspace) -> Json:
    app = ws.app
    return {
        "team": ws.team,
        "bot": {"id": app.bot_id, "user_id": app.user_id, "name": app.name},
        "people": [_person(user) for user in ws.users.values() if not user.bot],
        "groups": [{"id": g.id, "handle": g.handle, "name": g.name} for g in ws.groups.values()],
        "commands": [
            {key: command.get(key, "") for key in ("command", "description", "usage_hint")}
            for command in app.commands.values()
        ],
        "shortcuts": list(app.shortcuts),
        "home_tab": app.home_tab,
        "messages_read_only": app.messages_read_only,
        "clock": ws.clock.now().isoformat(),
    }


def _person(user: User) -> Json:
    names = {"id": user.id, "handle": user.handle, "name": user.real_name, "title": user.title}
    return {**names, "tz": user.tz, "deleted": user.deleted, "guest": user.guest, "admin": user.admin}


def sidebar(ws: Workspace, user: str) -> Json:
    rooms = sorted((c for c in ws.channels.values() if not c.im), key=lambda channel: channel.name)
    mine = [channel for channel in rooms if user in channel.members]
    directs = [channel for channel in ws.channels.values() if channel.im and user in channel.members]
    return {
        "channels": [_room(ws, channel, user) for channel in mine],
        "dms": [_direct(ws, channel, user) for channel in directs],
        "phone": unread(ws, user),
        "phones": [{"user": p.user, "unread": p.unread} for p in ws.phones.values() if p.user and p.unread],
        "browse": [
            {"id": channel.id, "name": channel.name, "archived": channel.archived}
            for channel in rooms
            if user not in channel.members and not channel.private
        ],
    }


def _room(ws: Workspace, channel: Channel, user: str) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "private": channel.private,
        "archived": channel.archived,
        "member": True,
        "topic": channel.topic.value,
        **_unread(ws, channel, user),
    }


def _direct(ws: Workspace, channel: Channel, user: str) -> Json:
    other = ws.users[next((member for member in channel.members if member != user), user)]
    who = {"id": other.id, "name": other.real_name, "bot": other.bot}
    return {"id": channel.id, "with": who, **_unread(ws, channel, user)}


def _unread(ws: Workspace, channel: Channel, user: str) -> Json:
    seen = channel.read.get(user, "0")
    new = 0
    for message in reversed(channel.messages):
        if message["ts"] <= seen or new == MOST_UNREAD:
            break
        new += _in_channel(message) and message.get("user") != user
    pings = takewhile(lambda ts: ts > seen, reversed(ws.pinged.get((user, channel.id), [])))
    return {"unread": new, "mentions": sum(1 for _ in pings)}


def _in_channel(message: Json) -> bool:
    reply = message.get("thread_ts") not in (None, message["ts"])
    return not reply or message.get("subtype") == "thread_broadcast"


def messages(channel: Channel, user: str, thread: str | None = None) -> list[Json]:
    """What this person sees there, oldest first, with what is shown to nobody else."""
    return list(_newest_first(channel, user, thread))[::-1]


def _newest_first(
    channel: Channel, user: str, thread: str | None = None, before: str | None = None
) -> Iterator[Json]:
    """Backwards from the end, or from `before`, so that who reads a page reads no more than that."""
    stored = channel.messages
    end = bisect_left(stored, before, key=_ts) if before else len(stored)
    shown = (stored[at] for at in range(end - 1, -1, -1))
    hidden = [seen.message for seen in reversed(channel.ephemerals) if seen.user == user]
    earlier = (message for message in hidden if not before or message["ts"] < before)
    for message in merge(shown, earlier, key=_ts, reverse=True):
        if thread and message["ts"] < thread:
            return
        if thread in (message["ts"], message.get("thread_ts")) if thread else _in_channel(message):
            yield message


def conversation(
    ws: Workspace, channel: Channel, user: str, thread: str | None = None, before: str | None = None
) -> Json:
    found = list(islice(_newest_first(channel, user, thread, before), SHOWN + 1))
    other = next((member for member in channel.members if member != user), user) if channel.im else None
    return {
        "id": channel.id,
        "name": ws.users[other].real_name if other else channel.name,
        "kind": "im" if channel.im else "private" if channel.private else "channel",
        "with": other,
        "topic": note(channel.topic)["value"],
        "purpose": note(channel.purpose)["value"],
        "creator": channel.creator,
        "member": user in channel.members,
        "archived": channel.archived,
        "members": list(channel.members),
        "bookmarks": channel.bookmarks,
        "canvases": canvases.seen(ws, user, channel),
        "pins": [{"ts": ts, "by": pinned.by} for ts, pinned in channel.pins.items()],
        "messages": [_message(ws, channel, message, user) for message in found[:SHOWN][::-1]],
        "has_more": len(found) > SHOWN,
        "me": user,
    }


def _message(ws: Workspace, channel: Channel, message: Json, user: str) -> Json:
    author = ws.users.get(message.get("user", ""))
    name = message.get("username") or (author.real_name if author else "Slackbot")
    shown: dict[str, Any] = {
        **message,
        "author": {
            "id": message.get("user", ""),
            "name": name,
            "handle": author.handle if author else "",
            "bot": bool(message.get("bot_id")),
        },
        "ephemeral": bool(message.get("is_ephemeral")),
        "pinned": message["ts"] in channel.pins,
    }
    if values := ws.chosen.get((channel.id, message["ts"], user)):
        shown["state"] = {"values": values}
    return shown


def modal(ws: Workspace, view: View | None) -> Json:
    if view is None:
        return {"view": None, "errors": {}, "error": None, "depth": 0}
    depth = len(ws.stacks.get(view.user, []))
    return {"view": view_object(ws, view), "errors": view.errors, "error": view.error, "depth": depth}
