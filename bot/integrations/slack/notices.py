"""What the incident's channel is told as it happens: notices, updates, pins, nudges."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from bot.domain.facts import (
    EntriesAdded,
    MessagePinned,
    MessageUnpinned,
    PinUnlinked,
    ProblemUnheard,
    TextRefused,
    UpdateOverdue,
    UpdatePosted,
)
from bot.domain.incidents.incident import Incident
from bot.domain.paging.pages import Page
from bot.domain.paging.practice import asked_in
from bot.domain.timeline.entries import Entry
from bot.domain.timeline.pictures import offered
from bot.integrations.slack import called_again, consecutive, nudges, rounds
from bot.integrations.slack.backlog import Backlog, answered_in, incident_channel
from bot.integrations.slack.client import Posted, SlackClient, SlackError
from bot.integrations.slack.standing import (
    IN_CHANNEL,
    NUDGE,
    TOLD,
    StandingMessages,
    asked_for,
    called_in,
    kept,
)
from bot.integrations.slack.surfaces import announced, subscribed_channels
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.paging.alarm import with_numbers
from bot.operations.timeline.pins import filled, linked
from bot.operations.workspace import places
from bot.operations.workspace.channel import not_posted, problem
from bot.unit_of_work import UnitOfWork
from bot.views import notices
from bot.views.blocks import Message
from bot.views.paging import told
from bot.views.work import update
from storage import incidents, members, people, posts, streams, timeline, updates
from storage.outbox import Delivery, Waiting
from storage.posts import Post
from storage.transaction import Tx

KEPT = "bookmark_tabs"
"""The reaction with which the bot shows that a message is on the timeline."""
SAID_ONCE_IN = timedelta(hours=1)
"""How often the lead hears that the channel cannot be told: not with every notice."""
_OF_PINS = {
    "slack.read_pinned": "A pinned message could not be read",
    "slack.link_pinned": "The link to a pinned message could not be found",
    "slack.mark_pinned": "A pinned message could not be marked",
    "slack.unmark_pinned": "A pinned message could not be marked",
}
"""What is said once, not with every pin; of these only lost words concern the channel."""
_IN_CHANNEL = {"slack.tell", "slack.post_update", "slack.nudge_channel", *_OF_PINS}


class Notices:
    """Messages that are posted once, in the incident's channel or under its announcements."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack
        self._backlog = Backlog(uow, slack)

    def jobs(self) -> list[Job]:
        lane, pinned, mark = "told:{incident}", "pinned:{incident}:{ts}", "mark:{incident}:{ts}"
        add, remove = (partial(self._react, method) for method in ("reactions.add", "reactions.remove"))
        nudge = "slack.nudge_channel"
        together, summary = self._backlog.together, self._backlog.tell_channel
        once = partial(together, retell=summary, where=incident_channel, but_last=nudge)
        return [
            Job("slack.tell", {EntriesAdded}, once(self.tell), lane, _failed),
            Job("slack.post_update", {UpdatePosted}, once(self.post_update), lane, _failed),
            Job(
                "slack.thread_update",
                {UpdatePosted},
                together(self.thread_update, self._thread_newest, where=_thread),
                "thread:{incident}:{place}",
                _failed,
                about=_threads,
            ),
            Job(nudge, {UpdateOverdue}, once(self.nudge_channel), lane, _failed),
            Job(
                "slack.nudge_lead",
                {UpdateOverdue},
                together(self.nudge_lead, self._nudge_once),
                "lead:{incident}",
                _failed,
            ),
            Job("slack.read_pinned", {MessagePinned}, self.read_pinned, pinned, _failed),
            Job("slack.link_pinned", {PinUnlinked}, self.link_pinned, pinned, _failed),
            Job("slack.mark_pinned", {MessagePinned}, add, mark, _failed),
            Job("slack.unmark_pinned", {MessageUnpinned}, remove, mark, _failed),
            *StandingMessages(self._uow, self._slack, _failed).jobs(),
            Job("slack.tell_problem", {ProblemUnheard}, self.tell_problem, "problem:{incident}", _failed),
            Job("slack.give_back", {TextRefused}, self.give_back, "back:{person}", _failed),
        ]

    async def tell(self, delivery: Delivery) -> Effect | None:
        """Tell the channel of everything that one decision changed, in one message."""
        incident, found, called, answered = await self._uow.read(_told, delivery.subject)
        if not incident.channel or not found:
            return None
        if page := rounds.answer_in(found):
            return await rounds.tell(self._uow, self._slack, delivery, incident, page)
        if called_again.alone(found):
            place, posted = await called_again.tell(self._uow, self._slack, delivery, incident, found)
            kind = called_again.AGAIN
            return partial(kept, incident_id=incident.id, kind=kind, places=[place], posted=posted)
        message = told.told(found, called, incident)
        if consecutive.alone(found):
            entry = found[0]
            return await consecutive.tell(
                self._uow, self._slack, delivery, incident=incident, entry=entry, message=message
            )
        if called_again.loud(found):
            posted = await called_again.call_loudly(self._uow, self._slack, delivery, incident, message)
            return _called_loudly(delivery, posted)
        posted = await self._slack.post(delivery, incident.channel, message, about=answered)
        return _kept(delivery, posted) if called else None

    async def post_update(self, delivery: Delivery) -> None:
        incident = await self._incident(delivery)
        if incident.channel:
            await self._slack.post(delivery, incident.channel, await self._uow.read(_update, delivery))
        else:
            await self._backlog.wait_for_place("slack.open_channel", f"channel:{incident.id}")

    async def thread_update(self, delivery: Delivery) -> None:
        subject = delivery.subject
        incident = await self._incident(delivery)
        if incident.private:  # since it was announced
            return
        post = await self._uow.read(posts.find, incident.id, "announcement", subject["place"])
        if post:
            message = await self._uow.read(_update, delivery)
            await self._slack.post(delivery, post.channel, message, thread=post.ts)
        else:
            await self._backlog.wait_for_place("slack.announce", f"announce:{incident.id}:{subject['place']}")
            await self._backlog.wait_for_place("slack.open_channel", f"channel:{incident.id}")

    async def nudge_channel(self, delivery: Delivery) -> Effect | None:
        incident = await self._incident(delivery)
        due = await self._uow.read(_still_due, delivery)
        if not incident.channel or not due:
            return None
        asked = await self._uow.read(asked_for, incident)
        earlier = await self._uow.read(nudges.earlier(NUDGE, incident.id, IN_CHANNEL))
        message = update.nudge(incident)
        posted = await nudges.in_place(self._slack, delivery, incident.channel, message, earlier)
        return _nudged(f"{IN_CHANNEL}:{asked}", incident, posted, earlier)

    async def nudge_lead(self, delivery: Delivery) -> Effect | None:
        """Ask the lead for the update that is overdue, unless they are not there to be asked."""
        incident = await self._incident(delivery)
        gone = await self._uow.read(members.gone, incident.id)
        there = incident.lead not in gone and asked_in(incident, incident.lead)
        there = there and await self._uow.read(people.present, incident.lead)
        if not incident.lead or not there or not await self._uow.read(_still_due, delivery):
            return None
        asked, message = await self._uow.read(asked_for, incident), update.nudge_lead(incident)
        earlier = await self._uow.read(nudges.earlier(NUDGE, incident.id, incident.lead))
        posted = await nudges.replacing(self._slack, delivery, incident.lead, message, earlier)
        return _nudged(f"{incident.lead}:{asked}", incident, posted, earlier)

    async def _nudge_once(self, delivery: Delivery, _: Sequence[Waiting]) -> Effect | None:
        return await self.nudge_lead(delivery)

    async def _thread_newest(self, delivery: Delivery, behind: Sequence[Waiting]) -> None:
        """Post only the newest of several late updates: an announcement shows how it stands."""
        await self.thread_update(replace(delivery, subject=behind[-1].subject))

    async def read_pinned(self, delivery: Delivery) -> Effect | None:
        """Fetch what a pinned message says and who wrote it. Its link may come later."""
        incident, ts = await self._incident(delivery), delivery.subject["ts"]
        channel = await self._uow.read(_pinned_in, delivery)
        if not channel:
            return None
        message = await self._message(channel, ts)
        try:
            link = await self._slack.link_to(channel, ts, message.get("thread_ts"))
        except DeliveryFailed:
            link = ""
        files = [file.get("name") or file.get("title") or "a file" for file in message.get("files") or []]
        return partial(
            filled,
            incident_id=incident.id,
            ts=ts,
            by=message.get("user"),
            text=message.get("text") or "",
            permalink=link,
            thread=message.get("thread_ts"),
            files=files,
            pictures=offered(message.get("files") or []),
            stream=delivery.subject.get("stream", 0),
        )

    async def link_pinned(self, delivery: Delivery) -> Effect | None:
        """Find out where a pinned message is, when that could not be said as it was read."""
        ts, channel = delivery.subject["ts"], await self._uow.read(_pinned_in, delivery)
        if not channel:
            return None
        link = await self._slack.link_to(channel, ts, delivery.subject["thread"])
        return partial(linked, incident_id=delivery.subject["incident"], ts=ts, permalink=link)

    async def tell_problem(self, delivery: Delivery) -> None:
        """Tell the lead of something that failed, when there is no channel to tell."""
        incident = await self._incident(delivery)
        what, why, cure = (delivery.subject[key] for key in ("what", "why", "cure"))
        message = notices.problem(incident, what, why, cure)
        if not incident.lead or incident.lead in await self._uow.read(members.gone, incident.id):
            return
        await self._slack.post(delivery, incident.lead, message, readable=False)

    async def give_back(self, delivery: Delivery) -> None:
        """Give what somebody wrote back to them, when it could not be posted."""
        subject = delivery.subject
        incident = await self._incident(delivery)
        message = notices.given_back(incident, subject["what"], subject["why"], subject["words"])
        await self._slack.post(delivery, subject["person"], message, readable=False)

    async def _react(self, method: str, delivery: Delivery) -> None:
        """Show on a message that it is on the timeline, or is not."""
        channel = await self._uow.read(_pinned_in, delivery)
        if not channel:
            return
        await self._slack.tolerate(
            "already_reacted",
            "no_reaction",
            "message_not_found",
            method=method,
            channel=channel,
            timestamp=delivery.subject["ts"],
            name=KEPT,
        )

    async def _message(self, channel: str, ts: str) -> dict[str, Any]:
        """Read one message: from the channel's history, or from its thread, which its first message heads."""
        only: dict[str, Any] = {"channel": channel, "oldest": ts, "latest": ts, "inclusive": True}
        answer = await self._slack.call("conversations.history", **only, limit=1)
        found: list[dict[str, Any]] = [one for one in answer["messages"] if one["ts"] == ts]
        if not found:
            try:
                answer = await self._slack.call("conversations.replies", **only, ts=ts, limit=2)
            except SlackError as error:
                raise DeliveryFailed("the pinned message is gone", permanent=True) from error
            found = [one for one in answer["messages"] if one["ts"] == ts]
        if not found:
            raise DeliveryFailed("the pinned message is gone", permanent=True)
        return found[0]

    async def _incident(self, delivery: Delivery) -> Incident:
        return await self._uow.read(incidents.get, delivery.subject["incident"])


def _kept(delivery: Delivery, posted: Posted) -> Effect:
    places = [str(entry) for entry in delivery.subject["entries"]]
    return partial(kept, incident_id=delivery.subject["incident"], kind=TOLD, places=places, posted=posted)


def _called_loudly(delivery: Delivery, posted: Posted) -> Effect:
    keep = _kept(delivery, posted)

    def remember(tx: Tx) -> None:
        keep(tx)
        called_again.called_loudly(tx, delivery.subject["incident"], posted)

    return remember


def _nudged(asked: str, incident: Incident, posted: Posted, earlier: Post | None) -> Effect:
    """Return what remembers a reminder of an update, in the place of an earlier one."""

    def keep(tx: Tx) -> None:
        if earlier and earlier.place != asked:
            posts.forget(tx, earlier)
        kept(tx, incident_id=incident.id, kind=NUDGE, places=[asked], posted=posted)

    return keep


def _threads(tx: Tx, fact: UpdatePosted) -> Subjects:
    incident = incidents.get(tx, fact.incident)
    ended = () if incident.status.open else subscribed_channels(tx, incident)  # they heard that it is over
    return [{**one, "update": fact.update} for one in announced(tx, fact) if one["place"] not in ended]


def _thread(tx: Tx, delivery: Delivery) -> tuple[str, str | None] | None:
    post = posts.find(tx, delivery.subject["incident"], "announcement", delivery.subject["place"])
    return (post.channel, post.ts) if post else None


def _pinned_in(tx: Tx, delivery: Delivery) -> str | None:
    """Return the channel of a pinned message: the incident's own, or that of a stream."""
    if stream := delivery.subject.get("stream"):
        return streams.get(tx, stream).channel
    return incidents.get(tx, delivery.subject["incident"]).channel


def _update(tx: Tx, delivery: Delivery) -> Message:
    posted = updates.get(tx, delivery.subject["update"])
    incident = incidents.get(tx, delivery.subject["incident"])
    return update.posted(posted, incident, people.name_of(tx, posted.by))


def _still_due(tx: Tx, delivery: Delivery) -> bool:
    """Say whether an update is still missing: a reminder may be late itself."""
    incident = incidents.get(tx, delivery.subject["incident"])
    latest = updates.latest(tx, incident.id)
    return incident.status.active and not (latest and latest.at > delivery.created_at)


def _told(
    tx: Tx, subject: Mapping[str, Any]
) -> tuple[Incident, list[Entry], dict[int, Page], dict[str, str]]:
    known = (timeline.get(tx, entry) for entry in subject["entries"])
    found = [with_numbers(tx, entry) for entry in known if entry]
    return incidents.get(tx, subject["incident"]), found, called_in(tx, found), answered_in(tx, found)


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    what = {
        "slack.post_update": "An update could not be posted",
        "slack.thread_update": "An update could not be posted under the announcement",
        **_OF_PINS,
    }.get(delivery.job, "A message could not be sent")
    incident, cure = delivery.subject["incident"], "It is in the timeline: `/inc timeline`."
    if delivery.job == "slack.post_update":
        refused = updates.get(tx, delivery.subject["update"])
        not_posted(tx, incident, "update", reason, refused.text, by=refused.by)
    if delivery.job in _IN_CHANNEL and places.refused(tx, incident, reason):
        return
    said = timeline.problem_since(tx, incident, what, tx.now - SAID_ONCE_IN)
    if delivery.job in _OF_PINS and said:
        return
    silent = delivery.job == "slack.tell"
    beside = delivery.job in _OF_PINS and delivery.job != "slack.read_pinned"
    problem(tx, incident, what, reason, cure, told=not (silent or beside))
    if silent and not said:
        back = f"{cure} If I was removed from the channel, invite me again."
        what = "Its channel cannot be told"
        tx.record(ProblemUnheard(incident=incident, what=what, why=reason, cure=back))
