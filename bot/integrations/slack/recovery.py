"""Asking Slack what happened since the backup that the database was restored from."""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.domain.facts import StrayFound
from bot.domain.incidents.incident import Incident
from bot.domain.recovery import Stray, Trace
from bot.integrations.slack.client import SlackClient, SlackError, understood
from bot.integrations.slack.surfaces import announced_in, triaged_in
from bot.jobs import DeliveryFailed, Job
from bot.operations import restored
from bot.operations.restored import Found
from bot.unit_of_work import UnitOfWork
from bot.views import notices
from bot.views.incidents.topic import by_lead, standing_in
from storage import incidents, pages, people, places, posts
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx, instant

log = logging.getLogger("muster.recovery")

PATIENCE = timedelta(minutes=5)
"""How long pages wait for Slack to tell what happened. Then they go: a page too many beats silence."""
AGAIN = 5.0
"""Seconds between two tries."""
FAULTS_BEFORE_GOING_ON = 8
"""What Slack shows is passed over after so many bugs met on taking it over: a page waits for none of them."""
_LOOK_BACK = timedelta(minutes=10)
"""How much earlier than the backup is looked, since two machines' clocks are compared."""
_OURS = re.compile(r"inc-(\d+)(?:-|$)")
_KINDS = {"slack.post_card": "card", "slack.announce": "announcement", "slack.announce_triage": "triage"}

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """An incident that we know, whether its channel has to be read, and where its announcements may be."""

    incident: Incident
    wanted: bool
    places: tuple[str, ...]


class Recovery:
    """Keeps an older state of the database from sending before Slack was asked."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack
        self._of: datetime | None = None
        self._read: dict[str, Sequence[Row]] = {}
        self._faults = 0

    @property
    def under_way(self) -> bool:
        return self._of is not None

    def jobs(self) -> list[Job]:
        return [Job("slack.tell_stray", {StrayFound}, self.tell_stray, "stray:{channel}", _unsaid)]

    async def run(self) -> bool:
        """Return when Slack was asked, or when pages must not wait any longer; say whether it was."""
        self._of = await self._uow.read(restored.older_state_of)
        if self._of:
            log.warning("this is an older state; asking Slack what happened since", extra={"of": self._of})
            await self._uow.perform(restored.begin)
        while not await self.attempt():
            if self._uow.clock.now() - await self._uow.read(restored.since) >= PATIENCE:
                log.error("Slack could not be asked what happened since; pages are sent all the same")
                await self.wait_no_longer()
                return False
            await self._uow.clock.sleep(AGAIN)
        return True

    async def wait_no_longer(self) -> None:
        """Let the pages go although it is not known what happened."""
        await self._uow.perform(restored.wait_no_longer)

    async def attempt(self) -> bool:
        """Ask Slack, unless that is done, and take over what it shows. Say whether it is known now."""
        self._of = await self._uow.read(restored.older_state_of) if self._of else None
        if not self._of:
            return True
        self._faults += 1  # until it is seen that there was none
        try:
            found = await self._found(self._of)
        except DeliveryFailed as failure:
            self._faults -= 1
            log.warning("Slack could not be asked yet", extra={"reason": failure.reason})
            return False
        await self._uow.perform(restored.reconciled, found)
        for stray in found.strays:
            what = "INC-%s was declared after the backup; its channel stays, its record is lost"
            log.warning(what, stray.number, extra={"channel": stray.channel, "lost": f"INC-{stray.number}"})
        self._of, self._read, self._faults = None, {}, 0
        return True

    async def tell_stray(self, delivery: Delivery) -> None:
        subject = delivery.subject
        message = notices.stray(subject["number"], instant(subject["of"]))
        await self._slack.post(delivery, subject["channel"], message)

    async def _found(self, of: datetime) -> Found:
        if self._faults > FAULTS_BEFORE_GOING_ON:
            log.error("what Slack shows cannot be taken over; going on without it")
            return Found((), (), ())
        with understood("what happened since"):
            return await self._look(of)

    async def _look(self, of: datetime) -> Found:
        own = (await self._slack.call("auth.test"))["user_id"]
        known = await self._uow.read(_known)
        try:
            channels = [row for row in await self._channels() if row.get("creator") == own]
        except DeliveryFailed as failure:
            if not failure.permanent:
                raise
            log.error("the channels cannot be read", extra={"reason": failure.reason})
            return Found((), (), ())
        adopted = _adopted(known, channels, of)
        leads = by_lead(await self._uow.read(people.active_names))
        topics = {row["id"]: row.get("topic") or {} for row in channels}
        traces, messages = [], []
        for one in known:
            new = adopted.get(one.incident.id)
            channel = new[0] if new else one.incident.channel
            said = await self._messages(channel, of) if channel and one.wanted else ()
            topic = topics.get(channel, {})
            noted = str(topic.get("value", "")) if topic.get("creator") == own else ""
            standing = standing_in(noted, leads)
            traces.append(Trace(one.incident.id, new, standing, self._answers(said)))
            messages += [(channel or "", said)]
            messages += [(place, await self._messages(place, of)) for place in one.places]
        return Found(traces, _strays(known, channels, of), self._posts(messages))

    async def _channels(self) -> list[Row]:
        public = await self._slack.pages_of("conversations.list", "channels", types="public_channel")
        return public + await self._slack.pages_of("conversations.list", "channels", types="private_channel")

    async def _messages(self, channel: str, of: datetime) -> Sequence[Row]:
        """Return what was posted in a channel since the backup; nothing where that cannot be read."""
        if channel not in self._read:
            try:
                self._read[channel] = await self._history(channel, of)
            except DeliveryFailed as failure:
                if not failure.permanent:
                    raise
                log.warning("a channel cannot be read", extra={"channel": channel, "reason": failure.reason})
                self._read[channel] = ()
        return self._read[channel]

    async def _history(self, channel: str, of: datetime) -> Sequence[Row]:
        oldest = f"{(of - _LOOK_BACK).timestamp():.6f}"
        asked = {"channel": channel, "oldest": oldest, "include_all_metadata": True}
        try:
            return await self._slack.pages_of("conversations.history", "messages", **asked)
        except SlackError as error:
            if error.code != "not_in_channel":
                raise
            await self._slack.call("conversations.join", channel=channel)
            return await self._slack.pages_of("conversations.history", "messages", **asked)

    def _answers(self, messages: Iterable[Row]) -> list[tuple[int, str]]:
        payloads = [self._slack.of_ours(message) or {} for message in messages]
        pairs = [pair.split(":") for payload in payloads for pair in str(payload.get("answered", "")).split()]
        return [(int(escalation), person) for escalation, person in dict.fromkeys(map(tuple, pairs))]

    def _posts(self, said: Iterable[tuple[str, Iterable[Row]]]) -> list[Post]:
        found = {}
        for channel, messages in said:
            for message in messages:
                payload = self._slack.of_ours(message) or {}
                kind, incident = _KINDS.get(str(payload.get("job"))), payload.get("incident")
                if kind and isinstance(incident, int):
                    post = Post(incident, kind, str(payload.get("place", "")), channel, message["ts"])
                    found[incident, kind, post.place] = post
        return list(found.values())


def _known(tx: Tx) -> list[Known]:
    waiting = {page.incident for page in pages.pending(tx)}
    return [_what_is_known(tx, one, waiting=one.id in waiting) for one in incidents.everyone(tx)]


def _what_is_known(tx: Tx, incident: Incident, *, waiting: bool) -> Known:
    if not incident.status.open:
        return Known(incident, waiting, ())
    wanted = [("announcement", name) for name in announced_in(tx, incident)]
    wanted += [("triage", name) for name in [triaged_in(tx, incident)] if name]
    missing = [name for kind, name in wanted if not posts.find(tx, incident.id, kind, name)]
    rooms = [place.id for name in missing if (place := places.named(tx, name)) and not place.archived]
    return Known(incident, waiting or not posts.find(tx, incident.id, "card"), tuple(rooms))


def _number(row: Row) -> int | None:
    found = _OURS.match(row["name"])
    return int(found[1]) if found else None


def _since(row: Row, of: datetime) -> bool:
    return float(row.get("created") or 0) >= (of - _LOOK_BACK).timestamp()


def _adopted(known: Sequence[Known], channels: Sequence[Row], of: datetime) -> dict[int, tuple[str, str]]:
    """Return the channels of incidents that do not know theirs yet."""
    taken = {one.incident.channel for one in known}
    wanting = {one.incident.id for one in known if not (one.incident.channel or one.incident.channel_lost)}
    found: dict[int, tuple[str, str]] = {}
    for row in sorted(channels, key=lambda row: row.get("created") or 0):
        number = _number(row)
        if number in wanting and row["id"] not in taken and _since(row, of) and not row.get("is_archived"):
            found.setdefault(number, (row["id"], row["name"]))
    return found


def _strays(known: Sequence[Known], channels: Sequence[Row], of: datetime) -> list[Stray]:
    """Return the channels with a number that we do not know, made since the backup."""
    numbers = {one.incident.id for one in known}
    return [
        Stray(number, row["id"], bool(row.get("is_archived")))
        for row in channels
        if (number := _number(row)) and number not in numbers and _since(row, of)
    ]


def _unsaid(tx: Tx, delivery: Delivery, reason: str) -> None:
    log.warning(
        "a channel could not be told", extra={"channel": delivery.subject["channel"], "reason": reason}
    )
