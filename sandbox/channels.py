"""Making channels, and who is in them, whoever does it."""

import re

from sandbox.errors import SlackError
from sandbox.events import emit
from sandbox.messages import post
from sandbox.state import Channel, Json, Note
from sandbox.tokens import escape_text
from sandbox.workspace import Workspace

PUNCTUATION = set("-_")
MENTION_OR_ADDRESS = re.compile(
    r"<[@#][A-Z0-9]+>|(?P<url>https?://[^\s<>|]*[^\s<>|.,;:!?'\")\]}])|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
)
MOST_NOTE = 250


def check_name(ws: Workspace, name: str) -> str:
    """Return the name as Slack stores it, or refuse it."""
    name = name.removeprefix("#")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > 80:
        raise SlackError("invalid_name_maxlength")
    if any(not (letter in PUNCTUATION or _plain(letter)) for letter in name):
        raise SlackError("invalid_name_specials")
    if set(name) <= PUNCTUATION:
        raise SlackError("invalid_name_punctuation")
    if ws.named(name):
        raise SlackError("name_taken")
    return name


def _plain(letter: str) -> bool:
    return letter.isascii() and (letter.isdigit() or (letter.isalpha() and letter.islower()))


def create(ws: Workspace, name: str, creator: str, *, private: bool = False) -> Channel:
    name = check_name(ws, name)
    channel = Channel(ws.ids.new("C"), name, creator, ws.seconds(), private=private)
    ws.channels[channel.id] = channel
    if not private:
        about = {
            "id": channel.id,
            "is_channel": True,
            "name": name,
            "name_normalized": name,
            "created": channel.created,
            "creator": creator,
            "is_shared": False,
            "is_org_shared": False,
            "context_team_id": ws.team["id"],
        }
        emit(ws, {"type": "channel_created", "channel": about})
    join(ws, channel, creator)
    return channel


def join(ws: Workspace, channel: Channel, user: str, inviter: str | None = None) -> None:
    channel.members.append(user)
    channel.read.setdefault(user, channel.messages[-1]["ts"] if channel.messages else "0")
    invited = {"inviter": inviter} if inviter else {}
    event = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "G" if channel.private else "C",
        "team": ws.team["id"],
        **invited,
    }
    emit(ws, event, channel)
    text = f"<@{user}> has joined the channel"
    post(ws, channel, {"user": user, "subtype": _subtype(channel, "join"), "text": text, **invited})
    ws.changed("sidebar", user=user)


def leave(ws: Workspace, channel: Channel, user: str, actor: str | None = None) -> None:
    """Out of the channel, by one's own will or (with `actor`) by another's."""
    text = f"<@{user}> has left the channel"
    if actor and actor != user:
        text = f"<@{user}> was removed from the channel by <@{actor}>"
    post(ws, channel, {"user": user, "subtype": _subtype(channel, "leave"), "text": text})
    event = {
        "type": "member_left_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "G" if channel.private else "C",
        "team": ws.team["id"],
    }
    emit(ws, event, channel)
    channel.members.remove(user)
    if user == ws.app.user_id:
        name = "group_left" if channel.private else "channel_left"
        emit(ws, {"type": name, "channel": channel.id, "actor_id": actor or user})
    ws.changed("sidebar", user=user)
    ws.changed("conversation", channel.id)


def _subtype(channel: Channel, what: str) -> str:
    return f"group_{what}" if channel.private else f"channel_{what}"


def rename(ws: Workspace, channel: Channel, name: str, actor: str) -> None:
    if name != channel.name:
        name = check_name(ws, name)
    old = channel.name
    channel.previous_names.append(old)
    channel.name = name
    about = {
        "id": channel.id,
        "name": name,
        "name_normalized": name,
        "created": channel.created,
        "is_channel": not channel.private,
        "is_mpim": False,
    }
    _announce(ws, channel, "rename", {"channel": about})
    text = f'has renamed the channel from "{old}" to "{name}"'
    post(
        ws,
        channel,
        {
            "user": actor,
            "subtype": _subtype(channel, "name"),
            "old_name": old,
            "name": name,
            "text": text,
        },
    )
    for user in channel.members:
        ws.changed("sidebar", user=user)


def _announce(ws: Workspace, channel: Channel, what: str, event: Json) -> None:
    """To everybody for a public channel, to its members for a private one."""
    kind = "group" if channel.private else "channel"
    emit(ws, {"type": f"{kind}_{what}", **event}, channel if channel.private else None)


def set_note(ws: Workspace, channel: Channel, what: str, value: str, actor: str) -> None:
    """Set the `topic` or the `purpose`."""
    if len(value) > MOST_NOTE:
        raise SlackError("too_long")
    value = as_noted(value)
    setattr(channel, what, Note(value, actor, ws.seconds()))
    text = f"set the channel {what}: {value}" if value else f"cleared the channel {what}"
    post(ws, channel, {"user": actor, "subtype": _subtype(channel, what), what: value, "text": text})


def as_noted(text: str) -> str:
    """A topic or purpose as Slack keeps it: escaped, with addresses that lead somewhere.

    Nothing in it is formatted, so an entity is escaped like everything else; who and what is mentioned by id
    is.
    """
    parts, end = [], 0
    for found in MENTION_OR_ADDRESS.finditer(text):
        parts += [escape_text(text[end : found.start()]), _linked(found)]
        end = found.end()
    return "".join([*parts, escape_text(text[end:])])


def _linked(found: re.Match[str]) -> str:
    if found["url"]:
        return f"<{escape_text(found['url'])}>"
    mail = found["mail"]
    return f"<mailto:{mail}|{mail}>" if mail else found.group()


def archive(ws: Workspace, channel: Channel, actor: str) -> None:
    """Close the channel. The app is put out; what people see of it stays."""
    post(
        ws,
        channel,
        {"user": actor, "subtype": _subtype(channel, "archive"), "text": "archived the channel"},
    )
    _announce(ws, channel, "archive", {"channel": channel.id, "user": actor})
    channel.archived = True
    channel.bot_was_member = ws.bot_in(channel)
    if channel.bot_was_member:
        channel.members.remove(ws.app.user_id)
    ws.changed("sidebar")
    ws.changed("conversation", channel.id)


def delete(ws: Workspace, channel: Channel, actor: str) -> None:
    """Take a channel away for good, with all that was written in it. Its name is free again."""
    _announce(ws, channel, "deleted", {"channel": channel.id, "actor_id": actor})
    del ws.channels[channel.id]
    ws.changed("sidebar")
    ws.changed("conversation", channel.id)


def unarchive(ws: Workspace, channel: Channel, actor: str) -> None:
    channel.archived = channel.bot_was_member = False
    if actor not in channel.members:
        channel.members.append(actor)
    _announce(ws, channel, "unarchive", {"channel": channel.id, "user": actor})
    post(
        ws,
        channel,
        {"user": actor, "subtype": _subtype(channel, "unarchive"), "text": "un-archived the channel"},
    )
    ws.changed("sidebar")
