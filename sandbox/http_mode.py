"""HTTP mode: signed requests to the app's one address."""

import asyncio
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import aiohttp

from sandbox.courier import Ack, Parcel
from sandbox.workspace import Workspace

GAPS = (0, 60, 300)
FORM = "application/x-www-form-urlencoded"
REASONS = {"timeout": "http_timeout", "unreachable": "connection_failed", "http_error": "http_error"}


class HttpMode:
    """Posts to `request_url`. Waits between retries are the sandbox's time."""

    def __init__(self, ws: Workspace, signing_secret: str) -> None:
        self._ws, self._secret = ws, signing_secret
        self._session: aiohttp.ClientSession | None = None
        self._known = asyncio.Event()
        self._url = ""

    @property
    def request_url(self) -> str:
        return self._url

    @request_url.setter
    def request_url(self, url: str) -> None:
        self._url = url
        self._known.set()

    async def ready(self) -> None:
        await self._known.wait()

    async def pause(self, attempt: int) -> None:
        await self._ws.clock.sleep(GAPS[attempt - 1])

    async def once(self, parcel: Parcel, patience: float) -> Ack:
        if not self._url:
            return Ack(error="unreachable")
        kind, body = _body(parcel)
        headers = {"Content-Type": kind}
        if parcel.attempt:
            headers["x-slack-retry-num"] = str(parcel.attempt)
            headers["x-slack-retry-reason"] = REASONS.get(parcel.reason, "unknown_error")
        try:
            status, text, answered = await self.post(body, headers, patience)
        except TimeoutError:
            return Ack(error="timeout")
        except aiohttp.ClientError:
            return Ack(error="unreachable")
        # An event is delivered by any success; a person's action needs a plain 200.
        if not (status == 200 or (parcel.kind == "events_api" and 200 <= status < 300)):
            return Ack(error="http_error", retry=answered.get("x-slack-no-retry") != "1")
        return Ack(_parsed(text))

    async def post(
        self, body: bytes, headers: dict[str, str], patience: float, at: int | None = None
    ) -> tuple[int, str, dict[str, str]]:
        """Sign and send; `at` is the time that the signature states. Returns status, text and headers."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        stamp = self._ws.seconds() if at is None else at
        signed = {
            "X-Slack-Request-Timestamp": str(stamp),
            "X-Slack-Signature": signature(self._secret, stamp, body),
            **headers,
        }
        timeout = aiohttp.ClientTimeout(total=patience)
        async with self._session.post(
            self._url, data=body, headers=signed, timeout=timeout, max_redirects=2
        ) as response:
            text = await response.text()
            return response.status, text, {key.lower(): value for key, value in response.headers.items()}

    async def verify(self) -> bool:
        """The url_verification that Slack makes when the address is saved."""
        body = {"type": "url_verification", "token": "verification-token", "challenge": self._ws.ids.new("c")}
        json_type = {"Content-Type": "application/json"}
        status, text, _ = await self.post(json.dumps(body).encode(), json_type, 3)
        return status == 200 and body["challenge"] in text

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def signature(secret: str, stamp: int, body: bytes) -> str:
    digest = hmac.new(secret.encode(), b"v0:%d:" % stamp + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


def _body(parcel: Parcel) -> tuple[str, bytes]:
    if parcel.kind == "events_api":
        return "application/json", json.dumps(parcel.payload).encode()
    if parcel.kind == "slash_commands":
        return FORM, urlencode(parcel.payload).encode()
    return FORM, urlencode({"payload": json.dumps(parcel.payload)}).encode()


def _parsed(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return {"text": text}
