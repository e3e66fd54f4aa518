"""conversations.*: looking at channels and what was said in them."""

import re
from typing import Any

from sandbox.call import Call
from sandbox.canvases import properties
from sandbox.catalogue import Kind
from sandbox.errors import SlackError
from sandbox.state import Channel, Json
from sandbox.wire import channel_object

TYPES: dict[str, Kind] = {"public_channel": "public", "private_channel": "private", "im": "im"}
TS = re.compile(r"\d+(\.\d{1,6})?")


def info(call: Call) -> Json:
    count = call.flag("include_num_members")
    channel = call.channel()
    shown = channel_object(call.ws, channel, call.bot, count=count)
    return {"channel": {**shown, **properties(call.ws, channel)}}


def listed(call: Call) -> Json:
    return _page(call, _channels(call, call.bot), "channels", count=True)


def of_user(call: Call) -> Json:
    user = call.user().id if call.text("user") else call.bot
    return _page(call, [c for c in _channels(call, user) if user in c.members], "channels")


def _channels(call: Call, user: str) -> list[Channel]:
    wanted = call.names("types") or ["public_channel"]
    kinds = set()
    for name in wanted:
        if name not in (*TYPES, "mpim"):
            raise SlackError("invalid_types")
        if name in TYPES:
            scopes = call.method.scopes_in(TYPES[name])
            if not call.ws.app.may(scopes):
                provided = ",".join(sorted(call.ws.app.scopes))
                raise SlackError("missing_scope", needed=",".join(scopes), provided=provided)
            kinds.add(TYPES[name])
    return [
        channel
        for channel in call.ws.channels.values()
        if _kind(channel) in kinds
        and not (channel.private and not call.ws.bot_in(channel))
        and not (channel.archived and call.flag("exclude_archived"))
    ]


def _kind(channel: Channel) -> Kind:
    return "im" if channel.im else "private" if channel.private else "public"


def _page(call: Call, found: list[Channel], key: str, *, count: bool = False) -> Json:
    page, following = call.page(found)
    shown = [channel_object(call.ws, channel, call.bot, count=count) for channel in page]
    return {key: shown, "response_metadata": {"next_cursor": following}}


def members(call: Call) -> Json:
    page, following = call.page(call.channel().members)
    return {"members": page, "response_metadata": {"next_cursor": following}}


def history(call: Call) -> Json:
    channel = call.joined(archived=True)
    top = [message for message in channel.messages if _in_channel(message)]
    answer = _messages(call, list(reversed(top)), 999)
    return {**answer, "pin_count": len(channel.pins), "channel_actions_count": 0}


def replies(call: Call) -> Json:
    channel = call.joined(archived=True)
    parent = channel.find(call.text("ts"))
    if parent is None:
        raise SlackError("thread_not_found")
    thread = parent.get("thread_ts") or parent["ts"]
    found = [m for m in channel.messages if thread in (m["ts"], m.get("thread_ts"))]
    return _messages(call, found, 1000, keep=thread)


def _in_channel(message: Json) -> bool:
    reply = message.get("thread_ts") not in (None, message["ts"])
    return not reply or message.get("subtype") == "thread_broadcast"


def _messages(call: Call, found: list[Json], most: int, keep: str = "") -> Json:
    """The wanted ones; `keep` is the parent, which Slack gives whatever the bounds are."""
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    inclusive = call.flag("inclusive")

    def within(message: Json) -> bool:
        ts = float(message["ts"])
        after = oldest is None or ts > oldest or (inclusive and ts == oldest)
        before = latest is None or ts < latest or (inclusive and ts == latest)
        return after and before

    page, following = call.page([m for m in found if m["ts"] == keep or within(m)], 100, most)
    shown = [_shown(message, call.flag("include_all_metadata")) for message in page]
    answer: dict[str, Any] = {"messages": shown, "has_more": bool(following)}
    if following:
        answer["response_metadata"] = {"next_cursor": following}
    return answer


def _bound(call: Call, name: str) -> float | None:
    value = call.text(name)
    if not value:
        return None
    if not TS.fullmatch(value):
        raise SlackError(f"invalid_ts_{name}")
    return float(value)


def _shown(message: Json, metadata: bool) -> Json:
    hidden = ("hidden",) if metadata else ("hidden", "metadata")
    return {key: value for key, value in message.items() if key not in hidden}
