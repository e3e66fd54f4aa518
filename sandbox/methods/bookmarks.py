"""bookmarks.*"""

from sandbox import emoji
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.state import Channel, Json

MOST = 100
CHANGEABLE = ("title", "link", "emoji")


def _checked_link(link: str) -> str:
    if not link.startswith(("http://", "https://")) or len(link) > 2048 or " " in link:
        raise SlackError("invalid_link")
    return link


def _checked_emoji(name: str) -> str:
    inner = name.removeprefix(":").removesuffix(":")
    if name and not (name == f":{inner}:" and emoji.known(inner)):
        raise SlackError("invalid_emoji")
    return name


def _found(call: Call, channel: Channel) -> Json:
    wanted = call.text("bookmark_id")
    for bookmark in channel.bookmarks:
        if bookmark["id"] == wanted:
            return bookmark
    raise SlackError("not_found")


def add(call: Call) -> Json:
    ws, channel = call.ws, call.joined("channel_id")
    if call.text("type") != "link":
        raise SlackError("invalid_bookmark_type")
    link, icon = _checked_link(call.text("link")), _checked_emoji(call.text("emoji"))
    if len(channel.bookmarks) >= MOST:
        raise SlackError("too_many_bookmarks")
    bookmark = {
        "id": ws.ids.new("Bk"),
        "channel_id": channel.id,
        "title": call.text("title")[:256],
        "link": link,
        "emoji": icon,
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": ws.seconds(),
        "date_updated": 0,
        "rank": "",
        "last_updated_by_user_id": call.bot,
        "last_updated_by_team_id": ws.team["id"],
        "shortcut_id": None,
        "app_id": ws.app.id,
    }
    channel.bookmarks.append(bookmark)
    ws.changed("conversation", channel.id)
    return {"bookmark": bookmark}


def edit(call: Call) -> Json:
    channel = call.joined("channel_id")
    bookmark = _found(call, channel)
    if link := call.text("link"):
        _checked_link(link)
    _checked_emoji(call.text("emoji"))
    bookmark.update({name: call.text(name) for name in CHANGEABLE if call.args.get(name) is not None})
    bookmark["date_updated"] = call.ws.seconds()
    call.ws.changed("conversation", channel.id)
    return {"bookmark": bookmark}


def remove(call: Call) -> Json:
    channel = call.joined("channel_id")
    channel.bookmarks.remove(_found(call, channel))
    call.ws.changed("conversation", channel.id)
    return {}


def listed(call: Call) -> Json:
    return {"bookmarks": call.joined("channel_id", archived=True).bookmarks}
