"""response_urls: five answers within thirty minutes."""

from datetime import timedelta
from typing import Any

from sandbox.call import Call
from sandbox.catalogue import METHODS
from sandbox.content import content_of
from sandbox.errors import SlackError
from sandbox.messages import change, delete, find_ephemeral, from_bot, post, post_ephemeral
from sandbox.state import Channel, Ephemeral, Hook, Json
from sandbox.workspace import Workspace, forget_oldest

LIFE = timedelta(minutes=30)
MOST_USES = 5


def new_hook(ws: Workspace, family: str, hook: Hook) -> str:
    """Mint a response_url; `family` is commands, actions or app."""
    key = f"{family}/{ws.team['id']}/{ws.ids.new('9')}/{ws.ids.secret()}"
    ws.hooks[key] = hook
    forget_oldest(ws.hooks)
    return f"{ws.url}/hooks/{key}"


def answer(ws: Workspace, key: str, body: Any) -> tuple[int, str]:
    """Do what was posted to a response_url. Returns an HTTP status and a text."""
    hook = ws.hooks.get(key)
    if hook is None:
        return 404, "no_service"
    if ws.clock.now() - hook.issued > LIFE:
        return 404, "expired_url"
    if hook.uses >= MOST_USES:
        return 404, "used_url"
    if not isinstance(body, dict):
        return 400, "invalid_payload"
    hook.uses += 1
    try:
        _apply(ws, hook, body)
    except SlackError as refused:
        return 400, refused.code
    return 200, "ok"


def _apply(ws: Workspace, hook: Hook, body: Json) -> None:
    channel = ws.channels.get(hook.channel)
    if channel is None:
        raise SlackError("channel_not_found")
    original = find_ephemeral(channel, hook.ts, hook.user) if hook.ts and hook.ephemeral else None
    if body.get("delete_original"):
        _delete(ws, channel, hook, original)
        return
    content = said(ws, body)
    if body.get("replace_original") and original is not None:
        original.message.update({"blocks": None, **content})
        ws.changed("conversation", channel.id, hook.user)
    elif body.get("replace_original") and (message := channel.find(hook.ts or "")):
        change(ws, channel, message, {"blocks": None, **content})
    else:
        made = say(ws, channel, hook.user, body, content)
        hook.ts = hook.ts or made["ts"]


def _delete(ws: Workspace, channel: Channel, hook: Hook, original: Ephemeral | None) -> None:
    if original is not None:
        channel.ephemerals.remove(original)
        ws.changed("conversation", channel.id, hook.user)
    elif message := channel.find(hook.ts or ""):
        delete(ws, channel, message)
    else:
        raise SlackError("message_not_found")


def said(ws: Workspace, body: Json) -> Json:
    """The content of an answer, checked as that of any message."""
    return content_of(Call(ws, METHODS["chat.postMessage"], body))


def say(ws: Workspace, channel: Channel, user: str, body: Json, content: Json) -> Json:
    """Post an answer: for everybody with `in_channel`, else for that person alone."""
    thread = {"thread_ts": body["thread_ts"]} if body.get("thread_ts") else {}
    message = from_bot(ws, {**content, **thread})
    if body.get("response_type") == "in_channel":
        return post(ws, channel, message)
    return post_ephemeral(ws, channel, user, message)
