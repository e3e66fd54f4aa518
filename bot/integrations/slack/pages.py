"""Pages as direct messages."""

import logging
from dataclasses import replace
from functools import partial

from bot.domain import facts
from bot.domain.actors import parsed
from bot.domain.alerts.changes import LATELY
from bot.domain.incidents.incident import Incident
from bot.domain.paging.calling import Way
from bot.domain.paging.notifications import UNDELIVERED_AFTER as TAKES
from bot.domain.paging.notifications import Notification
from bot.domain.paging.pages import Page
from bot.domain.process import CHANNEL, EOC, IM
from bot.integrations.slack.backlog import LATE
from bot.integrations.slack.client import Posted, SlackClient, SlackError
from bot.integrations.slack.digest import Digests
from bot.integrations.slack.surfaces import Surface, messages_of, shown_on
from bot.jobs import DeliveryFailed, Effect, Job, Subjects, recording
from bot.operations.paging.alarm import to_call
from bot.operations.paging.calling import Called, called, cards_of, deleted, moved, unrung
from bot.operations.paging.engaged import engaged_in
from bot.operations.paging.escalate import escalate_undelivered
from bot.operations.paging.notify import reached
from bot.operations.workspace.channel import problem
from bot.unit_of_work import Guarded, UnitOfWork
from bot.views import notices
from bot.views.alerts import changes as changes_view
from bot.views.blocks import Message
from bot.views.incidents import announcement
from bot.views.incidents.given import given as given_view
from bot.views.incidents.given import undone as undone_view
from bot.views.paging import page as page_view
from storage import incidents, members, notifications, pages, places, roles
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.pages")


class PageMessages:
    """The responder's direct message and all that is said about it."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack
        self._digests = Digests(uow, slack)

    def jobs(self) -> list[Job]:
        lane, asker, told = "notification:{notification}", "asker:{page}", "told:{person}"
        return [
            Job(
                "slack.send_page", {facts.CallDue}, self.send, lane, _undelivered, urgent=True, coalesce=True
            ),
            Job(
                "slack.remind", {facts.ReminderDue}, self.send, lane, _undelivered, urgent=True, coalesce=True
            ),
            Job(
                "slack.make_sure",
                {facts.OtherMethodRang},
                self.make_sure,
                "rung:{notification}",
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
                about=messages_of,
                coalesce=True,
                drawn_by="slack.send_page",
            ),
            Job("slack.withdraw", {facts.MessageReplaced}, self.withdraw, "replaced:{ts}", _unsaid),
            Job("slack.ask_eoc", {facts.Escalated}, self.ask_eoc, "ask:{page}", _unsaid, about=_silent_eoc),
            Job("slack.tell_asker", {facts.AskedPageRedirected}, self.tell_asker, asker, _unsaid),
            Job("slack.give_back_page", {facts.AskedPageUnanswered}, self.unanswered, asker, _unsaid),
            Job("slack.alarm_asker", {facts.AskedPageUnreached}, self.alarm_asker, asker, _unsaid),
            Job("slack.tell_responder", {facts.EngagedInstead}, self.tell_responder, told, _unsaid),
            Job("slack.tell_shadow", {facts.PageShadowed}, self.tell_shadow, told, _unsaid),
            Job("slack.tell_given", {facts.Given}, self.tell_given, told, _unsaid),
            *self._digests.jobs(),
        ]

    async def send(self, delivery: Delivery) -> Effect | None:
        """Call a person. What was answered meanwhile is not sent any more, nor a reminder after a later call.

        After an attempt of unknown fate it is sent again: a duplicate beats silence.
        """
        seen = await self._uow.read(called, delivery.subject["notification"])
        if not seen or not seen.waiting:
            return await self.redraw(delivery)  # the end of its pages may have left that to this call
        if seen.message.digest:
            return await self._digests.send(delivery)
        if not seen.unshown and _called_since(seen.message, delivery):
            return None
        effect = await self._call(delivery, seen)
        page = seen.page
        log.info("page sent", extra={"page": page.id, "incident": page.incident, "team": page.level_team})
        return effect

    async def make_sure(self, delivery: Delivery) -> Effect | None:
        """Call by a message after all, when no other method took the call that was repeated."""
        subject = delivery.subject
        if not await self._uow.read(unrung, subject["page"], subject["number"]):
            return None
        seen = await self._uow.read(called, subject["notification"], rung=False)
        return await self._call(delivery, seen, calls=0) if seen else None

    async def redraw(self, delivery: Delivery) -> Effect | None:
        """Bring the direct message up to date: the channel's link, or that it has been answered."""
        number = delivery.subject["notification"]
        seen = await self._uow.read(called, number)
        if not seen or seen.message.digest:
            return recording(facts.DigestChanged(notification=number))
        there = seen.message.place
        if there and not await self._slack.redraw(delivery, *there, await self._drawn(seen)):
            return partial(deleted, notification_id=number)
        return None

    async def withdraw(self, delivery: Delivery) -> None:
        """Delete a message that a newer one stands for; where all is kept, it shrinks to a line."""
        place = delivery.subject["channel"], delivery.subject["ts"]
        try:
            await self._slack.call("chat.delete", channel=place[0], ts=place[1])
        except SlackError as error:
            if not error.permanent:
                raise
            if error.code != "message_not_found":
                await self._slack.redraw(delivery, *place, page_view.called_again())

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
        """Tell somebody that they were given a role or the lead, if they hold it still; or that this was
        undone, if they hold it no more.
        """
        number, to, role = (delivery.subject[key] for key in ("incident", "person", "role"))
        incident = await self._uow.read(incidents.get, number)
        held = (await self._uow.read(roles.of, number)).get(role) if role else incident.lead
        gone = await self._uow.read(members.gone, number)
        undone = bool(delivery.subject.get("undone"))  # one that was written before there was this has none
        if undone and held != to and to not in gone:
            message = undone_view(incident, role, delivery.subject["giver"])
            await self._slack.post(delivery, to, message, readable=False)
        elif not undone and incident.status.open and held == to and to not in gone:
            cards = await self._uow.read(cards_of, incident, to) if role else ()
            message = given_view(incident, role, delivery.subject["giver"], to=to, cards=cards)
            await self._slack.post(delivery, to, message, readable=False)

    async def _call(self, delivery: Delivery, seen: Called, *, calls: int = 1) -> Effect | None:
        """Call a page's person: one standing message, and no second one with buttons beside it."""
        resent = delivery.uncertain
        number = replace(seen.calls, number=seen.calls.number + calls)
        message = page_view.page(seen.page, seen.incident, calls=number, resent=resent, ways=seen.ways)
        note = notifications.posted if seen.way is Way.NEW else moved
        edit = seen.message.place if seen.way is Way.EDIT else None
        if edit and await self._slack.redraw(delivery, *edit, message):
            where = Posted(*edit)
        else:
            to = seen.page.responder or ""
            if seen.page.in_channel:
                to = await self._uow.read(_channel_called, to)
            where = await self._slack.post(delivery, to, message, readable=seen.page.in_channel)
        effect = partial(
            note,
            notification_id=seen.message.id,
            channel=where.channel,
            ts=where.ts,
            shown=seen.waiting,
            resent=resent,
            calls=calls,
        )
        return Guarded(effect) if seen.way is Way.NEW else effect

    async def _drawn(self, seen: Called) -> Message:
        page, incident = seen.page, seen.incident
        if incident and page.responder in await self._uow.read(members.gone, incident.id):
            return notices.removed(incident)
        given = seen.given
        if incident and given and given.data["person"] == page.responder:
            return given_view(
                incident, given.data["role"], str(given.by), to=given.data["person"], cards=seen.cards
            )
        shown = page_view.page(
            page,
            incident,
            calls=seen.calls,
            end=seen.end,
            given=(given.data["role"], given.data["person"]) if given else None,
            can_wait=seen.can_wait,
            could_lead=seen.could_lead,
            resent=seen.message.resent,
            ways=seen.ways,
            cards=seen.cards,
            undone=seen.undone,
            corrected_by=seen.corrected_by,
        )
        return changes_view.beside(shown, seen.changed, LATELY)


def _page(tx: Tx, page_id: int) -> tuple[Page, Incident | None]:
    page = pages.get(tx, page_id)
    return page, incidents.get(tx, page.incident) if page.incident else None


def _channel_called(tx: Tx, name: str) -> str:
    """Return the channel that a page calls."""
    found = places.named(tx, name)
    if not found or found.archived:
        raise DeliveryFailed(f"{name} does not exist, is archived, or the bot cannot see it", permanent=True)
    return found.id


def _called_since(message: Notification, delivery: Delivery) -> bool:
    """Say whether the message called its person after this call was due."""
    return bool(message.place and message.sent_at and message.sent_at >= delivery.created_at)


def _silent_eoc(_: Tx, fact: facts.Escalated) -> Subjects:
    """Return the page of an EOC who did not answer before the IM was called, to be asked for by all.

    Neither a channel is asked nor who is not there any more.
    """
    silent = [one for one in fact.silent if not one.startswith(CHANNEL)]
    there = not (fact.removed or fact.gone or fact.by in silent)
    asks = silent and there and (fact.from_role, fact.role) == (EOC, IM)
    asked = {"page": fact.from_page, "incident": fact.incident, "by": str(fact.by), "people": silent}
    return (asked,) if asks else ()


def _where_to_ask(tx: Tx, incident: Incident) -> str | None:
    """Return the type's own announcement channel (its last one); a private incident is asked about inside."""
    kind = tx.process.types.get(incident.type)
    if incident.private or incident.unannounced or not kind or not kind.announce:
        return incident.channel
    place = places.named(tx, kind.announce[-1])
    return place.id if place and not place.archived else incident.channel


def _undelivered(tx: Tx, delivery: Delivery, reason: str) -> None:
    """Have the pages that no message shows leave by other contact methods, or call the next level."""
    covered = pages.covered_by(tx, delivery.subject["notification"])
    unshown = [one for one in covered if one.pending and not one.shown]
    if not unshown:
        _unsaid(tx, delivery, reason)
    for page in unshown:
        said = {"page": page.id, "incident": page.incident, "reason": reason}
        log.error("a page could not be delivered", extra=said)
        escalate_undelivered(tx, page.id, reason)


def _unsaid(tx: Tx, delivery: Delivery, reason: str) -> None:
    """What was only said beside a page is worth a line in the timeline, where there is one."""
    page = pages.get(tx, delivery.subject["page"]) if "page" in delivery.subject else None
    incident = page.incident if page else delivery.subject.get("incident")
    log.warning("not said", extra={"job": delivery.job, "incident": incident, "reason": reason})
    if incident:
        problem(tx, incident, "A message about a page could not be sent", reason, "", told=False)
