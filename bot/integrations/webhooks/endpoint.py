"""The endpoint of a webhook: called once, signed, and left alone for a while when it fails."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot import leases
from bot.clock import Clock
from bot.config.webhooks import WebhookSettings
from bot.integrations.webhooks.guard import Guard, Pinned, Refused
from bot.jobs import DeliveryFailed

TIMEOUT = 15.0
"""Seconds that a call may take in all."""
AT_ONCE = 2
"""So many calls are under way to one endpoint, and `ALL_AT_ONCE` to all: other deliveries have room."""
ALL_AT_ONCE = 6
BUSY = timedelta(seconds=2)
FAILURES = 3
"""After so many failures in a row nothing is tried for `REST`."""
REST = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
UNREADABLE = frozenset({400, 413, 422})
"""Answers that say that this event is not taken, however often it is sent."""
GONE = "it answered 410: it asks for nothing more"
_HEADERS = 16_384


@dataclass(slots=True)
class UnderWay:
    """How many calls are under way to all webhooks."""

    count: int = 0


class Endpoint:
    """Calls one webhook. Neither its address nor its secret is ever in an error."""

    def __init__(self, settings: WebhookSettings, clock: Clock, guard: Guard, all_of_them: UnderWay) -> None:
        self.settings = settings
        self._clock = clock
        self._guard = guard
        self._all = all_of_them
        self._under_way = 0
        self._failures = 0
        self._rests_until = float("-inf")

    async def send(self, message_id: str, said: Mapping[str, Any]) -> None:
        """Send an event once. Raises DeliveryFailed; `after` is how long its endpoint asks to wait."""
        self._minded()
        leases.check()
        self._under_way += 1
        self._all.count += 1
        try:
            status, after = await self._called(message_id, json.dumps(said, ensure_ascii=False).encode())
        finally:
            self._under_way -= 1
            self._all.count -= 1
        if 200 <= status < 300:
            self._failures = 0
            return
        if status == 410:
            raise DeliveryFailed(GONE, permanent=True)
        if status in UNREADABLE:
            raise DeliveryFailed(f"it answered {status}: it does not take this event", permanent=True)
        redirected = ", and a redirection is not followed" if 300 <= status < 400 else ""
        raise self._failed(f"it answered {status}{redirected}", after=after, uncertain=status >= 500)

    async def _called(self, message_id: str, body: bytes) -> tuple[int, timedelta | None]:
        try:
            async with asyncio.timeout(TIMEOUT):
                return await self._posted(message_id, body)
        except Refused as refused:
            raise self._failed(str(refused)) from None
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL, aiohttp.ServerFingerprintMismatch):
            raise self._failed("it could not be reached") from None
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise self._failed("it did not answer", uncertain=True) from None
        except OSError:  # its name is not known
            raise self._failed("it could not be reached") from None

    async def _posted(self, message_id: str, body: bytes) -> tuple[int, timedelta | None]:
        parts = urlsplit(self.settings.url)
        host, plain = parts.hostname or "", parts.scheme == "http"
        port = parts.port or (80 if plain else 443)
        where = await self._guard.addresses(host, port, plain=plain, allow=self.settings.allow)
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=Pinned(where), use_dns_cache=False, force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,  # by a proxy another address would be called than was judged
                max_line_size=_HEADERS,
                max_field_size=_HEADERS,
            ) as session,
            session.post(
                self.settings.url,
                data=body,
                headers=self._signed(message_id, body),
                allow_redirects=False,
            ) as answer,
        ):
            return answer.status, self._asked(answer.headers.get("Retry-After", ""))

    def _signed(self, message_id: str, body: bytes) -> dict[str, str]:
        at = int(self._clock.now().timestamp())
        return {
            "Content-Type": "application/json",
            "User-Agent": f"Muster/{version('muster-bot')}",
            "webhook-id": message_id,
            "webhook-timestamp": str(at),
            "webhook-signature": signature(self.settings.keys, message_id, at, body),
        }

    def _asked(self, written: str) -> timedelta | None:
        """Return for how long the endpoint asks to be left alone: in seconds, or until a date."""
        if written.isascii() and written.isdigit():
            return timedelta(seconds=min(int(written), 86_400))
        try:
            until = parsedate_to_datetime(written)
        except (TypeError, ValueError):
            return None
        aware = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max(aware - self._clock.now(), timedelta()), timedelta(days=1))

    def _minded(self) -> None:
        rests = self._rests_until - self._clock.monotonic()
        if rests > 0:
            raise DeliveryFailed("it is left alone for a while", held=True, after=timedelta(seconds=rests))
        if self._under_way >= AT_ONCE or self._all.count >= ALL_AT_ONCE:
            raise DeliveryFailed("other events are under way", held=True, after=BUSY)

    def _failed(self, why: str, *, after: timedelta | None = None, uncertain: bool = False) -> DeliveryFailed:
        self._failures += 1
        if after or self._failures >= FAILURES:
            rest = min(after or REST, LONGEST_WAIT)
            self._rests_until = self._clock.monotonic() + rest.total_seconds()
        return DeliveryFailed(why, uncertain=uncertain, after=after)


def signature(keys: Collection[bytes], message_id: str, at: int, body: bytes) -> str:
    """Return the signatures of a message, one by each key, by Standard Webhooks."""
    signed = f"{message_id}.{at}.".encode() + body
    digests = (hmac.new(key, signed, hashlib.sha256).digest() for key in keys)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
