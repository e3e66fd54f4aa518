"""Who may talk to the sandbox: programs on this machine, and its own page. Other websites may not.

A browser lets any website send requests to this machine, and only the answer is kept from it. So everything
is refused that a browser says another origin asked for, and every name that is not known here: a website's
own name may lead to this machine too.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.credentials import same

LOCAL = ("localhost", "127.0.0.1", "::1")
KEY = "X-Sandbox-Key"
# What a link on another website may lead to: pages that do nothing by themselves.
PAGES = ("/", "/index.html", "/simulate", "/openid/connect/authorize")
ISSUES = "/gitlab/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' https: http:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """`names` are the hosts by which the sandbox is reached, besides this machine's own."""

    def __init__(self, names: Iterable[str], page_key: str) -> None:
        self._names = {*LOCAL, *(name.strip("[]").lower() for name in names if name)}
        self._page_key = page_key

    @web.middleware
    async def admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self._check_host(request)
        _check_origin(request)
        if request.path.startswith("/ui/"):
            self._check_key(request)
        if request.method == "POST" and request.path.startswith(("/ui/", "/phones/")):
            _check_type(request)
        return await handler(request)

    def _check_host(self, request: web.Request) -> None:
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or _name_in(hosts[0]) not in self._names:
            known, found = ", ".join(sorted(self._names)), ", ".join(hosts) or "nothing"
            raise web.HTTPForbidden(text=f"Host: found {found}, expected one of {known} (see --allow-host)")

    def _check_key(self, request: web.Request) -> None:
        """A page cannot set headers on its event stream and its pictures; they take the key in the query."""
        given = request.headers.get(KEY) or request.query.get("key", "")
        if not same(given, self._page_key):
            said = "This page is of an earlier run of the sandbox: reload it."
            raise web.HTTPForbidden(text=f"{said} Programs send the header {KEY}.")


async def harden(request: web.Request, response: web.StreamResponse) -> None:
    """Every answer says that no website may frame it, or take it for what it is not."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _check_origin(request: web.Request) -> None:
    """Refuse what another website asked for. Programs send neither of the two headers."""
    origin = request.headers.get("Origin")
    own = {f"{scheme}://{request.headers['Host']}".lower() for scheme in ("http", "https")}
    if origin is not None and origin.lower() not in own:
        raise web.HTTPForbidden(text=f"Origin: found {origin!r}, expected the sandbox's own page")
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin") and not _opens(request):
        raise web.HTTPForbidden(text="Sec-Fetch-Site: another website asked for this")


def _opens(request: web.Request) -> bool:
    """Whether somebody follows a link to a page of ours, in a window of its own."""
    how = (request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest"))
    page = request.path in PAGES or request.path.startswith(ISSUES)
    return request.method == "GET" and page and how == ("navigate", "document")


def _check_type(request: web.Request) -> None:
    """Forms of other websites cannot send JSON."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send application/json")


def _name_in(host: str) -> str | None:
    """The name in a Host header, without its port; None when it is no such header."""
    try:
        parts = urlsplit(f"//{host}")
        fine = parts.netloc == host and "@" not in host and parts.port != 0
    except ValueError:
        return None
    return parts.hostname if fine else None
