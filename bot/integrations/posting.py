"""Posting to the services behind contact methods."""

from datetime import timedelta
from typing import Any

import aiohttp

from bot.integrations.answers import said_in
from bot.integrations.retry_after import asked
from bot.jobs import DeliveryFailed

NEVER = frozenset({400, 404, 410, 413, 422})
"""What a service answers to what it will never take, such as a number that nobody has."""

_MEANT = {21610: ": the number unsubscribed by STOP, text START from it"}
"""What a person can do about an error of Twilio's."""


async def post(url: str, **how: Any) -> None:
    """Post once. Raises DeliveryFailed, with the status and Twilio's number of the error alone."""
    try:
        async with (
            aiohttp.ClientSession(trust_env=True) as session,
            session.post(url, allow_redirects=False, **how) as answer,
        ):
            if answer.status >= 300:
                raise _failure(answer.status, await _code(answer), asked(answer.headers))
    except aiohttp.ClientConnectorError:
        raise DeliveryFailed("it could not be reached") from None
    except (aiohttp.ClientError, OSError):
        raise DeliveryFailed("the connection to it broke", uncertain=True) from None


def _failure(status: int, code: str, after: timedelta | None) -> DeliveryFailed:
    """Return what an answer means: an account that is refused may be mended while the page waits."""
    return DeliveryFailed(
        f"it answered {status}{code}", permanent=status in NEVER, uncertain=status >= 500, after=after
    )


async def _code(answer: aiohttp.ClientResponse) -> str:
    try:
        found = await said_in(answer)
    except ValueError:
        return ""
    code = found.get("code") if isinstance(found, dict) else None
    return f" ({code}{_MEANT.get(code, '')})" if isinstance(code, int) else ""
