"""The pages' own frame: who reads, what a form has to carry, and what is said when something is wrong.

A page is `site.get(path, show)`, a form `site.post(path, act)`: both are handed a `Viewer`, who is signed in,
active and of this workspace at that moment. What an incident's page may show is asked of `visible`, by
`viewer.person`.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.domain.errors import NotFound, Refused
from bot.operations.dead_letters import is_admin
from bot.operations.oncall.rota import zone_of
from bot.unit_of_work import UnitOfWork
from bot.views.browser.rendering import ASSETS, HEADERS, Viewer, rendered
from bot.web.links import Links
from bot.web.sessions import LASTS, Session, Sessions
from handlers.posted import posted
from handlers.request import with_names
from handlers.request_filter import Home, refusal_of
from storage import ended_sessions, people
from storage.database import DatabaseBusy, Outdated
from storage.people import Person
from storage.transaction import Tx

log = logging.getLogger("muster.pages")

SESSION = "muster_session"
SIGN_IN_PATH = "/sign-in"
SIGN_OUT_PATH = "/sign-out"
VIEWER = web.RequestKey("viewer", Viewer)
MARK = "mark"
"""The field of every form that says that it is one of ours."""

Form: TypeAlias = Mapping[str, str]
Show: TypeAlias = Callable[[web.Request, Viewer], Awaitable[web.StreamResponse]]
Act: TypeAlias = Callable[[web.Request, Viewer, Form], Awaitable[web.StreamResponse]]
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """What all pages share."""

    def __init__(self, uow: UnitOfWork, links: Links, sessions: Sessions, home: Callable[[], Home]) -> None:
        self.uow, self.sessions, self.links = uow, sessions, links
        self._home = home

    @property
    def base(self) -> str:
        """Return the address at which people reach us."""
        return (self.links.base or "").rstrip("/")

    @property
    def root(self) -> str:
        """Return what stands before each of our paths in the browser: a proxy may take it away."""
        return urlsplit(self.base).path

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/static/{name}", _asset)]

    def get(self, path: str, show: Show) -> web.RouteDef:
        """Return a page that only somebody who is signed in reads."""

        async def shown(request: web.Request) -> web.StreamResponse:
            viewer = await self.signed_in(request)
            return await show(request, viewer) if viewer else self._to_sign_in(request)

        return web.get(path, self.guarded(shown))

    def post(self, path: str, act: Act) -> web.RouteDef:
        """Return what takes a form of ours."""

        async def acted(request: web.Request) -> web.StreamResponse:
            session = self.session(request)
            viewer = await self.signed_in(request)
            form = {name: texts[-1] for name, texts in (await posted(request)).items()}
            if _from_elsewhere(request):
                return self.message(403, "Not sent", FOREIGN, viewer=viewer)
            if not session or not viewer:
                return self._unsent(None, "Signed out", OVER, form, (SIGN_IN_PATH, "Sign in"))
            if not self.sessions.marked(session, form.get(MARK, "")):
                return self._unsent(viewer, "Not sent", FOREIGN, form, ("/", "To the board"))
            return await act(request, viewer, form)

        return web.post(path, self.guarded(acted))

    def guarded(self, handler: Handler) -> Handler:
        """Answer whatever goes wrong with a page that says so; nothing of it reaches what pages people."""

        async def answered(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except web.HTTPException as refused:
                refused.headers.update(HEADERS)
                raise
            except NotFound as none:
                said = await with_names(str(none), self.uow)
                return self.message(404, "Not found", said, viewer=request.get(VIEWER))
            except Refused as no:
                said = await with_names(str(no), self.uow)
                return self.message(409, "Not done", said, viewer=request.get(VIEWER))
            except (DatabaseBusy, Outdated):
                away = self.message(503, "Away", AWAY, ways=())
                away.headers["Retry-After"] = "5"
                return away
            except Exception:
                log.exception("a page failed", extra={"path": _path_of(request)})
                return self.message(500, "Failed", FAILED, viewer=request.get(VIEWER))

        return answered

    def session(self, request: web.Request) -> Session | None:
        return self.sessions.read(request.cookies.get(SESSION, ""), self.uow.clock.now())

    async def signed_in(self, request: web.Request) -> Viewer | None:
        """Return who reads, if they may still be here: whoever left has no session any more."""
        session = self.session(request)
        found = await self.uow.read(_who, session) if session else None
        if not session or not found or self.refusal(found[0]):
            return None
        viewer = Viewer(session.person, found[0].name, found[1], self.sessions.mark(session), admin=found[2])
        request[VIEWER] = viewer
        return viewer

    def refusal(self, person: Person | None) -> str | None:
        """Say why somebody may not be here."""
        return refusal_of(person, self._home().team)

    def render(
        self, template: str, viewer: Viewer | None, *, status: int = 200, **values: Any
    ) -> web.Response:
        """Return a page made of a template, for whoever reads it."""
        text = rendered(template, root=self.root, viewer=viewer, **values)
        return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)

    def message(
        self,
        status: int,
        title: str,
        *lines: str,
        viewer: Viewer | None = None,
        ways: tuple[tuple[str, str], ...] = (("/", "To the board"),),
    ) -> web.Response:
        """Return a page that says something, and where to go on."""
        return self.render(
            "message.html", viewer, status=status, title=title, lines=lines, ways=ways, wrote=()
        )

    def _unsent(
        self, viewer: Viewer | None, title: str, line: str, form: Form, way: tuple[str, str]
    ) -> web.Response:
        """Return why nothing was done, with what was written: a browser may not keep it for such a page."""
        wrote = [text for name, text in form.items() if name != MARK and (len(text) >= LONG or " " in text)]
        lines = (line, COPY) if wrote else (line,)
        return self.render(
            "message.html", viewer, status=403, title=title, lines=lines, ways=(way,), wrote=wrote
        )

    def go(self, path: str) -> web.Response:
        """Return what leads a browser to one of our pages, after a form too."""
        return web.Response(status=303, headers={**HEADERS, "Location": f"{self.root}{path}"})

    def keep(self, response: web.Response, name: str, value: str, seconds: float) -> None:
        """Set a cookie that no script reads and no other site's form sends."""
        response.set_cookie(
            name,
            value,
            max_age=int(seconds),
            path=f"{self.root}/",
            secure=self.base.startswith("https://"),
            httponly=True,
            samesite="Lax",
        )

    def forget(self, response: web.Response, name: str) -> None:
        self.keep(response, name, "", 0)

    def begin(self, response: web.Response, person: str) -> None:
        """Begin a session."""
        session = self.sessions.begin(person, self.uow.clock.now())
        self.keep(response, SESSION, self.sessions.cookie(session), LASTS.total_seconds())

    def _to_sign_in(self, request: web.Request) -> web.Response:
        to = quote(request.path_qs, safe="/")
        return self.go(f"{SIGN_IN_PATH}?to={to}" if request.path_qs != "/" else SIGN_IN_PATH)


LONG = 20
"""Characters from which on a text is shown again that was not taken: a choice has fewer."""
OVER = "Your session is over, and nothing was done. Sign in again, then come back to the form."
COPY = "What you wrote stands below. Copy it, so that nothing is lost."
FOREIGN = "This form did not come from a page that we made for you. Load the page again, then send it."
AWAY = "The database is away just now. Try again in a moment. People are still paged in Slack."
FAILED = "This page failed, and the log of Muster says why. Slack still works: use `/inc` there."


def _who(tx: Tx, session: Session) -> tuple[Person, Any, bool] | None:
    """Return whose session it is, unless they ended it: a copy of its cookie may be anywhere."""
    who = session.person
    found = None if ended_sessions.is_ended(tx, session.key) else people.get(tx, who)
    return (found, zone_of(tx, who), is_admin(tx, who)) if found else None


def _path_of(request: web.Request) -> str:
    """Return which page it is, without the words in it: one may be a secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""


def _from_elsewhere(request: web.Request) -> bool:
    """Say whether a browser says itself that another site sent this."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}


async def _asset(request: web.Request) -> web.Response:
    found = ASSETS.get(request.match_info["name"])
    if not found:
        return web.Response(status=404, text="There is nothing here.\n", headers=HEADERS)
    headers = {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
    return web.Response(text=found[0], content_type=found[1], charset="utf-8", headers=headers)
