"""The API: what programs ask, each with its own token."""

import asyncio
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, TypeAlias

from aiohttp import web

from bot.clock import Clock
from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.labels import labels
from bot.domain.tokens import Token
from bot.domain.work.held import LooksSecret
from bot.operations.incidents.declare import TooMany
from bot.operations.tokens import bearer
from bot.unit_of_work import UnitOfWork
from bot.views.mrkdwn import mentioned
from handlers.rest.answering import Invalid, answer, key_of, parsed, read_body, status_of, tag_of, write
from handlers.rest.asked import Asked, NeedsField, NeedsPerson, NeedsScope, WrongField
from handlers.rest.document import OPENAPI_PATH, PAGE_PATH, document, page
from handlers.rest.endpoints import ENDPOINTS, Endpoint
from handlers.rest.words import by_api
from storage import incidents, people, tokens
from storage.database import DatabaseBusy, Outdated
from storage.transaction import Tx

BLOCKS_PATH = "/api/v1/blocks"
BLOCKS_READ = "blocks:read"
HALTED = ("deployments", "feature-flags")
PER_MINUTE = 240
STRANGERS_PER_MINUTE = 60
"""How often a token may ask in a minute, and an address that comes without a good one."""
MOST_ADDRESSES = 10_000
LONGEST_TOKEN = 200

Answer: TypeAlias = Callable[[web.Request, Token], Awaitable[web.Response]]


class Rate:
    """Counts requests within the last minute, in this process."""

    def __init__(self, clock: Clock, most: int = PER_MINUTE) -> None:
        self._clock = clock
        self.most = most
        self._seen: dict[str, deque[float]] = {}

    def wait(self, who: str) -> float:
        """Count a request; return for how many seconds this one comes too early, 0 if it does not."""
        now = self._clock.monotonic()
        if who not in self._seen and len(self._seen) >= MOST_ADDRESSES:
            self._seen.pop(next(iter(self._seen)))
        seen = self._seen.setdefault(who, deque())
        while seen and seen[0] <= now - 60:
            seen.popleft()
        if len(seen) >= self.most:
            return seen[0] + 60 - now
        seen.append(now)
        return 0

    def told(self, who: str) -> dict[str, str]:
        """Return the headers that say how often somebody may still ask, and when it is more again."""
        seen, now = self._seen.get(who, deque()), self._clock.monotonic()
        reset = int(seen[0] + 60 - now) + 1 if seen else 0
        return {
            "RateLimit-Limit": str(self.most),
            "RateLimit-Remaining": str(max(0, self.most - len(seen))),
            "RateLimit-Reset": str(reset),
        }


class Api:
    """Serves the API beside whatever else the bot's server has."""

    def __init__(self, uow: UnitOfWork, page_of: Callable[[int], str | None] = lambda _: None) -> None:
        """`page_of` says where an incident is shown in a browser, if it is."""
        self._uow, self._page_of = uow, page_of
        self._rate, self._strangers = Rate(uow.clock), Rate(uow.clock, STRANGERS_PER_MINUTE)

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve, for the bot's server."""
        return [
            web.get(BLOCKS_PATH, self._for(BLOCKS_READ, self.blocks)),
            *(
                web.route(one.method, one.url, self._for(one.scope, self._answering(one)))
                for one in ENDPOINTS
            ),
            web.get(OPENAPI_PATH, _document),
            web.get(PAGE_PATH, _page),
            web.route("*", "/api/{rest:.*}", _unknown),
        ]

    async def blocks(self, request: web.Request, _: Token) -> web.Response:
        """Say whether deployments and changes of feature flags are halted, and by which incidents."""
        found = await self._uow.read(_blocking)
        body = {what.replace("-", "_"): _told(those) for what, those in found.items()}
        return _tagged(request, json.dumps(body, ensure_ascii=False))

    def _answering(self, endpoint: Endpoint) -> Answer:
        async def answering(request: web.Request, token: Token) -> web.Response:
            try:
                return await self._answer(endpoint, request, token)
            except Invalid as wrong:
                return problem(wrong.status, str(wrong))
            except Refused as refused:
                said = by_api(await self._plain(str(refused)), request.match_info)
                return _refused(refused, said)

        return answering

    async def _answer(self, endpoint: Endpoint, request: web.Request, token: Token) -> web.Response:
        query = parsed(endpoint.query, dict(request.query))
        asked = Asked(token, dict(request.match_info), query, page_of=self._page_of)
        if endpoint.finish:
            read = await self._uow.read(endpoint.answer, asked)
            while endpoint.further and not read.done:
                read = await self._uow.read(endpoint.further, read)
            return _tagged(request, (await asyncio.to_thread(endpoint.finish, read)).model_dump_json())
        if not endpoint.writes:
            found = await self._uow.read(answer, endpoint, asked)
            return _tagged(request, found.text)
        raw = await request.read()
        if raw.strip() and request.content_type != "application/json":
            raise Invalid(415, "Send JSON, with Content-Type: application/json.")
        body, given = read_body(endpoint, raw)
        asked = replace(asked, body=body, key=key_of(request.headers, given))
        if request.headers.getall("If-Match", ()) and not request.if_match:
            raise Invalid(400, "If-Match is the ETag as it was given, in its quotes, or *.")
        wanted = frozenset(one.value for one in request.if_match or ())
        done = await self._uow.perform(write, endpoint, asked, given, wanted)
        headers = {"Cache-Control": "no-store"} | ({"Idempotent-Replayed": "true"} if done.again else {})
        return web.Response(
            text=done.text, status=done.status, headers=headers, content_type="application/json"
        )

    async def _plain(self, said: str) -> str:
        """Return what the rules say with names in the place of mentions, which only Slack shows."""
        found = await self._uow.read(people.names, mentioned(said))
        for who in mentioned(said):
            said = said.replace(f"<@{who}>", found.get(who, who))
        return said

    def _for(self, scope: str, answer: Answer) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Answer whoever comes with a token of this scope, and not too often."""

        async def guarded(request: web.Request) -> web.Response:
            try:
                token = await self._bearer(request)
                rate, who = (self._rate, str(token.id)) if token else (self._strangers, str(request.remote))
                wait = rate.wait(who)
                if wait:
                    more = {"Retry-After": str(int(wait) + 1)}
                    response = problem(429, f"At most {rate.most} requests a minute.", **more)
                elif not token:
                    response = _stranger()
                elif scope not in token.scopes:
                    response = _without_scope(scope)
                else:
                    response = await answer(request, token)
                response.headers.update(rate.told(who))
                return response
            except (DatabaseBusy, Outdated):
                said = "The database cannot be asked just now. Try again in a moment."
                return problem(503, said, **{"Retry-After": "5"})

        return guarded

    async def _bearer(self, request: web.Request) -> Token | None:
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        secret = secret.strip()
        if kind.lower() != "bearer" or not 0 < len(secret) <= LONGEST_TOKEN:
            return None
        found = await self._uow.read(bearer, secret)
        if found and found.unnoted(self._uow.clock.now()):
            with suppress(DatabaseBusy):  # it is read all the same while nothing can be written
                await self._uow.perform(tokens.used, found.id)
        return found


def _stranger() -> web.Response:
    said = "Send a good token as Bearer in the header Authorization. `muster token add` makes one."
    return problem(401, said, **{"WWW-Authenticate": "Bearer"})


def _without_scope(scope: str) -> web.Response:
    more = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
    return problem(403, f"This token needs the scope {scope}.", **more)


def _refused(refused: Refused, said: str) -> web.Response:
    match refused:
        case NeedsScope():
            return _without_scope(refused.scope)
        case NeedsPerson():
            return problem(403, said)
        case TooMany():
            return problem(429, f"{said} Send `anyway` as true for that.", **{"Retry-After": "60"})
        case LooksSecret() | NeedsField() | WrongField():
            return problem(422, said)
    return problem(status_of(refused), said)


def _blocking(tx: Tx) -> dict[str, list[Incident]]:
    found = incidents.everyone_open(tx)
    return {what: [one for one in found if f"blocks {what}" in labels(one)] for what in HALTED}


def _told(found: list[Incident]) -> dict[str, Any]:
    return {"blocked": bool(found), "incidents": [_incident(one) for one in found]}


def _incident(incident: Incident) -> dict[str, Any]:
    """Return what a token may know of an incident: of a private one its number."""
    known = {"id": incident.id, "reference": f"INC-{incident.id}", "private": incident.private}
    if incident.private:
        return known
    return known | {
        "name": incident.name,
        "severity": incident.severity.value,
        "status": incident.status.value,
    }


def _tagged(request: web.Request, text: str) -> web.Response:
    """Return an answer that need not be sent again while it stays the same."""
    tag = tag_of(text)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    known = {one.value for one in request.if_none_match or ()}
    if known & {tag, "*"}:
        return web.Response(status=304, headers=headers)
    return web.Response(text=text, content_type="application/json", headers=headers)


@cache
def _written() -> tuple[str, str]:
    """Return the document and its page: they stay the same while the program runs."""
    number = version("muster-bot")
    return json.dumps(document(number)), page(number)


async def _document(_request: web.Request) -> web.Response:
    return web.Response(text=_written()[0], content_type="application/json")


async def _page(_request: web.Request) -> web.Response:
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return web.Response(text=_written()[1], content_type="text/html", headers=headers)


_PATHS = {BLOCKS_PATH: {"GET"}, OPENAPI_PATH: {"GET"}, PAGE_PATH: {"GET"}}
for _one in ENDPOINTS:
    _PATHS.setdefault(_one.url, set()).add(_one.method)
_PATTERNS = {re.compile(re.sub(r"{\w+}", "[^/]+", path)): methods for path, methods in _PATHS.items()}


async def _unknown(request: web.Request) -> web.Response:
    for pattern, methods in _PATTERNS.items():
        if pattern.fullmatch(request.path):
            allowed = sorted(methods | ({"HEAD"} if "GET" in methods else set()))
            return problem(405, f"Here there is {', '.join(allowed)}.", Allow=", ".join(allowed))
    return problem(404, f"There is nothing here. {PAGE_PATH} shows what there is.")


def problem(status: int, detail: str, **headers: str) -> web.Response:
    """Return an error as RFC 9457 has it."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return web.json_response(body, status=status, headers=headers, content_type="application/problem+json")
