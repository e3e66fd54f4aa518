"""The incident's channel: opened, named, filled with people."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any

from bot.domain import facts
from bot.domain.incidents.archiving import archived_after
from bot.domain.incidents.fields import Link
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.streams import Stream
from bot.domain.text import channel_name
from bot.integrations.slack.catch_up import catching_up
from bot.integrations.slack.client import SlackClient, SlackError
from bot.integrations.slack.surfaces import Surface, in_channel, shown_on
from bot.integrations.slack.taking_back import taking_back
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.incidents.archiving import last_word_said
from bot.operations.workspace import channel, places
from bot.unit_of_work import Guarded, UnitOfWork
from bot.views.incidents import archiving, topic
from storage import actions, incidents, links, members, outbox, people, posts, streams, timeline
from storage import places as places_of
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx

MOST_NAMES_TRIED = 20
SKEW = timedelta(hours=1)
"""By how much Slack's clock may be behind ours."""
SETTLED = timedelta(seconds=3)
"""How long topic and name wait for further changes: each time they are set the channel gets a line."""
_FIRST_TOPIC = "slack.first_topic"
_THERE_ALREADY = ("already_in_channel", "cant_invite_self")


class Channels:
    def __init__(self, uow: UnitOfWork, slack: SlackClient, own_user: str | None = None) -> None:
        self._uow = uow
        self._slack = slack
        self.own_user = own_user
        self.looked = False
        """Whether it is known which channels came back while nobody told us."""

    def jobs(self) -> list[Job]:
        topic_lane = "topic:{incident}"
        settled = partial(Job, on_dead=_failed, coalesce=True, after=SETTLED)
        return [
            Job(
                "slack.open_channel",
                {facts.Declared, facts.TurnedPrivate},
                self.open,
                "channel:{incident}",
                _not_opened,
                leads=True,
            ),
            settled(
                "slack.rename_channel",
                {facts.ChannelOpened, facts.Renamed},
                self.rename,
                "channel:{incident}",
                about=_misnamed,
            ),
            Job("slack.last_word", {facts.ChannelEnds}, self.last_word, "channel:{incident}", _not_said),
            Job("slack.archive", {facts.ChannelOver}, self.archive, "channel:{incident}", _failed),
            Job("slack.rejoin", {facts.BotPutOut}, self.rejoin, "channel:{incident}", _failed),
            Job("slack.invite", {facts.PeopleAdded}, self.invite, "people:{incident}", _not_invited),
            catching_up(self._uow, self._slack),
            *taking_back(self._uow, self._slack),
            Job(_FIRST_TOPIC, {facts.ChannelOpened}, self.set_topic, topic_lane, _failed),
            settled(
                "slack.set_topic",
                {*shown_on(Surface.TOPIC), facts.ChannelBack},
                self.set_topic,
                topic_lane,
                about=_to_settle,
            ),
        ]

    async def come_back(self) -> None:
        """Bring up to date the channels that are back since the bot was stopped.

        Whether one is back is asked first, so that nothing is refused, and told of, with every start.
        """
        for channel_id in await self._uow.read(places.away):
            try:
                answer = await self._slack.call("conversations.info", channel=channel_id)
            except DeliveryFailed as failure:
                if failure.permanent:
                    continue
                return  # it is asked again in a moment
            found = answer.get("channel") or {}
            if not found.get("is_archived"):
                member = bool(found.get("is_member"))
                await self._uow.perform(places.found_again, channel_id, member=member)
        self.looked = True

    async def open(self, delivery: Delivery) -> Effect | None:
        """Create the channel; a name that is taken gets a counter.

        After an attempt of unknown fate, look first whether there is one: it may have another name by now.
        """
        incident = await self._uow.read(incidents.get, delivery.subject["incident"])
        if incident.channel or incident.merged_into:  # a duplicate goes on elsewhere
            return None
        found = await self._ours(incident) if delivery.uncertain else None
        for attempt in range(MOST_NAMES_TRIED):
            name = channel_name(incident.id, incident.name, attempt=attempt)
            found = found or await self._create(delivery, incident, name)
            if found:
                return partial(
                    channel.channel_opened, incident_id=incident.id, channel=found["id"], name=found["name"]
                )
        raise DeliveryFailed(f"{MOST_NAMES_TRIED} names like it are taken", permanent=True)

    async def rename(self, delivery: Delivery) -> Effect | None:
        incident = await self._uow.read(incidents.get, delivery.subject["incident"])
        if not incident.channel:
            return None
        for attempt in range(MOST_NAMES_TRIED):
            name = channel_name(incident.id, incident.name, attempt=attempt)
            if name == incident.channel_name:
                return None
            answer = await self._slack.tolerate(
                "name_taken", method="conversations.rename", channel=incident.channel, name=name
            )
            if answer.get("ok"):
                given = answer["channel"]["name"]
                return partial(channel.channel_renamed, incident_id=incident.id, name=given)
        raise DeliveryFailed("every name like it is taken", permanent=True)

    async def last_word(self, delivery: Delivery) -> Effect | None:
        """Post the last message, which links everything; then the channel is archived."""
        incident, there = await self._uow.read(_all_of, delivery.subject["incident"])
        if not incident.channel or not archived_after(incident, self._uow.process) or there.archived:
            return None
        announced = [await self._slack.link_to(one.channel, one.ts) for one in there.announced]
        shown = archiving.last_word(
            incident, there.entries, there.open_actions, there.links, announced, streams=there.streams
        )
        await self._slack.post(delivery, incident.channel, shown)
        return partial(last_word_said, incident_id=incident.id)

    async def archive(self, delivery: Delivery) -> Effect | None:
        """Archive the channel of an incident that is over, or goes on elsewhere."""
        incident = await self._uow.read(incidents.get, delivery.subject["incident"])
        if not incident.channel or not archived_after(incident, self._uow.process):
            return None
        await self._slack.tolerate(
            "already_archived", method="conversations.archive", channel=incident.channel
        )
        return partial(places.archived, channel=incident.channel)

    async def rejoin(self, delivery: Delivery) -> Effect | None:
        """Come back into a channel that the bot was removed from: pins would not reach it otherwise."""
        incident = await self._uow.read(incidents.get, delivery.subject["incident"])
        if not incident.channel:
            return None
        joined = await self._slack.tolerate(
            "is_archived", method="conversations.join", channel=incident.channel
        )
        return partial(places.back, channel=incident.channel) if joined.get("ok") else None

    async def invite(self, delivery: Delivery) -> Effect | None:
        """Bring people in: one call for all, and those who cannot come do not keep the others out."""
        incident, gone = await self._uow.read(_kept_out, delivery.subject["incident"])
        wanted = [person for person in delivery.subject["people"] if person not in {self.own_user, *gone}]
        if not incident.channel or not wanted:
            return None
        answer = await self._slack.tolerate(
            *_THERE_ALREADY,
            "user_not_found",
            "cant_invite",
            method="conversations.invite",
            channel=incident.channel,
            users=",".join(wanted),
            force=True,
        )
        refused = {
            error["user"]: str(error["error"])
            for error in answer.get("errors") or []
            if error.get("error") not in _THERE_ALREADY and error.get("user")
        }
        if not refused and not answer.get("ok") and answer.get("error") not in _THERE_ALREADY:
            raise DeliveryFailed(f"conversations.invite: {answer.get('error')}", permanent=True)
        return partial(channel.not_invited, incident_id=incident.id, refused=refused) if refused else None

    async def set_topic(self, delivery: Delivery) -> Effect | None:
        """Keep the channel's topic true: Slack shows it on every phone, and writes a line at each change."""
        incident, text, before = await self._uow.read(_topic, delivery.subject["incident"])
        if not incident.channel or text == before:
            return None
        if not (delivery.uncertain and await self._has_topic(incident.channel, text)):
            answer = await self._slack.tolerate(
                "is_archived", method="conversations.setTopic", channel=incident.channel, topic=text
            )
            if not answer.get("ok"):
                return None
        return Guarded(partial(incidents.topic_set, incident_id=incident.id, text=text))

    async def _has_topic(self, channel: str, text: str) -> bool:
        """Say whether an attempt of unknown fate set the topic. Slack gives it back escaped once more."""
        answer = await self._slack.call("conversations.info", channel=channel)
        there = str((answer["channel"].get("topic") or {}).get("value", ""))
        return unescape(unescape(there)) == unescape(unescape(text))

    async def _create(self, delivery: Delivery, incident: Incident, name: str) -> Mapping[str, Any] | None:
        """Create a channel, or return None when the name is taken by somebody else's."""
        try:
            answer = await self._slack.call("conversations.create", name=name, is_private=incident.private)
        except SlackError as error:
            if error.code != "name_taken":
                raise
            return await self._ours(incident) if delivery.attempt > 1 else None
        found: Mapping[str, Any] = answer["channel"]
        return found

    async def _ours(self, incident: Incident) -> Mapping[str, Any] | None:
        """Find the channel that an earlier attempt, of which no answer came, may have made.

        It bears the incident's number, is ours and not older than the incident; what was posted there, such
        as a card, says whose it is.
        """
        self.own_user = self.own_user or (await self._slack.call("auth.test"))["user_id"]
        rows = await asyncio.gather(
            self._slack.pages_of(
                "conversations.list", "channels", types="public_channel", exclude_archived=True
            ),
            self._slack.pages_of(
                "conversations.list", "channels", types="private_channel", exclude_archived=True
            ),
        )
        known = await self._uow.read(_all_channels)
        since = (incident.declared_at - SKEW).timestamp()
        for row in [*rows[0], *rows[1]]:
            numbered = f"{row['name']}-".startswith(f"inc-{incident.id}-") and row["id"] not in known
            fresh = row.get("creator") == self.own_user and row.get("created", 0) >= since
            alike = bool(row.get("is_private")) is incident.private  # it may have turned private
            if numbered and fresh and alike and not await self._anothers(row["id"], incident):
                return row
        return None

    async def _anothers(self, channel: str, incident: Incident) -> bool:
        """Say whether a channel is in use for another incident, or by another database's bot."""
        answer = await self._slack.call(
            "conversations.history", channel=channel, limit=200, include_all_metadata=True
        )
        marked = [one for one in answer["messages"] if one.get("metadata")]
        return any((self._slack.of_ours(one) or {}).get("incident") != incident.id for one in marked)


def _all_channels(tx: Tx) -> set[str]:
    return incidents.channels(tx) | streams.channels(tx)


def _misnamed(tx: Tx, fact: facts.ChannelOpened | facts.Renamed) -> Subjects:
    """Return the incident whose channel bears another name; one that was taken has a counter behind it."""
    incident = incidents.get(tx, fact.incident)
    name = channel_name(incident.id, incident.name)
    more = (incident.channel_name or name).removeprefix(name)
    counted = (
        isinstance(fact, facts.ChannelOpened)
        and more != incident.channel_name
        and not more.strip("-0123456789")
    )
    return () if counted or not more or not incident.channel else ({"incident": incident.id},)


@dataclass(frozen=True, slots=True)
class _There:
    """What the last message of a channel links, and whether somebody has archived it by hand."""

    entries: int
    open_actions: int
    links: Sequence[Link]
    announced: Sequence[Post]
    streams: Sequence[Stream]
    archived: bool


def _all_of(tx: Tx, incident_id: int) -> tuple[Incident, _There]:
    incident = incidents.get(tx, incident_id)
    place = places_of.named(tx, incident.channel) if incident.channel else None
    announced = [one for one in posts.of(tx, incident_id) if one.kind == "announcement"]
    return incident, _There(
        timeline.count(tx, incident_id),
        sum(not one.done_at for one in actions.of(tx, incident_id)),
        links.of(tx, incident_id),
        [] if incident.private else announced,
        streams.of(tx, incident_id),
        bool(place and place.archived),
    )


def _kept_out(tx: Tx, incident_id: int) -> tuple[Incident, frozenset[str]]:
    return incidents.get(tx, incident_id), members.gone(tx, incident_id)


def _topic(tx: Tx, incident_id: int) -> tuple[Incident, str, str]:
    """Return an incident, its topic as it should be, and as it was set last."""
    incident = incidents.get(tx, incident_id)
    text = topic.topic(incident, people.name_of(tx, incident.lead))
    return incident, text, incidents.topic(tx, incident_id)


def _to_settle(tx: Tx, fact: facts.Fact) -> Subjects:
    if isinstance(fact, facts.OfIncident):
        return in_channel(tx, fact)
    assert isinstance(fact, facts.ChannelBack)
    incident = incidents.in_channel(tx, fact.channel)
    if not incident or outbox.unsent(tx, _FIRST_TOPIC, f"topic:{incident.id}"):
        return ()
    _, text, before = _topic(tx, incident.id)
    return ({"incident": incident.id},) if text != before else ()


def _not_opened(tx: Tx, delivery: Delivery, reason: str) -> None:
    channel.channel_lost(tx, delivery.subject["incident"], reason)


def _not_invited(tx: Tx, delivery: Delivery, reason: str) -> None:
    if places.refused(tx, delivery.subject["incident"], reason):
        return
    refused = dict.fromkeys(delivery.subject["people"], reason)
    channel.not_invited(tx, delivery.subject["incident"], refused)


def _not_said(tx: Tx, delivery: Delivery, reason: str) -> None:
    if "is_archived" not in reason:  # else somebody was faster
        _failed(tx, delivery, reason)


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    if places.refused(tx, delivery.subject["incident"], reason):
        return
    what, cure = {
        "slack.rename_channel": ("The channel could not be renamed", "Rename it by hand."),
        "slack.last_word": ("The channel could not be archived", "Archive it by hand."),
        "slack.archive": ("The channel could not be archived", "Archive it by hand."),
        "slack.rejoin": ("I was removed and could not come back", "Bring me back: /invite @muster here."),
    }.get(delivery.job, ("The topic could not be set", "Set it by hand."))
    channel.problem(tx, delivery.subject["incident"], what, reason, cure)
