"""What commands, clicks and forms look like on their way to the app."""

from sandbox.modals import new_trigger
from sandbox.state import Channel, Json, User, View
from sandbox.wire import view_object
from sandbox.workspace import Workspace

TOKEN = {"token": "verification-token"}


def interaction(ws: Workspace, user: User, kind: str) -> Json:
    """What every interaction says."""
    return {
        "type": kind,
        **TOKEN,
        "api_app_id": ws.app.id,
        "team": {"id": ws.team["id"], "domain": ws.team["domain"]},
        "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": ws.team["id"]},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(ws: Workspace, user: User, channel: Channel, name: str, text: str) -> Json:
    """All but the response_url."""
    return {
        **TOKEN,
        "team_id": ws.team["id"],
        "team_domain": ws.team["domain"],
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.handle,
        "command": name,
        "text": text,
        "api_app_id": ws.app.id,
        "is_enterprise_install": "false",
        "trigger_id": new_trigger(ws, user.id),
    }


def channel_name(channel: Channel) -> str:
    if channel.im:
        return "directmessage"
    return "privategroup" if channel.private else channel.name


def in_view(ws: Workspace, view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view_object(ws, view)}


def in_message(channel: Channel, message: Json, block_id: str = "") -> Json:
    """Where a click happened. The message itself is not told when only one person saw it."""
    attached = [
        one["id"]
        for one in message.get("attachments", [])
        if any(block["block_id"] == block_id for block in one.get("blocks", []))
    ]
    hidden = bool(message.get("is_ephemeral"))
    thread = {"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel.id,
        "is_ephemeral": hidden,
        **thread,
    }
    if attached:
        container |= {"type": "message_attachment", "attachment_id": attached[0], "is_app_unfurl": False}
    where: Json = {"container": container, "channel": {"id": channel.id, "name": channel_name(channel)}}
    return where if hidden else {**where, "message": message}
