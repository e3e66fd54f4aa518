"""Asks in private about a command whose text looks like it holds a secret."""

from datetime import datetime

from bot.domain.incidents.incident import Incident
from bot.domain.work.held import Place
from bot.operations.work.held import hold
from bot.views.work import secret as view_of
from handlers.request import Request


async def ask_author(
    request: Request, incident: Incident, place: Place, text: str, at: datetime | None = None
) -> None:
    """Keep what was typed and ask its author, once, though Slack may deliver the command again."""
    if held := await request.once(hold, incident.id, place, text, by=request.user, at=at):
        await request.answer(view_of.waits(held, incident))
