"""Modals: filling them in, sending them and closing them."""

import logging

from sandbox import hooks, modals, payloads
from sandbox.acts.acting import Acting
from sandbox.courier import Ack
from sandbox.errors import SlackError
from sandbox.modals import new_trigger
from sandbox.state import Hook, Json, View
from sandbox.validation import submit_problems
from sandbox.workspace import Workspace

log = logging.getLogger(__name__)
TROUBLE = "We had some trouble connecting. Try again?"


def keep(ws: Workspace, view: View, state: Json | None) -> None:
    """Remember what was typed, in fields that the form really has."""
    for block_id, entries in (state or {}).items():
        for action_id, value in entries.items():
            if action_id in view.values.get(block_id, {}):
                view.values[block_id][action_id] = value


async def fill(acting: Acting, given: Json) -> Json:
    """Remember what was typed so far, `state` being of the shape of `state.values`."""
    keep(acting.ws, acting.view(given), given["state"])
    return {}


async def submit(acting: Acting, given: Json) -> Json:
    """Send the form. `errors` names what is wrong by block_id, `error` says that it could not be sent."""
    ws, view = acting.ws, acting.view(given)
    keep(ws, view, given.get("state"))
    view.error, view.errors = None, submit_problems(view.body, view.values)
    if not view.errors:
        payload = {
            **payloads.interaction(ws, acting.user, "view_submission"),
            "trigger_id": new_trigger(ws, acting.user.id, in_modal=True),
            "view": payloads.in_view(ws, view)["view"],
            "response_urls": _response_urls(acting, view),
        }
        _answered(ws, view, await acting.courier.ask("interactive", payload))
    ws.changed("modal", view.id, view.user)
    return {"ok": not (view.errors or view.error), "errors": view.errors, "error": view.error}


def _response_urls(acting: Acting, view: View) -> list[Json]:
    urls = []
    for block in view.body["blocks"]:
        element = block.get("element", {})
        if block["type"] == "input" and element.get("response_url_enabled"):
            value = view.values[block["block_id"]][element["action_id"]]
            chosen = value.get("selected_conversation") or value.get("selected_channel")
            if chosen:
                hook = Hook(acting.user.id, chosen, acting.ws.clock.now())
                where = {"block_id": block["block_id"], "action_id": element["action_id"]}
                url = hooks.new_hook(acting.ws, "app", hook)
                urls.append({**where, "channel_id": chosen, "response_url": url})
    return urls


def _answered(ws: Workspace, view: View, ack: Ack) -> None:
    if view.id not in ws.views:
        return
    if not ack.ok:
        view.error = TROUBLE
        return
    answer = ack.payload if isinstance(ack.payload, dict) else {}
    try:
        _obey(ws, view, answer)
    except SlackError as refused:
        log.error("%s in answer to a form: %s", refused.code, refused.extra)
        view.error = TROUBLE


def _obey(ws: Workspace, view: View, answer: Json) -> None:
    action = answer.get("response_action")
    if action == "errors":
        view.errors = _checked_errors(view, answer.get("errors") or {})
    elif action == "update":
        modals.replace(ws, view, answer.get("view"))
    elif action == "push":
        modals.push(ws, view.user, answer.get("view"))
    elif action == "clear":
        modals.close_all(ws, view.user)
    elif action is None:
        modals.close(ws, view)
    else:
        raise SlackError("unknown_response_action", action=action)


def _checked_errors(view: View, errors: dict[str, str]) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not errors or not set(errors) <= inputs:
        raise SlackError("errors_for_unknown_blocks", blocks=sorted(set(errors) - inputs))
    return errors


async def close(acting: Acting, given: Json) -> Json:
    """Cancel this form or, with `clear` (its X), all that are open."""
    ws, view = acting.ws, acting.view(given)
    cleared = bool(given.get("clear"))
    told = ws.views[view.root] if cleared else view
    payload = {
        **payloads.interaction(ws, acting.user, "view_closed"),
        "view": payloads.in_view(ws, told)["view"],
        "is_cleared": cleared,
    }
    if cleared or view.body.get("clear_on_close"):
        modals.close_all(ws, acting.user.id)
    else:
        modals.close(ws, view)
    if told.body.get("notify_on_close"):
        await acting.courier.ask("interactive", payload)
    return {}
