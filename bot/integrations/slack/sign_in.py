"""Sign in with Slack: OpenID Connect, as https://docs.slack.dev/authentication/sign-in-with-slack says it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.clock import Clock
from bot.config.environment import WebClient

try:
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet, RSAKey
except ImportError:  # an extra
    jwt = None  # type: ignore[assignment]

EXTRA = "Signing in with Slack needs the package joserfc: pip install 'muster-bot[web]'"
ISSUER = "https://slack.com"
SCOPE = "openid profile"
TOKEN = "openid.connect.token"  # noqa: S105 - a method
NOT_NOW = ("fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable")
"""Errors of Slack's that say nothing of the code."""
LEEWAY = 60
"""Seconds by which the clocks of Slack and of this machine may be apart."""


class SignInFailed(Exception):
    """Slack did not say who it is; the reason is for the log."""


class SlackAway(SignInFailed):
    """Slack could not be asked: nothing is wrong with whoever signs in."""


def can_sign_in() -> bool:
    return jwt is not None


class SlackSignIn:
    """Asks Slack who somebody is. `team` says which workspace is ours, once Slack has told us."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        client: WebClient,
        api_url: str,
        clock: Clock,
        team: Callable[[], str | None],
    ) -> None:
        self._session, self._client, self._clock, self._team = session, client, clock, team
        self._api = api_url
        self._base = api_url.removesuffix("api/")

    def address(self, back: str, state: str, nonce: str) -> str:
        """Return where somebody says to Slack who they are; it leads them `back`."""
        asked = {
            "response_type": "code",
            "scope": SCOPE,
            "client_id": self._client.id,
            "state": state,
            "nonce": nonce,
            "redirect_uri": back,
        }
        asked |= {"team": team} if (team := self._team()) else {}
        return f"{self._base}openid/connect/authorize?{urlencode(asked)}"

    async def person(self, code: str, back: str, nonce: str) -> str:
        """Return the Slack user id of whoever came back with a code. Raises SignInFailed, or SlackAway."""
        team = self._team()
        if not team:
            raise SlackAway("Slack has not said yet which workspace this is")
        form = {
            "client_id": self._client.id,
            "client_secret": self._client.secret,
            "code": code,
            "grant_type": "authorization_code",
            "redirect_uri": back,
        }
        answer = await self._asked("POST", f"{self._api}{TOKEN}", form)
        if answer.get("ok") is not True:
            why = str(answer.get("error"))[:80]
            raise (SlackAway if why in NOT_NOW else SignInFailed)(f"{TOKEN}: {why}")
        keys = await self._keys()
        claims = self._claims(str(answer.get("id_token", "")), keys, nonce)
        if claims.get(f"{ISSUER}/team_id") != team:
            raise SignInFailed("it is somebody of another workspace")
        person = claims.get(f"{ISSUER}/user_id")
        if not isinstance(person, str) or person != claims.get("sub"):
            raise SignInFailed("the token names nobody")
        return person

    async def _keys(self) -> list[Any]:
        """Return the keys that Slack signs with now; ask twice for them: the code is used up by then."""
        url = f"{self._base}openid/connect/keys"
        try:
            said = await self._asked("GET", url)
        except SlackAway:
            said = await self._asked("GET", url)
        found = said.get("keys")
        return found if isinstance(found, list) else []

    def _claims(self, token: str, keys: list[Any], nonce: str) -> dict[str, Any]:
        """Return what a token says, if Slack signed it with one of its keys for us and for this sign-in."""
        try:
            found = jwt.decode(token, KeySet(list(_readable(keys))), algorithms=["RS256"])
            demanded = jwt.JWTClaimsRegistry(
                now=int(self._clock.now().timestamp()),
                leeway=LEEWAY,
                iss={"essential": True, "value": ISSUER},
                aud={"essential": True, "value": self._client.id},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            demanded.validate(found.claims)
            _ours_alone(found.claims, self._client.id)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise SignInFailed(f"the token is not good: {type(error).__name__}") from error
        return dict(found.claims)

    async def _asked(self, method: str, url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            async with self._session.request(method, url, data=form, allow_redirects=False) as answer:
                said = await answer.json(content_type=None)
                if answer.status != 200 or not isinstance(said, dict):
                    raise SlackAway(f"Slack answered {answer.status}")
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as failure:
            raise SlackAway(f"Slack could not be asked: {type(failure).__name__}") from failure
        return said


def _readable(keys: list[Any]) -> Iterator[Any]:
    """Give the RSA keys of a set that can be read: one of a new kind beside them keeps nobody out."""
    for one in keys:
        with suppress(JoseError, ValueError, TypeError, KeyError, AttributeError):
            yield RSAKey.import_key(one)


def _ours_alone(claims: dict[str, Any], client: str) -> None:
    """Raise ValueError for a token that is for others too, or was made for another client."""
    if claims["aud"] not in (client, [client]) or claims.get("azp", client) != client:
        raise ValueError("it is for another client too")
