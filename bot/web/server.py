"""The HTTP server: how the bot is, and without Socket Mode Slack's requests."""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol, TypeAlias
from urllib.parse import parse_qsl

import slack_sdk.signature
from aiohttp import web
from aiohttp.typedefs import Middleware
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.response import BoltResponse

from bot.clock import Clock
from bot.web.connections import BACKLOG, PIECE, Connections, Unread, say_accept_errors
from bot.web.listening import PortInUse
from bot.web.replays import LARGEST, Replays
from storage.answers import Answer
from storage.database import DatabaseBusy, Outdated

log = logging.getLogger(__name__)

Headers: TypeAlias = dict[str, str | Sequence[str]]
Dispatch = Callable[[dict[str, Any], Headers], Awaitable[BoltResponse]]
"""Answers what Slack sent: the body as it was read, which nobody has looked into yet, and the headers."""
Probe = Callable[[], Awaitable[str | None]]
Scrape = Callable[[str], Awaitable[tuple[bytes, str]]]

EVENTS_PATH = "/slack/events"
LARGEST_BODY = 256 * 1024
MOST_FIELDS = 1000
PROBE_SECONDS = 2.0
CLOSING_SECONDS = 2.0
"""How long requests under way may take when the server stops."""

SIGNATURE_REFUSED = (
    "a signed request to /slack/events was refused: its signature does not fit, or its time is over 5 "
    "minutes off. Compare SLACK_SIGNING_SECRET with Basic Information > App Credentials of your app, and "
    "look at this machine's clock"
)

_ACT_NOT = ("event_callback", "url_verification", "block_suggestion")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class Shared(Protocol):
    """What all replicas know of signed requests: who leases one first answers it."""

    async def lease(self, signature: str) -> Answer | None: ...

    def keep(self, answer: Answer) -> None: ...

    async def stop(self) -> None: ...


class Web:
    """Serves one address. Without a signing secret nothing is taken from Slack here.

    What is `failing` without keeping a page back, the `progress` of what is read in the background, and what
    of the configuration is `set_aside` are told beside the probes, and make nobody unready. `astray` is
    around all: it says to people in a page what else would be one line.
    """

    def __init__(
        self,
        dispatch: Dispatch,
        probes: Mapping[str, Probe],
        signing_secret: str | None,
        clock: Clock,
        *,
        host: str = "127.0.0.1",
        port: int = 3000,
        scrape: Scrape | None = None,
        failing: Callable[[], Mapping[str, str]] = dict,
        progress: Callable[[], Mapping[str, str]] = dict,
        set_aside: Callable[[], Mapping[str, str]] = dict,
        routes: Iterable[web.RouteDef] = (),
        shared: Shared | None = None,
        refused: Callable[[], None] = lambda: None,
        larger: tuple[str, ...] = (),
        larger_body: int = LARGEST_BODY,
        unread: Unread | None = None,
        astray: Middleware | None = None,
    ) -> None:
        self._probes = probes
        self._scrape = scrape
        self._beside = {"failing": failing, "progress": progress, "set_aside": set_aside}
        self._host = host
        self._port = port
        self._shared = shared
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        self._connections = Connections(larger=larger, larger_body=larger_body, unread=unread)
        middlewares = [*([astray] if astray else []), self._connections.read_first]
        self._app = web.Application(client_max_size=LARGEST_BODY, middlewares=middlewares)
        self._app.router.add_get("/healthz", _healthy)
        self._app.router.add_get("/readyz", self._ready)
        if scrape:
            self._app.router.add_get("/metrics", self._measured)
        self._app.router.add_routes(routes)
        if signing_secret:
            entrance = Entrance(dispatch, signing_secret, clock, shared, refused)
            self._app.router.add_post(EVENTS_PATH, entrance.receive)

    @property
    def port(self) -> int:
        """The port that is listened on; what was asked for until the server has started."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server else self._port

    @property
    def address(self) -> str:
        return f"{self._host}:{self.port}"

    async def start(self) -> None:
        runner = web.AppRunner(
            self._app,
            access_log=None,
            shutdown_timeout=CLOSING_SECONDS,
            read_bufsize=PIECE,
            auto_decompress=False,  # see bot/web/packed.py
        )
        await runner.setup()
        make, loop = runner.server, asyncio.get_running_loop()
        assert make
        try:
            self._server = await loop.create_server(
                lambda: self._connections.protocol(make()), self._host, self._port, backlog=BACKLOG
            )
        except OSError as error:
            await runner.cleanup()
            raise PortInUse(self._host, self._port, error) from error
        self._runner = runner
        say_accept_errors()

    async def stop(self) -> None:
        """Stop listening. A server that never started may be stopped too."""
        if self._server:
            self._server.close()
        if self._runner:
            await self._runner.cleanup()
        if self._shared:
            await self._shared.stop()
        self._server = self._runner = None

    async def _ready(self, _request: web.Request) -> web.Response:
        answers = await asyncio.gather(*map(_asked, self._probes.values()), return_exceptions=True)
        problems = dict(zip(self._probes, map(_problem, answers), strict=True))
        ready = not any(problems.values())
        checks = {name: problem or "ok" for name, problem in problems.items()}
        body: dict[str, object] = {"ready": ready, "checks": checks}
        body |= {name: dict(found) for name, tell in self._beside.items() if (found := tell())}
        return web.json_response(body, status=200 if ready else 503)

    async def _measured(self, request: web.Request) -> web.Response:
        assert self._scrape
        page, content_type = await self._scrape(request.headers.get("Accept", ""))
        return web.Response(body=page, headers={"Content-Type": content_type})


class Entrance:
    """Takes Slack's requests: signed, recent, of a sensible size; and hands them to Bolt."""

    def __init__(
        self,
        dispatch: Dispatch,
        signing_secret: str,
        clock: Clock,
        shared: Shared | None,
        refused: Callable[[], None],
    ) -> None:
        self._dispatch = dispatch
        self._verifier = slack_sdk.signature.SignatureVerifier(signing_secret, _Seconds(clock))
        self._replays = Replays(clock)
        self._shared = shared
        self._count_refused = refused

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one request of Slack's, or refuse what is not."""
        raw = await request.read()
        if not self._signed(raw, request.headers):
            return _refused(401, "the signature is missing, wrong or too old")
        try:
            body = parsed(raw.decode(), request.content_type)
        except (ValueError, RecursionError):
            return _refused(400, "the body is neither JSON nor a form as Slack sends it")
        signature = request.headers["X-Slack-Signature"]
        if earlier := self._replays.earlier(signature):
            await earlier.done.wait()
            return _same(earlier.status, earlier.content_type, earlier.body)
        answer = Answer(signature, 500)
        try:
            response = await self._answer(signature, body, request)
            answer = _kept(signature, response)
        finally:
            self._replays.answered(signature, answer.status or 500, answer.body.encode(), answer.kind)
        return response

    async def _answer(self, signature: str, body: dict[str, Any], request: web.Request) -> web.Response:
        """Have a request handled, unless another process had it; events are remembered one by one there."""
        if not self._shared or not _acts(body):
            return await to_aiohttp_response(await self._dispatch(body, dict(request.headers)))
        if known := await self._shared.lease(signature):
            if known.status is None:
                return _refused(503, "this request is under way, or was lost; please try again")
            return _same(known.status, known.kind, known.body.encode())
        answer = Answer(signature, 500)
        try:
            response = await to_aiohttp_response(await self._dispatch(body, dict(request.headers)))
            answer = _kept(signature, response)
        finally:
            self._shared.keep(answer)
        return response

    def _signed(self, raw: bytes, headers: Mapping[str, str]) -> bool:
        timestamp = headers.get("X-Slack-Request-Timestamp", "")
        signature = headers.get("X-Slack-Signature", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            return False
        valid = False
        with suppress(UnicodeDecodeError):
            valid = self._verifier.is_valid(raw, timestamp, signature)
        if not valid:  # it looks like Slack's: with a wrong secret nothing else would say why nobody is heard
            self._count_refused()
            log.warning(SIGNATURE_REFUSED)
        return valid


class _Seconds(slack_sdk.signature.Clock):
    """Our clock, as the verifier reads it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


def parsed(body: str, content_type: str) -> dict[str, Any]:
    """Return what Slack sent as JSON, as a form, or as JSON in a form's `payload`; raise ValueError.

    Bolt's own parser takes any form with the word "payload" somewhere in it for an interaction.
    """
    if content_type == "application/json" or body.startswith("{"):
        return _mapping(body)
    if not body:
        raise ValueError("nothing was sent")
    fields = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True, max_num_fields=MOST_FIELDS))
    if "payload" in fields and "command" not in fields:
        return _mapping(fields["payload"])
    return dict(fields)


def _mapping(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _acts(body: Mapping[str, Any]) -> bool:
    """Say whether a request is a command or an interaction: nothing in it says that it came before."""
    return body.get("type") not in _ACT_NOT


def _kept(signature: str, response: web.Response) -> Answer:
    """Return what is remembered of an answer: its text, unless that is long."""
    body = response.body.decode() if response.body else ""
    if len(body.encode()) > LARGEST:
        return Answer(signature, response.status)
    return Answer(signature, response.status, response.headers.get("Content-Type", ""), body)


def _same(status: int, kind: str, body: bytes) -> web.Response:
    return web.Response(status=status, body=body, headers={"Content-Type": kind} if kind else None)


def _refused(status: int, why: str) -> web.Response:
    return web.json_response({"ok": False, "error": why}, status=status)


async def _healthy(_request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def _asked(probe: Probe) -> str | None:
    async with asyncio.timeout(PROBE_SECONDS):
        return await probe()


def _problem(answer: str | BaseException | None) -> str | None:
    """Return what a probe found; one that failed has found something too."""
    if isinstance(answer, TimeoutError):
        return f"no answer in {PROBE_SECONDS:g} s"
    if isinstance(answer, DatabaseBusy):
        return answer.absent
    if isinstance(answer, Outdated):
        return str(answer)
    if isinstance(answer, BaseException):
        log.error("a readiness probe failed", exc_info=answer)
        return f"the probe failed: {type(answer).__name__}"
    return answer
