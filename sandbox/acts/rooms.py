"""Channels: going in and out, and looking after them."""

from sandbox import channels
from sandbox.acts.acting import Acting
from sandbox.errors import SlackError
from sandbox.events import emit
from sandbox.state import Channel, Json
from sandbox.wire import view_object


def _room(acting: Acting, given: Json) -> Channel:
    channel = acting.joined(given)
    if channel.im:
        raise SlackError("method_not_supported_for_channel_type")
    return channel


async def create(acting: Acting, given: Json) -> Json:
    private = bool(given.get("private"))
    channel = channels.create(acting.ws, given["name"], acting.user.id, private=private)
    return {"channel": channel.id}


async def join(acting: Acting, given: Json) -> Json:
    channel = acting.channel(given)
    if channel.archived:
        raise SlackError("is_archived")
    if acting.user.id not in channel.members:
        channels.join(acting.ws, channel, acting.user.id)
    return {"channel": channel.id}


async def leave(acting: Acting, given: Json) -> Json:
    channel = _room(acting, given)
    if channel.general:
        raise SlackError("cant_leave_general")
    channels.leave(acting.ws, channel, acting.user.id)
    return {}


async def invite(acting: Acting, given: Json) -> Json:
    """`who` is a person's id or a list of them; the bot is invited like anybody."""
    channel = _room(acting, given)
    who = given["who"] if isinstance(given["who"], list) else [given["who"]]
    for user in who:
        if acting.ws.users[user].deleted:
            raise SlackError("user_not_found")
    for user in who:
        if user not in channel.members:
            channels.join(acting.ws, channel, user, inviter=acting.user.id)
    return {}


async def kick(acting: Acting, given: Json) -> Json:
    channel = _room(acting, given)
    if channel.general:
        raise SlackError("cant_kick_from_general")
    if given["who"] not in channel.members:
        raise SlackError("not_in_channel")
    channels.leave(acting.ws, channel, given["who"], actor=acting.user.id)
    return {}


async def rename(acting: Acting, given: Json) -> Json:
    channels.rename(acting.ws, _room(acting, given), given["name"], acting.user.id)
    return {}


async def topic(acting: Acting, given: Json) -> Json:
    what = "purpose" if given.get("purpose") is not None else "topic"
    channels.set_note(acting.ws, _room(acting, given), what, given[what], acting.user.id)
    return {}


async def archive(acting: Acting, given: Json) -> Json:
    channel = _room(acting, given)
    if channel.general:
        raise SlackError("cant_archive_general")
    channels.archive(acting.ws, channel, acting.user.id)
    return {}


async def delete(acting: Acting, given: Json) -> Json:
    """Only administrators delete channels; they need not be in a public one."""
    channel = acting.channel(given)
    if not acting.user.admin or channel.im:
        raise SlackError("restricted_action")
    if channel.general:
        raise SlackError("cant_delete_general")
    channels.delete(acting.ws, channel, acting.user.id)
    return {}


async def unarchive(acting: Acting, given: Json) -> Json:
    channel = acting.channel(given)
    if not channel.archived:
        raise SlackError("not_archived")
    channels.unarchive(acting.ws, channel, acting.user.id)
    return {}


async def open_dm(acting: Acting, given: Json) -> Json:
    other = acting.ws.users[given["with"]]
    return {"channel": acting.ws.direct(acting.user.id, other.id).id}


async def home(acting: Acting, given: Json) -> Json:
    """Open the app's Home or Messages tab; the app hears of each visit."""
    ws, tab = acting.ws, given.get("tab", "home")
    channel = ws.direct(acting.user.id, ws.app.user_id)
    event: Json = {"type": "app_home_opened", "user": acting.user.id, "channel": channel.id, "tab": tab}
    shown = {"view": view_object(ws, acting.user.home)} if acting.user.home else {}
    emit(ws, {**event, **shown} if tab == "home" else event)
    return {"channel": channel.id, "view": shown.get("view")}


async def read(acting: Acting, given: Json) -> Json:
    mark_read(acting, acting.channel(given))
    return {}


def mark_read(acting: Acting, channel: Channel) -> None:
    last = channel.messages[-1]["ts"] if channel.messages else "0"
    if channel.read.get(acting.user.id) != last:
        channel.read[acting.user.id] = last
        acting.ws.changed("sidebar", user=acting.user.id)


async def reload(acting: Acting, given: Json) -> Json:
    """Load the page anew: what was shown to this person alone is gone."""
    for channel in acting.ws.channels.values():
        channel.ephemerals = [seen for seen in channel.ephemerals if seen.user != acting.user.id]
    return {}
