"""Bodies of alerts that cannot even be read: they are too long, or not packed as they say."""

from functools import partial

from aiohttp import web

from bot.domain.alerts.routing import Source
from bot.domain.process import Process
from handlers.alerts.keys import UNKNOWN_KEY, given_keys, is_key
from handlers.alerts.opsgenie import FORMAT, PATH
from handlers.alerts.receiver import ALERTS, LARGER, Receiver
from handlers.alerts.unread import NotTaken


class Unpacked:
    """Counts them by whose they are. What a source of ours sent opens a triage: it may be a grave alert."""

    def __init__(self, process: Process, receiver: Receiver) -> None:
        self._sources = process.alert_sources
        self._receiver = receiver

    async def refused(self, request: web.Request, why: str, answer: web.Response) -> web.Response:
        """Return what to answer, which is `answer` unless nothing can be kept now."""
        if not request.path.startswith((*LARGER, PATH)):
            return answer
        refuse = partial(self._refused, why=why, answer=answer)
        return await self._receiver.traced_by(refuse)(request)

    async def _refused(self, request: web.Request, *, why: str, answer: web.Response) -> web.Response:
        source, named = self._sender(request), request.match_info.get("source", "")
        name = source.name if source else named if named in self._sources else ""
        reason = why if source or not named else UNKNOWN_KEY
        # what is signed is signed over the body, and a change of something is no alert
        signed = source and (source.secret or source.format == "sns")
        of = source if request.path.startswith((ALERTS, PATH)) and not signed else None
        return await self._receiver.refused(NotTaken(name, reason, answer, of, f"({why})"))

    def _sender(self, request: web.Request) -> Source | None:
        """Return whose key a request brings beside its body."""
        keys = given_keys(request.headers, request.match_info.get("key"))
        named = request.match_info.get("source")
        fits = [
            one
            for one in self._sources.values()
            if (one.name == named if named else one.format == FORMAT)
            and any(is_key(one, key) for key in keys)
        ]
        return next(iter(fits), None)
