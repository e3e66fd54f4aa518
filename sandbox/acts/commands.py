"""Slash commands and shortcuts."""

import logging

from sandbox import hooks, payloads
from sandbox.acts.acting import Acting
from sandbox.errors import SlackError
from sandbox.messages import post
from sandbox.modals import new_trigger
from sandbox.state import Channel, Hook, Json
from sandbox.tokens import escape_typed

log = logging.getLogger(__name__)


async def slash(acting: Acting, given: Json) -> Json:
    """Type a command. The answer has the `message` it was answered with at once, or null."""
    ws, user, name = acting.ws, acting.user, given["command"]
    channel, text = acting.channel(given), given.get("text", "")
    declared = ws.app.commands.get(name)
    if declared is None:
        raise SlackError(
            f"{name} is not a valid command. In Slack, all messages that start with the “/” character are "
            "interpreted as commands."
        )
    if channel.archived:
        raise SlackError(f"{name} cannot be used in an archived channel.")
    sent = escaped(acting, text) if declared.get("should_escape") else text
    payload = payloads.command(ws, user, channel, name, sent)
    payload["response_url"] = hooks.new_hook(ws, "commands", Hook(user.id, channel.id, ws.clock.now()))
    ack = await acting.courier.ask("slash_commands", payload)
    if not ack.ok:
        raise SlackError(f'{name} failed with the error "{ack.shown}"')
    return {"message": _show(acting, channel, f"{name} {text}".strip(), ack.payload)}


def escaped(acting: Acting, text: str) -> str:
    ws = acting.ws
    return escape_typed(text, ws.handles(), ws.channel_names(acting.user.id), ws.group_handles())


def _show(acting: Acting, channel: Channel, typed: str, answer: Json | None) -> Json | None:
    ws, user = acting.ws, acting.user.id
    if not answer:
        return None
    if answer.get("response_type") == "in_channel":
        post(ws, channel, {"user": user, "text": typed})
        if set(answer) == {"response_type"}:
            return None
    try:
        return hooks.say(ws, channel, user, answer, hooks.said(ws, answer))
    except SlackError as refused:
        log.exception("the answer to %s cannot be shown", typed)
        raise SlackError(f'{typed.split(maxsplit=1)[0]} failed with the error "{refused.code}"') from None


def _declared(acting: Acting, callback_id: str, kind: str) -> None:
    known = {(shortcut["callback_id"], shortcut["type"]) for shortcut in acting.ws.app.shortcuts}
    if (callback_id, kind) not in known:
        raise SlackError(f"the manifest has no {kind} shortcut {callback_id!r}")


async def shortcut(acting: Acting, given: Json) -> Json:
    ws, callback_id = acting.ws, given["callback_id"]
    _declared(acting, callback_id, "global")
    base = payloads.interaction(ws, acting.user, "shortcut")
    trigger = new_trigger(ws, acting.user.id)
    return await _sent(
        acting,
        {**base, "callback_id": callback_id, "trigger_id": trigger, "action_ts": ws.ids.ts()},
    )


async def message_shortcut(acting: Acting, given: Json) -> Json:
    ws, callback_id = acting.ws, given["callback_id"]
    _declared(acting, callback_id, "message")
    channel = acting.channel(given)
    message = acting.message(channel, given)
    hook = Hook(acting.user.id, channel.id, ws.clock.now())
    payload = {
        **payloads.interaction(ws, acting.user, "message_action"),
        "callback_id": callback_id,
        "trigger_id": new_trigger(ws, acting.user.id),
        "response_url": hooks.new_hook(ws, "app", hook),
        "action_ts": ws.ids.ts(),
        "channel": {"id": channel.id, "name": payloads.channel_name(channel)},
        "message_ts": message["ts"],
        "message": message,
    }
    return await _sent(acting, payload)


async def _sent(acting: Acting, payload: Json) -> Json:
    ack = await acting.courier.ask("interactive", payload)
    if not ack.ok:
        raise SlackError(f'{acting.ws.app.name} failed with the error "{ack.shown}"')
    return {}
