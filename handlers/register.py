"""Everything that Slack may tell us, and who hears it."""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.kwargs_injection.async_args import AsyncArgs
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


NAMED_BY = {
    "event": "type",
    "command": "command",
    "view": "callback_id",
    "shortcut": "callback_id",
    "action": "action_id",
}
"""Which key of a payload of each kind names what it is."""


def register(app: AsyncApp) -> None:
    """Have the app tell each listener what it listens for.

    Bolt asks one listener after the other, and gathers anew for each all that a handler may want. So all of
    a kind that listen for a name are one to it, and found by that name.
    """
    for kind, key in NAMED_BY.items():
        of = [one for one in LISTENERS if one.kind == kind]
        named = {one.constraint: one.handler for one in of if isinstance(one.constraint, str)}
        names = re.compile(rf"\A(?:{'|'.join(map(re.escape, named))})\Z")
        _listen(app, Listener(kind, names, _by_name(named, key)))
        for one in of:
            if not isinstance(one.constraint, str):
                _listen(app, one)
    _listen(app, FALLBACK)


def _listen(app: AsyncApp, to: Listener) -> None:
    if to.kind == "event":
        app.event(to.constraint, middleware=[_acknowledged_after(to.handler)])(nothing_to_do)
    else:
        getattr(app, to.kind)(to.constraint)(to.handler)


def _by_name(named: Mapping[str, Handler], key: str) -> Handler:
    """Return the handler that hands on to the one which a payload names, with what that asks for."""
    wanted = {name: inspect.getfullargspec(inspect.unwrap(one)).args for name, one in named.items()}

    async def handled(args: AsyncArgs) -> None:
        name = args.payload[key]
        given = {**args.context, **vars(args)}
        await named[name](**{one: given[one] for one in wanted[name]})

    return handled


def _acknowledged_after(handler: Handler) -> Callable[..., Awaitable[BoltResponse]]:
    """Have an event acknowledged once its effect is committed: until then Slack sends it again.

    Bolt acknowledges an event before its listener is run, but not before the listener's middleware.
    """

    @wraps(handler)
    async def handled(**given: Any) -> BoltResponse:
        await handler(**given)
        return BoltResponse(status=200)

    return handled
