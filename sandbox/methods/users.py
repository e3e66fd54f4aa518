"""users.* and usergroups.*"""

from sandbox.call import Call
from sandbox.directory import set_group
from sandbox.errors import SlackError
from sandbox.state import Group, Json
from sandbox.wire import group_object, user_seen_by_bot


def info(call: Call) -> Json:
    return {"user": user_seen_by_bot(call.ws, call.user())}


def listed(call: Call) -> Json:
    page, following = call.page(list(call.ws.users.values()))
    return {
        "members": [user_seen_by_bot(call.ws, user) for user in page],
        "cache_ts": call.ws.seconds(),
        "response_metadata": {"next_cursor": following},
    }


def by_email(call: Call) -> Json:
    wanted = call.text("email").lower()
    for user in call.ws.users.values():
        if wanted and user.email.lower() == wanted and not user.deleted:
            return {"user": user_seen_by_bot(call.ws, user)}
    raise SlackError("users_not_found")


def presence(call: Call) -> Json:
    user = call.user() if call.text("user") else call.ws.users[call.bot]
    return {"presence": "active" if user.active and not user.deleted else "away"}


def groups(call: Call) -> Json:
    _allowed(call, "plan_upgrade_required")
    users, count = call.flag("include_users"), call.flag("include_count")
    return {
        "usergroups": [
            group_object(call.ws, group, users=users, count=count) for group in call.ws.groups.values()
        ]
    }


def group_users(call: Call) -> Json:
    _allowed(call, "plan_upgrade_required")
    return {"users": list(_group(call).members)}


def set_group_users(call: Call) -> Json:
    """Replaces all members at once."""
    _allowed(call, "plan_upgrade_required", "permission_denied")
    ws, group, users = call.ws, _group(call), call.names("users")
    if not users:
        raise SlackError("no_users_provided")
    if any(user not in ws.users or ws.users[user].deleted for user in users):
        raise SlackError("invalid_users")
    set_group(ws, group.handle, list(dict.fromkeys(users)))
    return {"usergroup": group_object(ws, group, users=True, count=call.flag("include_count"))}


def _group(call: Call) -> Group:
    group = call.ws.groups.get(call.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


def _allowed(call: Call, *refusals: str) -> None:
    """Refuse if the workspace is set to: a free plan has no groups, and admins may keep apps out."""
    if call.ws.groups_refusal in refusals:
        raise SlackError(call.ws.groups_refusal)
