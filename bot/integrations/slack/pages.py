"""Pages as direct messages."""

import asyncio
import logging
from dataclasses import replace
from functools import partial

from bot.domain import facts
from bot.domain.actors import parsed
from bot.domain.incidents.incident import Incident
from bot.domain.paging.calling import Way
from bot.domain.paging.notifications import UNDELIVERED_AFTER as TAKES
from bot.domain.paging.pages import Page
from bot.domain.process import EOC, IM
from bot.integrations.slack.backlog import LATE
from bot.integrations.slack.client import Posted, SlackClient, SlackError
from bot.integrations.slack.surfaces import Surface, pages_of, shown_on
from bot.jobs import DeliveryFailed, Effect, Job, Subjects, recording
from bot.operations.paging.alarm import to_call
from bot.operations.paging.calling import Called, called, edited, moved, unrung
from bot.operations.paging.engaged import engaged_in
from bot.operations.paging.escalate import escalate_undelivered
from bot.operations.paging.found import COPY
from bot.operations.paging.notify import reached
from bot.operations.workspace.channel import problem
from bot.unit_of_work import Guarded, UnitOfWork
from bot.views import notices
from bot.views.blocks import Message
from bot.views.incidents import announcement
from bot.views.incidents.given import given as given_view
from bot.views.paging import page as page_view
from storage import incidents, members, pages, places, reminders, roles
from storage.outbox import Delivery
from storage.reminders import Reminder
from storage.transaction import Tx

log = logging.getLogger("muster.pages")


class PageMessages:
    """The responder's direct message and all that is said about it."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        lane = "page:{page}"
        return [
            Job("slack.send_page", {facts.CallDue}, self.send, lane, _undelivered, urgent=True),
            Job("slack.remind", {facts.ReminderDue}, self.remind, lane, _unsaid, urgent=True),
            Job(
                "slack.make_sure",
                {facts.OtherMethodRang},
                self.make_sure,
                "rung:{page}",
                _unsaid,
                urgent=True,
                after=TAKES,
            ),
            Job(
                "slack.redraw_page",
                shown_on(Surface.PAGES),
                self.redraw,
                lane,
                _unsaid,
                about=pages_of,
                coalesce=True,
                drawn_by="slack.send_page",
            ),
            Job("slack.ask_eoc", {facts.Escalated}, self.ask_eoc, "ask:{page}", _unsaid, about=_silent_eoc),
            Job("slack.tell_asker", {facts.AskedPageRedirected}, self.tell_asker, "asker:{page}", _unsaid),
            Job(
                "slack.give_back_page", {facts.AskedPageUnanswered}, self.unanswered, "asker:{page}", _unsaid
            ),
            Job("slack.alarm_asker", {facts.AskedPageUnreached}, self.alarm_asker, "asker:{page}", _unsaid),
            Job(
                "slack.tell_responder", {facts.EngagedInstead}, self.tell_responder, "told:{person}", _unsaid
            ),
            Job("slack.tell_shadow", {facts.PageShadowed}, self.tell_shadow, "told:{person}", _unsaid),
            Job("slack.tell_given", {facts.Given}, self.tell_given, "told:{person}", _unsaid),
        ]

    async def send(self, delivery: Delivery) -> Effect | None:
        """Send the page itself. One that was answered meanwhile is not sent any more.

        After an attempt of unknown fate it is sent again: a duplicate beats silence.
        """
        seen = await self._uow.read(called, delivery.subject["page"])
        page = seen.page
        if not page.pending or not page.responder:
            return None
        effect = await self._call(delivery, seen)
        log.info("page sent", extra={"page": page.id, "incident": page.incident, "team": page.level_team})
        return effect

    async def remind(self, delivery: Delivery) -> Effect | None:
        """Call the responder again: once when several reminders come late."""
        subject = delivery.subject
        seen = await self._uow.read(called, subject["page"], rung=subject.get("rung", False))
        page = seen.page
        if not page.pending or not page.responder:
            return None
        if subject["number"] < page.reminded or _buzzed_since(page, delivery):
            return None
        return await self._call(delivery, seen)

    async def make_sure(self, delivery: Delivery) -> Effect | None:
        """Call by a message after all, when no other method took the call that was repeated."""
        subject = delivery.subject
        if not await self._uow.read(unrung, subject["page"], subject["number"]):
            return None
        seen = await self._uow.read(called, subject["page"], rung=False)
        return await self._call(delivery, seen) if seen.page.responder else None

    async def redraw(self, delivery: Delivery) -> Effect | None:
        """Bring the direct message up to date: the channel's link, or that it has been answered."""
        seen = await self._uow.read(called, delivery.subject["page"])
        if not (seen.page.dm_channel and seen.page.dm_ts):
            return None
        if seen.page.digested:
            return recording(facts.DigestChanged(person=seen.page.responder or ""))
        message, beside = await self._drawn(seen), await self._uow.read(reminders.of, seen.page.id)
        gone = [one for one in beside if one.number != COPY]
        copies = [one for one in beside if one.number == COPY and not seen.page.pending]
        shown = [] if seen.taken_over else [(seen.page.dm_channel, seen.page.dm_ts)]
        await asyncio.gather(
            *(self._slack.redraw(delivery, *place, message) for place in shown),
            *(self._slack.redraw(delivery, one.channel, one.ts, message) for one in copies),
            *(self._withdraw(delivery, one) for one in gone),
        )
        return Guarded(partial(reminders.forget, gone=gone)) if gone else None

    async def ask_eoc(self, delivery: Delivery) -> None:
        """Ask where incidents are announced whether the silent EOC is available. Late, it is no use."""
        page, incident = await self._uow.read(_page, delivery.subject["page"])
        late = self._uow.clock.now() - delivery.created_at > LATE
        if not incident or late:
            return
        channel = await self._uow.read(_where_to_ask, incident)
        if channel:
            delivered = await self._uow.read(reached, page)
            by = parsed(delivery.subject["by"])
            message = announcement.answer_wanted(
                incident, delivery.subject["people"], reached=delivered, by=by
            )
            await self._slack.post(delivery, channel, message)

    async def tell_asker(self, delivery: Delivery) -> None:
        """Tell the person who asked for a page that somebody else than usual is called."""
        page, incident = await self._uow.read(_page, delivery.subject["page"])
        if incident and delivery.subject["person"] in await self._uow.read(members.gone, incident.id):
            return
        message = notices.somebody_else(page, incident, await self._uow.read(to_call, page))
        await self._slack.post(delivery, delivery.subject["person"], message, readable=False)

    async def alarm_asker(self, delivery: Delivery) -> None:
        """Tell the person who asked for a page outside any incident that it may not have reached anybody."""
        page, _ = await self._uow.read(_page, delivery.subject["page"])
        message = notices.unreached(page, await self._uow.read(to_call, page))
        await self._slack.post(delivery, delivery.subject["person"], message, readable=False)

    async def unanswered(self, delivery: Delivery) -> None:
        """Tell whoever asked for a person by name that they have not answered in time, if they still have
        not.
        """
        page, incident = await self._uow.read(_page, delivery.subject["page"])
        gone = await self._uow.read(members.gone, page.incident)
        if page.pending and delivery.subject["person"] not in gone:
            message = notices.person_unanswered(page, incident)
            await self._slack.post(delivery, delivery.subject["person"], message, readable=False)

    async def tell_responder(self, delivery: Delivery) -> None:
        """Tell somebody who is engaged already, or leads, that the incident became grave or is back."""
        number, person = delivery.subject["incident"], delivery.subject["person"]
        incident = await self._uow.read(incidents.get, number)
        at_work = await self._uow.read(engaged_in, incident.id)
        message = notices.graver(incident, engaged=person in at_work)
        await self._slack.post(delivery, person, message, readable=False)

    async def tell_shadow(self, delivery: Delivery) -> None:
        """Tell somebody who shadows of a page that still waits."""
        page, incident = await self._uow.read(_page, delivery.subject["page"])
        if page.pending:
            message = notices.shadowed(page, incident)
            await self._slack.post(delivery, delivery.subject["person"], message, readable=False)

    async def tell_given(self, delivery: Delivery) -> None:
        """Tell somebody that they were given a role or the lead, if they hold it still."""
        number, to, role = (delivery.subject[key] for key in ("incident", "person", "role"))
        incident = await self._uow.read(incidents.get, number)
        held = (await self._uow.read(roles.of, number)).get(role) if role else incident.lead
        gone = await self._uow.read(members.gone, number)
        if incident.status.open and held == to and to not in gone:
            message = given_view(incident, role, delivery.subject["giver"], to=to)
            await self._slack.post(delivery, to, message, readable=False)

    async def _call(self, delivery: Delivery, seen: Called) -> Effect | None:
        """Call a page's person: one standing message, and no second one with buttons beside it."""
        page = replace(seen.page, resent=delivery.uncertain)
        message = page_view.page(
            page,
            seen.incident,
            calls=seen.calls,
            end=seen.end,
            can_wait=seen.can_wait,
            ways=seen.ways,
        )
        note = pages.record_dm if seen.way is Way.NEW else moved
        edit = seen.standing if seen.way is Way.EDIT else None
        if edit and await self._slack.redraw(delivery, *edit, message):
            where, note = Posted(*edit), edited
        else:
            to = await self._uow.read(_whither, page)
            where = await self._slack.post(delivery, to, message, readable=page.in_channel)
        effect = partial(note, page_id=page.id, channel=where.channel, ts=where.ts, resent=page.resent)
        return Guarded(effect) if note is pages.record_dm else effect

    async def _withdraw(self, delivery: Delivery, one: Reminder) -> None:
        """Delete a message; where the workspace keeps everything, it shrinks to a line."""
        try:
            await self._slack.call("chat.delete", channel=one.channel, ts=one.ts)
        except SlackError as error:
            if not error.permanent:
                raise
            if error.code != "message_not_found":
                await self._slack.redraw(delivery, one.channel, one.ts, page_view.called_again())

    async def _drawn(self, seen: Called) -> Message:
        page, incident = seen.page, seen.incident
        if incident and page.responder in await self._uow.read(members.gone, incident.id):
            return notices.removed(incident)
        if incident and seen.given:
            given = seen.given
            return given_view(incident, given.data["role"], str(given.by), to=given.data["person"])
        return page_view.page(
            page, incident, calls=seen.calls, end=seen.end, can_wait=seen.can_wait, ways=seen.ways
        )


def _page(tx: Tx, page_id: int) -> tuple[Page, Incident | None]:
    page = pages.get(tx, page_id)
    return page, incidents.get(tx, page.incident) if page.incident else None


def _whither(tx: Tx, page: Page) -> str:
    """Return where a page's message is posted: to its person, or in the channel that it calls."""
    if not page.in_channel:
        return page.responder or ""
    name = page.responder or ""
    found = places.named(tx, name)
    if not found or found.archived:
        raise DeliveryFailed(f"{name} does not exist, is archived, or the bot cannot see it", permanent=True)
    return found.id


def _buzzed_since(page: Page, delivery: Delivery) -> bool:
    """Say whether the page itself arrived after this reminder was due."""
    return bool(page.dm_ts) and float(page.dm_ts or 0) >= delivery.created_at.timestamp()


def _silent_eoc(_: Tx, fact: facts.Escalated) -> Subjects:
    """Return the page of an EOC who did not answer before the IM was called, to be asked for by all."""
    silent = fact.silent and not fact.removed and fact.by not in fact.silent
    asks = silent and (fact.from_role, fact.role) == (EOC, IM)
    asked = {"page": fact.from_page, "incident": fact.incident, "by": str(fact.by), "people": fact.silent}
    return (asked,) if asks else ()


def _where_to_ask(tx: Tx, incident: Incident) -> str | None:
    """Return the type's own announcement channel (its last one); a private incident is asked about inside."""
    kind = tx.process.types.get(incident.type)
    if incident.private or not kind or not kind.announce:
        return incident.channel
    place = places.named(tx, kind.announce[-1])
    return place.id if place and not place.archived else incident.channel


def _undelivered(tx: Tx, delivery: Delivery, reason: str) -> None:
    page = pages.get(tx, delivery.subject["page"])
    said = {"page": page.id, "incident": page.incident, "reason": reason}
    log.error("a page could not be delivered", extra=said)
    escalate_undelivered(tx, delivery.subject["page"], reason)


def _unsaid(tx: Tx, delivery: Delivery, reason: str) -> None:
    """What was only said beside a page is worth a line in the timeline, where there is one."""
    page = pages.get(tx, delivery.subject["page"]) if "page" in delivery.subject else None
    incident = page.incident if page else delivery.subject.get("incident")
    log.warning("not said", extra={"job": delivery.job, "incident": incident, "reason": reason})
    if incident:
        problem(tx, incident, "A message about a page could not be sent", reason, "", told=False)
