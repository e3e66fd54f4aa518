"""Buttons and menus, in messages and in forms."""

import logging

from sandbox import hooks, payloads
from sandbox.acts.acting import Acting
from sandbox.acts.forms import keep
from sandbox.choices import action_item, held
from sandbox.errors import SlackError
from sandbox.messages import find_ephemeral
from sandbox.modals import new_trigger
from sandbox.state import Channel, Hook, Json, View
from sandbox.validation import initial_state
from sandbox.validation.blocks import actionable
from sandbox.validation.state import HELD

log = logging.getLogger(__name__)
MOST_OPTIONS = 100


def find_element(blocks: list[Json], block_id: str | None, action_id: str) -> tuple[Json, Json]:
    """The block and the element in it."""
    for block in blocks:
        if block_id in (None, block["block_id"]):
            for _, element in actionable(block):
                if element.get("action_id") == action_id:
                    return block, element
    raise SlackError(f"there is nothing called {action_id!r} to press")


async def block_action(acting: Acting, given: Json) -> Json:
    """Press or choose. `value` is what was chosen: an option's value, an id, a date, a text, or a list."""
    if given.get("view_id"):
        return await _in_view(acting, given)
    return await _in_message(acting, given)


async def _in_view(acting: Acting, given: Json) -> Json:
    ws, view = acting.ws, acting.view(given)
    block, element = find_element(view.body["blocks"], given.get("block_id"), given["action_id"])
    _dispatches(block)
    keep(ws, view, given.get("state"))
    if element["type"] in HELD:
        value = held(ws, element, _value(given))
        view.values.setdefault(block["block_id"], {})[element["action_id"]] = value
    payload = {
        **payloads.interaction(ws, acting.user, "block_actions"),
        **payloads.in_view(ws, view),
        "trigger_id": new_trigger(ws, acting.user.id, in_modal=True),
        "state": {"values": view.values},
        "actions": [action_item(ws, block["block_id"], element, _value(given))],
    }
    return await _sent(acting, payload)


async def _in_message(acting: Acting, given: Json) -> Json:
    ws, channel = acting.ws, acting.channel(given)
    message = _seen(acting, channel, given["ts"])
    blocks = message.get("blocks", [])
    attached = [block for one in message.get("attachments", []) for block in one.get("blocks", [])]
    block, element = find_element([*blocks, *attached], given.get("block_id"), given["action_id"])
    _dispatches(block)
    values = ws.chosen.setdefault(
        (channel.id, message["ts"], acting.user.id), initial_state([*blocks, *attached])
    )
    for block_id, entries in (given.get("state") or {}).items():
        values.setdefault(block_id, {}).update(entries)
    if element["type"] in HELD:
        value = held(ws, element, _value(given))
        values.setdefault(block["block_id"], {})[element["action_id"]] = value
    hidden = bool(message.get("is_ephemeral"))
    hook = Hook(acting.user.id, channel.id, ws.clock.now(), ts=message["ts"], ephemeral=hidden)
    payload = {
        **payloads.interaction(ws, acting.user, "block_actions"),
        **payloads.in_message(channel, message, block["block_id"]),
        "trigger_id": new_trigger(ws, acting.user.id),
        "response_url": hooks.new_hook(ws, "actions", hook),
        "state": {"values": values},
        "actions": [action_item(ws, block["block_id"], element, _value(given))],
    }
    return await _sent(acting, payload)


def _value(given: Json) -> object:
    return given["values"] if given.get("values") is not None else given.get("value")


def _dispatches(block: Json) -> None:
    if block["type"] == "input" and not block.get("dispatch_action"):
        raise SlackError("an input without dispatch_action tells the app nothing until the form is sent")


def _seen(acting: Acting, channel: Channel, ts: str) -> Json:
    if seen := find_ephemeral(channel, ts, acting.user.id):
        return seen.message
    return acting.message(channel, {"ts": ts})


async def _sent(acting: Acting, payload: Json) -> Json:
    ack = await acting.courier.ask("interactive", payload)
    if not ack.ok:
        raise SlackError(f'This app did not answer in time ("{ack.shown}").')
    return {}


async def suggest(acting: Acting, given: Json) -> Json:
    """The options that the app offers for what was typed into an external select."""
    ws, typed = acting.ws, given.get("value", "")
    where, blocks = _where(acting, given)
    block, element = find_element(blocks, given.get("block_id"), given["action_id"])
    if len(typed) < element.get("min_query_length", 3):
        return {"options": []}
    payload = {
        **payloads.interaction(ws, acting.user, "block_suggestion"),
        **where,
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "value": typed,
    }
    ack = await acting.courier.ask("interactive", payload)
    answer = ack.payload if isinstance(ack.payload, dict) else {}
    groups = answer.get("option_groups")
    count = sum(len(group["options"]) for group in groups) if groups else len(answer.get("options", []))
    if count > MOST_OPTIONS:
        log.error("%s offered %d options; Slack shows none of more than 100", given["action_id"], count)
        return {"options": []}
    return {"option_groups": groups} if groups else {"options": answer.get("options", [])}


def _where(acting: Acting, given: Json) -> tuple[Json, list[Json]]:
    if given.get("view_id"):
        view: View = acting.view(given)
        return payloads.in_view(acting.ws, view), view.body["blocks"]
    channel = acting.channel(given)
    message = _seen(acting, channel, given["ts"])
    return payloads.in_message(channel, message), message.get("blocks", [])
