"""Messages whose buttons have their time: each is edited when it is over, and then forgotten.

Where such a message is, is kept by what it stands for: a timeline entry, a page that rests with somebody, or
the due time of the update that it asks for.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.domain.actors import BOT
from bot.domain.facts import (
    AlertsEnded,
    DecisionWanted,
    Escalated,
    FieldsWanted,
    ImAsked,
    NoticeOutdated,
    NoticeWanted,
    Nudged,
    Overloaded,
    PageHeld,
    RoleAsked,
    SilenceAsked,
    VerifyAsked,
    WorkGoesOn,
)
from bot.domain.incidents.incident import Incident, Status, unverified
from bot.domain.incidents.nudges import KEPT_AS
from bot.domain.incidents.overload import Offer
from bot.domain.incidents.timers import TimerKind
from bot.domain.paging.pages import Page
from bot.domain.process import IM
from bot.domain.timeline.entries import Entry, posted_at
from bot.integrations.slack import (
    alerts_over,
    called_again,
    customers,
    nudges,
    role_requests,
    rounds,
    silence,
)
from bot.integrations.slack.client import Posted, SlackClient
from bot.integrations.slack.surfaces import Surface, announced_in, noticed, shown_on
from bot.jobs import DeliveryFailed, Effect, Job, OnDead, Subjects
from bot.operations.incidents.changes import missing_fields
from bot.operations.incidents.overload import asked as asked_for_im
from bot.operations.incidents.overload import help_for
from bot.operations.incidents.public_notices import told as told_of
from bot.operations.paging.alarm import with_numbers
from bot.operations.paging.engaged import engaged_in
from bot.operations.paging.paging import being_paged
from bot.operations.paging.targets import callable_for
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message, message
from bot.views.drill import marked
from bot.views.incidents import fields, overload, public_notice, role_request, triage, verify, weekend
from bot.views.paging import told, vacancy
from bot.views.work import update
from storage import (
    activity,
    incidents,
    members,
    outbox,
    pages,
    people,
    places,
    posts,
    roles,
    timeline,
    timers,
    updates,
)
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx

TOLD, HELD, VERIFY, DECIDE, OFFER, HELP = "told", "held", "verify", "decide", "offer", "help"
NUDGE, FIELDS = KEPT_AS[TimerKind.UPDATE], KEPT_AS[TimerKind.FIELDS]
IN_CHANNEL = nudges.IN_CHANNEL
TOGETHER = timedelta(minutes=1)
"""Roles that nobody has since the same minute are told in one message."""
_SINCE = "I asked again: see my newer message below."
FIRST_AGAIN = 2
"""The round in which the last level is called again for the first time: the lead is told, once."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One message as it should be now, and the rows that say where it is.

    `stale` says that it may show something else; one that is `over` needs no look again.
    """

    rows: tuple[Post, ...]
    message: Message
    over: bool
    stale: bool


class StandingMessages:
    """Edits messages with buttons whose moment has passed."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient, on_dead: OnDead) -> None:
        self._uow = uow
        self._slack = slack
        self._on_dead = on_dead

    def jobs(self) -> list[Job]:
        job = partial(Job, on_dead=self._on_dead)
        asked, over = "{incident}:{person}", "slack.ask_alerts_over"
        return [
            job(
                "slack.settle_messages",
                shown_on(Surface.NOTICES),
                self.settle,
                "messages:{incident}",
                about=noticed,
                coalesce=True,
            ),
            job("slack.tell_holder", {PageHeld, Escalated}, self.tell_holder, f"held:{asked}", about=_holder),
            job("slack.ask_verify", {VerifyAsked}, self.ask_verify, f"verify:{asked}"),
            job("slack.ask_silent", {SilenceAsked}, self.ask_silent, f"silent:{asked}", on_dead=self._untold),
            job("slack.ask_for_fields", {FieldsWanted}, self.ask_for_fields, f"fields:{asked}"),
            job(
                "slack.ask_to_confirm",
                customers.ASKED_FOR_CONFIRMATION,
                self.ask_to_confirm,
                f"confirm:{asked}",
                about=customers.to_confirm,
            ),
            job("slack.ask_for_role", {RoleAsked}, self.ask_for_role, f"role:{asked}"),
            job(over, {AlertsEnded}, self.ask_alerts_over, f"over:{asked}", about=alerts_over.whom),
            job("slack.ask_for_notice", {NoticeWanted}, self.ask_for_notice, f"public:{asked}"),
            job("slack.nudge", {Nudged}, self.nudge, "nudge:{incident}:{nudge}"),
            silence.looking(self._uow, self._slack, self._on_dead),
            job("slack.offer_help", {Overloaded}, self.offer_help, f"offer:{asked}"),
            job(
                "slack.ask_for_im",
                {ImAsked},
                self.ask_for_im,
                "help:{incident}:{place}",
                about=_where_ims_are,
            ),
            job("slack.ask_decision", {DecisionWanted}, self.ask_decision, f"decide:{asked}"),
            job("slack.tell_waiting", {WorkGoesOn}, self.tell_waiting, f"waiting:{asked}", about=_who_waited),
        ]

    async def settle(self, delivery: Delivery) -> Effect:
        """Edit every message of an incident that says more than is still true."""
        found = [one for one in await self._uow.read(_standing, delivery.subject["incident"]) if one.stale]
        await asyncio.gather(
            *(self._slack.redraw(delivery, one.rows[0].channel, one.rows[0].ts, one.message) for one in found)
        )
        return partial(_forget, rows=[row for one in found if one.over for row in one.rows])

    async def ask_verify(self, delivery: Delivery) -> Effect | None:
        """Ask one person whether an S1 is verified, unless that is answered or they are not there to ask."""
        incident, sees = await self._uow.read(_asked, delivery)
        if not sees or not unverified(incident):
            return None
        return await self._ask_anew(delivery, VERIFY, verify.asked(incident))

    async def tell_waiting(self, delivery: Delivery) -> None:
        """Tell somebody at work on an incident that the weekend is over, unless they are not there."""
        person, (incident, sees) = delivery.subject["person"], await self._uow.read(_asked, delivery)
        if incident.status.active and sees and await self._uow.read(people.present, person):
            await self._slack.post(delivery, person, weekend.over(incident), readable=False)

    async def ask_decision(self, delivery: Delivery) -> Effect | None:
        """Remind one person of a triage, unless it is decided or they are not there to ask."""
        incident, sees = await self._uow.read(_asked, delivery)
        if not sees or incident.status is not Status.TRIAGE:
            return None
        return await self._ask_anew(delivery, DECIDE, triage.wanted(incident))

    async def ask_silent(self, delivery: Delivery) -> Effect | None:
        """Ask somebody silent if they are still on it, unless that is over or they are not there to ask."""
        incident, sees = await self._uow.read(_asked, delivery)
        person = delivery.subject["person"]
        question, asked, _ = await self._uow.read(silence.drawn, incident, person)
        keep = None if not asked or not sees else await self._ask_anew(delivery, silence.SILENCE, question)
        return keep and partial(_reached, keep=keep, incident_id=incident.id, person=person)

    def _untold(self, tx: Tx, delivery: Delivery, reason: str) -> None:
        """Wait no longer for an answer of somebody whom Slack takes no message for: a page may reach them."""
        self._on_dead(tx, delivery, reason)
        activity.told(tx, delivery.subject["incident"], delivery.subject["person"])

    async def ask_for_fields(self, delivery: Delivery) -> Effect | None:
        """Ask one person for required fields, unless they are set or somebody else leads."""
        incident, sees = await self._uow.read(_asked, delivery)
        missing = await self._uow.read(missing_fields, incident)
        if not sees or not missing or incident.lead != delivery.subject["person"]:
            return None
        if await self._uow.read(outbox.followed, delivery):
            return None
        person, question = delivery.subject["person"], fields.wanted(incident, missing)
        earlier = await self._uow.read(posts.find, incident.id, FIELDS, person)
        posted = await nudges.replacing(self._slack, delivery, person, question, earlier)
        return partial(kept, incident_id=incident.id, kind=FIELDS, places=[person], posted=posted)

    async def nudge(self, delivery: Delivery) -> Effect | None:
        """Nudge whoever leads, or the channel, unless that is over; of several that wait only the last."""
        found = await self._uow.read(nudges.due, delivery)
        if not found or await self._uow.read(outbox.followed, delivery):
            return None
        there = await nudges.sent(self._uow, self._slack, delivery, found)
        if not there:
            return None
        kind, (whom, posted) = nudges.kept_as(TimerKind(delivery.subject["nudge"])), there
        return partial(kept, incident_id=found[0].id, kind=kind, places=[whom], posted=posted)

    async def ask_to_confirm(self, delivery: Delivery) -> Effect | None:
        """Ask whoever holds a role whether customers are significantly affected, unless that is answered."""
        incident, sees = await self._uow.read(_asked, delivery)
        now, person = await self._uow.read(told_of, incident), delivery.subject["person"]
        if not sees or not customers.asks_to_confirm(incident, now) or not now.may_confirm(person):
            return None
        question = public_notice.to_confirm(incident, now, person)
        return await self._ask_anew(delivery, customers.CONFIRM, question)

    async def ask_for_role(self, delivery: Delivery) -> Effect | None:
        """Ask one person whether they take a role, unless that is over or they are not there to ask."""
        incident, sees = await self._uow.read(_asked, delivery)
        person = delivery.subject["person"]
        question = await self._uow.read(role_requests.question, incident, person)
        return await self._ask_anew(delivery, role_requests.ROLE, question) if sees and question else None

    async def ask_alerts_over(self, delivery: Delivery) -> Effect | None:
        """Ask whoever leads whether an incident is over, unless something fires again or it is answered."""
        incident, sees = await self._uow.read(_asked, delivery)
        person = delivery.subject["person"]
        question, answered = await self._uow.read(alerts_over.question, incident, person)
        return None if answered or not sees else await self._ask_anew(delivery, alerts_over.OVER, question)

    async def ask_for_notice(self, delivery: Delivery) -> Effect | None:
        """Ask one person whether customers were told, or told more, unless that is over."""
        incident, sees = await self._uow.read(_asked, delivery)
        now = await self._uow.read(told_of, incident)
        if not sees or not customers.asks_for_notice(incident, now):
            return None
        return await self._ask_anew(delivery, customers.PUBLIC, public_notice.wanted(incident, now))

    async def offer_help(self, delivery: Delivery) -> Effect | None:
        """Offer help to one person, if they still have too much to do."""
        incident, sees = await self._uow.read(_asked, delivery)
        person = delivery.subject["person"]
        found = await self._uow.read(help_for, incident, person)
        if not sees or not found:
            return None
        return await self._ask_anew(delivery, f"{OFFER}:{found.offer}", overload.offered(incident, found))

    async def ask_for_im(self, delivery: Delivery) -> Effect | None:
        """Ask in one channel for another IM, unless one has come."""
        place, person = delivery.subject["place"], delivery.subject["person"]
        rows = (Post(delivery.subject["incident"], HELP, f"{place}:{person}", "", ""),)
        incident = await self._uow.read(incidents.get, delivery.subject["incident"])
        now = await self._uow.read(_help, incident, rows)
        if now.over:
            return None
        channel = await self._uow.read(places.named, place)
        if not channel or channel.archived:
            raise DeliveryFailed(f"I see no channel #{place}", permanent=True)
        posted = await self._slack.post(delivery, channel.id, now.message)
        return partial(kept, incident_id=incident.id, kind=HELP, places=[rows[0].place], posted=posted)

    async def _ask_anew(self, delivery: Delivery, kind: str, question: Message) -> Effect | None:
        """Post a question to one person; an earlier one loses its buttons, so that only one is answered.

        Of several that wait only the last is asked: after an absence there is one for each time it was due.
        """
        if await self._uow.read(outbox.followed, delivery):
            return None
        number, person = delivery.subject["incident"], delivery.subject["person"]
        earlier = await self._uow.read(posts.find, number, kind, person)
        posted = await self._slack.post(delivery, person, question, readable=False)
        if earlier and earlier.ts != posted.ts:
            incident = await self._uow.read(incidents.get, number)
            await self._slack.redraw(delivery, earlier.channel, earlier.ts, _since(incident))
        return partial(kept, incident_id=number, kind=kind, places=[person], posted=posted)

    async def tell_holder(self, delivery: Delivery) -> Effect | None:
        """Tell somebody who is at work on an incident what is nobody's, and how to call for it.

        What comes later calls them anew: an edit makes no sound.
        """
        page, person = delivery.subject["page"], delivery.subject["person"]
        incident, shown, there, late = await self._uow.read(_held, page, person)
        if not incident.status.open:
            return None
        places = {*(one.place for one in there), f"{page}:{person}"}
        if there and not late and await self._slack.redraw(delivery, there[0].channel, there[0].ts, shown):
            posted = Posted(there[0].channel, there[0].ts)
        else:
            posted = await self._slack.post(delivery, person, shown, readable=False)
        if there and there[0].ts != posted.ts:
            await self._slack.redraw(delivery, there[0].channel, there[0].ts, _since(incident))
        return partial(kept, incident_id=incident.id, kind=HELD, places=places, posted=posted)


def _since(incident: Incident) -> Message:
    """Return what is left of a question that was asked again."""
    return marked(message(_SINCE), incident)


def _asked(tx: Tx, delivery: Delivery) -> tuple[Incident, bool]:
    """Return an incident, and whether the person who is asked about it may still see it."""
    incident = incidents.get(tx, delivery.subject["incident"])
    return incident, delivery.subject["person"] not in members.gone(tx, incident.id)


def _holder(tx: Tx, fact: PageHeld | Escalated) -> Subjects:
    """Return who is told that a page rests with them, and the lead, once, of one that calls in vain.

    Where each has to answer, the role may be somebody's all the same: then nothing is missing.
    """
    if isinstance(fact, PageHeld):
        person = fact.person
    elif fact.quiet and fact.round == FIRST_AGAIN and fact.wanted not in roles.of(tx, fact.incident):
        person = incidents.get(tx, fact.incident).lead
    else:
        return ()
    if not person:
        return ()
    return ({"incident": fact.incident, "page": fact.page, "person": person},)


def _where_ims_are(tx: Tx, fact: ImAsked) -> Subjects:
    """Return the channel of the IMs and the type's own announcement channel."""
    incident = incidents.get(tx, fact.incident)
    names = dict.fromkeys([tx.process.teams[fact.team].channel, *announced_in(tx, incident)[-1:]])
    return [{"incident": incident.id, "place": one, "person": str(fact.by)} for one in names if one]


def _who_waited(tx: Tx, fact: WorkGoesOn) -> Subjects:
    """Return the lead and all at work on an incident, when nobody went on with it before Monday."""
    if fact.by != BOT:
        return ()
    at_work = sorted(engaged_in(tx, fact.incident))
    theirs = dict.fromkeys([incidents.get(tx, fact.incident).lead, *at_work])
    return [{"incident": fact.incident, "person": one} for one in theirs if one]


def kept(tx: Tx, *, incident_id: int, kind: str, places: Iterable[str], posted: Posted) -> None:
    """Remember where a message with buttons is; if it is over already, it is edited at once."""
    for place in places:
        posts.record(tx, Post(incident_id, kind, place, posted.channel, posted.ts))
    if any(one.stale and one.rows[0].ts == posted.ts for one in _standing(tx, incident_id)):
        tx.record(NoticeOutdated(incident=incident_id))


def _reached(tx: Tx, *, keep: Effect, incident_id: int, person: str) -> None:
    """Remember a question, and have it wait for its answer from now on: Slack may have been away."""
    activity.told(tx, incident_id, person)
    keep(tx)


def _forget(tx: Tx, *, rows: Sequence[Post]) -> None:
    for row in rows:
        posts.forget(tx, row)


def _standing(tx: Tx, incident_id: int) -> list[Standing]:
    incident, by_message = incidents.get(tx, incident_id), defaultdict(list)
    for row in posts.of(tx, incident_id):
        if row.kind in _DRAWN:
            by_message[row.kind, row.channel, row.ts].append(row)
    return [_DRAWN[kind](tx, incident, tuple(rows)) for (kind, _, _), rows in by_message.items()]


def _told(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    numbers = sorted(int(row.place) for row in rows)  # as text, 10 comes before 9
    found = [entry for number in numbers if (entry := timeline.get(tx, number))]
    known = called_in(tx, found)
    shown = told.told([with_numbers(tx, one) for one in found], known, incident)
    stale = not incident.status.open or any(not page.pending for page in known.values())
    return Standing(rows, shown, told.over(found, known, incident), stale)


def _called_again(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    return Standing(rows, *called_again.drawn(tx, incident.id, int(rows[0].place)))


def called_in(tx: Tx, found: Sequence[Entry]) -> dict[int, Page]:
    """Return the pages whose calls are told in these entries."""
    numbers = dict.fromkeys(one.data["page"] for one in found if one.kind in told.CALLS)
    return {number: pages.call_of(tx, number) for number in numbers}


def _rests(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    cases = _cases(tx, [row.place for row in rows])
    open_now = [page for page in cases if _missing(tx, incident, page)]
    alertable = _alertable(tx, open_now, rows[0].place.partition(":")[2])
    calling = _calling(tx, incident, cases)
    shown = vacancy.vacant(
        cases, open_now, incident, alertable, answered=_answered(tx, cases), calling=calling
    )
    return Standing(rows, shown, over=not open_now and not calling, stale=len(alertable) < len(cases))


def _cases(tx: Tx, places: Iterable[str]) -> list[Page]:
    return [pages.get(tx, number) for number in sorted(int(one.partition(":")[0]) for one in places)]


def _answered(tx: Tx, cases: Iterable[Page]) -> dict[str, str]:
    """Return for each role that pages looked for who has it now, or else who answered the page."""
    found: dict[str, str] = {}
    for page in cases:
        end = pages.latest(tx, page)
        by = None if end.rested else end.answered_by  # with whom it rests was not called
        if who := roles.of(tx, page.incident or 0).get(page.escalation.role) or by:
            found[page.escalation.role] = who
    return found


def _calling(tx: Tx, incident: Incident, cases: Iterable[Page]) -> dict[str, Page]:
    """Return for each role that pages looked for the page that calls for it again, while nobody has it."""
    wanted = {page.escalation.role for page in cases} - set(roles.of(tx, incident.id))
    waiting = pages.pending_of(tx, incident.id)
    return {one.escalation.role: one for one in waiting if one.escalation.role in wanted}


def _missing(tx: Tx, incident: Incident, page: Page) -> bool:
    """Say whether a role is still nobody's, and its path as it was told."""
    called = page.escalation.team in {one.escalation.team for one in pages.pending_of(tx, incident.id)}
    return (
        incident.status.active
        and page.escalation.role not in roles.of(tx, incident.id)
        and called is not page.rested
    )


def _alertable(tx: Tx, cases: Iterable[Page], person: str) -> set[int]:
    """Return of which pages this person can call the last level: not called yet, nor at work, nor theirs."""
    found = set()
    for page in cases:
        last, at_work = page.escalation.path[-1], roles.of(tx, page.incident or 0)
        if last.team == page.escalation.team or being_paged(tx, page.incident or 0, last.team):
            continue
        if last.role not in at_work and person not in callable_for(tx, page.incident).get(last.team, ()):
            found.add(page.id)
    return found


def asked_for(tx: Tx, incident: Incident) -> str:
    """Return which update is missing: after the latest one, by when."""
    latest = updates.latest(tx, incident.id)
    due = incident.next_update_at.isoformat() if incident.next_update_at else ""
    return f"{latest.id if latest else 0}:{due}"


def _nudge(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    whom, _, asked = rows[0].place.partition(":")
    now = asked_for(tx, incident)
    if incident.status.active and whom not in {IN_CHANNEL, incident.lead}:
        return Standing(rows, update.led_by_another(incident), over=True, stale=True)
    missing = incident.status.active and asked.partition(":")[0] == now.partition(":")[0]
    timer = timers.of(tx, incident.id, TimerKind.UPDATE) if missing else None
    over = timer is None or timer.stopped
    snoozed = timer is not None and timer.snoozed_until is not None  # its message asks again
    return Standing(rows, update.nudged(incident, timer), over, over or snoozed)


def _nudged(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    return Standing(rows, *nudges.drawn(tx, incident, rows[0]))


def _fields(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    missing, timer = missing_fields(tx, incident), timers.of(tx, incident.id, TimerKind.FIELDS)
    over = not missing or not timer or timer.stopped or rows[0].place != incident.lead
    return Standing(rows, fields.over(incident, missing), over, over)


def _role(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    question = role_requests.question(tx, incident, rows[0].place)
    return Standing(rows, question or role_request.over(incident), not question, not question)


def _alerts_over(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    shown, answered = alerts_over.question(tx, incident, rows[0].place)
    return Standing(rows, shown, answered, answered)


def _verify(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    over = not unverified(incident)
    return Standing(rows, verify.over(incident), over, over)


def _decide(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    over = incident.status is not Status.TRIAGE
    return Standing(rows, triage.wanted(incident), over, over)


def _round(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    """Return who answered; once the incident is over, nobody is waited for."""
    over, now = not incident.status.open, rounds.of_page(tx, int(rows[0].place))
    # a restored database may know of no answer: the message in the channel says more
    return Standing(rows, now.message, over, over and bool(now.answered))


def _offer(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    shown, who = rows[0].kind.partition(":")[2], rows[0].place
    now, im = help_for(tx, incident, who), roles.of(tx, incident.id).get(IM)
    if now and now.offer == shown:
        return Standing(rows, overload.offered(incident, now), over=False, stale=False)
    asked = asked_for_im(tx, incident).by == who
    return Standing(rows, overload.no_more(incident, im, who, asked=asked), over=True, stale=True)


def _help(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    asker, im = rows[0].place.partition(":")[2], roles.of(tx, incident.id).get(IM)
    over = not incident.watched or im != asker
    shown = overload.helped(incident, im) if over else overload.wanted(incident, asker)
    return Standing(rows, shown, over, over)


def _silence(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    shown, asked, over = silence.drawn(tx, incident, rows[0].place)
    return Standing(rows, shown, over, stale=not asked)


def _confirmed(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    now = told_of(tx, incident)
    over = not customers.asks_to_confirm(incident, now) or not now.may_confirm(rows[0].place)
    shown = public_notice.over(incident) if now.missing else public_notice.confirmed(incident)
    return Standing(rows, shown, over, over)


def _public(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    heard, over = (
        incident.publicity.noticed_at,
        not customers.asks_for_notice(incident, told_of(tx, incident)),
    )
    over = over or bool(heard and heard > posted_at(rows[0].ts))
    return Standing(rows, public_notice.over(incident), over, over)


_DRAWN = {
    customers.CONFIRM: _confirmed,
    customers.PUBLIC: _public,
    **{f"{OFFER}:{one}": _offer for one in Offer},
    HELP: _help,
    TOLD: _told,
    called_again.AGAIN: _called_again,
    HELD: _rests,
    NUDGE: _nudge,
    rounds.ROUND: _round,
    **dict.fromkeys(nudges.KINDS, _nudged),
    VERIFY: _verify,
    alerts_over.OVER: _alerts_over,
    role_requests.ROLE: _role,
    FIELDS: _fields,
    DECIDE: _decide,
    silence.SILENCE: _silence,
}


def _held(tx: Tx, page_id: int, person: str) -> tuple[Incident, Message, list[Post], bool]:
    """Return what somebody is told of a path that rests with them, where they were told of others, and
    whether the path came to them later than that.
    """
    page = pages.get(tx, page_id)
    assert page.incident
    theirs = [
        row for row in posts.of(tx, page.incident) if row.kind == HELD and row.place.endswith(f":{person}")
    ]
    newest = max((row.ts for row in theirs), key=float, default="")
    there = [row for row in theirs if row.ts == newest]
    shown = {row.place for row in there} | {f"{page_id}:{person}"}
    incident, cases = incidents.get(tx, page.incident), _cases(tx, shown)
    open_now = [page for page in cases if page.id == page_id or _missing(tx, incident, page)]
    alertable = _alertable(tx, open_now, person)
    said = vacancy.vacant(cases, open_now, incident, alertable)  # the page itself is one of them
    late = bool(there) and (page.answered_at or page.raised_at) > posted_at(newest) + TOGETHER
    return incident, said, there, late
