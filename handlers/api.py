"""The API: what programs ask, each with its own token. So far a pipeline asks what halts it."""

import hashlib
import json
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeAlias

from aiohttp import web

from bot.clock import Clock
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.labels import labels
from bot.domain.tokens import Token
from bot.operations.tokens import bearer
from bot.unit_of_work import UnitOfWork
from storage import incidents, tokens
from storage.database import DatabaseBusy, Outdated
from storage.transaction import Tx

BLOCKS_PATH = "/api/v1/blocks"
BLOCKS_READ = "blocks:read"
HALTED = ("deployments", "feature-flags")
PER_MINUTE = 60
"""How often a token may ask in a minute, and an address that comes without a good one."""
MOST_ADDRESSES = 10_000
LONGEST_TOKEN = 200

Answer: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]


class Rate:
    """Counts requests within the last minute, in this process."""

    def __init__(self, clock: Clock, most: int = PER_MINUTE) -> None:
        self._clock = clock
        self._most = most
        self._seen: dict[str, deque[float]] = {}

    def wait(self, who: str) -> float:
        """Count a request; return for how many seconds this one comes too early, 0 if it does not."""
        now = self._clock.monotonic()
        if who not in self._seen and len(self._seen) >= MOST_ADDRESSES:
            self._seen.pop(next(iter(self._seen)))
        seen = self._seen.setdefault(who, deque())
        while seen and seen[0] <= now - 60:
            seen.popleft()
        if len(seen) >= self._most:
            return seen[0] + 60 - now
        seen.append(now)
        return 0


class Api:
    """Serves the API beside whatever else the bot's server has."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._rate = Rate(uow.clock)

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve, for the bot's server."""
        return [
            web.get(BLOCKS_PATH, self._for(BLOCKS_READ, self.blocks)),
            web.route("*", "/api/{rest:.*}", _unknown),
        ]

    async def blocks(self, request: web.Request) -> web.Response:
        """Say whether deployments and changes of feature flags are halted, and by which incidents."""
        found = await self._uow.read(_blocking)
        return _tagged(request, {what.replace("-", "_"): _told(those) for what, those in found.items()})

    def _for(self, scope: str, answer: Answer) -> Answer:
        """Answer whoever comes with a token of this scope, and not too often."""

        @wraps(answer)
        async def guarded(request: web.Request) -> web.Response:
            try:
                token = await self._bearer(request)
                who = f"token {token.id}" if token else f"address {request.remote}"
                if wait := self._rate.wait(who):
                    more = {"Retry-After": str(int(wait) + 1)}
                    return problem(429, f"At most {PER_MINUTE} requests a minute.", **more)
                if not token:
                    said = "Send a good token: Authorization: Bearer <token>. `muster token add` makes one."
                    return problem(401, said, **{"WWW-Authenticate": "Bearer"})
                if scope not in token.scopes:
                    said = f"This token needs the scope {scope}."
                    more = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
                    return problem(403, said, **more)
                return await answer(request)
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


def _tagged(request: web.Request, body: dict[str, Any]) -> web.Response:
    """Return an answer that need not be sent again while it stays the same."""
    text = json.dumps(body, ensure_ascii=False)
    tag = hashlib.sha256(text.encode()).hexdigest()[:32]
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    known = {one.value for one in request.if_none_match or ()}
    if known & {tag, "*"}:
        return web.Response(status=304, headers=headers)
    return web.Response(text=text, content_type="application/json", headers=headers)


async def _unknown(request: web.Request) -> web.Response:
    if request.path == BLOCKS_PATH:
        return problem(405, "This is only read.", Allow="GET, HEAD")
    return problem(404, f"There is nothing here. What there is: {BLOCKS_PATH}")


def problem(status: int, detail: str, **headers: str) -> web.Response:
    """Return an error as RFC 9457 has it."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return web.json_response(body, status=status, headers=headers, content_type="application/problem+json")
