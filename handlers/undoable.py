"""Private confirmations of what can be undone: each carries the button for it."""

import logging
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.undoing import Thing
from bot.operations.incidents.undo import undoable
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.incidents import undo as view_of
from handlers.request import Request, Submission

log = logging.getLogger(__name__)


async def answered(request: Request, incident: Incident, shown: Message, thing: Thing) -> None:
    """Answer what somebody did, with the way to undo it."""
    await request.answer(await _offering(request.uow, incident, request.user, shown, thing))


async def confirmed(form: Submission, incident: Incident, shown: Message, *things: Thing) -> None:
    """Close a form, and confirm it where its person can undo it: in the incident's channel, to them alone.

    Whoever is not there has `/inc undo` with its number.
    """
    await form.close()
    if not incident.channel:
        return
    if things:
        shown = await _offering(form.uow, incident, form.user, shown, *things)
    said: dict[str, Any] = {"text": shown.text, "blocks": shown.blocks}
    try:
        await form.client.chat_postEphemeral(channel=incident.channel, user=form.user, **said)
    except SlackApiError as error:
        log.info("not confirmed", extra={"reason": str(error.response.get("error"))})
    except (ClientError, TimeoutError, OSError) as error:  # what was decided stands anyway
        log.warning("somebody could not be answered", extra={"reason": type(error).__name__})


async def _offering(
    uow: UnitOfWork, incident: Incident, user: str, shown: Message, *things: Thing
) -> Message:
    change = await uow.read(undoable, incident.id, user, *things)
    return view_of.offering(shown, view_of.press(change)) if change else shown
