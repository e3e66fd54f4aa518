"""/api/*: reads a call, lets it go wrong if it shall, checks it, answers and records it."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import web

from sandbox import hooks
from sandbox.arguments import read_arguments, warnings
from sandbox.bodies import parsed
from sandbox.call import Call, check_required, require
from sandbox.catalogue import METHODS
from sandbox.errors import SlackError
from sandbox.faults import AFTER, Fault, next_fault
from sandbox.limits import Limits
from sandbox.methods import ANSWERS
from sandbox.record import Log, Record
from sandbox.sign_in import SignIn
from sandbox.state import Json
from sandbox.workspace import Workspace

log = logging.getLogger(__name__)
CONNECT = "apps.connections.open"
HOOK = "response_url"

Responder = Callable[[web.Request, Record], Awaitable[web.Response]]


@dataclass
class WebApi:
    ws: Workspace
    records: Log
    bot_token: str
    app_token: str
    new_socket_url: Callable[[], str]
    sign_in: SignIn
    faults: list[Fault] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)
    latency: float = 0.0
    # How many times the latency a call of this method takes; None where all take the same.
    tail: Callable[[str], float] | None = None
    answer_delay: float = 0.0
    in_flight: int = 0
    down: bool = False
    acting: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        return await self._watched(request, request.match_info["method"], self._respond)

    async def serve_hook(self, request: web.Request) -> web.StreamResponse:
        """A post to a response_url; recorded, and going wrong, as a call named `response_url`."""
        return await self._watched(request, HOOK, self._respond_to_hook)

    async def _watched(self, request: web.Request, method: str, respond: Responder) -> web.Response:
        loop = asyncio.get_running_loop()
        record = self.records.add("call", method, {}, self.ws.clock.now(), loop.time())
        self.in_flight += 1
        try:
            response = _unavailable(record) if self.down else await respond(request, record)
            record.status = response.status
            return response
        finally:
            record.ended = loop.time()
            self.in_flight -= 1

    async def _respond(self, request: web.Request, record: Record) -> web.Response:
        method = record.method
        fault = next_fault(self.faults, method)
        remarks = warnings(request)
        try:
            token, record.args = await read_arguments(request, method)
        except SlackError as refused:
            return self._answered(record, refused.answer())
        await self._take_time(record.method)
        if fault and (broken := await self._before(fault, request, record)):
            return broken
        if wait := self.limits.wait(method, str(record.args.get("channel")), self.ws.clock.now()):
            return _ratelimited(record, wait)
        if fault and fault.kind == "late":
            return await self._late(fault, request, record, token)
        answer = _remarked(self._run(method, token, record.args), remarks)
        if self.answer_delay:
            # Lets the events that a call causes arrive before its answer does.
            await asyncio.sleep(self.answer_delay)
        if fault and fault.kind in AFTER:
            return await self._after(fault, request, record)
        return self._answered(record, answer)

    async def _respond_to_hook(self, request: web.Request, record: Record) -> web.Response:
        fault = next_fault(self.faults, HOOK)
        record.url = str(request.url)
        text = (await request.read()).decode(errors="replace")
        try:
            body = parsed(text)
        except ValueError:
            body = None
        record.args = body if isinstance(body, dict) else {"body": text}
        await self._take_time(record.method)
        if fault and (broken := await self._before(fault, request, record)):
            return broken
        status, said = hooks.answer(self.ws, request.match_info["key"], body)
        if fault and fault.kind in AFTER:
            return await self._after(fault, request, record)
        record.ok, record.error = status == 200, None if status == 200 else said
        return web.Response(status=status, text=said)

    async def _take_time(self, method: str) -> None:
        if self.latency:
            await asyncio.sleep(self.latency * (self.tail(method) if self.tail else 1.0))

    def _run(self, method: str, token: str | None, args: Json) -> Json:
        try:
            if method == "openid.connect.token":
                return {"ok": True, **self.sign_in.token(args)}
            if method == "openid.connect.userInfo":
                return {"ok": True, **self.sign_in.user_info(token)}
            self._admit(method, token)
            if method == CONNECT:
                return {"ok": True, "url": self.new_socket_url()}
            known = METHODS[method]
            require(self.ws, known.any_scopes)
            check_required(known, args)
            return {"ok": True, **ANSWERS[method](Call(self.ws, known, args))}
        except SlackError as refused:
            return refused.answer()

    def _admit(self, method: str, token: str | None) -> None:
        if method not in ANSWERS and method != CONNECT:
            log.error("THE SANDBOX HAS NO METHOD %s", method)
            raise SlackError("unknown_method", req_method=method)
        if method == "api.test":
            return
        if not token:
            raise SlackError("not_authed")
        if token not in (self.bot_token, self.app_token):
            raise SlackError("invalid_auth")
        if (method == CONNECT) != (token == self.app_token):
            raise SlackError("not_allowed_token_type")

    async def _before(self, fault: Fault, request: web.Request, record: Record) -> web.Response | None:
        if fault.kind == "slow":
            await asyncio.sleep(float(fault.value))
            return None
        if fault.kind == "status":
            return _page(record, fault.value)
        if fault.kind == "ratelimit":
            return _ratelimited(record, fault.value)
        if fault.kind == "error":
            return self._answered(record, {"ok": False, "error": str(fault.value)})
        if fault.kind == "empty":
            return self._answered(record, {"ok": True})
        if fault.kind == "silent":
            await self._never(record, float(fault.value) or None)
        return _cut(request, record) if fault.kind in ("drop_before", "silent") else None

    async def _after(self, fault: Fault, request: web.Request, record: Record) -> web.Response:
        if fault.kind == "hang":
            await self._never(record)
        if fault.kind == "status_after":
            return _page(record, fault.value)
        if fault.kind == "error_after":
            return self._answered(record, {"ok": False, "error": str(fault.value)})
        return _cut(request, record)

    async def _late(
        self, fault: Fault, request: web.Request, record: Record, token: str | None
    ) -> web.Response:
        """Have the effect when the app has long given up waiting: by then it may have called again."""

        async def act() -> None:
            await self.ws.clock.sleep(float(fault.value))
            self._run(record.method, token, record.args)

        acting = asyncio.create_task(act())
        self.acting.add(acting)
        acting.add_done_callback(self.acting.discard)
        await self._never(record)
        return _cut(request, record)

    async def _never(self, record: Record, seconds: float | None = None) -> None:
        """Do not answer: for so many seconds, or for ever."""
        record.ok, record.error = False, "hang"
        self.in_flight -= 1
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), seconds)
        finally:
            self.in_flight += 1

    def _answered(self, record: Record, answer: Json) -> web.Response:
        record.ok, record.error, record.result = answer["ok"], answer.get("error"), answer
        if record.error:
            log.info("%s: %s", record.method, record.error)
        headers = {
            "x-slack-req-id": f"{record.n:032x}",
            "x-oauth-scopes": ",".join(sorted(self.ws.app.scopes)),
        }
        if (known := METHODS.get(record.method)) and known.any_scopes:
            headers["x-accepted-oauth-scopes"] = ",".join(known.any_scopes)
        text = json.dumps(answer)
        # The answer is kept as it was said: later changes of a message are not to show in the record.
        record.result = json.loads(text)
        return web.Response(text=text, content_type="application/json", headers=headers)


def _remarked(answer: Json, remarks: list[str]) -> Json:
    if not answer["ok"] or not remarks:
        return answer
    about = answer.get("response_metadata") or {}
    every = [*about.get("warnings", []), *remarks]
    return {**answer, "warning": ",".join(every), "response_metadata": {**about, "warnings": every}}


def _page(record: Record, status: float | str) -> web.Response:
    """Answer as something between Slack and the app does: with a page instead of JSON."""
    record.ok, record.error = False, f"http_{status}"
    return web.Response(status=int(status), text="<html>upstream error</html>")


def _unavailable(record: Record) -> web.Response:
    record.ok, record.error = False, "http_503"
    return web.Response(status=503, text="<html>Slack is down</html>")


def _ratelimited(record: Record, wait: float | str) -> web.Response:
    record.ok, record.error = False, "ratelimited"
    answer = {"ok": False, "error": "ratelimited"}
    return web.json_response(answer, status=429, headers={"Retry-After": str(wait)})


def _cut(request: web.Request, record: Record) -> web.Response:
    record.ok, record.error = False, "connection cut"
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
