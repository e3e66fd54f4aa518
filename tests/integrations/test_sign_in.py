"""What Slack says of who somebody is: believed only as it signed it, for us, now, and for this sign-in."""

import hmac
import json
from collections.abc import AsyncIterator, Callable
from functools import cache
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

from bot.config.environment import WebClient
from bot.integrations.slack.sign_in import ISSUER, SignInFailed, SlackAway, SlackSignIn
from sandbox.signing import encoded
from tests.fakes import FakeClock

CLIENT = WebClient("1.2", "shh")
BACK, NONCE = "https://m.test/sign-in/back", "n-1"


@cache
def key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


class Provider:
    """Slack, as far as this goes: it gives one token for every code."""

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}
        self.token: Any = {}
        self.beside: list[Any] = []
        self.away: list[str] = []

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/openid.connect.token", self.answer),
            web.get("/openid/connect/keys", self.keys),
        ]

    async def answer(self, request: web.Request) -> web.Response:
        if "token" in self.away:
            raise web.HTTPServiceUnavailable
        self.asked = {name: str(text) for name, text in (await request.post()).items()}
        return web.json_response(self.token)

    async def keys(self, _: web.Request) -> web.Response:
        if "keys" in self.away:
            self.away.remove("keys")
            raise web.HTTPServiceUnavailable
        return web.json_response({"keys": [*self.beside, key("ours").as_dict(private=False)]})


@pytest.fixture
async def provider() -> AsyncIterator[tuple[Provider, str]]:
    provider, app = Provider(), web.Application()
    app.add_routes(provider.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield provider, f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    await runner.cleanup()


def claims(clock: FakeClock, **other: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    said = {"iss": ISSUER, "aud": CLIENT.id, "iat": now, "exp": now + 300, "nonce": NONCE, "sub": "UANA"}
    return said | {f"{ISSUER}/user_id": "UANA", f"{ISSUER}/team_id": "T1"} | other


def signed(said: dict[str, Any], by: str = "ours") -> str:
    return jwt.encode({"alg": "RS256", "kid": by}, said, key(by))


def by_a_password(said: dict[str, Any]) -> str:
    """Sign with our public key, as whoever takes any algorithm for good would check it."""
    head = json.dumps({"alg": "HS256", "kid": "ours"})
    body = ".".join(encoded(one.encode()) for one in (head, json.dumps(said)))
    return f"{body}.{encoded(hmac.digest(key('ours').as_pem(private=False), body.encode(), 'sha256'))}"


def by_nobody(said: dict[str, Any]) -> str:
    head, body = json.dumps({"alg": "none"}), json.dumps(said)
    return f"{encoded(head.encode())}.{encoded(body.encode())}."


async def asked(provider: tuple[Provider, str], clock: FakeClock, token: Any, team: str | None = "T1") -> str:
    provider[0].token = token if isinstance(token, dict) else {"ok": True, "id_token": token}
    async with aiohttp.ClientSession() as session:
        slack = SlackSignIn(session, CLIENT, provider[1], clock, lambda: team)
        return await slack.person("c-1", BACK, NONCE)


async def test_whom_slack_names_is_who_it_is(provider: tuple[Provider, str], clock: FakeClock):
    assert await asked(provider, clock, signed(claims(clock))) == "UANA"

    wanted = {"client_id": "1.2", "client_secret": "shh", "code": "c-1", "redirect_uri": BACK}
    assert provider[0].asked == wanted | {"grant_type": "authorization_code"}


@pytest.mark.parametrize(
    "token",
    [
        lambda clock: signed(claims(clock), "theirs"),
        lambda clock: by_a_password(claims(clock)),
        lambda clock: by_nobody(claims(clock)),
        lambda clock: signed(claims(clock, iss="https://evil.test")),
        lambda clock: signed(claims(clock, aud="3.4")),
        lambda clock: signed(claims(clock, aud=["3.4", CLIENT.id])),
        lambda clock: signed(claims(clock, azp="3.4")),
        lambda clock: signed(claims(clock, exp=int(clock.now().timestamp()) - 61)),
        lambda clock: signed(claims(clock, iat=int(clock.now().timestamp()) + 120)),
        lambda clock: signed(claims(clock, nonce="n-2")),
        lambda clock: signed({name: one for name, one in claims(clock).items() if name != "nonce"}),
        lambda clock: signed(claims(clock, **{f"{ISSUER}/team_id": "T2"})),
        lambda clock: signed(claims(clock, sub="UBO")),
        lambda _: "no token",
        lambda _: {"ok": False, "error": "invalid_code"},
        lambda _: {"ok": True},
        lambda _: {},
    ],
    ids=[
        *(
            "another key",
            "a public key as password",
            "unsigned",
            "issuer",
            "audience",
            "two audiences",
            "client",
            "expired",
            "tomorrow",
        ),
        *("another nonce", "no nonce", "team", "two people", "rubbish", "refused", "no token", "nothing"),
    ],
)
async def test_anything_else_names_nobody(
    provider: tuple[Provider, str], clock: FakeClock, token: Callable[[FakeClock], Any]
):
    with pytest.raises(SignInFailed) as refused:
        await asked(provider, clock, token(clock))

    assert "shh" not in str(refused.value)


async def test_nobody_is_taken_in_before_slack_has_said_which_workspace_is_ours(
    provider: tuple[Provider, str], clock: FakeClock
):
    with pytest.raises(SignInFailed, match="which workspace"):
        await asked(provider, clock, signed(claims(clock)), team=None)


BROKEN = [{"kty": "RSA", "kid": "b"}, {"kty": "OKP", "crv": "New", "x": "AA", "kid": "c"}, "no key", None]


async def test_slacks_keys_are_changed_and_new_kinds_keep_nobody_out(
    provider: tuple[Provider, str], clock: FakeClock
):
    provider[0].beside = [key("next").as_dict(private=False), *BROKEN]

    assert await asked(provider, clock, signed(claims(clock), "next")) == "UANA"
    assert await asked(provider, clock, signed(claims(clock))) == "UANA"


async def test_keys_are_asked_for_again_since_the_code_is_used_up(
    provider: tuple[Provider, str], clock: FakeClock
):
    provider[0].away = ["keys"]
    assert await asked(provider, clock, signed(claims(clock))) == "UANA"

    provider[0].away = ["keys", "keys"]
    with pytest.raises(SlackAway):
        await asked(provider, clock, signed(claims(clock)))


async def test_slack_being_away_is_no_fault_of_whoever_signs_in(
    provider: tuple[Provider, str], clock: FakeClock
):
    with pytest.raises(SlackAway, match="could not be asked"):
        await asked((Provider(), "http://127.0.0.1:9/api/"), clock, "")
    with pytest.raises(SlackAway):
        await asked(provider, clock, {"ok": False, "error": "internal_error"})
    provider[0].away = ["token"]
    with pytest.raises(SlackAway):
        await asked(provider, clock, signed(claims(clock)))
