"""What a person can do, by name: the page's `POST /ui/act` and the tests' `Person` both come through here."""

from collections.abc import Awaitable, Callable

from sandbox.acts import canvasing, commands, forms, phoning, pressing, rooms, talking
from sandbox.acts.acting import Acting
from sandbox.errors import SlackError
from sandbox.state import Json

Act = Callable[[Acting, Json], Awaitable[Json]]

ACTS: dict[str, Act] = {
    "slash": commands.slash,
    "shortcut": commands.shortcut,
    "message_shortcut": commands.message_shortcut,
    "send": talking.send,
    "edit": talking.edit,
    "delete": talking.remove,
    "react": talking.react,
    "unreact": talking.unreact,
    "pin": talking.pin,
    "unpin": talking.unpin,
    "block_action": pressing.block_action,
    "suggest": pressing.suggest,
    "fill": forms.fill,
    "submit": forms.submit,
    "close": forms.close,
    "join": rooms.join,
    "leave": rooms.leave,
    "archive": rooms.archive,
    "delete_channel": rooms.delete,
    "unarchive": rooms.unarchive,
    "invite": rooms.invite,
    "kick": rooms.kick,
    "create": rooms.create,
    "rename": rooms.rename,
    "topic": rooms.topic,
    "open_dm": rooms.open_dm,
    "write_canvas": canvasing.write,
    "delete_canvas": canvasing.delete,
    "home": rooms.home,
    "read": rooms.read,
    "reload": rooms.reload,
    "read_phone": phoning.read,
    "press_phone": phoning.press,
    "reply_phone": phoning.reply,
}


async def act(acting: Acting, do: str, given: Json) -> Json:
    """Do it. The answer has `ok`, and `error` in words for people when it could not be done."""
    if do not in ACTS:
        return {"ok": False, "error": f"nobody can {do!r}"}
    if acting.user.deleted:
        return {"ok": False, "error": "account_inactive"}
    try:
        return {"ok": True, **await ACTS[do](acting, given)}
    except SlackError as refused:
        return {**refused.answer(), "code": refused.code}
    except KeyError as missing:
        return {"ok": False, "error": f"missing or unknown: {missing}"}
