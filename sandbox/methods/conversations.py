"""conversations.*: making channels, their names and who is in them."""

from sandbox import channels
from sandbox.call import Call, require
from sandbox.errors import SlackError
from sandbox.state import SLACKBOT, Channel, Json
from sandbox.wire import channel_object


def _shown(call: Call, channel: Channel) -> Json:
    return {"channel": channel_object(call.ws, channel, call.bot)}


def _group(call: Call) -> Channel:
    """A channel; direct messages have none of this."""
    channel = call.channel()
    if channel.im:
        raise SlackError("method_not_supported_for_channel_type")
    return channel


def _joined(call: Call) -> Channel:
    channel = _group(call)
    return call.joined() if channel else channel


def create(call: Call) -> Json:
    private = call.flag("is_private")
    require(call.ws, call.method.scopes_in("private" if private else "public"))
    return _shown(call, channels.create(call.ws, call.text("name"), call.bot, private=private))


def rename(call: Call) -> Json:
    channel = _joined(call)
    if channel.creator != call.bot:
        raise SlackError("not_authorized")
    channels.rename(call.ws, channel, call.text("name"), call.bot)
    return _shown(call, channel)


def set_topic(call: Call) -> Json:
    channel = _joined(call)
    channels.set_note(call.ws, channel, "topic", call.text("topic"), call.bot)
    return _shown(call, channel)


def set_purpose(call: Call) -> Json:
    channel = _joined(call)
    channels.set_note(call.ws, channel, "purpose", call.text("purpose"), call.bot)
    return _shown(call, channel)


def invite(call: Call) -> Json:
    channel, users = _joined(call), call.names("users")
    if not users:
        raise SlackError("no_user")
    if len(users) > 100:
        raise SlackError("too_many_users")
    errors: list[Json] = [
        {"user": user, "ok": False, "error": error}
        for user in users
        if (error := _uninvitable(call, channel, user))
    ]
    if errors and not (call.flag("force") and len(errors) < len(users)):
        raise SlackError(errors[0]["error"], errors=errors)
    refused = {error["user"] for error in errors}
    for user in users:
        if user not in refused and user not in channel.members:
            channels.join(call.ws, channel, user, inviter=call.bot)
    return {**_shown(call, channel), **({"errors": errors} if errors else {})}


def _uninvitable(call: Call, channel: Channel, user: str) -> str | None:
    found = call.ws.users.get(user)
    if user == call.bot:
        return "cant_invite_self"
    if user == SLACKBOT:
        return "cant_invite"
    if found is None or found.deleted:
        return "user_not_found"
    return "already_in_channel" if user in channel.members else None


def kick(call: Call) -> Json:
    channel, user = _joined(call), call.user()
    if user.id == call.bot:
        raise SlackError("cant_kick_self")
    if channel.general:
        raise SlackError("cant_kick_from_general")
    if user.id not in channel.members:
        raise SlackError("not_in_channel")
    channels.leave(call.ws, channel, user.id, actor=call.bot)
    return {"errors": {}}


def join(call: Call) -> Json:
    channel = _group(call)
    if channel.private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if call.ws.bot_in(channel):
        warned = {"response_metadata": {"warnings": ["already_in_channel"]}}
        return {**_shown(call, channel), "warning": "already_in_channel", **warned}
    channels.join(call.ws, channel, call.bot)
    return _shown(call, channel)


def leave(call: Call) -> Json:
    channel = _group(call)
    if channel.archived:
        raise SlackError("is_archived")
    if not call.ws.bot_in(channel):
        return {"ok": False, "not_in_channel": True}
    if channel.general:
        raise SlackError("cant_leave_general")
    if channel.private and len(channel.members) == 1:
        raise SlackError("last_member")
    channels.leave(call.ws, channel, call.bot)
    return {}


def archive(call: Call) -> Json:
    channel = _group(call)
    if channel.archived:
        raise SlackError("already_archived")
    if channel.general:
        raise SlackError("cant_archive_general")
    if not call.ws.bot_in(channel):
        raise SlackError("not_in_channel")
    channels.archive(call.ws, channel, call.bot)
    return {}


def unarchive(call: Call) -> Json:
    channel = _group(call)
    if not channel.archived:
        raise SlackError("not_archived")
    # A bot was put out when the channel was archived, and only members may open it again.
    raise SlackError("not_in_channel")


def open_direct(call: Call) -> Json:
    ws, users = call.ws, call.names("users")
    if call.text("channel"):
        channel = call.channel()
        if not channel.im:
            raise SlackError("method_not_supported_for_channel_type")
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 8:
        raise SlackError("too_many_users")
    if len(users) > 1:
        require(ws, ("mpim:write",))
        raise SlackError("method_not_supported_for_channel_type")
    require(ws, ("im:write",))
    user = ws.users.get(users[0])
    if user is None or user.id == call.bot:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    known = {channel.id for channel in ws.channels.values()}
    channel = ws.direct(call.bot, user.id)
    already = {"no_op": True, "already_open": True} if channel.id in known else {}
    full = channel_object(ws, channel, call.bot) if call.flag("return_im") else {"id": channel.id}
    return {"channel": full, **already}
