"""What PagerDuty and Opsgenie tell of pages that were raised there.

PagerDuty drops what is answered with 4xx, and disables a webhook that does so: what is of no interest is
answered with 200, and what could not be written with 503.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from aiohttp import web

from bot.config.pagers import PagerSettings
from bot.domain.paging.pagers import OPSGENIE, PAGERDUTY, Touch
from bot.intake.pagers import told_by_opsgenie, told_by_pagerduty
from storage.database import DatabaseBusy, Outdated

log = logging.getLogger("muster.pagers")

PAGERDUTY_PATH, OPSGENIE_PATH = "/v1/pagerduty", "/v1/opsgenie"
VERSION = "v1="

Hear: TypeAlias = Callable[[str, Touch], Awaitable[None]]


class PagerHooks:
    """Hears of what was acknowledged or resolved there."""

    def __init__(self, settings: Sequence[PagerSettings], hear: Hear) -> None:
        self._hooks = {one.service: one.hooks for one in settings if one.hooks}
        self._hear = hear

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve: nothing of a service that nothing proves."""
        served = ((PAGERDUTY, PAGERDUTY_PATH, self.pagerduty), (OPSGENIE, OPSGENIE_PATH, self.opsgenie))
        return [web.post(path, serve) for service, path, serve in served if service in self._hooks]

    async def pagerduty(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if not signed(raw, request.headers.get("X-PagerDuty-Signature", ""), self._hooks[PAGERDUTY]):
            log.warning("a request to %s was refused: PagerDuty did not sign it", PAGERDUTY_PATH)
            return web.json_response({"error": "the signature is not PagerDuty's"}, status=401)
        found = told_by_pagerduty(_json(raw))
        return await self._heard(f"pagerduty:{found[0]}", found[1]) if found else _unheard()

    async def opsgenie(self, request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if not any(_same(given, hook) for hook in self._hooks[OPSGENIE]):
            log.warning("a request to %s was refused: its token is not ours", OPSGENIE_PATH)
            return web.json_response({"error": "the token is not ours"}, status=401)
        touch = told_by_opsgenie(_json(await request.read()))
        return await self._heard(f"opsgenie:{touch.key}:{touch.did}", touch) if touch else _unheard()

    async def _heard(self, event: str, touch: Touch) -> web.Response:
        try:
            await self._hear(event, touch)
        except (DatabaseBusy, Outdated) as why:
            log.error("an answer in a pager was not written", extra={"reason": str(why)})
            return web.json_response({"error": "try again"}, status=503)
        return web.json_response({"heard": True})


def signed(raw: bytes, header: str, secrets: Sequence[str]) -> bool:
    """Say whether one of these secrets signed a body: while one is replaced there are two signatures."""
    given = [
        one.strip().removeprefix(VERSION) for one in header.split(",") if one.strip().startswith(VERSION)
    ]
    wanted = [hmac.new(one.encode(), raw, hashlib.sha256).hexdigest() for one in secrets]
    return any(_same(one, each) for one in given[:10] for each in wanted)


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _unheard() -> web.Response:
    return web.json_response({"heard": False})
