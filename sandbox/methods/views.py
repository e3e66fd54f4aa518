"""views.*"""

from sandbox import modals
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.state import Json, View
from sandbox.wire import view_object


def _shown(call: Call, view: View) -> Json:
    return {"view": view_object(call.ws, view)}


def open_view(call: Call) -> Json:
    trigger = modals.use_trigger(call.ws, call.text("trigger_id"))
    view = modals.open_modal(call.ws, trigger.user, call.parsed("view", "invalid_arguments"))
    trigger.used = True
    return _shown(call, view)


def push(call: Call) -> Json:
    trigger = modals.use_trigger(call.ws, call.text("trigger_id"))
    if not trigger.in_modal:
        raise SlackError("invalid_trigger_id")
    view = modals.push(call.ws, trigger.user, call.parsed("view", "invalid_arguments"))
    trigger.used = True
    return _shown(call, view)


def update(call: Call) -> Json:
    view = _named(call)
    if call.text("hash") and call.text("hash") != view.hash:
        raise SlackError("hash_conflict")
    modals.replace(call.ws, view, call.parsed("view", "invalid_arguments"))
    return _shown(call, view)


def _named(call: Call) -> View:
    ws, view_id, external = call.ws, call.text("view_id"), call.text("external_id")
    homes = {user.home.id: user.home for user in ws.users.values() if user.home}
    for view in [*ws.views.values(), *homes.values()]:
        if view.id == view_id or (external and view.body.get("external_id") == external):
            return view
    raise SlackError("not_found")


def publish(call: Call) -> Json:
    ws, user = call.ws, call.user("user_id")
    if not ws.app.home_tab:
        raise SlackError("not_enabled")
    if user.home and call.text("hash") and call.text("hash") != user.home.hash:
        raise SlackError("hash_conflict")
    body = call.parsed("view", "invalid_arguments")
    if user.home:
        modals.replace(ws, user.home, body)
    else:
        user.home = modals.made(ws, user.id, modals.checked(ws, body, "home"))
        ws.changed("modal", user.home.id, user.id)
    return _shown(call, user.home)
