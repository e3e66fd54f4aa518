"""What somebody at a browser reads where no page of ours answers: an address that is none, a form that is too
long, a method that an address does not take. Programs are answered as they were.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeAlias

from aiohttp import web

from bot.domain.errors import Refused
from bot.views.browser.rendering import Viewer
from handlers.browser.site import SIGN_IN_PATH, Site
from storage.database import DatabaseBusy, Outdated

Unread: TypeAlias = Callable[[web.Request, str, web.Response], Awaitable[web.Response]]

MACHINES = ("/api/", "/slack/", "/twilio/", "/static/", "/v1/", "/v2/", "/b/", "/c/", "/healthz", "/readyz")
"""Where only programs ask: they are answered in their own way, or with one line."""
MEASURES = "/metrics"
_FORMS = ("application/octet-stream", "application/x-www-form-urlencoded", "multipart/form-data")
"""How a browser sends a form; the first is what a request without a body is taken for."""
_KEPT = ("Allow", "Retry-After")

NOTHING = "There is no page at this address. It may be mistyped, or lead to something that is gone."
NOT_SO = "This address is there for a form of ours, and nothing is read at it. Nothing was done."
TOO_LARGE = (
    "This is longer than anything that is kept here, and nothing was saved. Go back in your browser: it "
    "still has what you wrote. Take out the longest part, such as a log, and send it again."
)
UNREADABLE = "This is no form that can be read, and nothing was done. Load the page again, then send it."
OFTEN = "That was too often. Try again in a minute."
SAID = {
    HTTPStatus.NOT_FOUND: ("Not found", NOTHING),
    HTTPStatus.METHOD_NOT_ALLOWED: ("Not done", NOT_SO),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("Too long", TOO_LARGE),
    HTTPStatus.TOO_MANY_REQUESTS: ("Too often", OFTEN),
}
BOARD, LIST, SIGN_IN = ("/", "To the board"), ("/incidents", "Find an incident"), (SIGN_IN_PATH, "Sign in")


class Astray:
    """Answers people with a page instead of one bare line."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @web.middleware
    async def said(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Say in a page what the server would have said in a line."""
        try:
            return await handler(request)
        except web.HTTPException as refused:
            if refused.status < 400 or not by_somebody(request):
                raise
            answer = await self._page(request, refused.status)
            answer.headers.update({one: refused.headers[one] for one in _KEPT if one in refused.headers})
            return answer

    def unread(self, others: Unread) -> Unread:
        """Return what answers a body that cannot be read: a form with a page, all else as `others` do."""

        async def answered(request: web.Request, why: str, answer: web.Response) -> web.Response:
            if request.path.startswith(MACHINES) or not _sends_a_form(request):
                return await others(request, why, answer)
            page = await self._page(request, answer.status)
            if answer.keep_alive is False:
                page.force_close()
            return page

        return answered

    async def _page(self, request: web.Request, status: int) -> web.Response:
        title, line = SAID.get(HTTPStatus(status), ("Not done", UNREADABLE))
        viewer = await self._viewer(request)
        ways = (BOARD, LIST) if viewer else (SIGN_IN,)
        return self._site.message(status, title, line, viewer=viewer, ways=ways)

    async def _viewer(self, request: web.Request) -> Viewer | None:
        """Return who reads, as far as that can be said just now: the page is shown without it too."""
        try:
            return await self._site.signed_in(request)
        except (DatabaseBusy, Outdated, Refused):
            return None


def by_somebody(request: web.Request) -> bool:
    """Say whether a browser asks, or may: what sends JSON or asks where programs do is none."""
    path = request.path
    if path.startswith(MACHINES) or path == MEASURES:
        return False
    return "text/html" in request.headers.get("Accept", "") or _sends_a_form(request)


def _sends_a_form(request: web.Request) -> bool:
    return request.content_type in _FORMS
