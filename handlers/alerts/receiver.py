"""Takes alerts over HTTP. Who is answered with 2xx is promised that the alert is kept: most never repeat it.

Only what cannot be right when it is sent again is refused with 4xx: an unknown key, no JSON, too much. What
cannot be kept now is answered with 503, never with 429: Alertmanager drops the alert then.
"""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, TypeAlias

from aiohttp import web

from bot.domain.alerts.changes import ChangeEvent
from bot.domain.alerts.routing import Source
from bot.domain.alerts.signals import Signal, of_source, unreadable
from bot.domain.errors import Refused
from bot.domain.text import one_line
from bot.intake import READERS, bodies, parsed, reader_of
from bot.intake.changes import of_gitlab
from bot.intake.changes import read as read_change
from bot.intake.sns_signed import AmazonAway
from bot.intake.values import Unreadable
from bot.operations.alerts.changes import keep
from bot.operations.alerts.heartbeats import beat
from bot.operations.alerts.intake import refuse
from bot.unit_of_work import Guarded, UnitOfWork
from handlers.alerts.amazon import Amazon, looked_at
from handlers.alerts.answers import ASIDE, as_gitlab, invalid, problem, unknown, unparsed
from handlers.alerts.keeping import Keeping
from handlers.alerts.keys import UNKNOWN_KEY, UNSIGNED, given_keys, is_key, is_signed, may_be_aside, sender
from handlers.alerts.unread import NO_JSON, NotTaken, named, readable, routing_key
from storage.database import DatabaseBusy, Outdated

log = logging.getLogger("muster.alerts")

ENQUEUE = "/v2/enqueue"
CHANGE = "/v2/change/enqueue"
ALERTS = "/v1/alerts/"
CHANGES = "/v1/changes/"
HEARTBEAT = "/v1/heartbeat/"
LARGER = (ENQUEUE, CHANGE, ALERTS, CHANGES)
LARGER_BODY = 2 * 1024 * 1024
"""Alertmanager's groups may be long; PagerDuty takes 512 KB."""
LONGEST_INSTANCE = 100

TRACE_HEADER = "X-Muster-Trace"
"""By which a request is found again: in its answer, in the log and with its alerts."""
TRACE: ContextVar[str] = ContextVar("trace")
ADDRESS: ContextVar[str] = ContextVar("address", default="")
"""From where a request comes."""
Serves: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]
WrongKey: TypeAlias = Callable[[str, str], None]
KEEP = Guarded(keep)


class Receiver:
    """Serves what monitoring sends to, beside whatever else the bot's server has."""

    def __init__(self, uow: UnitOfWork, amazon: Amazon, wrong_key: WrongKey) -> None:
        """Tell `wrong_key` of each request without a right one: for which source, and from where."""
        self._uow, self._wrong_key = uow, wrong_key
        self._amazon = amazon
        self._sources = uow.process.alert_sources
        begun = f"{uow.clock.now().isoformat()}:{uow.clock.monotonic()}"
        # what follows it only counts: an index takes what is in order at a fraction of the cost
        self._begun = hashlib.sha256(begun.encode()).hexdigest()[:10]
        self._served = 0
        self._keeping = Keeping(uow)

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve: nothing while no source is configured."""
        if not (self._sources or self._uow.process.heartbeats or self._aside()):
            return []
        beats = [
            made
            for end in ("", "/", "/{instance}")
            for made in (
                web.get(f"{HEARTBEAT}{{key}}{end}", self.traced_by(self.beat)),
                web.post(f"{HEARTBEAT}{{key}}{end}", self.traced_by(self.beat)),
            )
        ]
        paths = {
            ENQUEUE: self.enqueue,
            f"{ALERTS}{{source}}": self.receive,
            f"{ALERTS}{{source}}/{{key}}": self.receive,
            CHANGE: self.change,
            f"{CHANGES}{{source}}": self.changed,
            f"{CHANGES}{{source}}/{{key}}": self.changed,
        }
        ways = [(f"{path}{end}", self.traced_by(do)) for path, do in paths.items() for end in ("", "/")]
        return beats + [made for path, do in ways for made in (web.post(path, do), web.put(path, do))]

    def _aside(self) -> bool:
        """Say whether something of alerts is set aside: it is answered that it is to be sent again."""
        return any(one.partition(".")[0] == "alerts" for one in self._uow.process.set_aside)

    def traced_by(self, do: Serves) -> Serves:
        """Return what serves requests that each have a trace: its answer, the log and its alerts name it."""

        async def traced(request: web.Request) -> web.Response:
            self._served += 1
            trace = f"{self._begun}{self._served:06x}"
            TRACE.set(trace)
            ADDRESS.set(sender(request.remote, request.headers.get("X-Forwarded-For", "")))
            answer = await do(request)
            answer.headers[TRACE_HEADER] = trace
            return answer

        return traced

    async def enqueue(self, request: web.Request) -> web.Response:
        """Take an event of PagerDuty's Events API v2, and answer as that does."""
        try:
            source, body = await self._keyed(request)
        except NotTaken as error:
            return await self.refused(error)
        try:
            (signal,) = named(of_source(READERS["pagerduty"](body), source.name), body)
        except Unreadable as wrong:
            return await self.misshapen(source.name, str(wrong), invalid([str(wrong)]))
        unkeyed = {name: value for name, value in body.items() if name != "routing_key"}
        if failed := await self.kept(source, [signal], unkeyed, TRACE.get()):
            return failed
        told = {"status": "success", "message": "Event processed", "dedup_key": signal.key}
        return web.json_response(told, status=202)

    async def change(self, request: web.Request) -> web.Response:
        """Take a change event of PagerDuty's Events API v2, and answer as that does."""
        try:
            source, body = await self._keyed(request)
            return await self._noted(source, read_change(body)) or web.json_response(
                {"status": "success", "message": "Change event processed"}, status=202
            )
        except NotTaken as error:
            return await self.misshapen(error.source, error.reason, error.answer)
        except Unreadable as wrong:
            return await self.misshapen(source.name, str(wrong), invalid([str(wrong)]))

    async def changed(self, request: web.Request) -> web.Response:
        """Take a change event from the source that the path names."""
        try:
            source, body = await self._opened(request)
            return await self._noted(source, read_change(body)) or web.json_response(
                {"status": "success", "taken": 1}, status=202
            )
        except NotTaken as error:
            return await self.misshapen(error.source, error.reason, error.answer)
        except AmazonAway as error:
            return self._away(error)
        except Unreadable as wrong:
            return await self.misshapen(source.name, str(wrong), problem(400, str(wrong)))

    async def _noted(self, source: Source, change: ChangeEvent) -> web.Response | None:
        """Keep a change event; return what to answer if it could not be."""
        try:
            await self._uow.perform_for_all(KEEP, (source.name, change), within=0)
        except (DatabaseBusy, Outdated) as failure:
            log.error("a change could not be kept", extra={"source": source.name, "reason": str(failure)})
            return problem(503, "the change could not be kept now; please send it again")
        return None

    async def _keyed(self, request: web.Request) -> tuple[Source, Any]:
        """Return the source whose key a body of PagerDuty's has, and the body. Raises NotTaken."""
        raw = await request.read()
        try:
            body = bodies.parsed(raw)
        except ValueError as error:
            known = self._of_key(routing_key(raw))
            raise NotTaken(known.name if known else "", NO_JSON, unparsed(), known, readable(raw)) from error
        given = body.get("routing_key") if isinstance(body, dict) else None
        source = self._of_key(given)
        if not source:
            aside = may_be_aside(self._uow.process, "sources", given)
            refusal = problem(503, ASIDE) if aside else None
            raise NotTaken("", UNKNOWN_KEY, refusal or invalid([f"'routing_key': {UNKNOWN_KEY}"]))
        return source, body

    def _of_key(self, given: object) -> Source | None:
        return next((one for one in self._sources.values() if is_key(one, given)), None)

    def _away(self, error: AmazonAway) -> web.Response:
        log.warning("Amazon cannot be asked", extra={"reason": str(error)})
        return problem(503, "Amazon cannot be asked now; please send it again")

    async def receive(self, request: web.Request) -> web.Response:
        """Take a body in the format of the source that its path names."""
        try:
            source, body = await self._opened(request)
        except NotTaken as error:
            return await self.refused(error)
        except AmazonAway as error:
            return self._away(error)
        if source.format == "gitlab" and of_gitlab(body):
            return await self.changed(request)
        try:
            signals = named(of_source(reader_of(source)(body), source.name), body)
        except Unreadable as wrong:
            # it may be a grave one: whoever sent it meant somebody to look
            log.warning("an alert cannot be read", extra={"source": source.name, "reason": str(wrong)})
            signals = [unreadable(source.name)]
        if signals and (failed := await self.kept(source, signals, body, TRACE.get())):
            return failed
        if source.format == "gitlab":
            return web.json_response(await self._uow.read(as_gitlab, source.name, signals))
        return web.json_response(
            {"status": "success", "taken": len(signals), "trace": TRACE.get()}, status=202
        )

    async def _opened(self, request: web.Request) -> tuple[Source, Any]:
        """Return who sends a request, and what is in it. Raises NotTaken, and AmazonAway."""
        name = request.match_info["source"]
        if {"alerts", "alerts.sources", f"alerts.sources.{name}"} & self._uow.process.set_aside.keys():
            raise NotTaken(name, ASIDE, problem(503, ASIDE))
        source = self._sources.get(name)
        keys = given_keys(request.headers, request.match_info.get("key"))
        if not source or not any(is_key(source, key) for key in keys):
            raise NotTaken(source.name if source else "", UNKNOWN_KEY, unknown(UNKNOWN_KEY))
        raw = await request.read()
        if not is_signed(source, request.headers, raw):
            raise NotTaken(source.name, UNSIGNED, unknown(UNSIGNED))
        try:
            body = parsed(source, raw, request.headers.get("Content-Type", ""))
        except ValueError as error:
            # Amazon signs what is in the JSON, and nothing is no alert
            told = source if raw.strip() and source.format != "sns" else None
            answer = problem(400, "the body is no JSON")
            raise NotTaken(source.name, NO_JSON, answer, told, readable(raw)) from error
        if source.format == "sns":
            try:
                await looked_at(body if isinstance(body, dict) else {}, source, self._amazon)
            except Refused as error:
                raise NotTaken(source.name, str(error), problem(403, str(error))) from error
        return source, body

    async def beat(self, request: web.Request) -> web.Response:
        """Note that something was heard of, by the key in its path: whatever it sends with it."""
        key = request.match_info["key"]
        found = [one for one in self._uow.process.heartbeats.values() if is_key(one, key)]
        if not found:
            refusal = problem(404, "there is no heartbeat at this address")
            refusal = problem(503, ASIDE) if may_be_aside(self._uow.process, "heartbeats", key) else refusal
            return await self.misshapen("", UNKNOWN_KEY, refusal)
        instance = one_line(request.match_info.get("instance", ""))[:LONGEST_INSTANCE]
        if bool(instance) is not found[0].instances:
            how = "names its instance: .../KEY/INSTANCE" if found[0].instances else "has no instances"
            return await self.misshapen("heartbeat", f"{found[0].name} {how}", problem(404, f"it {how}"))
        try:
            await self._uow.perform(beat, found[0].name, instance)
        except Refused as full:
            return await self.misshapen("heartbeat", str(full), problem(429, str(full)))
        except (DatabaseBusy, Outdated):
            return problem(503, "the database is away; please send it again")
        return web.json_response({"status": "ok"})

    async def kept(self, source: Source, signals: list[Signal], body: Any, trace: str) -> web.Response | None:
        """Keep signals; return what to answer if they could not be."""
        return await self._keeping.keep(source, signals, body, trace)

    async def refused(self, error: NotTaken) -> web.Response:
        """Refuse what is not taken, and have it open a triage all the same if a source of ours sent it."""
        unread = [unreadable(error.source)]
        if error.of and (failed := await self.kept(error.of, unread, error.text, TRACE.get())):
            return failed
        return await self.misshapen(error.source, error.reason, error.answer)

    async def misshapen(self, source: str, reason: str, answer: web.Response) -> web.Response:
        """Refuse, and count it: a mistyped key is a pager that stays silent."""
        trace, address = TRACE.get(), ADDRESS.get()
        told = {"source": source, "reason": reason, "address": address, "trace": trace}
        log.warning("a request with alerts was refused", extra=told)
        if reason in {UNKNOWN_KEY, UNSIGNED}:
            self._wrong_key(source, address)
        try:
            await self._uow.perform(Guarded(refuse), source, reason, trace, address)
        except (DatabaseBusy, Outdated):
            return problem(503, "the database is away; please send it again")
        return answer
