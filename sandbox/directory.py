"""Changes among the people, as an administrator makes them."""

from typing import Any

from sandbox.events import emit
from sandbox.state import Group, User
from sandbox.wire import group_object, user_seen_by_bot
from sandbox.workspace import Workspace


def add_user(ws: Workspace, handle: str, **about: Any) -> User:
    user = User(ws.ids.new("U"), handle, **{"real_name": handle.title(), **about})
    ws.users[user.id] = user
    emit(ws, {"type": "team_join", "user": user_seen_by_bot(ws, user)})
    ws.changed("sidebar")
    return user


def change_user(ws: Workspace, name: str, **changes: Any) -> None:
    """Change any field of a user; `deleted=True` deactivates."""
    user = ws.user(name)
    for key, value in changes.items():
        if key not in User.__dataclass_fields__:
            raise KeyError(key)
        setattr(user, key, value)
    emit(ws, {"type": "user_change", "user": user_seen_by_bot(ws, user), "cache_ts": ws.seconds()})
    ws.changed("sidebar")


def set_group(ws: Workspace, handle: str, members: list[str]) -> Group:
    """Replace the members of a user group."""
    group = next(group for group in ws.groups.values() if group.handle == handle)
    group.members = [ws.user(name).id for name in members]
    emit(ws, {"type": "subteam_updated", "subteam": group_object(ws, group, users=True, count=True)})
    return group
