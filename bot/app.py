"""The wiring: the one module that knows every folder. It makes each thing once and passes it on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from typing import Any, Protocol

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.config import Config, Secrets
from bot.config.services import BY_TWILIO
from bot.config.statuspage import StatuspageSettings
from bot.config.trackers import AnyTracker, GitlabSettings
from bot.health.measures import Measures
from bot.health.watching import Watching
from bot.integrations.amazon import Amazon
from bot.integrations.calendars import LOOK_EVERY as READ_CALENDARS_EVERY
from bot.integrations.calendars import CalendarSources
from bot.integrations.calls.calls import Calls
from bot.integrations.carrier import AppriseCarrier, Carrier
from bot.integrations.contact_methods import ContactMethodSender, senders
from bot.integrations.pagers.hearing import ASK_EVERY, Hearing
from bot.integrations.pagers.raising import Pagers, pagers_of
from bot.integrations.slack.access import AccessRequests
from bot.integrations.slack.actions import Actions
from bot.integrations.slack.answers import Answers
from bot.integrations.slack.cards import APART, Cards
from bot.integrations.slack.channels import Channels
from bot.integrations.slack.checklists import ChecklistMessages
from bot.integrations.slack.client import TIMEOUT, SlackClient, SlackError, understood
from bot.integrations.slack.customers import Customers
from bot.integrations.slack.directory import Directory
from bot.integrations.slack.executives import Executives
from bot.integrations.slack.follow_ups import FollowUps
from bot.integrations.slack.followers import Followers
from bot.integrations.slack.handovers import Handovers
from bot.integrations.slack.maintenance import MaintenanceMessages
from bot.integrations.slack.months import Months
from bot.integrations.slack.notices import Notices
from bot.integrations.slack.notification_tests import NotificationTests
from bot.integrations.slack.offers import PageOffers
from bot.integrations.slack.outside import Outside
from bot.integrations.slack.pages import PageMessages
from bot.integrations.slack.pictures import Pictures
from bot.integrations.slack.recovery import Recovery
from bot.integrations.slack.review_canvases import ReviewCanvases
from bot.integrations.slack.review_comments import ReviewComments
from bot.integrations.slack.reviews import Reviews
from bot.integrations.slack.schedules import Schedules
from bot.integrations.slack.secrets import SecretWarnings
from bot.integrations.slack.sign_in import EXTRA as SIGN_IN_EXTRA
from bot.integrations.slack.sign_in import SignInFailed, SlackAway, SlackSignIn, can_sign_in
from bot.integrations.slack.socket import Socket
from bot.integrations.slack.standby import LOOK_EVERY, Standby
from bot.integrations.slack.streams import Streams
from bot.integrations.slack.user_groups import UserGroups
from bot.integrations.slack.web import CountedClient, session
from bot.integrations.slack.webhooks import WebhookWarnings
from bot.integrations.statuspages.exported import EVERY as EXPORT_EVERY
from bot.integrations.statuspages.exported import Exported
from bot.integrations.statuspages.mailing import Mailing
from bot.integrations.statuspages.publishing import Publishing
from bot.integrations.statuspages.services import pages_of
from bot.integrations.trackers.follow_ups import FollowUpIssues, tasks_of
from bot.integrations.trackers.issues import Issues, tracker_of
from bot.integrations.trackers.review_copies import ReviewCopies
from bot.integrations.trackers.reviews import ReviewIssues
from bot.integrations.webhooks.sending import Webhooks
from bot.jobs import DeliveryFailed, Job, by_name, routes
from bot.operations.alerts.heartbeats import expect
from bot.operations.incidents.public_page import public_page
from bot.operations.insights.monthly import wait_for_month
from bot.operations.oncall.rota import read_rotations
from bot.rehearsal.asked import Rehearsals
from bot.secret_scan import patterns
from bot.unit_of_work import UnitOfWork
from bot.views.statuspage.files import HEADERS, TYPES, page_files
from bot.web.links import Links
from bot.web.listening import PortInUse
from bot.web.public_page import PublicPage
from bot.web.server import Headers, Web
from bot.web.sessions import Sessions
from handlers.alerts.opsgenie import Opsgenie
from handlers.alerts.receiver import LARGER, LARGER_BODY, Receiver
from handlers.alerts.unpacked import Unpacked
from handlers.answered import Answered
from handlers.api import Api
from handlers.browser.astray import Astray
from handlers.browser.live import Live
from handlers.browser.operator import Running
from handlers.browser.pages import pages
from handlers.browser.review_writing import LARGER as LARGER_PAGES
from handlers.browser.site import Site
from handlers.oncall.calendars import Calendars
from handlers.paging.links import LinkPages
from handlers.paging.pagers import PagerHooks
from handlers.paging.twilio import Twilio
from handlers.register import register
from handlers.request_filter import Home, RequestFilter, Unheard, admitted
from handlers.subscribing import Subscribing
from handlers.trackers import LONG_BODIES, TrackerHooks
from scheduler.clock_watch import EVERY, ClockWatch
from scheduler.delivery import Deliveries
from scheduler.listening import Listening
from scheduler.loop import Repeating, loop, repeating
from scheduler.starting import Steps
from scheduler.ticks import Ticks
from storage import escalations, incidents, people
from storage.database import Database, DatabaseBusy, Outdated
from storage.engines import without_password
from storage.migrations import MIGRATIONS
from storage.outbox import LEASE

log = logging.getLogger("muster")

GRACE = 2.0
"""Seconds that deliveries under way have to finish when the bot stops."""
STEP = 15.0
"""Seconds by which a skipped stretch of time passes, so that all in it happens in its order."""


class Skippable(Clock, Protocol):
    """A clock that can be moved forward."""

    def advance(self, seconds: float) -> None: ...


class Muster:
    """The whole bot: started, stopped, asked how it is. Build it inside a running event loop."""

    _identity: AuthorizeResult | None = None
    _app_id: str | None = None
    edits_apart = APART
    public_page: PublicPage | None = None
    _exported: Exported | None = None
    live: Live | None = None

    def __init__(
        self,
        config: Config,
        secrets: Secrets,
        *,
        database: Database,
        clock: Clock,
        host: str = "127.0.0.1",
        port: int = 3000,
        public_url: str | None = None,
        patience: float = TIMEOUT,
        in_place: bool = False,
        lease: timedelta = LEASE,
        carrier: Carrier | None = None,
        web_client: AsyncWebClient | None = None,
    ) -> None:
        """Wire everything. Slack may take `patience` seconds; by default Apprise and slack_sdk send."""
        self._clock, self._patience, self._database = clock, patience, database
        self.steps, self.measures, self._warnings = Steps(clock), Measures(), config.warnings
        self._executor = None if in_place else ThreadPoolExecutor(database.threads, thread_name_prefix="uow")
        self._session, self._token = session(patience), secrets.bot_token
        self.uow = UnitOfWork(database, config.process, clock, executor=self._executor)
        client = web_client or self._web_client(secrets, self._token)
        self._slack = slack = SlackClient(client, database.id, clock, self._names)
        self._channels, self._recovery = Channels(self.uow, slack), Recovery(self.uow, slack)
        self.links = Links(self._token, database.id, public_url, bool(secrets.client) and can_sign_in())
        jobs = self._jobs(slack, config, carrier or AppriseCarrier())
        self.deliveries = Deliveries(self.uow, by_name(jobs), self.measures, lease)
        self.uow.deliver_to(routes(jobs), self.deliveries.wake, self.deliveries.at_once)
        self.uow.retire_by(self._retire)
        self._others = Listening(database.news, self.deliveries.wake, clock)
        self.ticks, self.rehearsals = Ticks(self.uow, self.measures), Rehearsals(type(self), config, self.uow)
        self._directory, self.calendars = Directory(self.uow, slack), CalendarSources(self.uow)
        self.bolt = self._listening(secrets)
        self.requests = RequestFilter(self.bolt.async_dispatch, self._home, secrets.api_url, self.uow)
        self._socket = self._socket_for(secrets.app_token)
        self.watching = self._watching(secrets)
        self.repeating = self._repeating()
        self._loop = loop(self.repeating)
        self.web = self._web(secrets, config, host, port)

    async def start(self, *, ticking: bool = True) -> None:
        """Begin: deadlines that passed meanwhile are acted on before Slack is even reached.

        Only the first start waits with Slack's events until it has asked who is on call. Nothing of
        this keeps pages from leaving when it fails; only a port that cannot be had, when Slack reaches us
        there alone and nothing is open.
        """
        run = self.steps.run
        goes_on = self._socket or await self.needed()
        await run("web server", self._listen, fatal=() if goes_on else (PortInUse,))
        if self.public_page:
            await run("status page", self.public_page.start)
        await run("clock", self._clock_watch.begin)
        if not await run("recovery", self._recover):
            self.deliveries.only_pages(True)
            await self.steps.attempt("pages after a restore", self._recovery.wait_no_longer)
        await self.deliveries.start()
        await run("other replicas", self._others.start)
        await self.steps.attempt("deadlines", self.ticks.tick)
        await run("schedules", partial(self.uow.perform, read_rotations))
        await run("insights", partial(self.uow.perform, wait_for_month))
        await run("heartbeats", partial(self.uow.perform, expect))
        if ticking:
            self._loop.start()
            await run("loop lag", self.watching.lag.start)
        known = await self._anybody()
        if self._socket and known:
            await run("sockets", self._socket.start)
        await self._meet()
        if self._socket and not known:
            await run("sockets", self._socket.start)
        await self._look_around()
        await run("calendars", self.calendars.begin)
        # so that nobody who declares waits for its library
        await (asyncio.to_thread(patterns) if self._executor else asyncio.sleep(0))

    async def say_that_it_runs(self, missing: Collection[str] = ()) -> None:
        """Log that the bot runs, what is `missing` for it to page in Slack, and how it was started."""
        slack = "connected" if await self.connected() else "not connected yet"
        said = {"slack": slack, **({"missing": " ".join(missing)} if missing else {}), **self._described()}
        log.log(logging.WARNING if missing else logging.INFO, "muster is running", extra=said)

    def _described(self) -> dict[str, object]:
        return {
            "mode": "socket" if self._socket else "http",
            "version": version("muster-bot"),
            "schema": len(MIGRATIONS),
            "database": without_password(self._database.where),
            "address": self.web.address,
        }

    async def needed(self) -> bool:
        """Say whether incidents are open. Where that cannot be asked there may be some."""
        try:
            return await self.uow.read(incidents.any_open)
        except (DatabaseBusy, Outdated):
            return True

    async def _names(self, ids: Collection[str]) -> Mapping[str, str]:
        return await self.uow.read(people.names, ids)

    async def _listen(self) -> None:
        await self.web.start()
        self.links.listen(self.web.port)

    async def _recover(self) -> None:
        self.deliveries.only_pages(not await self._recovery.run())

    async def _anybody(self) -> bool:
        """Say whether we know anybody to page. Where that cannot be asked nobody waits for it."""
        found: list[bool] = []

        async def look() -> None:
            found.append(await self.uow.read(people.anybody))

        await self.steps.attempt("people", look)
        return all(found)

    def _retire(self) -> None:
        """Leave all work to the version that took over; only whoever asks is still told why."""
        self._leaving = asyncio.create_task(self._leave(), name="leave")

    async def _leave(self) -> None:
        if self._loop.running:
            self._loop.shutdown(wait=False)
        await self._others.stop()
        await self.deliveries.stop(0)
        if self._socket:
            await self._socket.stop()

    async def stop(self) -> None:
        """Stop cleanly, in a few seconds; what is not sent is sent after the next start."""
        if self._loop.running:
            self._loop.shutdown(wait=False)
        self.rehearsals.stop()
        await self.steps.stop()
        await self._directory.stop()
        await self.calendars.stop()
        await self.watching.lag.stop()
        if self._socket:
            await self._socket.stop()
        if self.live:
            await self.live.stop()
        await self.web.stop()
        if self.public_page:
            await self.public_page.stop()
        await self._others.stop()
        await self.deliveries.stop(GRACE)
        await self._session.close()
        if self._executor:
            await asyncio.to_thread(self._executor.shutdown)  # what it waits for may need this loop
        self._database.close()
        log.info("muster has stopped")

    async def advance(self, clock: Skippable, seconds: float) -> None:
        """Skip time as if it passed: step by step, each deadline at its turn, each message sent."""
        left = seconds
        while left > 0:
            step = min(STEP, left, await self._until_due(clock))
            clock.advance(step)
            left -= step
            await self.ticks.tick()
            self.deliveries.wake()
            await self.deliveries.quiet()

    async def _until_due(self, clock: Clock) -> float:
        """Return how long no page is due: one that was skipped over would count as late."""
        due = await self.uow.read(escalations.next_due)
        until = (due - clock.now()).total_seconds() if due else STEP
        return until if until > 0 else STEP

    async def connected(self) -> bool:
        return await self._socket.connected() if self._socket else self._identity is not None

    async def _connections(self) -> int:
        return await self._socket.open() if self._socket else 0

    def _socket_for(self, token: str | None) -> Socket | None:
        return Socket(self.bolt, token, self._clock, self.requests.receive) if token else None

    def _jobs(self, slack: SlackClient, config: Config, carrier: Carrier) -> list[Job]:
        return [
            *Outside(self.uow, slack).jobs(self._slack_jobs(slack, config)),
            *self._trackers(config),
            *self._status_pages(config),
            *Webhooks(self.uow, config.webhooks, self._clock, self._database.id).jobs(),
            *Calls(self.uow, slack, config.calls, self._clock).jobs(),
            *self._pagers(config),
            *(
                ContactMethodSender(self.uow, self.links, senders(config.contact_methods, carrier)).jobs()
                if config.contact_methods
                else ()
            ),
        ]

    def _slack_jobs(self, slack: SlackClient, config: Config) -> list[Job]:
        return [
            *PageMessages(self.uow, slack).jobs(),
            *PageOffers(self.uow, slack).jobs(),
            *AccessRequests(self.uow, slack).jobs(),
            *Followers(self.uow, slack).jobs(),
            *ChecklistMessages(self.uow, slack).jobs(),
            *SecretWarnings(self.uow, slack).jobs(),
            *Executives(self.uow, slack).jobs(),
            *self._channels.jobs(),
            *Answers(self.uow, slack).jobs(),
            *Cards(self.uow, slack, self.edits_apart, self.links).jobs(),
            *Streams(self.uow, slack).jobs(),
            *Notices(self.uow, slack).jobs(),
            *Pictures(self.uow, slack).jobs(),
            *Customers(self.uow, slack).jobs(),
            *Actions(self.uow, slack).jobs(),
            *FollowUps(self.uow, slack).jobs(),
            *Months(self.uow, slack, self.links).jobs(),
            *Reviews(self.uow, slack, self.links).jobs(),
            *ReviewComments(self.uow, slack, self.links).jobs(),
            *ReviewCanvases(self.uow, slack, self.links).jobs(),
            *self._recovery.jobs(),
            *NotificationTests(self.uow, slack).jobs(),
            *Schedules(self.uow, slack, config.url).jobs(),
            *UserGroups(self.uow, slack).jobs(),
            *MaintenanceMessages(self.uow, slack).jobs(),
            *Handovers(self.uow, slack).jobs(),
            *WebhookWarnings(self.uow, slack, {one.name: one.tell for one in config.webhooks}).jobs(),
        ]

    def _pagers(self, config: Config) -> list[Job]:
        kept = pagers_of(config.pagers, self._clock)
        self.hearing = Hearing(self.uow, kept)
        return Pagers(self.uow, kept).jobs() if kept else []

    def _trackers(self, config: Config) -> list[Job]:
        settings = config.tracker
        if not settings or not settings.token:
            return []
        tracker = tracker_of(settings, self._clock)
        tasks = tasks_of(settings, self._clock)
        return [
            *Issues(self.uow, tracker, settings, self._database.id).jobs(),
            *FollowUpIssues(self.uow, tasks, settings, self._database.id).jobs(),
            *self._review_issues(settings),
        ]

    def _review_issues(self, settings: AnyTracker) -> list[Job]:
        if not isinstance(settings, GitlabSettings):
            return []
        kinds = (ReviewIssues, ReviewCopies)
        return [
            job for kind in kinds for job in kind(self.uow, settings, self._clock, self._database.id).jobs()
        ]

    def _status_pages(self, config: Config) -> list[Job]:
        found = config.statuspage
        if not found:
            return []
        pages = pages_of(found.pages, self._clock)
        self.public_page = self._public_page(found) if found.listen else None
        self._exported = Exported(self.uow, found, found.export_dir) if found.export_dir else None
        exported = self._exported.jobs() if self._exported else []
        mailing = Mailing(self.uow, found).jobs() if found.mail else []
        return [*Publishing(self.uow, pages, self._database.id).jobs(), *exported, *mailing]

    def _public_page(self, found: StatuspageSettings) -> PublicPage:
        async def files() -> Mapping[str, bytes]:
            page = await self.uow.read(public_page)
            return page_files(found.name, found.url, page, mails=bool(found.mail))

        asking = Subscribing(self.uow, found.name, found.url).routes() if found.mail else []
        return PublicPage(files, self._clock, found.listen or "", HEADERS, TYPES, routes=asking)

    def _listening(self, secrets: Secrets) -> AsyncApp:
        async def authorize(team_id: str | None) -> AuthorizeResult:
            return await self._authorized(team_id)

        app = AsyncApp(
            # Without a name Bolt reads every caller's source; the logger of that name gets the root's level.
            name="muster.bolt",
            client=self._web_client(secrets, None),
            authorize=authorize,
            request_verification_enabled=False,
            logger=logging.getLogger("muster.bolt"),
        )

        async def with_uow(
            context: Any,
            body: dict[str, Any],
            next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
        ) -> BoltResponse:
            context["uow"], context["links"] = self.uow, self.links
            context["rehearsals"] = self.rehearsals
            if not self._directory.read:
                with suppress(Outdated):
                    await self.steps.attempt("first sight", partial(self._directory.acquaint, body))
            return await next()

        app.use(with_uow)
        app.use(admitted)
        app.logger.filters[:] = [Unheard()]
        register(app)
        return app

    def _watching(self, secrets: Secrets) -> Watching:
        return Watching(
            self.uow,
            self.measures,
            self.ticks,
            self.deliveries,
            secrets=secrets,
            slack=self._slack,
            connected=self.connected,
            connections=self._connections,
            steps=self.steps,
        )

    def _repeating(self) -> list[Repeating]:
        self._clock_watch = ClockWatch(self.uow, self.measures)
        others = [*self.watching.repeating, Repeating("watch the clock", EVERY, self._clock_watch.look)]
        if any(one.calendar for one in self.uow.process.schedules.values()):
            others.append(Repeating("read calendars", READ_CALENDARS_EVERY, self.calendars.look))
        if self.hearing.asks:
            others.append(Repeating("ask pagers", ASK_EVERY, self.hearing.look))
        if self._exported:
            others.append(Repeating("export the status page", EXPORT_EVERY, self._exported.look))
        if self._socket and self.uow.shared:
            look = Standby(self.uow, self._socket).look
            others.append(Repeating("stand by", LOOK_EVERY, look))
        return repeating(self.ticks, self.deliveries, self.meet_slack, self._directory.refresh, *others)

    def _web(self, secrets: Secrets, config: Config, host: str, port: int) -> Web:
        receiver = Receiver(self.uow, Amazon(self._session), self.measures.wrong_key)
        site, unread = self._site(secrets), Unpacked(self.uow.process, receiver).refused
        astray = Astray(site) if site else None
        return Web(
            dispatch=self._dispatch,
            probes=self.watching.probes.table(),
            signing_secret=None if self._socket else secrets.signing_secret,
            clock=self._clock,
            host=host,
            port=port,
            routes=[
                *LinkPages(self.uow, self.links).routes(),
                *Calendars(self.uow, self.links).routes(),
                *receiver.routes(),
                *Opsgenie(self.uow, receiver).routes(),
                *self._phones(config),
                *TrackerHooks(self.uow, config.tracker).routes(),
                *PagerHooks(config.pagers, self.hearing.hear).routes(),
                *Api(self.uow, self.links.to_incident).routes(),
                *self._pages(site, secrets),
            ],
            scrape=self.watching.metrics.scrape,
            failing=lambda: self.steps.failing,
            progress=lambda: self._directory.progress,
            set_aside=lambda: self.uow.process.set_aside,
            shared=Answered(self.uow),
            refused=self.measures.signatures_refused.inc,
            larger=(*LARGER, *LARGER_PAGES, *LONG_BODIES),
            larger_body=LARGER_BODY,
            unread=astray.unread(unread) if astray else unread,
            astray=astray.said if astray else None,
        )

    def _site(self, secrets: Secrets) -> Site | None:
        """Return what pages for a browser share, where people can sign in to them."""
        if not secrets.client or not self.links.base:
            return None
        if not can_sign_in():
            log.warning("there are no pages in the browser: %s", SIGN_IN_EXTRA)
            return None
        sessions = Sessions(f"{secrets.client.secret} {self._token}", self._database.id)
        return Site(self.uow, self.links, sessions, self._home)

    def _pages(self, site: Site | None, secrets: Secrets) -> Iterable[web.RouteDef]:
        if not site or not secrets.client:
            return []
        provider = SlackSignIn(self._session, secrets.client, secrets.api_url, self._clock, self._team)
        self.live = Live(self.uow)
        running = Running(
            self.watching.probes.table(),
            lambda: self.steps.failing,
            lambda: self._directory.progress,
            self._described,
            self._warnings,
        )
        return pages(
            site, self.live, self.rehearsals, running, provider=provider, failed=SignInFailed, away=SlackAway
        )

    def _phones(self, config: Config) -> list[web.RouteDef]:
        """Return what Twilio is served with, where a contact method is Twilio's."""
        ours = {name: one for name, one in config.contact_methods.items() if one.service in BY_TWILIO}
        tokens = [one.settings["TWILIO_AUTH_TOKEN"] for one in ours.values()]
        if ours and not self.links.base:
            log.warning("calls and texts cannot be answered: set MUSTER_PUBLIC_URL, where Twilio reaches us")
        return Twilio(self.uow, self.links, tokens[0], tuple(ours)).routes() if ours else []

    def _web_client(self, secrets: Secrets, token: str | None) -> CountedClient:
        return CountedClient(
            self._clock,
            self.measures,
            token=token,
            base_url=secrets.api_url,
            timeout=self._patience,
            session=self._session,
        )

    async def _authorized(self, team_id: str | None) -> AuthorizeResult:
        """Tell Bolt who we are without asking Slack each time."""
        unknown = AuthorizeResult(enterprise_id=None, team_id=team_id, bot_token=self._token)
        return self._identity or await self._introduced() or unknown

    async def meet_slack(self) -> None:
        """Learn who we are and who else is here, unless known. Without Slack the bot runs on what it knew."""
        await self._meet()
        await self._look_around()

    async def _look_around(self) -> None:
        if self._identity and not self._channels.looked:
            await self.steps.attempt("channels that came back", self._channels.come_back)
        if self._identity and not self._directory.read:
            await self.steps.attempt("directory", self._directory.begin)

    async def _meet(self) -> None:
        """Do what paging needs of Slack: after a restore, and before anybody can act."""
        if self._recovery.under_way and "recovery" not in self.steps.failing:
            await self.steps.attempt("recovery", self._recover_further)
        if not self._identity:
            await self.steps.attempt("introduction", self._introduce)
        if self._identity and not self._directory.met:
            await self.steps.attempt("who is on call", self._directory.meet)

    async def _recover_further(self) -> None:
        if await self._recovery.attempt():
            self.deliveries.only_pages(False)

    async def _introduce(self) -> None:
        self._identity = await self._introduced()

    async def _introduced(self) -> AuthorizeResult | None:
        try:
            answer = await self._slack.call("auth.test")
            with understood("auth.test"):
                identity = AuthorizeResult(
                    enterprise_id=answer.get("enterprise_id"),
                    team_id=answer["team_id"],
                    bot_token=self._token,
                    bot_id=answer["bot_id"],
                    bot_user_id=answer["user_id"],
                )
        except DeliveryFailed as failure:
            refused = isinstance(failure, SlackError)
            said = "Slack refuses SLACK_BOT_TOKEN: copy it anew" if refused else "Slack cannot be reached yet"
            log.warning(said, extra={"reason": failure.reason})
            return None
        self._channels.own_user = self._directory.own_user = answer["user_id"]
        self._slack.home = answer.get("url")
        if not self._socket:
            self._app_id = await self._app_of(str(identity.bot_id))
        return identity

    async def _app_of(self, bot_id: str) -> str | None:
        """Ask Slack which app we are: what is signed for another one is not ours. A socket is ours anyway."""
        try:
            answer = await self._slack.call("bots.info", bot=bot_id)
        except DeliveryFailed as failure:
            log.warning("Slack does not say which app this is", extra={"reason": failure.reason})
            return None
        return (answer.get("bot") or {}).get("app_id")

    async def _dispatch(self, body: dict[str, Any], headers: Headers) -> BoltResponse:
        asking = self._recovery.under_way and not self.deliveries.last
        if self.uow.retired or asking:
            return BoltResponse(status=503)  # Slack tries events again, elsewhere or in a moment
        return await self.requests.receive(body, headers)

    def _team(self) -> str | None:
        return self._home().team

    def _home(self) -> Home:
        """Say who we are. Until Slack has told us, what it signed is taken for ours."""
        who = self._identity
        return Home(who.team_id, who.enterprise_id, self._app_id) if who else Home(app=self._app_id)
