"""A service outside, called over HTTP: what its answers mean, and when it is left alone for a while."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp

from bot import leases
from bot.clock import Clock
from bot.integrations.answers import LONGEST, TooLong, said_in
from bot.integrations.retry_after import asked as asked_to_wait
from bot.jobs import DeliveryFailed

TIMEOUT = 10.0
"""Seconds that an answer may take."""
AT_ONCE = 4
"""So many calls are under way to it: the others of its deliveries wait without holding up Slack's."""
BUSY = timedelta(seconds=2)
FAILURES = 3
"""After so many failures in a row nothing is tried for `REST`: a breaker."""
PAGE = object()
"""What was answered where it is for people's eyes."""
LONG = object()
"""What was answered where there is more of it than is read."""
REST = timedelta(minutes=1)
REFUSED = timedelta(minutes=5)
"""How long after a token was refused: the operator mends it, and nothing is lost meanwhile."""
LONGEST_WAIT = timedelta(hours=1)
LONGEST_REASON = 200
_NOT_NOW = frozenset({408, 425})
"""Answers to what came too slowly, or too early: it was not looked at."""
_ELSEWHERE = frozenset({301, 302, 307, 308})
_REASONS = ("message", "error", "errorMessages", "errors")


class Gone(DeliveryFailed):
    """What was asked for is not there, or may not be seen with our token."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, permanent=True)


class Denied(DeliveryFailed):
    """Our token is not taken: the operator mends it, and nothing is lost meanwhile."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}. Check its token and what it may do", after=REFUSED)


class Unfit(DeliveryFailed):
    """What was sent is not taken. `fields` are those that the answer complains of."""

    def __init__(self, reason: str, fields: frozenset[str]) -> None:
        super().__init__(reason, permanent=True)
        self.fields = fields


class Conflict(Unfit):
    """What was asked for is so already (409)."""


class Moved(DeliveryFailed):
    """What was asked for is at another path of the same service now."""

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(reason, permanent=True)
        self.path = path


class Endless(DeliveryFailed):
    """There is more in the answer than is read. Of what was to be changed nobody knows whether it was."""

    def __init__(self, name: str, *, uncertain: bool) -> None:
        why = f"{name} answered with more than {LONGEST // 1_000_000} MB, which is not read"
        super().__init__(why, permanent=not uncertain, uncertain=uncertain)


class Destination:
    """Calls one service. `name` is what people call it; its token is in `headers` and never in an error."""

    def __init__(self, name: str, base: str, headers: Mapping[str, str], clock: Clock) -> None:
        self.name = name
        self._base = base.rstrip("/")
        self._headers = headers
        self._clock = clock
        self._under_way = 0
        self._failures = 0
        self._rests_until = float("-inf")

    async def call(
        self,
        method: str,
        path: str,
        *,
        said: Any = None,
        asked: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Call once and return the status and what the answer says. Raises DeliveryFailed, or Gone for 404.

        What is `said` is JSON, or a `form`. A call that changes something and has no answer is uncertain:
        look before it is made again.
        """
        self._minded()
        leases.check()
        self._under_way += 1
        try:
            body = {"json": said} if form is None else {"data": form}
            status, found, after, to = await self._made(method, path, body, asked, headers or {})
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL):
            raise self._failed(f"{self.name} could not be reached") from None
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise self._failed(f"{self.name} did not answer", uncertain=method != "GET") from None
        finally:
            self._under_way -= 1
        if status < 300 and found is PAGE:  # of a proxy before it: whether anything was done nobody knows
            raise self._failed(f"{self.name} answered with a web page", uncertain=method != "GET")
        if status < 300:
            self._failures = 0
            if found is LONG:
                raise Endless(self.name, uncertain=method != "GET")
            return status, found
        if status in _ELSEWHERE and to.startswith(f"{self._base}/"):
            raise Moved(f"{self.name} answered {status}", to.removeprefix(f"{self._base}/"))
        raise self._refused(status, found, after, changes=method != "GET")

    async def read(self, path: str) -> tuple[str, Any]:
        """Return what is at a path, and the path: of what was moved the one where it is now."""
        try:
            return path, (await self.call("GET", path))[1]
        except Moved as moved:
            return moved.path, (await self.call("GET", moved.path))[1]

    async def _made(
        self, method: str, path: str, body: Mapping[str, Any], asked: Any, headers: Mapping[str, str]
    ) -> tuple[int, Any, timedelta | None, str]:
        async with (
            aiohttp.ClientSession(trust_env=True, timeout=aiohttp.ClientTimeout(TIMEOUT)) as session,
            session.request(
                method,
                f"{self._base}/{path}",
                params=asked,
                headers={**self._headers, **headers},
                allow_redirects=False,
                **body,
            ) as answer,
        ):
            try:
                found = await said_in(answer)
            except TooLong:
                found = LONG
            except ValueError:
                found = PAGE if answer.content_type == "text/html" else None
            to = answer.headers.get("Location", "")
            return answer.status, found, self._asked_to_wait(answer), to

    def _asked_to_wait(self, answer: aiohttp.ClientResponse) -> timedelta | None:
        """Return for how long nothing may be asked, if it says so: GitHub also gives the time."""
        headers = answer.headers
        until = headers.get("X-RateLimit-Reset", "")
        if "Retry-After" in headers or headers.get("X-RateLimit-Remaining") != "0" or not _whole(until):
            return asked_to_wait(headers)
        return timedelta(seconds=max(1, int(until) - int(self._clock.now().timestamp())))

    def _minded(self) -> None:
        rests = self._rests_until - self._clock.monotonic()
        if rests > 0:
            why = f"{self.name} is left alone for a while"
            raise DeliveryFailed(why, held=True, after=timedelta(seconds=rests))
        if self._under_way >= AT_ONCE:
            raise DeliveryFailed(f"{self.name} is busy with others of ours", held=True, after=BUSY)

    def _refused(self, status: int, found: Any, after: timedelta | None, *, changes: bool) -> DeliveryFailed:
        said = f"{self.name} answered {status}{_reason(found)}"
        # GitHub says 403 too when it is asked too often, at times in words alone
        if status in {420, 429} or (status == 403 and (after or "rate limit" in said.lower())):
            wait = min(after or REST, LONGEST_WAIT)
            self._rest(wait)
            return DeliveryFailed(said, held=True, after=wait)
        if status in {401, 403}:
            return Denied(said)
        if status >= 500 or status in _NOT_NOW:
            return self._failed(said, uncertain=changes and status >= 500, after=after)
        if status in {404, 410}:
            return Gone(said)
        return (Conflict if status == 409 else Unfit)(said, frozenset(_complaints(found)))

    def _failed(self, why: str, *, uncertain: bool = False, after: timedelta | None = None) -> DeliveryFailed:
        self._failures += 1
        wait = min(after, LONGEST_WAIT) if after else None
        if wait or self._failures >= FAILURES:
            self._rest(wait or REST)
        return DeliveryFailed(why, uncertain=uncertain, after=wait)

    def _rest(self, wait: timedelta) -> None:
        self._rests_until = self._clock.monotonic() + wait.total_seconds()


def _reason(found: Any) -> str:
    """Return what an answer says of its error, if it says it as such services do."""
    if not isinstance(found, dict):
        return ""
    said = next((found[one] for one in _REASONS if found.get(one)), "")
    text = said if isinstance(said, str) else str(said)
    if isinstance(found.get("errors"), list) and (fields := _complaints(found)):
        text = f"{text}: {', '.join(f'{name} {why}' for name, why in fields.items())}"
    return f" ({text[:LONGEST_REASON]})" if text else ""


def _complaints(found: Any) -> dict[str, str]:
    """Return what is wrong with which field: GitHub has a list of errors, Jira an object of them."""
    errors = found.get("errors") if isinstance(found, dict) else None
    if isinstance(errors, dict):
        return {name: str(why) for name, why in errors.items()}
    each = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return {str(one["field"]): str(one.get("message") or one.get("code")) for one in each if "field" in one}


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15
