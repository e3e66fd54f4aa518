"""Everything that Slack may tell us, and who hears it."""

import re
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse

from bot.views.blocks import message
from handlers import inc
from handlers.features import FEATURES
from handlers.request import Handler, Listener, answer


async def nothing_to_do(ack: AsyncAck) -> None:
    """Acknowledge what needs no reaction: Slack shows an error otherwise."""
    await ack()


async def not_ours(ack: AsyncAck, respond: AsyncRespond) -> None:
    """Answer a button that this version does not have, where it has a place for an answer."""
    await ack()
    await answer(respond, message("This button is from another version of me. Open the panel: `/inc`."))


LISTENERS: tuple[Listener, ...] = (
    *inc.LISTENERS,
    *(listener for feature in FEATURES for listener in feature.listeners),
)

FALLBACK = Listener("action", re.compile(".*"), not_ours)
"""Comes last: Bolt gives a payload to the first listener that fits."""


def register(app: AsyncApp) -> None:
    """Have the app tell each listener what it listens for."""
    # Bolt tries one listener after the other, and most of what comes are events.
    for listener in sorted((*LISTENERS, FALLBACK), key=lambda one: one.kind != "event"):
        if listener.kind == "event":
            app.event(listener.constraint, middleware=[_acknowledged_after(listener.handler)])(nothing_to_do)
        else:
            getattr(app, listener.kind)(listener.constraint)(listener.handler)


def _acknowledged_after(handler: Handler) -> Callable[..., Awaitable[BoltResponse]]:
    """Have an event acknowledged once its effect is committed: until then Slack sends it again.

    Bolt acknowledges an event before its listener is run, but not before the listener's middleware.
    """

    @wraps(handler)
    async def handled(**given: Any) -> BoltResponse:
        await handler(**given)
        return BoltResponse(status=200)

    return handled
