"""The forms that people have open, and their Home tabs."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

from sandbox.errors import SlackError, invalid_arguments
from sandbox.state import Json, Trigger, View
from sandbox.validation import initial_state, view_problems, view_too_large, with_block_ids
from sandbox.workspace import Workspace, forget_oldest

log = logging.getLogger(__name__)
MOST_VIEWS = 3
FILLED_IN: dict[str, Json] = {
    "input": {"optional": False, "dispatch_action": False},
    "plain_text": {"emoji": True},
    "mrkdwn": {"verbatim": False},
}
TRIGGER_LIFE = timedelta(seconds=3)


def new_trigger(ws: Workspace, user: str, *, in_modal: bool = False) -> str:
    trigger = f"{ws.ids.new('9')}.{ws.team['id']}.{ws.ids.new('t').lower()}"
    ws.triggers[trigger] = Trigger(user, ws.clock.now(), in_modal, asyncio.get_running_loop().time())
    forget_oldest(ws.triggers)
    return trigger


def use_trigger(ws: Workspace, trigger_id: str) -> Trigger:
    trigger = ws.triggers.get(trigger_id)
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if _expired(ws, trigger):
        raise SlackError("expired_trigger_id")
    return trigger


def _expired(ws: Workspace, trigger: Trigger) -> bool:
    lived = timedelta(seconds=asyncio.get_running_loop().time() - trigger.issued_at)
    # Where time can be skipped, nobody's click shall die of that.
    return ws.clock.now() - trigger.issued > TRIGGER_LIFE and not (ws.skips and lived <= TRIGGER_LIFE)


def checked(ws: Workspace, body: Any, kind: str, *, replacing: View | None = None) -> Json:
    """The view as it will be kept, or a refusal that names what is wrong."""
    if not isinstance(body, dict):
        raise invalid_arguments("must be an object [json-pointer:/view]")
    if view_too_large(body):
        raise SlackError("view_too_large")
    problems = view_problems(body)
    if not problems and body.get("type") != kind:
        problems = [f"unsupported type: {body.get('type')} [json-pointer:/view/type]"]
    if problems:
        log.warning("view refused: %s", "; ".join(problems))
        raise invalid_arguments(*problems)
    outer = body.get("external_id")
    if outer and any(view.body.get("external_id") == outer and view is not replacing for view in _all(ws)):
        raise SlackError("duplicate_external_id")
    return completed({**body, "blocks": with_block_ids(body["blocks"], lambda: ws.ids.new("b"))})  # type: ignore[no-any-return]


def completed(part: Any) -> Any:
    """The same with what Slack fills in where the app left it to Slack."""
    if isinstance(part, list):
        return [completed(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {**FILLED_IN.get(str(part.get("type")), {}), **{key: completed(one) for key, one in part.items()}}


def _all(ws: Workspace) -> list[View]:
    return [*ws.views.values(), *(user.home for user in ws.users.values() if user.home)]


def made(ws: Workspace, user: str, body: Json, below: View | None = None) -> View:
    view_id = ws.ids.new("V")
    return View(
        id=view_id,
        user=user,
        body=body,
        values=initial_state(body["blocks"]),
        hash=new_hash(ws),
        root=below.root if below else view_id,
        previous=below.id if below else None,
    )


def new_hash(ws: Workspace) -> str:
    return f"{ws.seconds()}.{ws.ids.new('h')}"


def open_modal(ws: Workspace, user: str, body: Any) -> View:
    """A new form; whatever was open before goes."""
    view = made(ws, user, checked(ws, body, "modal"))
    close_all(ws, user)
    ws.stacks[user] = [view]
    ws.views[view.id] = view
    ws.changed("modal", view.id, user)
    return view


def push(ws: Workspace, user: str, body: Any) -> View:
    """A form on top of the open one."""
    stack = ws.stacks.get(user)
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= MOST_VIEWS:
        raise SlackError("push_limit_reached")
    view = made(ws, user, checked(ws, body, "modal"), stack[-1])
    stack.append(view)
    ws.views[view.id] = view
    ws.changed("modal", view.id, user)
    return view


def replace(ws: Workspace, view: View, body: Any) -> None:
    """New contents; what was typed stays where block_id, action_id and type of element are the same."""
    view.body = checked(ws, body, view.body["type"], replacing=view)
    fresh = initial_state(view.body["blocks"])
    for block_id, values in fresh.items():
        for action_id, value in values.items():
            typed = view.values.get(block_id, {}).get(action_id)
            if typed and typed["type"] == value["type"]:
                values[action_id] = typed
    view.values, view.hash, view.errors, view.error = fresh, new_hash(ws), {}, None
    ws.changed("modal", view.id, view.user)


def close(ws: Workspace, view: View) -> None:
    """Close this form, and those above it; the one below shows again."""
    stack = ws.stacks.get(view.user, [])
    while view in stack:
        ws.views.pop(stack.pop().id, None)
    ws.changed("modal", view.id, view.user)


def close_all(ws: Workspace, user: str) -> None:
    for view in ws.stacks.pop(user, []):
        ws.views.pop(view.id, None)
    ws.changed("modal", "", user)
