"""A Slack in memory: one workspace with its Web API, its deliveries to one app, and a page for people."""

import asyncio
from copy import deepcopy
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.app import read_manifest
from sandbox.clock import Clock
from sandbox.controls import Controls
from sandbox.courier import Courier
from sandbox.credentials import Credentials
from sandbox.gitlab import Gitlab
from sandbox.guard import Guard, harden
from sandbox.http_mode import HttpMode
from sandbox.inspector import Inspector
from sandbox.ntfy import Ntfy
from sandbox.pace import Advance, Pace
from sandbox.page_api import PageApi
from sandbox.person import Person
from sandbox.phones import Phones
from sandbox.record import Log, Record
from sandbox.sign_in import SignIn
from sandbox.simulation import Simulation
from sandbox.socket_mode import SocketMode
from sandbox.state import Json
from sandbox.stream import Streams
from sandbox.switchboard import Switchboard
from sandbox.timetable import Timetable
from sandbox.twilio import Twilio
from sandbox.uploads import Uploads
from sandbox.web_api import WebApi
from sandbox.workspace import Workspace
from sandbox.world import own_world

BIGGEST_BODY = 32 * 1024 * 1024


class Slack:
    """Start it, point an app at `api_url` with its tokens, and act as `person(...)`.

    Events go out by Socket Mode if the manifest says so, else to `request_url`.
    """

    def __init__(
        self,
        manifest: Json,
        clock: Clock,
        world: Json | None = None,
        public_url: str = "",
        *,
        credentials: Credentials | None = None,
        names: tuple[str, ...] = (),
    ) -> None:
        app = read_manifest(manifest)
        self.credentials = known = credentials or Credentials.made()
        self._names = names
        self.log = Log()
        self._world = world or own_world()
        self.workspace = Workspace(app, clock, deepcopy(self._world), public_url)
        self.sockets = SocketMode(self.workspace, known)
        self.http = HttpMode(self.workspace, known.signing_secret)
        self.courier = Courier(self.workspace, self.log, self.sockets if app.socket_mode else self.http)
        self.workspace.ids.sign = known.sign
        self.workspace.send = self.courier.tell
        self.sign_in = SignIn(self.workspace, app.redirects, known.client_secret)
        self.api = WebApi(
            self.workspace, self.log, self.bot_token, self.app_token, self.sockets.new_url, self.sign_in
        )
        # What shall go wrong with the next calls, which limits hold, what happens to events.
        self.faults, self.limits, self.manners = self.api.faults, self.api.limits, self.courier.manners
        # Every call and delivery, and whose phone buzzed.
        self.record, self.notified = self.log.entries, self.workspace.notified
        self.streams = Streams(self.workspace)
        self.pace = Pace(self.workspace, self.limits, self.streams.tick)
        # Where people are reached when Slack is away; see `person(...).phone()`.
        self.phones, self.gitlab = Phones(self.workspace, self.log), Gitlab(self.workspace, known)
        self.twilio = Twilio(self.workspace, self.log, known)
        self.switchboard = Switchboard(self.api, self.courier, self.sockets, self.phones)
        self.uploads = Uploads(self.workspace, self.bot_token)
        self.timetable = Timetable(self.workspace)
        self.controls, self.simulation = Controls(self.pace, self.switchboard), Simulation()
        self.page = self._page()
        self._runner: web.AppRunner | None = None

    def _page(self) -> PageApi:
        inspector = Inspector(self.log, lambda: self.api_url, self.bot_token, self.app_token)
        key = self.credentials.page_key
        given = self.workspace, self.courier, self.streams, self.controls, inspector
        return PageApi(*given, simulation=self.simulation, key=key)

    # The servers

    def web_app(self) -> web.Application:
        known = [*self._names, urlsplit(self.workspace.url).hostname or ""]
        guard = Guard(known, self.credentials.page_key)
        application = web.Application(client_max_size=BIGGEST_BODY, middlewares=[guard.admit])
        application.on_response_prepare.append(harden)
        application.add_routes(
            [
                web.route("GET", "/api/{method}", self.api.serve),
                web.route("POST", "/api/{method}", self.api.serve),
                web.get("/link/", self.sockets.serve),
                web.post("/hooks/{key:.+}", self.api.serve_hook),
                *self.uploads.routes(),
                *self.sign_in.routes(),
                *self.phones.routes(),
                *self.twilio.routes(),
                *self.gitlab.routes(),
                *Ntfy(self.workspace, self.log, self.phones).routes(),
                *self.page.routes(),
            ]
        )
        application.on_shutdown.append(self._close)
        return application

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> None:
        """Serve on this port, or on any free one."""
        self._runner = web.AppRunner(self.web_app(), shutdown_timeout=1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.timetable.start()
        if not self.workspace.url:
            self.workspace.url = f"http://{_reached(host)}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _close(self, application: web.Application) -> None:
        self.streams.close()
        await self.timetable.close()
        await self.pace.close()
        await self.courier.close()
        await self.sockets.close()
        for acting in self.api.acting:
            acting.cancel()
        await self.http.close()
        await self.twilio.close()

    @property
    def bot_token(self) -> str:
        return self.credentials.bot_token

    @property
    def app_token(self) -> str:
        return self.credentials.app_token

    @property
    def signing_secret(self) -> str:
        return self.credentials.signing_secret

    @property
    def url(self) -> str:
        return self.workspace.url

    @property
    def api_url(self) -> str:
        return f"{self.workspace.url}/api/"

    @property
    def request_url(self) -> str:
        """Where HTTP mode delivers to."""
        return self.http.request_url

    @request_url.setter
    def request_url(self, url: str) -> None:
        self.http.request_url = url

    def reset(self) -> None:
        """Begin anew with the same world: nothing was said, nothing was recorded, nothing goes wrong."""
        self.log.clear()
        self.switchboard.clear()
        self.twilio.clear()
        self.workspace.settle(deepcopy(self._world))
        self.workspace.changed("sidebar")
        self.workspace.changed("reset")

    # What can be set

    @property
    def latency(self) -> float:
        """Seconds that every Web API call takes."""
        return self.api.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self.api.latency = seconds

    @property
    def patience(self) -> float:
        """How long the app may take to answer, in real seconds; Slack's is 3."""
        return self.courier.patience

    @patience.setter
    def patience(self, seconds: float) -> None:
        self.courier.patience = seconds

    @property
    def on_advance(self) -> Advance | None:
        """What the page's fast-forward does; None where time cannot be moved."""
        return self.pace.advance

    @on_advance.setter
    def on_advance(self, advance: Advance | None) -> None:
        self.pace.advance = advance

    # What happened

    def calls(self, method: str = "*", since: int = 0) -> list[Record]:
        """The app's calls of this method (a glob will do) since that entry of the record."""
        return self.log.matching("call", method, since)

    def deliveries(self, name: str = "*", since: int = 0) -> list[Record]:
        """What was delivered to the app: `message`, `slash_commands`, `view_submission`..."""
        return self.log.matching("event", name, since)

    def depth_of(self, call: Record, since: int = 0) -> int:
        """In which round trip this call was made, counted since that entry of the record."""
        return self.log.depth_of(call, since)

    def depth(self, since: int = 0) -> int:
        """How many round trips deep the calls since that entry went."""
        return self.log.depth(since)

    async def idle(self, seconds: float = 60.0, quiet: float = 0.02) -> None:
        """Return when nothing was under way for `quiet` seconds; TimeoutError when that takes too long."""
        step = min(0.005, quiet / 2)
        async with asyncio.timeout(seconds):
            calm = 0.0
            while calm < quiet:
                await asyncio.sleep(step)
                busy = self.courier.busy or self.api.in_flight or self.phones.in_flight
                busy = busy or self.twilio.in_flight
                calm = 0.0 if busy else calm + step

    # People

    def person(self, name: str) -> Person:
        """Somebody at the keyboard, by handle or id."""
        return Person(self.page.acting(name))


def _reached(host: str) -> str:
    """Return by which name this machine reaches what listens there: "everywhere" is no address to open."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    name = str(address)
    if address.is_unspecified:
        name = "127.0.0.1" if address.version == 4 else "::1"
    return f"[{name}]" if address.version == 6 else name
