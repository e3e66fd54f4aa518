"""The Web API client on the session that all share, counting what becomes of each call."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import leases
from bot.clock import Clock
from bot.health.measures import Measures
from bot.jobs import DeliveryFailed


class LeasedRequest(aiohttp.ClientRequest):
    """A request that looks at the lease once the connection stands, just before its first byte leaves."""

    async def send(self, conn: Any) -> aiohttp.ClientResponse:
        leases.check()
        return await super().send(conn)


def session(patience: float) -> aiohttp.ClientSession:
    """Return the session that all calls to Slack share; `patience` is how many seconds each may take."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=patience), request_class=LeasedRequest)


def sends(web: AsyncWebClient, method: str) -> Callable[..., Awaitable[AsyncSlackResponse]]:
    """Return how slack_sdk itself sends a method.

    Slack reads JSON only for some methods, and takes it for no arguments at all for the others.
    """
    named = getattr(web, method.replace(".", "_"), None)
    return cast(Callable[..., Awaitable[AsyncSlackResponse]], named or partial(_by_form, web, method))


async def _by_form(web: AsyncWebClient, method: str, **given: Any) -> AsyncSlackResponse:
    """Send a method that is younger than the installed slack_sdk: a form is read by all of them."""
    return await web.api_call(method, params=given)


class CountedClient(AsyncWebClient):
    """Makes each call once and repeats nothing by itself. An answer in plain text raises DeliveryFailed."""

    def __init__(self, clock: Clock, measures: Measures, **how: Any) -> None:
        super().__init__(retry_handlers=[], **how)
        self._clock = clock
        self._measures = measures

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Call a method, and count what became of it."""
        began = self._clock.monotonic()
        result: str | None = "unknown"
        try:
            response = await super().api_call(api_method, **arguments)
            result = "ok"
        except SlackApiError as error:
            result = _result(error.response)
            raise
        except AttributeError as error:  # what slack_sdk makes of plain text with status 200
            raise DeliveryFailed(f"{api_method}: what answers is not Slack", uncertain=True) from error
        except aiohttp.ClientConnectorError:
            result = "unreachable"
            raise
        except leases.LeaseInDoubt:
            result = None
            raise
        finally:
            if result:
                self._measures.called(api_method, result, self._clock.monotonic() - began)
        return response


def _result(response: Any) -> str:
    """Return what an answer that is not ok means, in one of few words: each is a time series."""
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    data = getattr(response, "data", None)
    if status == 429:
        return "ratelimited"
    return "refused" if status < 500 and isinstance(data, dict) else "unknown"
