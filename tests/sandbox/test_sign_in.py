"""Sign in with Slack, with slack_sdk as the judge and the served keys to check the token."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.oauth import OpenIDConnectAuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Slack
from tests.sandbox.conftest import FakeClock, refused

# slack_sdk still hands its client's name and secret to aiohttp in the old way.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

ANA, OLD = "U0ANA00001", "U0OLD00014"
BACK = "https://app.example.com/back"


@pytest.fixture(autouse=True)
def with_an_address(manifest: dict[str, Any]) -> None:
    manifest["oauth_config"]["redirect_urls"] = [BACK, "http://localhost:3000/"]


def query(slack: Slack, **changes: str) -> dict[str, str]:
    asked = {"client_id": slack.sign_in.client_id, "redirect_uri": BACK, "scope": "openid profile email"}
    return {**asked, "response_type": "code", "state": "s1", "nonce": "n1", **changes}


async def allowed(
    slack: Slack, session: aiohttp.ClientSession, user: str = ANA, **changes: str
) -> dict[str, list[str]]:
    """Choose a person on the page, and return what the app is told."""
    where = f"{slack.url}/openid/connect/authorize"
    form = {**query(slack, **changes), "user": user}
    async with session.post(where, data=form, allow_redirects=False) as response:
        assert response.status == 302
        target = response.headers["Location"]
    assert target.startswith(f"{BACK}?")
    return parse_qs(urlsplit(target).query)


def exchanged(client: AsyncWebClient, slack: Slack, code: str, **changes: str) -> Any:
    known = {"client_id": slack.sign_in.client_id, "client_secret": slack.sign_in.client_secret}
    return client.openid_connect_token(**{**known, "code": code, "redirect_uri": BACK, **changes})


async def test_the_page_offers_everybody_who_is_there(slack: Slack, session: aiohttp.ClientSession) -> None:
    generator = OpenIDConnectAuthorizeUrlGenerator(
        client_id=slack.sign_in.client_id,
        redirect_uri=BACK,
        scopes=["openid", "email"],
        authorization_url=f"{slack.url}/openid/connect/authorize",
    )

    async with session.get(generator.generate(state='"><s>', nonce="n1")) as response:
        page = await response.text()

    assert ("Ana Ferreira" in page, "Olivia Dean" in page, "<s>" in page) == (True, False, False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"redirect_uri": "https://evil.example.com/"}, "bad_redirect_uri"),
        ({"redirect_uri": f"{BACK}ward"}, "bad_redirect_uri"),
        ({"redirect_uri": "http://app.example.com/back"}, "bad_redirect_uri"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid chat:write"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
async def test_what_is_wrong_is_told_and_nobody_is_sent_away(
    slack: Slack, session: aiohttp.ClientSession, changes: dict[str, str], said: str
) -> None:
    where = f"{slack.url}/openid/connect/authorize"
    async with session.get(where, params=query(slack, **changes), allow_redirects=False) as response:
        answer = (response.status, said in await response.text())

    assert answer == (400, True)


async def test_a_person_may_say_no(slack: Slack, session: aiohttp.ClientSession) -> None:
    assert await allowed(slack, session, user="") == {"error": ["access_denied"], "state": ["s1"]}
    assert "error" in await allowed(slack, session, user=OLD)


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def verified(slack: Slack, session: aiohttp.ClientSession, token: str) -> dict[str, Any]:
    """Check the signature by the book, with the public key alone, and return the claims."""
    async with session.get(f"{slack.url}/.well-known/openid-configuration") as response:
        keys_at = (await response.json())["jwks_uri"]
    async with session.get(keys_at) as response:
        (public,) = (await response.json())["keys"]
    head, body, signature = token.split(".")
    modulus, exponent = (int.from_bytes(decoded(public[name])) for name in ("n", "e"))
    opened = pow(int.from_bytes(decoded(signature)), exponent, modulus).to_bytes(256)
    assert modulus.bit_length() == 2048
    assert opened.endswith(hashlib.sha256(f"{head}.{body}".encode()).digest())
    assert opened.startswith(b"\x00\x01\xff\xff")
    assert json.loads(decoded(head)) == {"alg": "RS256", "typ": "JWT", "kid": public["kid"]}
    claims: dict[str, Any] = json.loads(decoded(body))
    return claims


async def test_a_code_becomes_tokens_that_say_who_it_is(
    slack: Slack, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    told = await allowed(slack, session)

    answer = await exchanged(client, slack, told["code"][0])
    claims = await verified(slack, session, answer["id_token"])
    user = AsyncWebClient(answer["access_token"], base_url=slack.api_url, session=session)
    info = await user.openid_connect_userInfo()

    assert told["state"] == ["s1"]
    assert answer["token_type"] == "Bearer"
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (
        "https://slack.com",
        slack.sign_in.client_id,
        "n1",
    )
    assert claims["exp"] - claims["iat"] == 300
    assert (claims["sub"], claims["email"], claims["name"]) == (ANA, "ana@example.com", "Ana Ferreira")
    assert info["https://slack.com/user_id"] == ANA
    assert info["https://slack.com/team_id"] == slack.workspace.team["id"]


async def test_only_what_was_asked_for_is_told(
    slack: Slack, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    told = await allowed(slack, session, scope="openid")

    claims = await verified(slack, session, (await exchanged(client, slack, told["code"][0]))["id_token"])

    assert claims["sub"] == ANA
    assert not {"email", "name"} & set(claims)


async def test_a_code_is_good_once_and_for_its_owner(
    slack: Slack, session: aiohttp.ClientSession, client: AsyncWebClient, clock: FakeClock
) -> None:
    (code,) = (await allowed(slack, session))["code"]
    (late,) = (await allowed(slack, session))["code"]

    assert await refused(exchanged(client, slack, "x")) == "invalid_code"
    assert await refused(exchanged(client, slack, code, client_id="1.2")) == "invalid_client_id"
    assert await refused(exchanged(client, slack, code, client_secret="x")) == "bad_client_secret"
    assert await refused(exchanged(client, slack, code, redirect_uri=f"{BACK}/x")) == "bad_redirect_uri"
    assert await refused(exchanged(client, slack, code, grant_type="password")) == "invalid_grant_type"
    assert (await exchanged(client, slack, code))["ok"]
    assert await refused(exchanged(client, slack, code)) == "invalid_code"
    clock.advance(minutes=11)
    assert await refused(exchanged(client, slack, late)) == "invalid_code"


async def test_who_has_no_token_is_nobody(client: AsyncWebClient) -> None:
    assert await refused(client.openid_connect_userInfo()) == "invalid_auth"
