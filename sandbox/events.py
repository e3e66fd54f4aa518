"""Which events reach the app: those it subscribed to, with the scope, from where it is a member."""

from sandbox.catalogue import EVENT_SCOPES
from sandbox.state import Channel, Json
from sandbox.workspace import Workspace

MESSAGE_NAMES = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


def emit(ws: Workspace, event: Json, channel: Channel | None = None) -> None:
    """Send the event to the app, if it may have it. With `channel`, only members hear of it."""
    if channel is not None and not ws.bot_in(channel):
        return
    if not _granted(ws, event, channel):
        return
    event.setdefault("event_ts", ws.ids.ts())
    app = ws.app
    authorization = {
        "enterprise_id": None,
        "team_id": ws.team["id"],
        "user_id": app.user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    ws.send(
        {
            "type": "event_callback",
            "token": "verification-token",
            "team_id": ws.team["id"],
            "context_team_id": ws.team["id"],
            "context_enterprise_id": None,
            "api_app_id": app.id,
            "event": event,
            "event_id": ws.ids.new("Ev"),
            "event_time": ws.seconds(),
            "event_context": ws.ids.new("4-"),
            "is_ext_shared_channel": False,
            "authorizations": [authorization],
        }
    )


def _granted(ws: Workspace, event: Json, channel: Channel | None) -> bool:
    name = event["type"]
    if name == "message" and channel is not None:
        name = MESSAGE_NAMES[channel.kind]
    scopes = EVENT_SCOPES[name]
    if len(scopes) > 1 and channel is not None:
        scopes = ("groups:read",) if channel.private else ("channels:read",)
    return name in ws.app.events and ws.app.may(scopes)


def tell_message(ws: Workspace, channel: Channel, message: Json) -> None:
    """A message event. Says what happened to the message as well, when it is hidden."""
    emit(
        ws,
        {**message, "channel": channel.id, "channel_type": channel.kind, "event_ts": message["ts"]},
        channel,
    )
