"""What those read who get an incident's updates: people in direct messages, channels in a thread.

A channel has the announcement of `bot/integrations/slack/cards.py`, and the updates below it; here it is told
when the incident is over, and that it gets no more.
"""

from functools import partial

from bot.domain.facts import Declined, StatusChanged, Subscribed, Unsubscribed, UpdatePosted
from bot.domain.incidents.incident import Incident, Status
from bot.domain.incidents.subscriptions import Target
from bot.integrations.slack.client import SlackClient
from bot.integrations.slack.surfaces import subscribed_channels
from bot.jobs import Effect, Job, Subjects
from bot.operations.incidents.subscriptions import gets_updates
from bot.operations.workspace.channel import problem
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.incidents import subscriptions as view
from storage import incidents, people, posts, subscriptions, updates
from storage.outbox import Delivery
from storage.transaction import Tx

ANNOUNCEMENT = "announcement"


class Followers:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        to_person = "follow:{incident}:{person}"
        ended = {StatusChanged, Declined}
        return [
            Job("slack.send_update", {UpdatePosted}, self.send_update, to_person, _failed, about=_readers),
            Job("slack.tell_subscriber", {Subscribed}, self.begin, to_person, _failed, about=_told),
            Job("slack.tell_over", ended, self.tell_over, to_person, _failed, about=_whose_is_over),
            # behind the updates in the same thread
            Job(
                "slack.thread_over",
                ended,
                self.thread_over,
                "thread:{incident}:{place}",
                _failed,
                about=_where_it_is_over,
            ),
            Job(
                "slack.unannounce",
                {Unsubscribed},
                self.unannounce,
                "announce:{incident}:{place}",
                _failed,
                about=_no_more,
            ),
        ]

    async def send_update(self, delivery: Delivery) -> None:
        """Send an update to somebody, unless they may not know of the incident any more."""
        await self._send(delivery, await self._uow.read(_update, delivery))

    async def begin(self, delivery: Delivery) -> None:
        incident = await self._incident(delivery)
        giver, duplicate = delivery.subject["giver"], delivery.subject["duplicate"]
        await self._send(delivery, view.begun(incident, giver, duplicate))

    async def tell_over(self, delivery: Delivery) -> None:
        await self._send(delivery, _how_it_stands(await self._incident(delivery)))

    async def thread_over(self, delivery: Delivery) -> None:
        """Say in a channel's thread that the incident is over, or open again."""
        incident = await self._incident(delivery)
        post = await self._uow.read(posts.find, incident.id, ANNOUNCEMENT, delivery.subject["place"])
        if post and not incident.private:
            await self._slack.post(delivery, post.channel, _how_it_stands(incident), thread=post.ts)

    async def unannounce(self, delivery: Delivery) -> Effect | None:
        """Have the message in a channel say that it gets no more."""
        incident = await self._incident(delivery)
        post = await self._uow.read(posts.find, incident.id, ANNOUNCEMENT, delivery.subject["place"])
        if not post or incident.private or await self._uow.read(_again, delivery):
            return None
        await self._slack.redraw(delivery, post.channel, post.ts, view.stopped(incident))
        return partial(posts.forget, post=post)

    async def _send(self, delivery: Delivery, shown: Message) -> None:
        incident, person = delivery.subject["incident"], delivery.subject["person"]
        if await self._uow.read(gets_updates, incident, person):
            await self._slack.post(delivery, person, shown, readable=False)

    async def _incident(self, delivery: Delivery) -> Incident:
        return await self._uow.read(incidents.get, delivery.subject["incident"])


def _how_it_stands(incident: Incident) -> Message:
    return view.back(incident) if incident.status.open else view.over(incident)


def _update(tx: Tx, delivery: Delivery) -> Message:
    sent = updates.get(tx, delivery.subject["update"])
    return view.update(incidents.get(tx, sent.incident), sent, people.name_of(tx, sent.by))


def _people_of(tx: Tx, incident_id: int) -> list[str]:
    return [one.target for one in subscriptions.of(tx, incident_id) if one.kind is Target.PERSON]


def _readers(tx: Tx, fact: UpdatePosted) -> Subjects:
    """Return who reads an update: nobody any more, once they heard that the incident is over."""
    if not incidents.get(tx, fact.incident).status.open:
        return ()
    readers = _people_of(tx, fact.incident)
    return [{"incident": fact.incident, "update": fact.update, "person": one} for one in readers]


def _told(tx: Tx, fact: Subscribed) -> Subjects:
    """Return whom somebody else had subscribed."""
    if fact.target_kind != Target.PERSON or (fact.by == fact.target and not fact.duplicate):
        return ()
    more = {"giver": str(fact.by), "duplicate": fact.duplicate}
    return ({"incident": fact.incident, "person": fact.target, **more},)


def _turned(fact: StatusChanged | Declined) -> bool:
    """Say whether an incident is over by this, or open again because the problem is back."""
    if isinstance(fact, Declined):
        return True
    return (not Status(fact.after).open and Status(fact.before).open) or fact.back is True


def _whose_is_over(tx: Tx, fact: StatusChanged | Declined) -> Subjects:
    readers = _people_of(tx, fact.incident) if _turned(fact) else ()
    return [{"incident": fact.incident, "person": one} for one in readers]


def _where_it_is_over(tx: Tx, fact: StatusChanged | Declined) -> Subjects:
    channels = subscribed_channels(tx, incidents.get(tx, fact.incident)) if _turned(fact) else ()
    return [{"incident": fact.incident, "place": one} for one in channels]


def _no_more(tx: Tx, fact: Unsubscribed) -> Subjects:
    channel = fact.target_kind == Target.CHANNEL
    return ({"incident": fact.incident, "place": fact.target},) if channel else ()


def _again(tx: Tx, delivery: Delivery) -> bool:
    """Say whether the channel gets them again meanwhile."""
    return bool(subscriptions.find(tx, delivery.subject["incident"], delivery.subject["place"]))


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    what = "An update could not be sent to everybody who gets them"
    problem(
        tx, delivery.subject["incident"], what, reason, "`/inc subscribe` shows who they are.", told=False
    )
