"""Users, conversations and views as Slack writes them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sandbox.state import SLACKBOT, Channel, Group, Json, Note, User, View
from sandbox.workspace import Workspace


def user_object(ws: Workspace, user: User, *, email: bool) -> Json:
    local = ws.clock.now().astimezone(ZoneInfo(user.tz))
    offset = local.utcoffset() or timedelta()
    profile = {
        "title": user.title,
        "phone": user.phone,
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.handle,
        "display_name_normalized": user.handle,
        "status_text": "",
        "status_emoji": "",
        "team": ws.team["id"],
        **({"email": user.email} if email and user.email else {}),
    }
    who: Json = {"id": user.id, "team_id": ws.team["id"], "name": user.handle, "deleted": user.deleted}
    # Slack itself does not say that Slackbot is one.
    standing = {"is_bot": user.bot and user.id != SLACKBOT, "is_app_user": False, "updated": ws.seconds()}
    if user.deleted:
        return {**who, "profile": profile, **standing}
    zone = {"tz": user.tz, "tz_label": local.tzname() or user.tz, "tz_offset": int(offset.total_seconds())}
    rights = {
        "is_admin": user.admin,
        "is_owner": user.admin,
        "is_primary_owner": False,
        "is_restricted": user.guest,
        "is_ultra_restricted": False,
        "is_email_confirmed": True,
    }
    return {**who, "real_name": user.real_name, **zone, "profile": profile, **rights, **standing}


def user_seen_by_bot(ws: Workspace, user: User) -> Json:
    return user_object(ws, user, email="users:read.email" in ws.app.scopes)


def note(value: Note) -> Json:
    return {"value": value.value, "creator": value.creator, "last_set": value.last_set}


def channel_object(ws: Workspace, channel: Channel, viewer: str, *, count: bool = False) -> Json:
    base: Json = {"id": channel.id, "created": channel.created, "is_archived": channel.archived}
    if channel.im:
        other = next((member for member in channel.members if member != viewer), viewer)
        gone = ws.users[other].deleted
        return {**base, "is_im": True, "user": other, "is_open": True, "is_user_deleted": gone}
    shown = {
        **base,
        "name": channel.name,
        "name_normalized": channel.name,
        "creator": channel.creator,
        "is_channel": not channel.private,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.private,
        "is_general": channel.general,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_member": viewer in channel.members,
        "unlinked": 0,
        "pending_shared": [],
        "context_team_id": ws.team["id"],
        "topic": note(channel.topic),
        "purpose": note(channel.purpose),
        "previous_names": list(channel.previous_names),
        "updated": channel.created * 1000,
    }
    return {**shown, "num_members": len(channel.members)} if count else shown


def view_object(ws: Workspace, view: View) -> Json:
    body = view.body
    optional = {key: body.get(key) for key in ("title", "submit", "close") if body["type"] == "modal"}
    return {
        "id": view.id,
        "team_id": ws.team["id"],
        "type": body["type"],
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "external_id": body.get("external_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        **optional,
        "clear_on_close": bool(body.get("clear_on_close")),
        "notify_on_close": bool(body.get("notify_on_close")),
        "root_view_id": view.root,
        "previous_view_id": view.previous,
        "app_id": ws.app.id,
        "app_installed_team_id": ws.team["id"],
        "bot_id": ws.app.bot_id,
    }


def group_object(ws: Workspace, group: Group, *, users: bool, count: bool) -> Json:
    return {
        "id": group.id,
        "team_id": ws.team["id"],
        "is_usergroup": True,
        "is_external": False,
        "name": group.name,
        "handle": group.handle,
        "description": group.description,
        "date_create": 0,
        "date_update": 0,
        "date_delete": 0,
        "auto_type": None,
        "prefs": {"channels": [], "groups": []},
        **({"users": list(group.members)} if users else {}),
        **({"user_count": len(group.members)} if count or users else {}),
    }
