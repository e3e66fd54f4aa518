"""Signing in with Slack, and out again."""

import logging
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote

from aiohttp import web

from bot.views.browser.rendering import HEADERS, Viewer
from bot.web.sessions import SIGN_IN_LASTS, own_path
from handlers.api import Rate
from handlers.browser.site import SESSION, SIGN_IN_PATH, SIGN_OUT_PATH, Site
from storage import ended_sessions, people

log = logging.getLogger("muster.pages")

BEGIN_PATH = f"{SIGN_IN_PATH}/slack"
BACK_PATH = f"{SIGN_IN_PATH}/back"
SIGN_IN = "muster_sign_in"
PER_MINUTE = 200
"""How many may come back from Slack in a minute from one address: Slack is asked twice for each. Behind a
proxy all people have one address, and in an incident they come together.
"""

STRANGE = (
    "This sign-in did not begin in this browser, or more than 10 minutes ago. Begin again, and finish it in "
    "the same browser."
)
REFUSED = "Slack did not confirm who you are. Begin again; if it happens once more, ask Muster's operator."
BUSY = "Very many sign in just now. Load this page again in a minute."
AWAY = "Slack did not answer, so nobody could say who you are. Begin again in a minute."
CANCELLED = "You cancelled in Slack, so you are not signed in."
AGAIN = ((SIGN_IN_PATH, "Begin again"),)


class Provider(Protocol):
    """Who says who somebody is."""

    def address(self, back: str, state: str, nonce: str) -> str: ...

    async def person(self, code: str, back: str, nonce: str) -> str: ...


class SignInPages:
    """Begins and ends sessions. What `provider` raises as `failed` is said plainly, and logged; so is `away`,
    where nobody could be asked.
    """

    def __init__(
        self, site: Site, provider: Provider, failed: type[Exception], away: type[Exception]
    ) -> None:
        self._site, self._provider = site, provider
        self._failed, self._away = failed, away
        self._rate = Rate(site.uow.clock, PER_MINUTE)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(SIGN_IN_PATH, self._site.guarded(self.offer)),
            web.get(BEGIN_PATH, self._site.guarded(self.begin)),
            web.get(BACK_PATH, self._site.guarded(self.back)),
            self._site.post(SIGN_OUT_PATH, self.sign_out),
        ]

    async def offer(self, request: web.Request) -> web.Response:
        """Show where to sign in, and that one did not choose to in Slack."""
        to = own_path(request.query.get("to", "/"))
        if await self._site.signed_in(request):
            return self._site.go(to)
        lines = (CANCELLED,) if "cancelled" in request.query else ()
        begin = f"{BEGIN_PATH}?to={quote(to, safe='/')}"
        return self._site.render("sign_in.html", None, title="Sign in", lines=lines, begin=begin)

    async def begin(self, request: web.Request) -> web.Response:
        """Lead to Slack, with what has to come back."""
        begun = self._site.sessions.sign_in(
            own_path(request.query.get("to", "/")), self._site.uow.clock.now()
        )
        address = self._provider.address(self._back, begun.state, begun.nonce)
        response = web.Response(status=303, headers={**HEADERS, "Location": address})
        kept = self._site.sessions.sign_in_cookie(begun)
        self._site.keep(response, SIGN_IN, kept, SIGN_IN_LASTS.total_seconds())
        return response

    async def back(self, request: web.Request) -> web.Response:
        """Take whoever comes back from Slack in, if Slack and our people's list say that they may."""
        now = self._site.uow.clock.now()
        query: Mapping[str, str] = request.query
        begun = self._site.sessions.begun(request.cookies.get(SIGN_IN, ""), query.get("state", ""), now)
        if not begun:
            response = self._site.message(400, "Not signed in", STRANGE, ways=AGAIN)
        elif query.get("error") == "access_denied":
            response = self._site.go(f"{SIGN_IN_PATH}?cancelled=1")
        elif busy := self._too_often(request):
            return busy  # and what began is kept: the same address is good in a minute
        else:
            response = await self._taken_in(query.get("code", ""), begun.nonce, begun.to)
        self._site.forget(response, SIGN_IN)
        return response

    async def _taken_in(self, code: str, nonce: str, to: str) -> web.Response:
        try:
            person = await self._provider.person(code, self._back, nonce)
        except self._away as why:
            log.warning("Slack could not be asked who signs in", extra={"reason": str(why)})
            return self._site.message(503, "Not signed in", AWAY, ways=AGAIN)
        except self._failed as why:
            log.warning("a sign-in was refused", extra={"reason": str(why)})
            return self._site.message(403, "Not signed in", REFUSED, ways=AGAIN)
        if why_not := self._site.refusal(await self._site.uow.read(people.get, person)):
            log.warning("a sign-in was refused", extra={"person": person, "reason": why_not})
            return self._site.message(403, "Not signed in", why_not, ways=AGAIN)
        log.info("somebody signed in", extra={"person": person})
        response = self._site.go(own_path(to))
        self._site.begin(response, person)
        return response

    async def sign_out(self, request: web.Request, viewer: Viewer, _: Mapping[str, str]) -> web.Response:
        """End the session everywhere: its cookie opens nothing any more, wherever a copy of it is."""
        if session := self._site.session(request):
            await self._site.uow.perform(ended_sessions.end, session.key)
        log.info("somebody signed out", extra={"person": viewer.person})
        response = self._site.go(SIGN_IN_PATH)
        self._site.forget(response, SESSION)
        return response

    @property
    def _back(self) -> str:
        return f"{self._site.base}{BACK_PATH}"

    def _too_often(self, request: web.Request) -> web.Response | None:
        wait = self._rate.wait(str(request.remote))
        if not wait:
            return None
        response = self._site.message(429, "Not signed in yet", BUSY, ways=AGAIN)
        response.headers["Retry-After"] = str(int(wait) + 1)
        return response
