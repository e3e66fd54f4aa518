"""What people do with their phones."""

from sandbox import phones
from sandbox.acts.acting import Acting
from sandbox.errors import SlackError
from sandbox.state import Json
from sandbox.twilio import CannotCall


async def read(acting: Acting, given: Json) -> Json:
    """Look at the texts: none of them is new any more."""
    phones.mark_read(acting.ws, acting.user.id)
    return {}


async def reply(acting: Acting, given: Json) -> Json:
    """Reply to the texts that an app sent."""
    try:
        await acting.ws.reply(acting.ws.phones[acting.user.id], given["value"])
    except CannotCall as why:
        raise SlackError("cannot_reply", error=str(why)) from None
    return {}


async def press(acting: Acting, given: Json) -> Json:
    """Press a button that the phone shows: of a call, or of a push message."""
    phone = acting.ws.phones.get(acting.user.id)
    text = next(one for one in phone.texts if one.id == given["name"]) if phone else None
    if not text:
        raise KeyError(given["name"])
    try:
        await acting.ws.press(text, given["value"])
    except CannotCall as why:
        raise SlackError("cannot_press", error=str(why)) from None
    return {}
