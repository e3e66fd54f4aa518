"""Sign in with Slack: a page on which one chooses who one is, codes, tokens and who they stand for."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from sandbox.bodies import form
from sandbox.errors import SlackError
from sandbox.guard import POLICY
from sandbox.signing import encoded, key
from sandbox.state import Json, User
from sandbox.workspace import Workspace

ISSUER = "https://slack.com"
SCOPES = {"openid", "profile", "email"}
CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = 300
HERE = ("localhost", "127.0.0.1")
ASKED = ("client_id", "redirect_uri", "scope", "state", "nonce", "response_type", "team")

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in to {team}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/sign-in.css">
<h1>{app} wants to know who you are in {team}</h1>
<form method="post" action="/openid/connect/authorize">{hidden}{people}
<button name="user" value="">Cancel</button></form></html>"""


@dataclass
class Grant:
    user: str
    redirect_uri: str
    scopes: set[str]
    nonce: str
    issued: datetime
    used: bool = False


class SignIn:
    def __init__(self, ws: Workspace, redirects: tuple[str, ...], client_secret: str) -> None:
        self._ws, self.redirects = ws, redirects
        self.client_id, self.client_secret = "1000000001.2000000002", client_secret
        self._codes: dict[str, Grant] = {}
        self._tokens: dict[str, Grant] = {}

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/openid/connect/authorize", self.choose),
            web.post("/openid/connect/authorize", self.chosen),
            web.get("/openid/connect/keys", self.keys),
            web.get("/.well-known/openid-configuration", self.discovery),
        ]

    async def choose(self, request: web.Request) -> web.Response:
        asked = self._checked(dict(request.query))
        # The key will be needed in a moment, and making it takes one.
        await asyncio.to_thread(key)
        hidden = [f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in asked.items()]
        people = [
            f'<button name="user" value="{user.id}">{escape(user.real_name)} ({escape(user.handle)})</button>'
            for user in self._ws.users.values()
            if not user.bot and not user.deleted
        ]
        names = {"team": escape(self._ws.team["name"]), "app": escape(self._ws.app.name)}
        page = PAGE.format(**names, hidden="".join(hidden), people="".join(people))
        # The answer leads back to the app, which browsers count as part of sending the form.
        back = urlsplit(asked["redirect_uri"])
        policy = POLICY.replace("form-action 'self'", f"form-action 'self' {back.scheme}://{back.netloc}")
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        # Without a referrer browsers send a form from nowhere, and the guard takes none of those.
        headers["Referrer-Policy"] = "same-origin"
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def chosen(self, request: web.Request) -> web.Response:
        given = await form(request)
        asked, user = self._checked(given), self._ws.users.get(given.get("user", ""))
        answer = {"error": "access_denied"}
        if user and not user.deleted and not user.bot:
            answer = {"code": self._ws.ids.secret("code.")}
            scopes, nonce = _scopes(asked["scope"]), asked.get("nonce", "")
            grant = Grant(user.id, asked["redirect_uri"], scopes, nonce, self._ws.clock.now())
            self._codes[answer["code"]] = grant
        answer |= {"state": asked["state"]} if "state" in asked else {}
        mark = "&" if urlsplit(asked["redirect_uri"]).query else "?"
        raise web.HTTPFound(f"{asked['redirect_uri']}{mark}{urlencode(answer)}")

    def _checked(self, given: dict[str, str]) -> dict[str, str]:
        """What was asked for; a wrong address is told to the person, and never followed."""
        asked = {name: given[name] for name in ASKED if name in given}
        scopes = _scopes(asked.get("scope", ""))
        problem = None
        if asked.get("client_id") != self.client_id:
            problem = "invalid_client_id"
        elif not self._registered(asked.get("redirect_uri", "")):
            problem = "bad_redirect_uri: it must be one of oauth_config.redirect_urls of the manifest"
        elif "openid" not in scopes or not scopes <= SCOPES:
            problem = f"invalid_scope: openid is needed, of {', '.join(sorted(SCOPES))}"
        elif asked.get("response_type", "code") != "code":
            problem = "unsupported_response_type"
        if problem:
            raise web.HTTPBadRequest(text=problem)
        return asked

    def _registered(self, uri: str) -> bool:
        """Slack wants https; an address on this machine will do here."""
        try:
            parts = urlsplit(uri)
        except ValueError:
            return False
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
        return safe and any(
            uri == known or uri.startswith(f"{known.rstrip('/')}/") for known in self.redirects
        )

    async def keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [key().public()]})

    async def discovery(self, request: web.Request) -> web.Response:
        url = self._ws.url
        return web.json_response(
            {
                "issuer": ISSUER,
                "authorization_endpoint": f"{url}/openid/connect/authorize",
                "token_endpoint": f"{url}/api/openid.connect.token",
                "userinfo_endpoint": f"{url}/api/openid.connect.userInfo",
                "jwks_uri": f"{url}/openid/connect/keys",
                "scopes_supported": sorted(SCOPES),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    # The two methods

    def token(self, args: Json) -> Json:
        """openid.connect.token: a code for tokens, once."""
        if args.get("client_id") != self.client_id:
            raise SlackError("invalid_client_id")
        if args.get("client_secret") != self.client_secret:
            raise SlackError("bad_client_secret")
        if args.get("grant_type", "authorization_code") != "authorization_code":
            raise SlackError("invalid_grant_type")
        grant = self._codes.get(str(args.get("code")))
        if grant is None or grant.used or self._ws.clock.now() - grant.issued > CODE_LIFE:
            raise SlackError("invalid_code")
        if args.get("redirect_uri") != grant.redirect_uri:
            raise SlackError("bad_redirect_uri")
        grant.used = True
        access = self._ws.ids.secret("xoxp-")
        self._tokens[access] = grant
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {**self._claims(grant), **self._times(grant), "at_hash": encoded(half)}
        return {"access_token": access, "token_type": "Bearer", "id_token": key().sign(claims)}

    def user_info(self, token: str | None) -> Json:
        """openid.connect.userInfo: who the token stands for."""
        if not token:
            raise SlackError("not_authed")
        if token not in self._tokens:
            raise SlackError("invalid_auth")
        return self._claims(self._tokens[token])

    def _times(self, grant: Grant) -> Json:
        now = self._ws.seconds()
        issued = {"iss": ISSUER, "aud": self.client_id, "iat": now, "exp": now + TOKEN_LIFE}
        nonce = {"nonce": grant.nonce} if grant.nonce else {}
        return {**issued, "auth_time": int(grant.issued.timestamp()), **nonce}

    def _claims(self, grant: Grant) -> Json:
        user, team = self._ws.users[grant.user], self._ws.team
        claims: dict[str, Any] = {
            "sub": user.id,
            f"{ISSUER}/user_id": user.id,
            f"{ISSUER}/team_id": team["id"],
            f"{ISSUER}/team_name": team["name"],
            f"{ISSUER}/team_domain": team["domain"],
        }
        if "email" in grant.scopes:
            claims |= {"email": user.email, "email_verified": bool(user.email)}
            claims["date_email_verified"] = 0
        return {**claims, **(_names(user) if "profile" in grant.scopes else {})}


def _scopes(given: str) -> set[str]:
    """By spaces, as the standard says, or by commas, as slack_sdk writes them."""
    return set(given.replace(",", " ").split())


def _names(user: User) -> Json:
    given, _, family = user.real_name.partition(" ")
    return {"name": user.real_name, "given_name": given, "family_name": family, "locale": "en-US"}
