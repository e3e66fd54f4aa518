"""The channels of streams: opened, filled with people, told, and ended with the incident's own."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from bot.domain import facts
from bot.domain.incidents.archiving import archived_after
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.streams import Stream, follows, stream_channel_name
from bot.integrations.slack.client import SlackClient, SlackError
from bot.integrations.slack.taking_back import empty_channel
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.incidents import streams as operations
from bot.operations.workspace.channel import problem
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message, mentions, quiet
from bot.views.incidents import streams as view
from storage import incidents, members, people, posts, streams
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx

MOST_NAMES_TRIED = 20
SKEW = timedelta(hours=1)
"""By how much Slack's clock may be behind ours."""
INCIDENT_FIRST = timedelta(seconds=2)
"""When it is looked again whether the incident's own channel is open."""
_NOT_THERE = ("already_in_channel", "cant_invite_self", "user_not_found", "cant_invite", "is_archived")
_TURNED = {facts.StreamOpened, facts.StreamTurnedPrivate}
_SHOWN = {
    *(facts.StreamOpened, facts.StreamUpdated, facts.StreamLeadChanged, facts.StreamClosed),
    *(facts.StreamMoved, facts.StreamRenamed),
}


@dataclass(frozen=True, slots=True)
class Scene:
    stream: Stream
    incident: Incident
    post: Post | None
    message: Message


class Streams:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        lane, there = "stream:{stream}", "stream_people:{stream}"
        job = partial(Job, on_dead=_failed)
        posts_it = "slack.post_stream"
        return [
            Job("slack.open_stream", _TURNED, self.open, lane, _not_opened, about=_to_open),
            job(posts_it, {facts.StreamChannelOpened}, self.post, lane),
            job(
                "slack.redraw_stream",
                _SHOWN,
                self.redraw,
                lane,
                coalesce=True,
                about=_shown,
                drawn_by=posts_it,
            ),
            job(
                "slack.rename_stream",
                {facts.StreamRenamed, facts.ChannelFollowed},
                self.rename,
                lane,
                coalesce=True,
                about=_misnamed,
            ),
            job(
                "slack.tell_stream_lead",
                {facts.StreamOpened, facts.StreamLeadChanged},
                self.tell_lead,
                lane,
                about=_given,
            ),
            job("slack.update_stream", {facts.StreamUpdated}, self.tell, lane),
            job("slack.invite_to_stream", {facts.StreamPeopleAdded}, self.invite, there),
            job("slack.put_out_of_stream", {facts.PersonRemoved}, self.put_out, there, about=_to_leave),
            job("slack.archive_stream", {facts.ChannelOver}, self.archive, lane, about=_with_channel),
            job(
                "slack.close_stream", {facts.StreamTurnedPrivate}, self.close_public, "close:stream:{stream}"
            ),
        ]

    async def open(self, delivery: Delivery) -> Effect | None:
        """Create the channel, once the incident's own is there; a name that is taken gets a counter.

        After an attempt of unknown fate, look first whether there is one.
        """
        scene = await self._scene(delivery)
        stream, incident = scene.stream, scene.incident
        if stream.channel or not stream.open:
            return None
        if not (incident.channel or incident.channel_lost):
            raise DeliveryFailed("the incident's channel is not open yet", after=INCIDENT_FIRST, held=True)
        found = await self._ours(stream, incident) if delivery.attempt > 1 else None
        for attempt in range(MOST_NAMES_TRIED):
            name = stream_channel_name(incident, stream, attempt=attempt)
            found = found or await self._create(incident, name)
            if found:
                return partial(
                    operations.channel_opened, stream_id=stream.id, channel=found["id"], name=found["name"]
                )
        raise DeliveryFailed(f"{MOST_NAMES_TRIED} names like it are taken", permanent=True)

    async def post(self, delivery: Delivery) -> Effect | None:
        """Post the standing message."""
        scene = await self._scene(delivery)
        channel = scene.stream.place
        if not channel or scene.post:
            return None
        about = {"stream": str(scene.stream.id)}
        posted = await self._slack.post(delivery, channel, scene.message, about=about)
        return partial(
            operations.message_posted, stream_id=scene.stream.id, channel=posted.channel, ts=posted.ts
        )

    async def redraw(self, delivery: Delivery) -> None:
        scene = await self._scene(delivery)
        if scene.post and scene.stream.place:
            await self._slack.redraw(delivery, scene.post.channel, scene.post.ts, scene.message)

    async def rename(self, delivery: Delivery) -> Effect | None:
        """Name the channel after the stream and the incident; a name that is taken gets a counter."""
        scene = await self._scene(delivery)
        stream = scene.stream
        if not stream.place:
            return None
        for attempt in range(MOST_NAMES_TRIED):
            name = stream_channel_name(scene.incident, stream, attempt=attempt)
            if name == stream.channel_name:
                return None
            answer = await self._slack.tolerate(
                "name_taken", method="conversations.rename", channel=stream.place, name=name
            )
            if answer.get("ok"):
                given = answer["channel"]["name"]
                return partial(operations.channel_renamed, channel=stream.place, name=given)
        raise DeliveryFailed("every name like it is taken", permanent=True)

    async def tell_lead(self, delivery: Delivery) -> None:
        """Tell somebody that they lead a stream, if they still do: once its channel is open, if it opens."""
        scene, (_, gone) = await self._scene(delivery), await self._uow.read(_kept_out, delivery)
        person = delivery.subject["person"]
        if scene.stream.open and scene.stream.lead == person and person not in gone:
            message = view.given(scene.stream, scene.incident, delivery.subject["giver"])
            await self._slack.post(delivery, person, message, readable=False)

    async def tell(self, delivery: Delivery) -> None:
        """Post an update in the stream's channel."""
        channel, message = await self._uow.read(_update, delivery)
        if channel:
            about = {"stream": str(delivery.subject["stream"])}
            await self._slack.post(delivery, channel, message, about=about)

    async def invite(self, delivery: Delivery) -> None:
        """Bring people in; who cannot come does not keep the others out."""
        stream, gone = await self._uow.read(_kept_out, delivery)
        wanted = [one for one in delivery.subject["people"] if one not in gone]
        if not stream.place or not wanted:
            return
        await self._slack.tolerate(
            *_NOT_THERE,
            method="conversations.invite",
            channel=stream.place,
            users=",".join(wanted),
            force=True,
        )

    async def put_out(self, delivery: Delivery) -> None:
        """Remove who may not know of the private incident any more."""
        stream, gone = await self._uow.read(_kept_out, delivery)
        if stream.place and delivery.subject["person"] in gone:
            await self._slack.tolerate(
                "not_in_channel",
                "user_not_found",
                method="conversations.kick",
                channel=stream.place,
                user=delivery.subject["person"],
            )

    async def archive(self, delivery: Delivery) -> Effect | None:
        """Archive the channel with that of the incident."""
        scene = await self._scene(delivery)
        channel = scene.stream.place
        if not channel or not archived_after(scene.incident, self._uow.process):
            return None
        await self._slack.tolerate("already_archived", method="conversations.archive", channel=channel)
        return partial(operations.channel_gone, channel=channel, deleted=False)

    async def close_public(self, delivery: Delivery) -> None:
        """Take out of a channel that everybody can read what is ours, and archive it."""
        await empty_channel(self._uow, self._slack, delivery, f"moved {delivery.subject['stream']}")

    async def _scene(self, delivery: Delivery) -> Scene:
        return await self._uow.read(_scene, delivery.subject["stream"])

    async def _create(self, incident: Incident, name: str) -> Mapping[str, Any] | None:
        """Create a channel, or return None when the name is taken."""
        try:
            answer = await self._slack.call("conversations.create", name=name, is_private=incident.private)
        except SlackError as error:
            if error.code != "name_taken":
                raise
            return None
        found: Mapping[str, Any] = answer["channel"]
        return found

    async def _ours(self, stream: Stream, incident: Incident) -> Mapping[str, Any] | None:
        """Find the channel that an earlier attempt, of which no answer came, may have made: it has one of our
        names, is ours, not older than the stream and of nobody else.
        """
        own = (await self._slack.call("auth.test"))["user_id"]
        kinds = ("public_channel", "private_channel")
        rows = await asyncio.gather(
            *(
                self._slack.pages_of("conversations.list", "channels", types=kind, exclude_archived=True)
                for kind in kinds
            )
        )
        names = {
            stream_channel_name(incident, stream, attempt=attempt) for attempt in range(MOST_NAMES_TRIED)
        }
        known = await self._uow.read(_all_channels)
        since = (stream.opened_at - SKEW).timestamp()
        for row in [*rows[0], *rows[1]]:
            fresh = row.get("creator") == own and row.get("created", 0) >= since
            alike = bool(row.get("is_private")) is incident.private
            if row["name"] in names and row["id"] not in known and fresh and alike:
                return row
        return None


def _scene(tx: Tx, stream_id: int) -> Scene:
    stream = streams.get(tx, stream_id)
    incident = incidents.get(tx, stream.incident)
    message = view.standing(stream, incident, streams.latest(tx, stream_id))
    post = posts.find(tx, incident.id, operations.POST, str(stream_id))
    return Scene(stream, incident, post, _quiet(tx, message))


def _quiet(tx: Tx, message: Message) -> Message:
    """Return a message that names people: nobody is called by it."""
    return quiet(message, people.names(tx, mentions(message)))


def _update(tx: Tx, delivery: Delivery) -> tuple[str | None, Message]:
    update = streams.get_update(tx, delivery.subject["update"])
    stream = streams.get(tx, update.stream)
    incident = incidents.get(tx, stream.incident)
    return stream.place, view.updated(update, stream, incident, people.name_of(tx, update.by_whom))


def _kept_out(tx: Tx, delivery: Delivery) -> tuple[Stream, frozenset[str]]:
    stream = streams.get(tx, delivery.subject["stream"])
    return stream, members.gone(tx, stream.incident)


def _all_channels(tx: Tx) -> set[str]:
    return incidents.channels(tx) | streams.channels(tx)


def _to_open(tx: Tx, fact: facts.StreamOpened | facts.StreamTurnedPrivate) -> Subjects:
    stream = streams.get(tx, fact.stream)
    return ({"incident": fact.incident, "stream": fact.stream},) if stream.open and not stream.channel else ()


def _shown(
    _: Tx,
    fact: facts.StreamOpened
    | facts.StreamUpdated
    | facts.StreamLeadChanged
    | facts.StreamClosed
    | facts.StreamRenamed
    | facts.StreamMoved,
) -> Subjects:
    return ({"incident": fact.incident, "stream": fact.stream},)


def _misnamed(tx: Tx, fact: facts.StreamRenamed | facts.ChannelFollowed) -> Subjects:
    """Return the streams whose channels are to bear another name."""
    if isinstance(fact, facts.StreamRenamed):
        return ({"incident": fact.incident, "stream": fact.stream},)
    incident = incidents.get(tx, fact.incident)
    there = (one for one in streams.of(tx, fact.incident) if one.place)
    return [
        {"incident": fact.incident, "stream": one.id} for one in there if follows(one, incident, fact.before)
    ]


def _given(_: Tx, fact: facts.StreamOpened | facts.StreamLeadChanged) -> Subjects:
    """Return who leads a stream now because somebody else wanted it."""
    person = fact.lead if isinstance(fact, facts.StreamOpened) else fact.after
    if not person or person == fact.by:
        return ()
    about = {"incident": fact.incident, "stream": fact.stream, "person": person, "giver": str(fact.by)}
    return (about,)


def _with_channel(tx: Tx, fact: facts.ChannelOver) -> Subjects:
    there = (one for one in streams.of(tx, fact.incident) if one.place)
    return [{"incident": fact.incident, "stream": one.id} for one in there]


def _to_leave(tx: Tx, fact: facts.PersonRemoved) -> Subjects:
    there = (one for one in streams.of(tx, fact.incident) if one.place)
    return [{"incident": fact.incident, "stream": one.id, "person": fact.person} for one in there]


def _not_opened(tx: Tx, delivery: Delivery, reason: str) -> None:
    operations.channel_lost(tx, delivery.subject["stream"], reason)


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    stream = streams.get(tx, delivery.subject["stream"])
    if "is_archived" in reason or "channel_not_found" in reason or stream.place is None:
        return  # somebody was faster, and Slack tells of it
    what, cure = {
        "slack.invite_to_stream": (
            f"Not everybody could be invited to the stream {stream.name}",
            "Invite them by hand.",
        ),
        "slack.put_out_of_stream": (
            f"Who left could not be removed from the stream {stream.name}",
            "Remove them by hand.",
        ),
        "slack.rename_stream": (
            f"The channel of the stream {stream.name} could not be renamed",
            "Rename it by hand.",
        ),
        "slack.tell_stream_lead": (
            f"Who leads the stream {stream.name} could not be told",
            "Tell them by hand.",
        ),
        "slack.archive_stream": (
            f"The channel of the stream {stream.name} could not be archived",
            "Archive it by hand.",
        ),
        "slack.close_stream": (
            f"The old channel of the stream {stream.name} could not be emptied",
            "Ask an admin to delete it by hand.",
        ),
    }.get(
        delivery.job,
        (f"Nothing could be posted in the stream {stream.name}", "It is in the timeline: `/inc timeline`."),
    )
    problem(tx, stream.incident, what, reason, cure, told=False)
