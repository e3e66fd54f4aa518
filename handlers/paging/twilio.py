"""What Twilio asks and tells: what to say in a call, its keys, how it ended, and replies to texts.

Nothing is done for a request that Twilio did not sign. One that comes again changes nothing: a page is
answered once, and each call, text and reply is heard once.
"""

import functools
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from urllib.parse import parse_qsl

from aiohttp import web

from bot.domain.errors import Refused
from bot.domain.paging.answers import lengths
from bot.domain.paging.pages import Page
from bot.domain.paging.replies import Answer, understood
from bot.domain.paging.reports import Outcome, outcome_of
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.answers import on_my_way
from bot.operations.paging.escalate import escalate_now
from bot.operations.paging.notification_tests import confirm_notification_test
from bot.operations.paging.notify import called
from bot.operations.paging.reports import ReplyRefused, replied, reported
from bot.unit_of_work import UnitOfWork
from bot.views.paging import contact_methods as text
from bot.views.paging import voice
from bot.web.links import TWILIO_PATH, Links
from bot.web.twilio import signed
from handlers.request import with_names
from storage import notification_tests
from storage.database import DatabaseBusy, Outdated

log = logging.getLogger("muster.twilio")

MACHINES = ("machine", "fax")
"""What `AnsweredBy` begins with when no person listens."""
MOST_FIELDS = 200
NOT_WRITTEN = "This was not written down: my database takes nothing at the moment. The page goes on calling."

Fields: TypeAlias = Mapping[str, str]
_Answer: TypeAlias = Callable[["Twilio", web.Request, Fields], Awaitable[str]]


def _by_twilio(answer: _Answer) -> Callable[["Twilio", web.Request], Awaitable[web.Response]]:
    """Answer what Twilio signed, with TwiML; anything else is refused before it is looked at."""

    @functools.wraps(answer)
    async def guarded(self: "Twilio", request: web.Request) -> web.Response:
        fields = await self.read(request)
        if fields is None:
            log.warning("a request to %s was refused: Twilio did not sign it", TWILIO_PATH)
            return web.Response(status=403, text="not signed by Twilio")
        try:
            said = await answer(self, request, fields)
        except Refused as refused:
            said = self.refusal(request, await with_names(str(refused), self.uow))
        except (DatabaseBusy, Outdated) as why:
            log.error("Twilio could not be answered", extra={"reason": str(why)})
            said = self.refusal(request, NOT_WRITTEN)
        return web.Response(text=said, content_type="text/xml")

    return guarded


@dataclass(frozen=True, slots=True)
class Twilio:
    """Serves Twilio. `numbers` are the contact methods that texts leave by."""

    uow: UnitOfWork
    links: Links
    token: str = field(repr=False)
    numbers: Collection[str]

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve, for the bot's server."""
        return [
            web.post(f"{TWILIO_PATH}call/{{token}}", self.call),
            web.post(f"{TWILIO_PATH}report/{{token}}", self.report),
            web.post(f"{TWILIO_PATH}test/{{token}}", self.test),
            web.post(f"{TWILIO_PATH}sms", self.reply),
        ]

    async def read(self, request: web.Request) -> Fields | None:
        """Return what a request says, or None when Twilio did not sign it for our public address."""
        raw = (await request.read()).decode(errors="replace")
        try:
            fields = parse_qsl(raw, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            return None
        url = f"{(self.links.base or '').rstrip('/')}{request.rel_url.raw_path_qs}"
        given = request.headers.get("X-Twilio-Signature", "")
        return dict(fields) if signed(self.token, url, fields, given) else None

    def refusal(self, request: web.Request, said: str) -> str:
        """Return a refusal as whoever calls hears it, or whoever texts reads it."""
        return voice.message(f"Muster: {said}") if request.path.endswith("/sms") else voice.told(said)

    @_by_twilio
    async def call(self, request: web.Request, fields: Fields) -> str:
        """Say what a call is about, or do what its key asks for."""
        named = self.links.notification_and_person(request.match_info["token"])
        if not named:
            return voice.silent()
        if fields.get("AnsweredBy", "").startswith(MACHINES):
            await self.uow.perform(reported, named[0], fields.get("CallSid", ""), Outcome.MACHINE)
            return voice.silent()
        page, incident, storm = await self.uow.read(called, named[0])
        person, key = named[1], fields.get("Digits", "")
        if key == voice.ACKNOWLEDGE or not page.pending:  # what is over says what became of it
            answered = await self.uow.perform(acknowledge, page.id, by=person)
            log.info("page answered by a call", extra={"page": page.id, "incident": page.incident})
            return voice.acknowledged(answered)
        if key == voice.ESCALATE:
            after = await self.uow.perform(escalate_now, page.id, by=person)
            return voice.told(await with_names(voice.moved(after), self.uow))
        now = self.uow.clock.now()
        if key == voice.ON_MY_WAY:
            return voice.on_the_way(await self.uow.perform(on_my_way, page.id, None, by=person), now)
        way = bool(lengths(page, incident.severity if incident else None, now))
        return voice.asked(page, incident, storm, f"{key} is no choice." if key else "", way=way)

    @_by_twilio
    async def report(self, request: web.Request, fields: Fields) -> str:
        """Note how a call or text ended."""
        named = self.links.notification_and_person(request.match_info["token"])
        status = fields.get("CallStatus") or fields.get("MessageStatus") or ""
        outcome = outcome_of(status, fields.get("AnsweredBy", ""))
        message = fields.get("CallSid") or fields.get("MessageSid")
        if named and outcome and message:
            await self.uow.perform(reported, named[0], message, outcome)
        return voice.message("")

    @_by_twilio
    async def test(self, request: web.Request, fields: Fields) -> str:
        """Say that a call is a test, and note that it arrived when a key says so."""
        named = self.links.called_test_and_contact_method(request.match_info["token"])
        if not named or fields.get("AnsweredBy", "").startswith(MACHINES):
            return voice.silent()
        if fields.get("Digits") != voice.ACKNOWLEDGE:
            return voice.test_asked(named[1])
        test = await self.uow.read(notification_tests.get, named[0])
        await self.uow.perform(confirm_notification_test, *named, by=test.person)
        return voice.told("Thank you.")

    @_by_twilio
    async def reply(self, _request: web.Request, fields: Fields) -> str:
        """Do what a reply to a text means, and answer what became of it."""
        reply, sid = understood(fields.get("Body", "")), fields.get("MessageSid", "")
        if not sid or "OptOutType" in fields:  # Twilio itself answers STOP and START
            return voice.message("")
        try:
            found = await self.uow.perform(replied, sid, fields.get("From", ""), reply, self.numbers)
        except ReplyRefused as why:
            return voice.message(text.refused(why.page, await with_names(str(why), self.uow)))
        if not found:
            return voice.message("")
        if found.page:
            log.info(
                "page answered by a text", extra={"page": found.page.id, "incident": found.page.incident}
            )
            said = _replied(found.page, found.answer, found.by, self.uow.clock.now())
            return voice.message(await with_names(said, self.uow))
        return voice.message(text.choices(found.choices, understood=reply is not None))


def _replied(page: Page, answer: Answer, by: str, now: datetime) -> str:
    match answer:
        case Answer.ON_MY_WAY:
            return text.on_the_way(page, now)
        case Answer.CANNOT:
            return text.passed_on(page, by)
    return text.acknowledged(page)
