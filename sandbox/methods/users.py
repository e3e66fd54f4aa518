"""users.* and usergroups.*"""

from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.state import Json
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
        if user.email.lower() == wanted and not user.deleted:
            return {"user": user_seen_by_bot(call.ws, user)}
    raise SlackError("users_not_found")


def presence(call: Call) -> Json:
    user = call.user() if call.text("user") else call.ws.users[call.bot]
    return {"presence": "active" if user.active and not user.deleted else "away"}


def groups(call: Call) -> Json:
    users, count = call.flag("include_users"), call.flag("include_count")
    return {
        "usergroups": [
            group_object(call.ws, group, users=users, count=count) for group in call.ws.groups.values()
        ]
    }


def group_users(call: Call) -> Json:
    group = call.ws.groups.get(call.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.members)}
