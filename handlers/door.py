"""The door: whoever acts in an incident's channel is in it, whatever we heard of them."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.response import BoltResponse

from bot.desk import Desk
from bot.operations.membership import acts, unheard


async def noted(
    body: dict[str, Any],
    desk: Desk,
    next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's own name for it
) -> BoltResponse:
    """Note who acts in a channel in which we did not hear that they are; a removal stands."""
    user, channel = _acting(body)
    if user and channel:
        missed = await desk.read(unheard, channel, user)
        if missed:
            await desk.perform(acts, channel, user)
    return await next()


def _acting(body: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the person and the channel of a command, button or message shortcut."""
    if "command" in body:
        return body.get("user_id"), body.get("channel_id")
    return (body.get("user") or {}).get("id"), (body.get("channel") or {}).get("id")
